import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A case made under an older chart goes on in the newest when a command asks for it, as referrals do; the system may be who does. */
const CHARTS = `
  CREATE TRIGGER chart_moves_on BEFORE UPDATE OF workflow_hash ON case_file FOR EACH ROW
    WHEN (NEW.workflow_hash <> OLD.workflow_hash) EXECUTE FUNCTION f1_chart_moves_on();
  GRANT UPDATE (workflow_hash) ON case_file TO f1_worker;
`;

/** Both kinds of process that a prosecutor may use. */
const RECIPIENTS = [
  ['api_prosecutor', 'f1_api'],
  ['portal', 'f1_portal'],
] as const;

/** As migration 18 made it; `columns`: what may change beside; `also`: what refuses a change as well. */
const holdKeeps = (columns: string, also: string): string => {
  const changing = `ARRAY['granted', 'sealed_decision', 'decided_by', 'decided_at', 'valid_until', 'sealed_end', 'ended_by', 'ended_at'${columns}]`;
  return `
  CREATE OR REPLACE FUNCTION f1_hold_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
      OR to_jsonb(NEW) - ${changing} <> to_jsonb(OLD) - ${changing}${also}
      OR (OLD.granted IS NOT NULL AND (NEW.granted, NEW.sealed_decision, NEW.decided_by, NEW.decided_at, NEW.valid_until)
        IS DISTINCT FROM (OLD.granted, OLD.sealed_decision, OLD.decided_by, OLD.decided_at, OLD.valid_until)) THEN
      RAISE EXCEPTION 'a hold is asked, decided and ended once' USING ERRCODE = 'F1001';
    END IF;
    RETURN NEW;
  END $$;`;
};

const HOLDS = `
  -- Null: the authority ended it, in words. Who asked may take it back, decided or not; a recall ends it without anybody's words.
  ALTER TABLE hold ADD COLUMN ended_because text CHECK (ended_because IN ('withdrawn', 'recalled')),
    DROP CONSTRAINT hold_check2, DROP CONSTRAINT hold_check3, DROP CONSTRAINT hold_check4,
    ADD CONSTRAINT hold_thirty_days CHECK (valid_until > decided_at AND valid_until <= decided_at + interval '720 hours'),
    ADD CONSTRAINT hold_ended_whole CHECK ((ended_by IS NULL) = (sealed_end IS NULL)
      AND (ended_by IS NULL) = (ended_at IS NULL OR ended_because IS NOT DISTINCT FROM 'recalled')
      AND (ended_because IS NULL OR ended_at IS NOT NULL)),
    ADD CONSTRAINT hold_ended_before_decision CHECK (ended_at IS NULL OR granted IS TRUE OR (granted IS NULL AND ended_because IS NOT NULL));
  ${holdKeeps(`, 'ended_because'`, ` OR (NEW.ended_because IS NOT NULL AND NEW.granted IS DISTINCT FROM OLD.granted)`)}

  CREATE FUNCTION f1_recall_ends_holds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    UPDATE hold SET ended_at = NEW.suspended_at, ended_because = 'recalled'
      WHERE referral_id = NEW.id AND ended_at IS NULL AND (granted IS NULL OR valid_until > NEW.suspended_at);
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_recall_ends_holds FROM PUBLIC;
  CREATE TRIGGER recall_ends_holds AFTER UPDATE OF suspended_at ON referral FOR EACH ROW
    WHEN (OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL) EXECUTE FUNCTION f1_recall_ends_holds();
  -- Whoever recalls says in the history which holds that ends.
  CREATE POLICY worker_recalls ON hold FOR SELECT TO f1_worker USING (true);
  GRANT SELECT (id, referral_id, granted, valid_until, ended_at) ON hold TO f1_worker;
  ${RECIPIENTS.map(
    ([name, role]) => `
  CREATE POLICY ${name}_withdraws ON hold FOR UPDATE TO ${role} USING (ended_at IS NULL AND f1_receives(referral_id, case_id))
    WITH CHECK (ended_by = f1_actor() AND ended_because = 'withdrawn' AND f1_receives(referral_id, case_id));`,
  ).join('')}
  ALTER POLICY api_decides ON hold
    WITH CHECK (f1_sees_case(case_id) AND coalesce(ended_by, decided_by) = f1_actor() AND ended_because IS NULL);
  GRANT UPDATE (ended_because) ON hold TO f1_api;
  GRANT SELECT (ended_because), UPDATE (sealed_end, ended_by, ended_at, ended_because) ON hold TO f1_portal;
`;

