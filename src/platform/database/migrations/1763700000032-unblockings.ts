import type { MigrationInterface, QueryRunner } from 'typeorm';
import { notUndoneWhile } from '../not-undone.js';

/**
 * Asking that a recipient be barred no longer is a row of its own: whoever may be the second person is told of it, who asked may take
 * it back, a second person may confirm or refuse it, and all of that stays to be read. What was asked is set and reset by it alone.
 */
export class Unblockings1763700000032 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLE);
    await db.query(ASKED_BEFORE);
    await db.query(CHANGES);
    await db.query(GUARDS);
    await db.query(tells(ACTS, SECONDS));
    await db.query(RUNNING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      notUndoneWhile('unblocking WHERE outcome IS NOT NULL', 'unblockings that were confirmed, refused or taken back'),
    );
    await db.query(UNDONE);
  }
}

const TABLE = `
  CREATE TABLE unblocking (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('country', 'persecutionActor', 'thirdPerson')),
    -- The row that bars; of a country its person.
    subject_id uuid NOT NULL,
    country text,
    link text,
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('confirmed', 'refused', 'withdrawn')),
    ended_by uuid REFERENCES app_user (id),
    ended_at timestamptz,
    CONSTRAINT unblocking_names_country CHECK ((kind = 'country') = (country IS NOT NULL) AND (country IS NULL) = (link IS NULL)),
    CONSTRAINT unblocking_ended_whole CHECK ((outcome IS NULL) = (ended_by IS NULL) AND (outcome IS NULL) = (ended_at IS NULL)),
    CONSTRAINT unblocking_by_two CHECK (outcome IS NULL OR (outcome = 'withdrawn') = (ended_by = asked_by))
  );
  CREATE UNIQUE INDEX unblocking_once ON unblocking (subject_id, coalesce(country, ''), coalesce(link, '')) WHERE outcome IS NULL;
  CREATE INDEX unblocking_by_case ON unblocking (case_id, asked_at);
  ALTER TABLE unblocking ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_reads ON unblocking FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_asks ON unblocking FOR INSERT TO f1_api
    WITH CHECK (f1_sees_case(case_id) AND asked_by = f1_actor() AND outcome IS NULL);
  -- Confirmed is what is really taken back: the database says so itself.
  CREATE POLICY api_ends ON unblocking FOR UPDATE TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND ended_by = f1_actor() AND outcome IN ('refused', 'withdrawn'));
  CREATE POLICY worker_reads ON unblocking FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT, UPDATE (outcome, ended_by, ended_at) ON unblocking TO f1_api;
  GRANT SELECT ON unblocking TO f1_worker;
`;

const ROWS = [
  ['persecution_actor', 'persecutionActor'],
  ['third_person', 'thirdPerson'],
] as const;

const ASKED_BEFORE = `
  ${ROWS.map(
    ([table, kind]) => `
  INSERT INTO unblocking (id, case_id, kind, subject_id, asked_by, asked_at, outcome, ended_by, ended_at)
    SELECT gen_random_uuid(), case_id, '${kind}', id, withdrawal_asked_by, withdrawal_asked_at,
      CASE WHEN withdrawn_at IS NOT NULL THEN 'confirmed' END, CASE WHEN withdrawn_at IS NOT NULL THEN withdrawn_by END, withdrawn_at
    FROM ${table} WHERE withdrawal_asked_by IS NOT NULL;`,
  ).join('')}
  INSERT INTO unblocking (id, case_id, kind, subject_id, country, link, asked_by, asked_at)
    SELECT gen_random_uuid(), case_id, 'country', person_id, country, link, dropped_by, dropped_at
    FROM person_country WHERE dropped_by IS NOT NULL;
`;

const DEFINER = 'SECURITY DEFINER SET search_path = public, pg_temp';

