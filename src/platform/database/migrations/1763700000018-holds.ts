import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Holds that a recipient asks for on a referral and the authority decides: at most thirty days, ended early, asked anew. */
export class Holds1763700000018 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(HOLDS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP POLICY api_hold ON deadline;
      DROP TRIGGER preserve_keeps_key ON data_key;
      DROP TABLE hold;
      DROP FUNCTION f1_preserve_keeps_key, f1_hold_keeps, f1_asked_hold;
    `);
  }
}

const HOLDS = `
  CREATE TABLE hold (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('noAlert', 'delayedNotice', 'delayedDecision', 'stayOfRemoval', 'preserve')),
    sealed bytea NOT NULL,
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    granted boolean,
    sealed_decision bytea,
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    valid_until timestamptz,
    sealed_end bytea,
    ended_by uuid REFERENCES app_user (id),
    ended_at timestamptz,
    CHECK ((granted IS NULL) = (decided_at IS NULL) AND (granted IS NULL) = (decided_by IS NULL)
      AND (granted IS NULL) = (sealed_decision IS NULL)),
    CHECK ((granted IS TRUE) = (valid_until IS NOT NULL)),
    CHECK (valid_until > decided_at AND valid_until <= decided_at + interval '31 days'),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (sealed_end IS NULL)),
    CHECK (ended_at IS NULL OR granted),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX hold_by_referral ON hold (referral_id, asked_at);
  CREATE INDEX hold_by_case ON hold (case_id, asked_at);

  CREATE FUNCTION f1_hold_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
      OR to_jsonb(NEW) - ARRAY['granted', 'sealed_decision', 'decided_by', 'decided_at', 'valid_until', 'sealed_end', 'ended_by', 'ended_at']
        <> to_jsonb(OLD) - ARRAY['granted', 'sealed_decision', 'decided_by', 'decided_at', 'valid_until', 'sealed_end', 'ended_by', 'ended_at']
      OR (OLD.granted IS NOT NULL AND (NEW.granted, NEW.sealed_decision, NEW.decided_by, NEW.decided_at, NEW.valid_until)
        IS DISTINCT FROM (OLD.granted, OLD.sealed_decision, OLD.decided_by, OLD.decided_at, OLD.valid_until)) THEN
      RAISE EXCEPTION 'a hold is asked, decided and ended once' USING ERRCODE = 'F1001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER hold_keeps BEFORE UPDATE OR DELETE ON hold FOR EACH ROW EXECUTE FUNCTION f1_hold_keeps();

  -- What a prosecutor asked to preserve is not erased while that lasts, whoever tries.
  CREATE FUNCTION f1_preserve_keeps_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF coalesce(current_setting('f1.repeats_erasure', true), '') <> 'on' AND EXISTS (SELECT FROM hold
      WHERE case_id = NEW.case_id AND kind = 'preserve' AND granted AND ended_at IS NULL AND valid_until > f1_now()) THEN
      RAISE EXCEPTION 'case % is preserved for a prosecutor and is not erased', NEW.case_id USING ERRCODE = 'F1016';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER preserve_keeps_key BEFORE UPDATE OF wrapped ON data_key FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION f1_preserve_keeps_key();

  CREATE FUNCTION f1_asked_hold(wanted uuid, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM hold h WHERE h.id = wanted AND h.case_id = of_case AND f1_receives(h.referral_id, h.case_id));
  END $$;
  REVOKE ALL ON FUNCTION f1_asked_hold FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_asked_hold TO f1_api;

  ALTER TABLE hold ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON hold FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_decides ON hold FOR UPDATE TO f1_api
    USING (f1_sees_case(case_id) AND (SELECT f1_actor_is('legalAdviser', 'decisionMaker')))
    WITH CHECK (f1_sees_case(case_id) AND coalesce(ended_by, decided_by) = f1_actor());
  CREATE POLICY api_prosecutor ON hold FOR SELECT TO f1_api USING (f1_receives(referral_id, case_id));
  CREATE POLICY api_prosecutor_asks ON hold FOR INSERT TO f1_api
    WITH CHECK (asked_by = f1_actor() AND granted IS NULL AND f1_receives(referral_id, case_id));
  GRANT SELECT, INSERT, UPDATE (granted, sealed_decision, decided_by, decided_at, valid_until, sealed_end, ended_by, ended_at)
    ON hold TO f1_api;
  CREATE POLICY api_hold ON deadline FOR ALL TO f1_api USING (f1_asked_hold(subject_id, case_id))
    WITH CHECK (f1_asked_hold(subject_id, case_id));

  -- Thirty days, where an installation was made with more.
  INSERT INTO deadline_rule (kind, valid_from, amount, unit, source)
    SELECT 'holdExpiry', f1_now()::date, 30, 'days', 'house rule'
    WHERE EXISTS (SELECT FROM deadline_rule WHERE kind = 'holdExpiry' AND amount > 30 AND source = 'house rule')
    ON CONFLICT DO NOTHING;
`;