const REQUESTS = `
  ALTER TABLE referral_request DROP CONSTRAINT referral_request_outcome_check,
    ADD CONSTRAINT referral_request_outcome_check CHECK (outcome IN ('answered', 'refused', 'withdrawn'));
  ALTER POLICY api_answers ON referral_request WITH CHECK (answered_by = f1_actor() AND outcome IN ('answered', 'refused'));
  ${RECIPIENTS.map(
    ([name, role]) => `
  CREATE POLICY ${name}_withdraws ON referral_request FOR UPDATE TO ${role}
    USING (outcome IS NULL AND f1_receives(referral_id, case_id))
    WITH CHECK (outcome = 'withdrawn' AND answered_by = f1_actor() AND f1_receives(referral_id, case_id));`,
  ).join('')}
  GRANT UPDATE (outcome, sealed_answer, answered_by, answered_at) ON referral_request TO f1_portal;
`;

/** Which links of the chain of a request about a person its own authority adds. */
const asking = (own: string): string => `
  ALTER POLICY api_person_request_adds ON event WITH CHECK (actor_id = f1_actor()
    AND aggregate_kind = 'request' AND case_id IS NULL
    AND (f1_answers_person_requests() OR (${own} AND f1_asked_about_person(aggregate_id))));
  ALTER POLICY portal_appends ON event WITH CHECK (actor_id = f1_actor() AND (
    (aggregate_kind = 'referral' AND f1_receives(aggregate_id, case_id))
    OR (aggregate_kind = 'request' AND case_id IS NULL AND ${own} AND f1_asked_about_person(aggregate_id))));
`;

const PERSON_REQUESTS = `
  ALTER TABLE person_request ADD COLUMN sealed_withdrawal bytea, ADD COLUMN withdrawn_by uuid REFERENCES app_user (id),
    ADD COLUMN withdrawn_at timestamptz,
    ADD CONSTRAINT person_request_withdrawn_whole CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)
      AND (withdrawn_at IS NULL) = (sealed_withdrawal IS NULL));
  CREATE FUNCTION f1_person_request_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'a request is withdrawn once' USING ERRCODE = 'F1001';
  END $$;
  CREATE TRIGGER person_request_keeps BEFORE UPDATE OF withdrawn_at, withdrawn_by, sealed_withdrawal ON person_request
    FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION f1_person_request_keeps();
  ${RECIPIENTS.map(
    ([name, role]) => `
  CREATE POLICY ${name}_withdraws ON person_request FOR UPDATE TO ${role}
    USING (authority_id = (SELECT f1_actor_authority()))
    WITH CHECK (withdrawn_by = f1_actor() AND authority_id = (SELECT f1_actor_authority()));`,
  ).join('')}
  ALTER POLICY api_answers ON person_request WITH CHECK ((SELECT f1_answers_person_requests()) AND withdrawn_at IS NULL);
  GRANT UPDATE (sealed_withdrawal, withdrawn_by, withdrawn_at) ON person_request TO f1_api;
  GRANT SELECT (sealed_withdrawal, withdrawn_at), UPDATE (event_seq, event_hash, sealed_withdrawal, withdrawn_by, withdrawn_at)
    ON person_request TO f1_portal;
  ${asking(`(seq = 1 OR type = 'WITHDRAW_PERSON_REQUEST')`)}
`;

/** What nobody waits for any more: its clock is of the authority, which whoever withdraws or recalls need not reach. */
const CLOCKS = `
  CREATE FUNCTION f1_nothing_awaited() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    UPDATE deadline SET ended_at = f1_now() WHERE subject_id = NEW.id AND met_at IS NULL AND ended_at IS NULL;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_nothing_awaited FROM PUBLIC;
  CREATE TRIGGER hold_ends_clocks AFTER UPDATE OF ended_because ON hold FOR EACH ROW
    WHEN (OLD.ended_because IS NULL AND NEW.ended_because IS NOT NULL) EXECUTE FUNCTION f1_nothing_awaited();
  CREATE TRIGGER withdrawal_ends_clocks AFTER UPDATE OF outcome ON referral_request FOR EACH ROW
    WHEN (OLD.outcome IS NULL AND NEW.outcome = 'withdrawn') EXECUTE FUNCTION f1_nothing_awaited();
  CREATE TRIGGER withdrawal_ends_clocks AFTER UPDATE OF withdrawn_at ON person_request FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION f1_nothing_awaited();
`;

/**
 * Whoever a file bars from it stays barred until a second person says otherwise: a country that was corrected away, an alleged actor of
 * persecution or a third person recorded by mistake.
 */