/** The columns that say what was asked follow from the row of the asking; no runtime role writes them. */
const CHANGES = `
  CREATE FUNCTION f1_unblocking_asked() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    CASE NEW.kind
      WHEN 'persecutionActor' THEN UPDATE persecution_actor SET withdrawal_asked_by = NEW.asked_by, withdrawal_asked_at = NEW.asked_at
        WHERE id = NEW.subject_id AND case_id = NEW.case_id AND withdrawal_asked_by IS NULL;
      WHEN 'thirdPerson' THEN UPDATE third_person SET withdrawal_asked_by = NEW.asked_by, withdrawal_asked_at = NEW.asked_at
        WHERE id = NEW.subject_id AND case_id = NEW.case_id AND withdrawal_asked_by IS NULL;
      ELSE UPDATE person_country SET dropped_by = NEW.asked_by, dropped_at = NEW.asked_at
        WHERE person_id = NEW.subject_id AND case_id = NEW.case_id AND country = NEW.country AND link = NEW.link AND dropped_by IS NULL;
    END CASE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'nothing bars that could be asked to bar no longer' USING ERRCODE = 'F1062';
    END IF;
    RETURN NULL;
  END $$;
  CREATE FUNCTION f1_unblocking_ended() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    IF NEW.outcome <> 'confirmed' THEN
      UPDATE persecution_actor SET withdrawal_asked_by = NULL, withdrawal_asked_at = NULL
        WHERE NEW.kind = 'persecutionActor' AND id = NEW.subject_id;
      UPDATE third_person SET withdrawal_asked_by = NULL, withdrawal_asked_at = NULL
        WHERE NEW.kind = 'thirdPerson' AND id = NEW.subject_id;
      UPDATE person_country SET dropped_by = NULL, dropped_at = NULL
        WHERE person_id = NEW.subject_id AND country = NEW.country AND link = NEW.link;
    END IF;
    UPDATE deadline SET met_at = CASE WHEN NEW.outcome <> 'withdrawn' THEN f1_now() END,
        ended_at = CASE WHEN NEW.outcome = 'withdrawn' THEN f1_now() END
      WHERE subject_id = NEW.id AND met_at IS NULL AND ended_at IS NULL;
    RETURN NULL;
  END $$;
  CREATE FUNCTION f1_unblocking_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'what was asked is ended once' USING ERRCODE = 'F1062';
  END $$;
  CREATE FUNCTION f1_withdrawal_confirms() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    UPDATE unblocking SET outcome = 'confirmed', ended_by = NEW.withdrawn_by, ended_at = NEW.withdrawn_at
      WHERE subject_id = NEW.id AND outcome IS NULL;
    RETURN NULL;
  END $$;
  -- A country that is there for another reason still goes on to bar.
  CREATE FUNCTION f1_removal_confirms() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    UPDATE unblocking u SET ended_by = f1_actor(), ended_at = date_trunc('milliseconds', f1_now()), outcome = CASE
      WHEN u.asked_by = f1_actor() THEN 'withdrawn'
      WHEN EXISTS (SELECT FROM person_country p WHERE p.person_id = OLD.person_id AND p.country = OLD.country AND p.dropped_by IS NULL)
        THEN 'refused' ELSE 'confirmed' END
      WHERE u.subject_id = OLD.person_id AND u.country = OLD.country AND u.link = OLD.link AND u.outcome IS NULL;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_unblocking_asked, f1_unblocking_ended, f1_unblocking_keeps, f1_withdrawal_confirms, f1_removal_confirms
    FROM PUBLIC;
  CREATE TRIGGER unblocking_asked AFTER INSERT ON unblocking FOR EACH ROW EXECUTE FUNCTION f1_unblocking_asked();
  CREATE TRIGGER unblocking_ended AFTER UPDATE OF outcome ON unblocking FOR EACH ROW WHEN (OLD.outcome IS NULL)
    EXECUTE FUNCTION f1_unblocking_ended();
  CREATE TRIGGER unblocking_keeps BEFORE UPDATE ON unblocking FOR EACH ROW WHEN (OLD.outcome IS NOT NULL)
    EXECUTE FUNCTION f1_unblocking_keeps();
  ${ROWS.map(
    ([table]) => `
  CREATE TRIGGER withdrawal_confirms AFTER UPDATE OF withdrawn_at ON ${table} FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION f1_withdrawal_confirms();`,
  ).join('')}
  CREATE TRIGGER removal_confirms AFTER DELETE ON person_country FOR EACH ROW WHEN (OLD.dropped_by IS NOT NULL)
    EXECUTE FUNCTION f1_removal_confirms();

  REVOKE UPDATE (dropped_by, dropped_at) ON person_country FROM f1_api;
  REVOKE UPDATE (withdrawal_asked_by, withdrawal_asked_at) ON persecution_actor, third_person FROM f1_api;
  ALTER POLICY api_with_case ON persecution_actor WITH CHECK (f1_sees_case(case_id)
    AND CASE WHEN withdrawn_by IS NULL THEN withdrawal_asked_by IS NULL ELSE withdrawn_by = f1_actor() END);
  ALTER POLICY api_changes ON third_person WITH CHECK (f1_sees_case(case_id)
    AND CASE WHEN withdrawn_by IS NULL THEN whereabouts_approved_by = f1_actor() ELSE withdrawn_by = f1_actor() END);
`;

