import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sending that waits after a restore, holds that keep a file from being erased, and erasures that two accounts ask for. */
export class Keys1763700000016 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(SENDING);
    await db.query(ERASURES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER legal_hold_keeps_key ON data_key;
      DROP TABLE erasure, legal_hold, sending_hold;
      DROP FUNCTION f1_legal_hold_keeps_key;
    `);
  }
}

const SENDING = `
  -- While a row is open nothing is sent. Only the owner's commands write here.
  CREATE TABLE sending_hold (
    id uuid PRIMARY KEY,
    because text NOT NULL CHECK (because IN ('restored')),
    held_since timestamptz NOT NULL,
    resumed_at timestamptz,
    resumed_by uuid REFERENCES app_user (id),
    CHECK ((resumed_at IS NULL) = (resumed_by IS NULL))
  );
  CREATE UNIQUE INDEX sending_held_once ON sending_hold (because) WHERE resumed_at IS NULL;
  ALTER TABLE sending_hold ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_read ON sending_hold FOR SELECT TO f1_worker USING (true);
  GRANT SELECT ON sending_hold TO f1_worker;
`;

const ERASURES = `
  CREATE TABLE legal_hold (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    basis text NOT NULL CHECK (basis <> ''),
    placed_by uuid NOT NULL REFERENCES app_user (id),
    placed_at timestamptz NOT NULL,
    released_by uuid REFERENCES app_user (id),
    released_at timestamptz,
    CHECK ((released_at IS NULL) = (released_by IS NULL)),
    CHECK (released_by <> placed_by)
  );
  CREATE INDEX legal_hold_by_case ON legal_hold (case_id);

  CREATE TABLE erasure (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL UNIQUE REFERENCES case_file (id),
    basis text NOT NULL CHECK (basis <> ''),
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    confirmed_by uuid REFERENCES app_user (id),
    confirmed_at timestamptz,
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
    CHECK (confirmed_by <> asked_by)
  );

  ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY;
  ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON legal_hold FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_with_case ON erasure FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  GRANT SELECT ON legal_hold, erasure TO f1_api;

  -- A hold beats an erasure, whoever tries. What the ledger of erasures repeats after a restore was decided without a hold.
  CREATE FUNCTION f1_legal_hold_keeps_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF coalesce(current_setting('f1.repeats_erasure', true), '') <> 'on'
      AND EXISTS (SELECT FROM legal_hold WHERE case_id = NEW.case_id AND released_at IS NULL) THEN
      RAISE EXCEPTION 'case % is under a legal hold and is not erased', NEW.case_id USING ERRCODE = 'F1016';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER legal_hold_keeps_key BEFORE UPDATE OF wrapped ON data_key FOR EACH ROW
    WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION f1_legal_hold_keeps_key();
`;