const UNBLOCKING = `
  ALTER TABLE person_country ADD COLUMN dropped_by uuid REFERENCES app_user (id), ADD COLUMN dropped_at timestamptz,
    ADD CONSTRAINT person_country_dropped_whole CHECK ((dropped_by IS NULL) = (dropped_at IS NULL));
  GRANT UPDATE (dropped_by, dropped_at) ON person_country TO f1_api;
  CREATE FUNCTION f1_country_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF NEW.dropped_by IS DISTINCT FROM OLD.dropped_by AND NEW.dropped_by IS NOT NULL AND NEW.dropped_by IS DISTINCT FROM f1_actor() THEN
        RAISE EXCEPTION 'a country is dropped in the own name' USING ERRCODE = 'F1062';
      END IF;
      RETURN NEW;
    END IF;
    IF (OLD.dropped_by IS NULL OR OLD.dropped_by = f1_actor()) AND NOT EXISTS (SELECT FROM person_country other
        WHERE other.person_id = OLD.person_id AND other.country = OLD.country AND other.link <> OLD.link AND other.dropped_by IS NULL) THEN
      RAISE EXCEPTION 'a country of a person is unblocked by two persons' USING ERRCODE = 'F1062';
    END IF;
    RETURN OLD;
  END $$;
  REVOKE ALL ON FUNCTION f1_country_stays FROM PUBLIC;
  CREATE TRIGGER country_stays BEFORE UPDATE OR DELETE ON person_country FOR EACH ROW EXECUTE FUNCTION f1_country_stays();

  ALTER TABLE persecution_actor ADD COLUMN withdrawal_asked_by uuid REFERENCES app_user (id),
    ADD COLUMN withdrawal_asked_at timestamptz, ADD COLUMN withdrawn_by uuid REFERENCES app_user (id),
    ADD CONSTRAINT persecution_actor_asked_whole CHECK ((withdrawal_asked_by IS NULL) = (withdrawal_asked_at IS NULL));
  UPDATE persecution_actor x SET withdrawn_by = e.actor_id FROM event e
    WHERE e.aggregate_id = x.case_id AND e.type = 'WITHDRAW_PERSECUTION_ACTOR' AND e.at = x.withdrawn_at;
  -- Not valid: what one person took back before this stays taken back.
  ALTER TABLE persecution_actor ADD CONSTRAINT persecution_actor_unblocked_by_two CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)
    AND (withdrawn_at IS NULL OR coalesce(withdrawn_by <> withdrawal_asked_by, false))) NOT VALID;
  ALTER POLICY api_with_case ON persecution_actor WITH CHECK (f1_sees_case(case_id)
    AND coalesce(withdrawn_by, withdrawal_asked_by, f1_actor()) = f1_actor());
  GRANT UPDATE (withdrawal_asked_by, withdrawal_asked_at, withdrawn_by) ON persecution_actor TO f1_api;
  ALTER TABLE third_person ADD COLUMN withdrawal_asked_by uuid REFERENCES app_user (id), ADD COLUMN withdrawal_asked_at timestamptz,
    ADD CONSTRAINT third_person_asked_whole CHECK ((withdrawal_asked_by IS NULL) = (withdrawal_asked_at IS NULL)),
    ADD CONSTRAINT third_person_unblocked_by_two CHECK (withdrawn_at IS NULL OR countries = '{}'
      OR coalesce(withdrawn_by <> withdrawal_asked_by, false)) NOT VALID;
  ALTER POLICY api_changes ON third_person WITH CHECK (f1_sees_case(case_id)
    AND CASE WHEN withdrawn_by IS NULL THEN f1_actor() IN (whereabouts_approved_by, withdrawal_asked_by) ELSE withdrawn_by = f1_actor() END);
  GRANT UPDATE (withdrawal_asked_by, withdrawal_asked_at) ON third_person TO f1_api;

  CREATE FUNCTION f1_withdrawn_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.withdrawn_at IS NOT NULL THEN
      RAISE EXCEPTION 'what was taken back stays taken back' USING ERRCODE = 'F1062';
    END IF;
    IF (NEW.withdrawal_asked_by, NEW.withdrawal_asked_at) IS DISTINCT FROM (OLD.withdrawal_asked_by, OLD.withdrawal_asked_at)
      AND (NEW.withdrawn_at IS NOT NULL OR NEW.withdrawn_by IS NOT NULL
        -- Nobody asks for somebody else, and nobody takes back what somebody else asked.
        OR coalesce(OLD.withdrawal_asked_by, NEW.withdrawal_asked_by) IS DISTINCT FROM f1_actor()
        OR coalesce(NEW.withdrawal_asked_by, OLD.withdrawal_asked_by) IS DISTINCT FROM f1_actor()) THEN
      RAISE EXCEPTION 'a withdrawal is asked in the own name, before somebody else does it' USING ERRCODE = 'F1062';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_withdrawn_by_two FROM PUBLIC;
  ${['persecution_actor', 'third_person']
    .map(
      (table) => `
  CREATE TRIGGER withdrawn_by_two BEFORE UPDATE OF withdrawal_asked_by, withdrawal_asked_at, withdrawn_by, withdrawn_at ON ${table}
    FOR EACH ROW EXECUTE FUNCTION f1_withdrawn_by_two();`,
    )
    .join('')}
`;