/** Refuses to the actor what resets an asking that the actor did not end. */
const notEnded = (subject: string, asked: string): string => `NOT EXISTS (SELECT FROM unblocking u
      WHERE u.subject_id = ${subject} AND u.asked_at = ${asked} AND u.outcome IN ('refused', 'withdrawn') AND u.ended_by = f1_actor())`;

const GUARDS = `
  CREATE OR REPLACE FUNCTION f1_country_stays() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF NEW.dropped_by IS DISTINCT FROM OLD.dropped_by AND (CASE WHEN NEW.dropped_by IS NULL
        THEN ${notEnded('OLD.person_id', 'OLD.dropped_at')}
        ELSE OLD.dropped_by IS NOT NULL OR NEW.dropped_by IS DISTINCT FROM f1_actor() END) THEN
        RAISE EXCEPTION 'a country is dropped in the own name, and kept by whoever ended the asking' USING ERRCODE = 'F1062';
      END IF;
      RETURN NEW;
    END IF;
    IF (OLD.dropped_by IS NULL OR f1_actor() IS NULL OR OLD.dropped_by = f1_actor()) AND NOT EXISTS (SELECT FROM person_country other
        WHERE other.person_id = OLD.person_id AND other.country = OLD.country AND other.link <> OLD.link AND other.dropped_by IS NULL) THEN
      RAISE EXCEPTION 'a country of a person is unblocked by two persons' USING ERRCODE = 'F1062';
    END IF;
    RETURN OLD;
  END $$;
  CREATE OR REPLACE FUNCTION f1_withdrawn_by_two() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  BEGIN
    IF OLD.withdrawn_at IS NOT NULL THEN
      RAISE EXCEPTION 'what was taken back stays taken back' USING ERRCODE = 'F1062';
    END IF;
    IF (NEW.withdrawal_asked_by, NEW.withdrawal_asked_at) IS DISTINCT FROM (OLD.withdrawal_asked_by, OLD.withdrawal_asked_at)
      AND (NEW.withdrawn_at IS NOT NULL OR NEW.withdrawn_by IS NOT NULL
        OR CASE WHEN NEW.withdrawal_asked_by IS NULL
          -- Nobody resets what is still asked, or what somebody else ended.
          THEN ${notEnded('OLD.id', 'OLD.withdrawal_asked_at')}
          -- Nobody asks for somebody else, or over what somebody asked.
          ELSE OLD.withdrawal_asked_by IS NOT NULL OR NEW.withdrawal_asked_by IS DISTINCT FROM f1_actor() END) THEN
      RAISE EXCEPTION 'a withdrawal is asked in the own name, before somebody else does it' USING ERRCODE = 'F1062';
    END IF;
    RETURN NEW;
  END $$;
`;

