import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The recipient's side: access to a file for a purpose and a time, what a package names, feedback, answers to corrections, and
 * the reconsideration that feedback opens when it clears the person.
 */
export class Grants1763700000013 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(REFERRALS);
    await db.query(GRANTS);
    await db.query(FEEDBACK);
    await db.query(RECONSIDERATION);
    await db.query(POLICIES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      REVOKE UPDATE (outcome, decided_at) ON suspicion_decision FROM f1_worker;
      REVOKE INSERT ON correction, duty_cause, cause_competence, obligation, referral FROM f1_worker;
      REVOKE UPDATE (corrected_at, suspended_at) ON referral FROM f1_worker;
      DROP POLICY api_prosecutor ON document;
      DROP POLICY api_prosecutor ON recording;
      DROP TABLE reconsideration, correction_answer, feedback, access_grant, referral_item;
      DROP FUNCTION f1_questionnaire_feedback, f1_reads_item, f1_referral_body, f1_live_grant, f1_access_barred, f1_grant_keeps,
        f1_reconsidered_by_another;
      ALTER TABLE referral DROP COLUMN suspect_identified, DROP COLUMN present_here, DROP COLUMN corroborated, DROP COLUMN priority;
      REVOKE SELECT ON referral FROM f1_api;
      GRANT SELECT ON referral TO f1_api;
    `);
  }
}

const REFERRALS = `
  -- What orders an inbox; nothing of it says whom it is about. Unknown for what was sent before this was recorded.
  ALTER TABLE referral ADD COLUMN suspect_identified boolean, ADD COLUMN present_here boolean, ADD COLUMN corroborated boolean,
    ADD COLUMN priority smallint NOT NULL DEFAULT 0;
  CREATE INDEX referral_by_priority ON referral (authority_id, priority, created_at, id);

  -- What a package names: the files its recipient may open with it, and the questionnaires its answers were given to.
  CREATE TABLE referral_item (
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('document', 'recording', 'questionnaire')),
    -- The id of the file, or the hash of the questionnaire.
    ref text NOT NULL,
    PRIMARY KEY (referral_id, kind, ref),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX referral_item_by_ref ON referral_item (ref);
  CREATE INDEX referral_item_by_case ON referral_item (case_id);
  CREATE TRIGGER referral_item_is_append_only BEFORE UPDATE OR DELETE ON referral_item
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  -- Packages sent before named everything that the case held by then.
  INSERT INTO referral_item (referral_id, case_id, kind, ref)
  SELECT r.id, r.case_id, 'document', d.id::text FROM referral r JOIN document d ON d.case_id = r.case_id AND d.added_at <= r.created_at
    WHERE r.kind <> 'correction'
  UNION ALL
  SELECT r.id, r.case_id, 'recording', f.id::text FROM referral r
    JOIN interview i ON i.case_id = r.case_id AND (i.purpose = 'witness') = (r.kind = 'account')
    JOIN recording f ON f.interview_id = i.id AND f.added_at <= r.created_at WHERE r.kind <> 'correction'
  UNION
  SELECT r.id, r.case_id, 'questionnaire', q.questionnaire_hash FROM referral r
    JOIN interview i ON i.case_id = r.case_id AND (i.purpose = 'witness') = (r.kind = 'account') AND i.created_at <= r.created_at
    JOIN interview_questionnaire q ON q.interview_id = i.id WHERE r.kind <> 'correction';
`;

const GRANTS = `
  -- Access to the content of one referral: for one person, or (no person) standing for the whole authority until reviewed.
  CREATE TABLE access_grant (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    authority_id uuid NOT NULL REFERENCES authority (id),
    user_id uuid REFERENCES app_user (id),
    purpose text NOT NULL CHECK (purpose IN ('investigation', 'structuralInvestigation', 'prosecution', 'extradition',
      'internationalTribunal', 'mutualLegalAssistance')),
    -- The law the reader relies on and, in their words, what for.
    sealed bytea NOT NULL,
    opened_by uuid NOT NULL REFERENCES app_user (id),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
    revoked_at timestamptz,
    revoked_by uuid REFERENCES app_user (id),
    sealed_revocation bytea,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX access_grant_by_referral ON access_grant (referral_id, valid_until);
  CREATE INDEX access_grant_by_case ON access_grant (case_id);
  CREATE UNIQUE INDEX access_grant_standing_once ON access_grant (referral_id) WHERE user_id IS NULL AND revoked_at IS NULL;

  CREATE FUNCTION f1_grant_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
      OR to_jsonb(NEW) - ARRAY['revoked_at', 'revoked_by', 'sealed_revocation']
        <> to_jsonb(OLD) - ARRAY['revoked_at', 'revoked_by', 'sealed_revocation'] THEN
      RAISE EXCEPTION 'a grant is given once and revoked once' USING ERRCODE = 'F1001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER access_grant_keeps BEFORE UPDATE OR DELETE ON access_grant FOR EACH ROW EXECUTE FUNCTION f1_grant_keeps();

  -- What was revoked is not opened again by whom it was taken from: only the side that sent it may, by a later standing grant.
  CREATE FUNCTION f1_access_barred(of_referral uuid, person uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM access_grant g WHERE g.referral_id = of_referral AND (g.user_id = person OR g.user_id IS NULL)
      AND g.revoked_at IS NOT NULL AND g.revoked_by IS DISTINCT FROM person
      AND NOT EXISTS (SELECT FROM access_grant later WHERE later.referral_id = of_referral AND later.user_id IS NULL
        AND later.valid_from >= g.revoked_at));
  END $$;

  -- The grant by which the actor may read this referral now; asked by policies, and by nothing that could claim another answer.
  CREATE FUNCTION f1_live_grant(wanted uuid, of_case uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT g.id FROM access_grant g JOIN referral r ON r.id = g.referral_id AND r.case_id = g.case_id
      JOIN app_user u ON u.id = f1_actor() AND u.disabled_at IS NULL AND u.authority_id = g.authority_id
      JOIN authority a ON a.id = r.authority_id AND a.disabled_at IS NULL
      WHERE g.referral_id = wanted AND g.case_id = of_case AND r.authority_id = g.authority_id AND r.suspended_at IS NULL
        AND (g.user_id = u.id OR g.user_id IS NULL) AND g.revoked_at IS NULL
        AND g.valid_from <= f1_now() AND g.valid_until > f1_now() AND NOT f1_access_barred(wanted, u.id)
        AND NOT f1_blocked(r.case_id, r.authority_id)
      ORDER BY g.user_id NULLS LAST, g.valid_until DESC LIMIT 1);
  END $$;

  -- The one door to what was sent. The rows of referrals are an authority's list; their content asks for a grant. A correction
  -- must be heard whatever was granted: it tells what no longer stands and nothing from the file.
  CREATE FUNCTION f1_referral_body(wanted uuid) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT r.body FROM referral r WHERE r.id = wanted AND (f1_sees_case(r.case_id)
      OR f1_live_grant(r.id, r.case_id) IS NOT NULL
      OR (r.kind = 'correction' AND r.suspended_at IS NULL AND f1_receives(r.id, r.case_id))));
  END $$;

  -- Whether the actor may open a file of the case: some package that names it is open to them.
  CREATE FUNCTION f1_reads_item(item_kind text, item text, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral_item i WHERE i.ref = item AND i.kind = item_kind AND i.case_id = of_case
      AND f1_live_grant(i.referral_id, i.case_id) IS NOT NULL);
  END $$;
  REVOKE ALL ON FUNCTION f1_access_barred, f1_live_grant, f1_referral_body, f1_reads_item FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_access_barred, f1_live_grant, f1_referral_body, f1_reads_item TO f1_api;

  -- Every column but the content stays readable under the row's policies.
  DO $$
  BEGIN
    REVOKE SELECT ON referral FROM f1_api;
    EXECUTE (SELECT format('GRANT SELECT (%s) ON referral TO f1_api', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
      FROM pg_attribute WHERE attrelid = 'referral'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'body');
  END $$;
`;

const FEEDBACK = `
  CREATE TABLE feedback (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL,
    outcome text,
    -- As they were when it was given: the vocabulary may grow.
    ends boolean NOT NULL,
    clears boolean NOT NULL,
    -- Questions it is about, as they are numbered in the package; what their authors may see.
    question_ids text[] NOT NULL,
    sealed bytea NOT NULL,
    given_by uuid NOT NULL REFERENCES app_user (id),
    given_at timestamptz NOT NULL,
    CHECK ((kind = 'outcome') = (outcome IS NOT NULL)),
    UNIQUE (id, case_id),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX feedback_by_referral ON feedback (referral_id, given_at);
  CREATE INDEX feedback_by_case ON feedback (case_id, given_at);
  CREATE INDEX feedback_that_clears ON feedback (given_at) WHERE clears;
  CREATE TRIGGER feedback_is_append_only BEFORE UPDATE OR DELETE ON feedback FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  -- What a recipient did with what was corrected; the latest counts.
  CREATE TABLE correction_answer (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    answer text NOT NULL CHECK (answer IN ('erased', 'restricted', 'retainedAsEvidence')),
    sealed bytea NOT NULL,
    answered_by uuid NOT NULL REFERENCES app_user (id),
    answered_at timestamptz NOT NULL,
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX correction_answer_by_referral ON correction_answer (referral_id, answered_at);
  CREATE INDEX correction_answer_by_case ON correction_answer (case_id);
  CREATE TRIGGER correction_answer_is_append_only BEFORE UPDATE OR DELETE ON correction_answer
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  -- What feedback says of the questions themselves, for those who write them: no case, no authority, the day and not the hour.
  CREATE FUNCTION f1_questionnaire_feedback(wanted text)
    RETURNS TABLE (kind text, outcome text, question_ids text[], on_day date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.kind, f.outcome, f.question_ids, f.given_at::date FROM feedback f
    WHERE f1_actor_is('author', 'auditor') AND EXISTS (SELECT FROM referral_item i
      WHERE i.referral_id = f.referral_id AND i.kind = 'questionnaire' AND i.ref = wanted)
    ORDER BY f.given_at, f.id
  $$;
  REVOKE ALL ON FUNCTION f1_questionnaire_feedback FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_questionnaire_feedback TO f1_api;
`;

const RECONSIDERATION = `
  -- Feedback that clears the person is looked at by somebody who has not decided on them. One row per feedback, whoever is first.
  CREATE TABLE reconsideration (
    id uuid PRIMARY KEY,
    feedback_id uuid NOT NULL UNIQUE,
    case_id uuid NOT NULL REFERENCES case_file (id),
    opened_at timestamptz NOT NULL,
    -- The correction by which every referral was recalled, for a mistaken identity.
    correction_id uuid REFERENCES correction (id),
    outcome text CHECK (outcome IN ('maintained', 'toReopen')),
    sealed bytea,
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    CHECK ((outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (sealed IS NULL)),
    FOREIGN KEY (feedback_id, case_id) REFERENCES feedback (id, case_id)
  );
  CREATE INDEX reconsideration_by_case ON reconsideration (case_id);

  CREATE FUNCTION f1_reconsidered_by_another() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.outcome IS NOT NULL
      OR (NEW.id, NEW.feedback_id, NEW.case_id, NEW.opened_at, NEW.correction_id)
        IS DISTINCT FROM (OLD.id, OLD.feedback_id, OLD.case_id, OLD.opened_at, OLD.correction_id) THEN
      RAISE EXCEPTION 'a reconsideration is opened once and decided once' USING ERRCODE = 'F1001';
    END IF;
    IF EXISTS (SELECT FROM decision WHERE case_id = NEW.case_id AND decided_by = NEW.decided_by)
      OR EXISTS (SELECT FROM suspicion_decision WHERE case_id = NEW.case_id AND decided_by = NEW.decided_by) THEN
      RAISE EXCEPTION 'reconsideration % is decided by somebody who decided in this case before', NEW.id USING ERRCODE = 'F1014';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER reconsidered_by_another BEFORE UPDATE OR DELETE ON reconsideration
    FOR EACH ROW EXECUTE FUNCTION f1_reconsidered_by_another();
`;

const withCase = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON ${table} FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY worker_all ON ${table} FOR ALL TO f1_worker USING (true) WITH CHECK (true);
`;

const POLICIES = `
  ${['referral_item', 'access_grant', 'feedback', 'correction_answer', 'reconsideration'].map(withCase).join('')}

  CREATE POLICY api_with_case_adds ON referral_item FOR INSERT TO f1_api WITH CHECK (f1_sees_case(case_id));
  CREATE POLICY api_prosecutor ON referral_item FOR SELECT TO f1_api USING (f1_receives(referral_id, case_id));
  GRANT SELECT, INSERT ON referral_item TO f1_api, f1_worker;

  -- A person of the authority opens for themselves; standing access is given, and any access taken, by the side that sent.
  CREATE POLICY api_prosecutor ON access_grant FOR SELECT TO f1_api
    USING (authority_id = (SELECT f1_actor_authority()) AND f1_receives(referral_id, case_id));
  CREATE POLICY api_prosecutor_opens ON access_grant FOR INSERT TO f1_api
    WITH CHECK (user_id = f1_actor() AND opened_by = f1_actor() AND authority_id = f1_actor_authority()
      AND f1_receives(referral_id, case_id) AND NOT f1_access_barred(referral_id, f1_actor()));
  CREATE POLICY api_sender_opens ON access_grant FOR INSERT TO f1_api
    WITH CHECK (user_id IS NULL AND opened_by = f1_actor() AND f1_actor_is('legalAdviser', 'decisionMaker')
      AND f1_sees_case(case_id));
  CREATE POLICY api_sender_revokes ON access_grant FOR UPDATE TO f1_api
    USING (f1_sees_case(case_id) AND (SELECT f1_actor_is('legalAdviser', 'decisionMaker')))
    WITH CHECK (revoked_by = f1_actor());
  GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_by, sealed_revocation) ON access_grant TO f1_api;
  GRANT SELECT ON access_grant TO f1_worker;

  CREATE POLICY api_prosecutor ON feedback FOR ALL TO f1_api USING (f1_receives(referral_id, case_id))
    WITH CHECK (given_by = f1_actor() AND f1_receives(referral_id, case_id));
  CREATE POLICY api_prosecutor ON correction_answer FOR ALL TO f1_api USING (f1_receives(referral_id, case_id))
    WITH CHECK (answered_by = f1_actor() AND f1_receives(referral_id, case_id));
  GRANT SELECT, INSERT ON feedback, correction_answer TO f1_api;
  GRANT SELECT ON feedback, correction_answer TO f1_worker;

  -- Opened by the system, which alone follows feedback into the case; decided by a person.
  CREATE POLICY api_decides ON reconsideration FOR UPDATE TO f1_api
    USING (f1_sees_case(case_id) AND (SELECT f1_actor_is('decisionMaker'))) WITH CHECK (decided_by = f1_actor());
  GRANT SELECT, UPDATE (outcome, sealed, decided_by, decided_at) ON reconsideration TO f1_api;
  GRANT SELECT, INSERT ON reconsideration TO f1_worker;
  GRANT INSERT ON correction, duty_cause, cause_competence, obligation, referral TO f1_worker;
  GRANT UPDATE (corrected_at, suspended_at) ON referral TO f1_worker;
  GRANT UPDATE (outcome, decided_at) ON suspicion_decision TO f1_worker;

  CREATE POLICY api_prosecutor ON document FOR SELECT TO f1_api
    USING ((SELECT f1_actor_authority()) IS NOT NULL AND f1_reads_item('document', id::text, case_id));
  CREATE POLICY api_prosecutor ON recording FOR SELECT TO f1_api
    USING ((SELECT f1_actor_authority()) IS NOT NULL AND f1_reads_item('recording', id::text, case_id));
`;
