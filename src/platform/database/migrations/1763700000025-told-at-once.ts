import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever must act on what was asked from outside has it on a list from that moment, also where it belongs to no case. */
export class ToldAtOnce1763700000025 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(tasks("'personRequestLate', ", "'answers', ", '0, '));
    await db.query(NO_CASE);
    await db.query(TELLS);
    await db.query(closes(` OR NEW.kind IN (${ASKED})`));
    await db.query(RUNNING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER deadline_tells_at_once ON deadline;
      DROP TRIGGER deadline_tells_again ON deadline;
      DROP FUNCTION f1_deadline_tells;
      DELETE FROM task WHERE step = 0 OR kind = 'personRequestLate' OR deadline_id IN (SELECT id FROM deadline WHERE case_id IS NULL);
      DELETE FROM deadline WHERE case_id IS NULL;
      DROP POLICY api_person_request ON deadline;
      DROP POLICY api_person_request_met ON deadline;
      DROP POLICY api_person_request_starts ON deadline;
      DROP POLICY portal_person_request_starts ON deadline;
      DROP POLICY worker_chain ON person_request;
      REVOKE SELECT (id, event_seq, event_hash), UPDATE (event_seq, event_hash) ON person_request FROM f1_worker;
      ALTER TABLE deadline DROP CONSTRAINT deadline_has_case, ALTER COLUMN case_id SET NOT NULL;
      ALTER TABLE task DROP CONSTRAINT task_deadline_id_fkey, DROP CONSTRAINT task_has_case,
        ADD CHECK ((deadline_id IS NULL) = (case_id IS NULL));
      ${tasks('', '', '')}
      ${closes('')}
    `);
  }
}

/** What is asked from outside, and the roles that act on it. */
const ACTS = {
  holdDecision: ['legalAdviser', 'decisionMaker'],
  requestAnswer: ['officer1F', 'legalAdviser', 'decisionMaker'],
  personRequest: ['legalAdviser', 'decisionMaker'],
  reconsideration: ['decisionMaker'],
  reopening: ['decisionMaker'],
  correctionDecision: ['caseOfficer', 'officer1F', 'legalAdviser'],
};
const ASKED = Object.keys(ACTS)
  .map((kind) => `'${kind}'`)
  .join(', ');

const tasks = (kind: string, because: string, step: string): string => `
  ALTER TABLE task DROP CONSTRAINT task_kind_check, DROP CONSTRAINT task_because_check, DROP CONSTRAINT task_step_check,
    ADD CONSTRAINT task_kind_check
      CHECK (kind IN ('deadline', 'clockJumped', 'deliveryLate', 'nobodyResponsible', ${kind}'sendingHeld')),
    ADD CONSTRAINT task_because_check CHECK (because IN ('assigned', 'leadsUnit', 'decidesInUnit', ${because}'operates')),
    ADD CONSTRAINT task_step_check CHECK (step IN (${step}50, 80, 100));
`;

const NO_CASE = `
  -- A request about a person is of no case: whether there is one must show nowhere.
  ALTER TABLE deadline ALTER COLUMN case_id DROP NOT NULL,
    ADD CONSTRAINT deadline_has_case CHECK ((case_id IS NULL) = (kind = 'personRequest'));
  ALTER TABLE task DROP CONSTRAINT task_check1, ADD CONSTRAINT task_has_case CHECK (deadline_id IS NOT NULL OR case_id IS NULL),
    ADD CONSTRAINT task_deadline_id_fkey FOREIGN KEY (deadline_id) REFERENCES deadline (id);

  -- Whoever asks starts the clock and never reads it: it would tell how soon the answer was decided.
  ${[
    ['api', 'f1_api'],
    ['portal', 'f1_portal'],
  ]
    .map(
      ([name, role]) => `
  CREATE POLICY ${name}_person_request_starts ON deadline FOR INSERT TO ${role}
    WITH CHECK (case_id IS NULL AND f1_asked_about_person(subject_id));`,
    )
    .join('')}
  CREATE POLICY api_person_request ON deadline FOR SELECT TO f1_api USING (case_id IS NULL AND (
    (SELECT f1_answers_person_requests())
    OR EXISTS (SELECT FROM task t WHERE t.deadline_id = deadline.id AND t.assignee_id = f1_actor() AND t.done_at IS NULL)));
  CREATE POLICY api_person_request_met ON deadline FOR UPDATE TO f1_api
    USING (case_id IS NULL AND (SELECT f1_answers_person_requests()));
  CREATE POLICY worker_chain ON person_request FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT (id, event_seq, event_hash), UPDATE (event_seq, event_hash) ON person_request TO f1_worker;
`;

const TELLS = `
  -- In the transaction of whoever asks, who may neither read nor write anybody's list: whoever may act is told, else the unit's
  -- superior, else the officers. Whoever decided in the case before does not reconsider it.
  CREATE FUNCTION f1_deadline_tells() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    able text[] := CASE NEW.kind
      ${Object.entries(ACTS)
        .map(([kind, roles]) => `WHEN '${kind}' THEN '{${roles.join(',')}}'`)
        .join('\n      ')} END;
  BEGIN
    INSERT INTO task (id, kind, case_id, deadline_id, assignee_id, because, step)
    WITH person AS (
      SELECT u.id, u.unit, u.roles, u.created_at, u.username FROM app_user u WHERE u.disabled_at IS NULL
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
        FROM unit_lead l JOIN unit USING (unit) JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL
        UNION ALL SELECT id, 'decidesInUnit', 2, assigned_at, '' FROM assigned WHERE role = 'decisionMaker'
        UNION ALL SELECT p.id, 'decidesInUnit', 3, p.created_at, p.username FROM person p JOIN unit USING (unit)
          WHERE 'decisionMaker' = ANY (p.roles)) above
      ORDER BY turn, since, username LIMIT 1),
    told AS (
      SELECT id, 'answers' AS because, 1 AS turn FROM person WHERE NEW.case_id IS NULL AND roles && able
      UNION ALL SELECT l.user_id, 'leadsUnit', 2 FROM unit_lead l JOIN app_user u ON u.id = l.user_id AND u.disabled_at IS NULL
        WHERE NEW.case_id IS NULL
      UNION ALL SELECT id, 'assigned', 1 FROM assigned WHERE role = ANY (able)
      UNION ALL SELECT id, because, 2 FROM superior
      UNION ALL SELECT id, 'assigned', 3 FROM assigned WHERE role IN ('caseOfficer', 'officer1F'))
    SELECT gen_random_uuid(), 'deadline', NEW.case_id, NEW.id, id, min(because), 0 FROM told
    WHERE turn = (SELECT min(turn) FROM told) GROUP BY id;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_deadline_tells FROM PUBLIC;
  CREATE TRIGGER deadline_tells_at_once AFTER INSERT ON deadline FOR EACH ROW
    WHEN (NEW.kind IN (${ASKED}) AND NEW.step = 0 AND NEW.met_at IS NULL AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION f1_deadline_tells();
  -- Begun anew, after its old tasks were closed (triggers run in the order of their names).
  CREATE TRIGGER deadline_tells_again AFTER UPDATE OF starts_at ON deadline FOR EACH ROW
    WHEN (NEW.kind IN (${ASKED}) AND NEW.step = 0 AND NEW.starts_at <> OLD.starts_at AND NEW.met_at IS NULL AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION f1_deadline_tells();
`;

const closes = (also: string): string => `
  DROP TRIGGER deadline_closes_tasks ON deadline;
  CREATE TRIGGER deadline_closes_tasks AFTER UPDATE ON deadline FOR EACH ROW
    WHEN ((OLD.step > 0${also}) AND (NEW.met_at IS NOT NULL OR NEW.ended_at IS NOT NULL
      OR (NEW.step = 0 AND NEW.starts_at <> OLD.starts_at)))
    EXECUTE FUNCTION f1_deadline_closes_tasks();
`;

const RUNNING = `
  -- What was asked about persons before, and still waits.
  INSERT INTO deadline (id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), q.id, 'personRequest', 'house rule', q.asked_at, q.asked_at + (q.due_at - q.asked_at) * 0.5,
      q.asked_at + (q.due_at - q.asked_at) * 0.8, q.due_at
    FROM person_request q WHERE NOT EXISTS (SELECT FROM person_request_answer w WHERE w.request_id = q.id);
  -- A hold that ran out waits for nobody.
  UPDATE deadline SET ended_at = f1_now() WHERE kind = 'holdExpiry' AND step = 100 AND met_at IS NULL AND ended_at IS NULL;
`;