/** Who acts on what is told at once, by kind. */
const ACTS_BEFORE = {
  holdDecision: ['legalAdviser', 'decisionMaker'],
  requestAnswer: ['officer1F', 'legalAdviser', 'decisionMaker'],
  personRequest: ['legalAdviser', 'decisionMaker'],
  reconsideration: ['decisionMaker'],
  reopening: ['decisionMaker'],
  correctionDecision: ['caseOfficer', 'officer1F', 'legalAdviser'],
};

/** As before, and the second word on whom a file bars. */
export const ACTS = { ...ACTS_BEFORE, unblocking: ['caseOfficer', 'officer1F'] };

/** Whoever asked is nobody's second; where nobody else is assigned, everybody of the unit who may be is. */
export const SECONDS = {
  because: `'seconds', `,
  apart: 'AND NOT EXISTS (SELECT FROM unblocking b WHERE b.id = NEW.subject_id AND b.asked_by = u.id)',
  told: `UNION ALL SELECT p.id, 'seconds', 2 FROM person p JOIN unit USING (unit) WHERE NEW.kind = 'unblocking' AND p.roles && able`,
};
const AS_BEFORE = { because: '', apart: '', told: '' };

/** The database tells, in the transaction of whoever asks: kinds, whose roles act on each, and what is apart of each. */
export const tells = (acts: Readonly<Record<string, readonly string[]>>, also: typeof SECONDS): string => {
  const asked = Object.keys(acts)
    .map((kind) => `'${kind}'`)
    .join(', ');
  return `
  ALTER TABLE task DROP CONSTRAINT task_because_check, ADD CONSTRAINT task_because_check
    CHECK (because IN ('assigned', 'leadsUnit', 'decidesInUnit', 'answers', 'approves', ${also.because}'operates'));
  CREATE OR REPLACE FUNCTION f1_deadline_tells() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
  DECLARE
    able text[] := CASE NEW.kind
      ${Object.entries(acts)
        .map(([kind, roles]) => `WHEN '${kind}' THEN '{${roles.join(',')}}'`)
        .join('\n      ')} END;
  BEGIN
    INSERT INTO task (id, kind, case_id, deadline_id, assignee_id, because, step)
    WITH person AS (
      SELECT u.id, u.unit, u.roles, u.created_at, u.username FROM app_user u WHERE u.disabled_at IS NULL ${also.apart}
        AND NOT (NEW.kind IN ('reconsideration', 'reopening') AND (
          EXISTS (SELECT FROM decision d WHERE d.case_id = NEW.case_id AND d.decided_by = u.id)
          OR EXISTS (SELECT FROM suspicion_decision s WHERE s.case_id = NEW.case_id AND s.decided_by = u.id)))),
    assigned AS (
      SELECT p.id, a.role, a.assigned_at FROM assignment a JOIN person p ON p.id = a.user_id
      WHERE a.case_id = NEW.case_id AND a.ended_at IS NULL),
    unit AS (SELECT c.unit FROM case_file c WHERE c.id = NEW.case_id),
    superior AS (
      SELECT id, because FROM (
        SELECT l.user_id AS id, 'leadsUnit' AS because, 1 AS turn, NULL::timestamptz AS since, '' AS username
        FROM unit_lead l JOIN unit USING (unit) JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL ${also.apart}
        UNION ALL SELECT id, 'decidesInUnit', 2, assigned_at, '' FROM assigned WHERE role = 'decisionMaker'
        UNION ALL SELECT p.id, 'decidesInUnit', 3, p.created_at, p.username FROM person p JOIN unit USING (unit)
          WHERE 'decisionMaker' = ANY (p.roles)) above
      ORDER BY turn, since, username LIMIT 1),
    told AS (
      SELECT id, 'answers' AS because, 1 AS turn FROM person WHERE NEW.case_id IS NULL AND roles && able
      UNION ALL SELECT l.user_id, 'leadsUnit', 2 FROM unit_lead l JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL
        WHERE NEW.case_id IS NULL
      UNION ALL SELECT id, 'assigned', 1 FROM assigned WHERE role = ANY (able)
      ${also.told}
      UNION ALL SELECT id, because, 3 FROM superior
      UNION ALL SELECT id, 'assigned', 4 FROM assigned WHERE role IN ('caseOfficer', 'officer1F'))
    SELECT gen_random_uuid(), 'deadline', NEW.case_id, NEW.id, id, min(because), 0 FROM told
    WHERE turn = (SELECT min(turn) FROM told) GROUP BY id;
    RETURN NULL;
  END $$;
  DROP TRIGGER deadline_tells_at_once ON deadline;
  CREATE TRIGGER deadline_tells_at_once AFTER INSERT ON deadline FOR EACH ROW
    WHEN (NEW.kind IN (${asked}) AND NEW.step = 0 AND NEW.met_at IS NULL AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION f1_deadline_tells();
  DROP TRIGGER deadline_tells_again ON deadline;
  CREATE TRIGGER deadline_tells_again AFTER UPDATE OF starts_at ON deadline FOR EACH ROW
    WHEN (NEW.kind IN (${asked}) AND NEW.step = 0 AND NEW.starts_at <> OLD.starts_at AND NEW.met_at IS NULL AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION f1_deadline_tells();
  DROP TRIGGER deadline_closes_tasks ON deadline;
  CREATE TRIGGER deadline_closes_tasks AFTER UPDATE ON deadline FOR EACH ROW
    WHEN ((OLD.step > 0 OR NEW.kind IN (${asked})) AND (NEW.met_at IS NOT NULL OR NEW.ended_at IS NOT NULL
      OR (NEW.step = 0 AND NEW.starts_at <> OLD.starts_at)))
    EXECUTE FUNCTION f1_deadline_closes_tasks();
`;
};

