import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * After a correction two persons decide, for each allegation, whether suspicion remains, and every recipient is told so. And the
 * track of an excluded person who cannot be removed: to be extradited or prosecuted.
 */
export class Corrections1763700000014 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CORRECTIONS);
    await db.query(PROSECUTION_TRACK);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE prosecution_track;
      DROP FUNCTION f1_answer_is_told, f1_reopened_on_a_ground CASCADE;
      ALTER TABLE suspicion_decision DROP COLUMN remaining_ids;
      ALTER TABLE correction DROP CONSTRAINT correction_reason_check;
      ALTER TABLE correction ADD CONSTRAINT correction_reason_check CHECK (reason IN ('quashedNotFinal', 'quashedFinal',
        'partlyUpheld', 'remitted', 'reinstated', 'noSuspicionRemains', 'factualError', 'mistakenIdentity',
        'unlawfulTransmission'));
      ALTER TABLE appeal DROP CONSTRAINT appeal_outcome_check;
      ALTER TABLE appeal ADD CONSTRAINT appeal_outcome_check CHECK (outcome IN ('upheld', 'quashed', 'remitted', 'partlyUpheld',
        'reinstated', 'withdrawn'));
    `);
  }
}

const CORRECTIONS = `
  ALTER TABLE correction DROP CONSTRAINT correction_reason_check;
  ALTER TABLE correction ADD CONSTRAINT correction_reason_check CHECK (reason IN ('quashedNotFinal', 'quashedFinal',
    'partlyUpheld', 'remitted', 'reinstated', 'suspicionRemains', 'noSuspicionRemains', 'factualError', 'mistakenIdentity',
    'unlawfulTransmission', 'reopened'));
  ALTER TABLE appeal DROP CONSTRAINT appeal_outcome_check;
  ALTER TABLE appeal ADD CONSTRAINT appeal_outcome_check CHECK (outcome IN ('upheld', 'quashed', 'remitted', 'partlyUpheld',
    'reinstated', 'withdrawn', 'overtaken'));

  -- After a correction: the allegations for which suspicion remains, on whatever ground. None: it was decided without one.
  ALTER TABLE suspicion_decision ADD COLUMN remaining_ids uuid[];

  -- Whoever was told of a suspicion, or of an exclusion since corrected, hears what was decided after the correction.
  CREATE FUNCTION f1_answer_is_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE untold uuid;
  BEGIN
    SELECT r.authority_id INTO untold FROM referral r
    WHERE r.case_id = NEW.case_id AND r.created_at < NEW.decided_at
      AND (r.kind = 'suspicion' OR (r.kind = 'exclusion' AND r.corrected_at IS NOT NULL))
      AND NOT EXISTS (SELECT FROM correction c JOIN obligation o ON o.cause_id = c.id
        WHERE c.case_id = NEW.case_id AND c.at = NEW.decided_at AND o.authority_id = r.authority_id
          AND c.reason IN ('suspicionRemains', 'noSuspicionRemains')) LIMIT 1;
    IF untold IS NOT NULL THEN
      RAISE EXCEPTION 'after a correction it is decided whether suspicion remains (%), but authority % is not told', NEW.id, untold
        USING ERRCODE = 'F1140';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER answer_is_told AFTER UPDATE ON suspicion_decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.outcome = 'confirmed' AND OLD.outcome IS NULL AND NEW.remaining_ids IS NOT NULL)
    EXECUTE FUNCTION f1_answer_is_told();

  -- An authority takes its own exclusion back only after a reconsideration said so, and by another person than took it.
  CREATE FUNCTION f1_reopened_on_a_ground() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM decision d JOIN reconsideration o ON o.case_id = d.case_id AND o.outcome = 'toReopen'
        AND o.decided_at > d.decided_at
      WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id AND d.decided_by <> f1_actor()) THEN
      RAISE EXCEPTION 'decision % is reopened without a reconsideration, or by whoever took it', NEW.decision_id
        USING ERRCODE = 'F1141';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER reopened_on_a_ground BEFORE INSERT ON correction
    FOR EACH ROW WHEN (NEW.reason = 'reopened') EXECUTE FUNCTION f1_reopened_on_a_ground();
`;

const PROSECUTION_TRACK = `
  -- One row per step, the last one counts: opened because of a bar to removal, reviewed, closed with a reason.
  CREATE TABLE prosecution_track (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    step text NOT NULL CHECK (step IN ('opened', 'reviewed', 'closed')),
    route text CHECK (route IN ('none', 'extraditionAsked', 'tribunalTransfer', 'domesticProsecution')),
    closing text CHECK (closing IN ('extradited', 'transferredToTribunal', 'prosecutedHere', 'removalPossible',
      'exclusionNoLongerStands', 'deceased')),
    sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES app_user (id),
    CHECK ((step = 'closed') = (closing IS NOT NULL)),
    CHECK ((step = 'closed') = (route IS NULL))
  );
  CREATE INDEX prosecution_track_by_case ON prosecution_track (case_id, at);
  CREATE TRIGGER prosecution_track_is_append_only BEFORE UPDATE OR DELETE ON prosecution_track
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  ALTER TABLE prosecution_track ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON prosecution_track FOR ALL TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND by_id = f1_actor());
  CREATE POLICY worker_all ON prosecution_track FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT ON prosecution_track TO f1_api;
  GRANT SELECT ON prosecution_track TO f1_worker;
`;