const UNDONE = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM hold WHERE ended_because IS NOT NULL OR (ended_at IS NOT NULL AND NOT coalesce(granted, false)))
      OR EXISTS (SELECT FROM referral_request WHERE outcome NOT IN ('answered', 'refused'))
      OR EXISTS (SELECT FROM person_request WHERE withdrawn_at IS NOT NULL)
      OR EXISTS (SELECT FROM person_country WHERE dropped_by IS NOT NULL) THEN
      RAISE EXCEPTION 'What was withdrawn, recalled or is half unblocked has no place in the release before: restore its backup instead.';
    END IF;
  END $$;
  DROP TRIGGER withdrawn_by_two ON persecution_actor;
  DROP TRIGGER withdrawn_by_two ON third_person;
  DROP FUNCTION f1_withdrawn_by_two;
  ALTER POLICY api_with_case ON persecution_actor WITH CHECK (f1_sees_case(case_id));
  ALTER POLICY api_changes ON third_person
    WITH CHECK (f1_sees_case(case_id) AND f1_actor() IN (whereabouts_approved_by, withdrawn_by));
  ALTER TABLE third_person DROP COLUMN withdrawal_asked_by, DROP COLUMN withdrawal_asked_at;
  ALTER TABLE persecution_actor DROP COLUMN withdrawal_asked_by, DROP COLUMN withdrawal_asked_at, DROP COLUMN withdrawn_by;
  DROP TRIGGER country_stays ON person_country;
  DROP FUNCTION f1_country_stays;
  ALTER TABLE person_country DROP COLUMN dropped_by, DROP COLUMN dropped_at;
  DROP TRIGGER hold_ends_clocks ON hold;
  DROP TRIGGER withdrawal_ends_clocks ON referral_request;
  DROP TRIGGER withdrawal_ends_clocks ON person_request;
  DROP FUNCTION f1_nothing_awaited;
  ${asking('seq = 1')}
  ${RECIPIENTS.map(
    ([name]) => `
  DROP POLICY ${name}_withdraws ON person_request;
  DROP POLICY ${name}_withdraws ON referral_request;
  DROP POLICY ${name}_withdraws ON hold;`,
  ).join('')}
  REVOKE UPDATE (event_seq, event_hash) ON person_request FROM f1_portal;
  ALTER POLICY api_answers ON person_request WITH CHECK ((SELECT f1_answers_person_requests()));
  DROP TRIGGER person_request_keeps ON person_request;
  DROP FUNCTION f1_person_request_keeps;
  ALTER TABLE person_request DROP COLUMN sealed_withdrawal, DROP COLUMN withdrawn_by, DROP COLUMN withdrawn_at;
  REVOKE UPDATE (outcome, sealed_answer, answered_by, answered_at) ON referral_request FROM f1_portal;
  ALTER POLICY api_answers ON referral_request WITH CHECK (answered_by = f1_actor());
  ALTER TABLE referral_request DROP CONSTRAINT referral_request_outcome_check,
    ADD CONSTRAINT referral_request_outcome_check CHECK (outcome IN ('answered', 'refused'));
  REVOKE UPDATE (sealed_end, ended_by, ended_at) ON hold FROM f1_portal;
  REVOKE SELECT (id, referral_id, granted, valid_until, ended_at) ON hold FROM f1_worker;
  DROP POLICY worker_recalls ON hold;
  ALTER POLICY api_decides ON hold WITH CHECK (f1_sees_case(case_id) AND coalesce(ended_by, decided_by) = f1_actor());
  DROP TRIGGER recall_ends_holds ON referral;
  DROP FUNCTION f1_recall_ends_holds;
  ${holdKeeps('', '')}
  ALTER TABLE hold DROP CONSTRAINT hold_thirty_days, DROP CONSTRAINT hold_ended_whole, DROP CONSTRAINT hold_ended_before_decision,
    DROP COLUMN ended_because,
    ADD CONSTRAINT hold_check2 CHECK (valid_until > decided_at AND valid_until <= decided_at + interval '31 days'),
    ADD CONSTRAINT hold_check3 CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (sealed_end IS NULL)),
    ADD CONSTRAINT hold_check4 CHECK (ended_at IS NULL OR granted);
  REVOKE UPDATE (workflow_hash) ON case_file FROM f1_worker;
  DROP TRIGGER chart_moves_on ON case_file;
`;

export class ObligationGaps1763700000029 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CHARTS);
    await db.query(HOLDS);
    await db.query(REQUESTS);
    await db.query(PERSON_REQUESTS);
    await db.query(CLOCKS);
    await db.query(UNBLOCKING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(UNDONE);
  }
}
