import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Deadlines warn before they pass, each step on somebody's list of tasks; a clock that jumped holds them; a departure that is
 * near shortens the time to refer.
 */
export class Tasks1763700000015 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(STEPS);
    await db.query(TASKS);
    await db.query(CLOCK);
    await db.query(DEPARTURES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER deadline_shortens_obligation ON deadline;
      DROP TRIGGER deadline_closes_tasks ON deadline;
      DROP TABLE departure, clock_mark, task, unit_lead;
      DROP FUNCTION f1_deadline_shortens_obligation, f1_deadline_closes_tasks;
      DROP INDEX deadline_next_step;
      ALTER TABLE deadline DROP COLUMN next_step_at, DROP COLUMN step, DROP COLUMN half_at, DROP COLUMN most_at,
        DROP CONSTRAINT deadline_in_case;
      CREATE INDEX deadline_due ON deadline (due_at) WHERE met_at IS NULL AND ended_at IS NULL AND escalated_at IS NULL;
    `);
  }
}

const STEPS = `
  ALTER TABLE deadline ADD COLUMN half_at timestamptz, ADD COLUMN most_at timestamptz,
    ADD COLUMN step smallint NOT NULL DEFAULT 0 CHECK (step IN (0, 50, 80, 100)),
    ADD CONSTRAINT deadline_in_case UNIQUE (id, case_id);
  -- Clocks that run already: by plain time; what has passed and was told stays told.
  UPDATE deadline SET half_at = starts_at + (due_at - starts_at) * 0.5, most_at = starts_at + (due_at - starts_at) * 0.8,
    step = CASE WHEN escalated_at IS NULL THEN 0 ELSE 100 END;
  ALTER TABLE deadline ALTER COLUMN half_at SET NOT NULL, ALTER COLUMN most_at SET NOT NULL,
    ADD COLUMN next_step_at timestamptz GENERATED ALWAYS AS (
      CASE step WHEN 0 THEN half_at WHEN 50 THEN most_at WHEN 80 THEN due_at END) STORED;
  DROP INDEX deadline_due;
  CREATE INDEX deadline_next_step ON deadline (next_step_at) WHERE met_at IS NULL AND ended_at IS NULL;
  GRANT UPDATE (half_at, most_at, step) ON deadline TO f1_api, f1_worker;
`;

const TASKS = `
  -- Who is told where nobody is assigned.
  CREATE TABLE unit_lead (
    unit text PRIMARY KEY CHECK (unit <> ''),
    user_id uuid NOT NULL REFERENCES app_user (id)
  );
  ALTER TABLE unit_lead ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_read ON unit_lead FOR SELECT TO f1_worker USING (true);
  GRANT SELECT ON unit_lead TO f1_worker;

  -- A deadline's step on somebody's list, or a condition that an operator must look into; the latter belongs to no case.
  CREATE TABLE task (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('deadline', 'clockJumped', 'deliveryLate', 'nobodyResponsible', 'sendingHeld')),
    case_id uuid REFERENCES case_file (id),
    deadline_id uuid,
    unit text,
    assignee_id uuid NOT NULL REFERENCES app_user (id),
    because text NOT NULL CHECK (because IN ('assigned', 'leadsUnit', 'decidesInUnit', 'operates')),
    step smallint CHECK (step IN (50, 80, 100)),
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    done_at timestamptz,
    done_because text CHECK (done_because IN ('met', 'ended', 'restarted', 'reassigned', 'resolved')),
    CHECK ((kind = 'deadline') = (deadline_id IS NOT NULL)),
    CHECK ((deadline_id IS NULL) = (case_id IS NULL)),
    CHECK ((deadline_id IS NULL) = (step IS NULL)),
    CHECK ((done_at IS NULL) = (done_because IS NULL)),
    FOREIGN KEY (deadline_id, case_id) REFERENCES deadline (id, case_id)
  );
  CREATE UNIQUE INDEX task_once ON task (deadline_id, assignee_id) WHERE done_at IS NULL AND deadline_id IS NOT NULL;
  CREATE UNIQUE INDEX task_condition_once ON task (kind, coalesce(unit, ''), assignee_id)
    WHERE done_at IS NULL AND deadline_id IS NULL;
  CREATE INDEX task_by_assignee ON task (assignee_id) WHERE done_at IS NULL;
  CREATE INDEX task_by_case ON task (case_id);
  ALTER TABLE task ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_own ON task FOR SELECT TO f1_api USING (case_id IS NULL AND assignee_id = f1_actor());
  CREATE POLICY api_with_case ON task FOR SELECT TO f1_api USING (case_id IS NOT NULL AND f1_sees_case(case_id));
  CREATE POLICY worker_all ON task FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT ON task TO f1_api;
  GRANT SELECT, INSERT, UPDATE (step, because, done_at, done_because) ON task TO f1_worker;

  -- Whoever's command meets, ends or restarts a deadline takes its tasks off every list, also of those whose lists it cannot see.
  CREATE FUNCTION f1_deadline_closes_tasks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    UPDATE task SET done_at = f1_now(), done_because = CASE WHEN NEW.met_at IS NOT NULL THEN 'met'
      WHEN NEW.ended_at IS NOT NULL THEN 'ended' ELSE 'restarted' END
    WHERE deadline_id = NEW.id AND done_at IS NULL;
    RETURN NULL;
  END $$;
  CREATE TRIGGER deadline_closes_tasks AFTER UPDATE ON deadline FOR EACH ROW
    WHEN (OLD.step > 0 AND (NEW.met_at IS NOT NULL OR NEW.ended_at IS NOT NULL OR NEW.step = 0))
    EXECUTE FUNCTION f1_deadline_closes_tasks();
`;

const CLOCK = `
  -- The database's time as last seen, so that a jump shows; while one is held no deadline escalates.
  CREATE TABLE clock_mark (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seen_at timestamptz NOT NULL,
    -- Counts the jumps and what was done about them: who has seen another number takes the time as it is.
    turn integer NOT NULL DEFAULT 0,
    held_since timestamptz,
    jumped interval NOT NULL DEFAULT '0',
    confirmed_at timestamptz
  );
  ALTER TABLE clock_mark ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_all ON clock_mark FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON clock_mark TO f1_worker;
`;

const DEPARTURES = `
  -- When the person is expected to leave the country. What it rests on is in the event.
  CREATE TABLE departure (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    expected_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL,
    withdrawn_at timestamptz
  );
  CREATE UNIQUE INDEX departure_once ON departure (case_id) WHERE withdrawn_at IS NULL;
  CREATE INDEX departure_by_case ON departure (case_id);
  ALTER TABLE departure ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON departure FOR ALL TO f1_api USING (f1_sees_case(case_id)) WITH CHECK (f1_sees_case(case_id));
  CREATE POLICY worker_read ON departure FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON departure TO f1_api;
  GRANT SELECT ON departure TO f1_worker;

  -- An obligation is due when its clock runs out. No runtime role moves that itself, and it only ever moves nearer; one whose
  -- recipient has become blocked keeps its time.
  CREATE FUNCTION f1_deadline_shortens_obligation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    UPDATE obligation o SET due_at = NEW.due_at WHERE o.id = NEW.subject_id AND o.due_at > NEW.due_at
      AND NOT f1_blocked(o.case_id, o.authority_id);
    RETURN NULL;
  END $$;
  CREATE TRIGGER deadline_shortens_obligation AFTER UPDATE OF due_at ON deadline FOR EACH ROW
    WHEN (NEW.kind = 'refer' AND NEW.due_at < OLD.due_at) EXECUTE FUNCTION f1_deadline_shortens_obligation();
`;