/** What waits for a second person already is told of now. */
const RUNNING = `
  INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), case_id, id, 'unblocking', 'house rule', f1_now(), f1_now() + interval '84 hours',
      f1_now() + interval '134 hours', f1_now() + interval '7 days' FROM unblocking WHERE outcome IS NULL;
`;

const UNDONE = `
  DELETE FROM task WHERE deadline_id IN (SELECT id FROM deadline WHERE kind = 'unblocking');
  DELETE FROM deadline WHERE kind = 'unblocking';
  ${tells(ACTS_BEFORE, AS_BEFORE)}
  CREATE OR REPLACE FUNCTION f1_withdrawn_by_two() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS $$
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
  CREATE OR REPLACE FUNCTION f1_country_stays() RETURNS trigger LANGUAGE plpgsql ${DEFINER} AS $$
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
  DROP TRIGGER removal_confirms ON person_country;
  ${ROWS.map(([table]) => `DROP TRIGGER withdrawal_confirms ON ${table};`).join('\n  ')}
  ALTER POLICY api_changes ON third_person WITH CHECK (f1_sees_case(case_id)
    AND CASE WHEN withdrawn_by IS NULL THEN f1_actor() IN (whereabouts_approved_by, withdrawal_asked_by) ELSE withdrawn_by = f1_actor() END);
  ALTER POLICY api_with_case ON persecution_actor WITH CHECK (f1_sees_case(case_id)
    AND coalesce(withdrawn_by, withdrawal_asked_by, f1_actor()) = f1_actor());
  GRANT UPDATE (withdrawal_asked_by, withdrawal_asked_at) ON persecution_actor, third_person TO f1_api;
  GRANT UPDATE (dropped_by, dropped_at) ON person_country TO f1_api;
  DROP TABLE unblocking;
  DROP FUNCTION f1_unblocking_asked, f1_unblocking_ended, f1_unblocking_keeps, f1_withdrawal_confirms, f1_removal_confirms;
`;
