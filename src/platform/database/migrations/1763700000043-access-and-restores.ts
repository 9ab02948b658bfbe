import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Access to a referral is taken by a correction and given back by one, whoever writes the row. Every restore is on record, signed,
 * with what the log lacks since.
 */
export class AccessAndRestores1763700000043 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(ACCESS);
    await db.query(RESTORES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE ledger_restore;
      DROP TRIGGER access_born_suspended ON referral;
      DROP TRIGGER access_by_correction ON referral;
      DROP FUNCTION f1_access_by_correction();
    `);
  }
}

const ACCESS = `
  -- At commit, because the mark, its event and the correction are written by one statement. The event says which correction it was.
  CREATE FUNCTION f1_access_by_correction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NEW.suspended_at IS NULL AND NOT EXISTS (
        SELECT FROM event e JOIN correction c ON c.case_id = NEW.case_id AND c.at = e.at AND c.reason = 'reinstated'
        WHERE e.aggregate_id = NEW.id AND e.type = 'MARK_REINSTATED' AND e.tx = pg_current_xact_id()) THEN
      RAISE EXCEPTION 'access to referral % is given back by no reinstatement', NEW.id USING ERRCODE = 'F1064';
    END IF;
    IF NEW.suspended_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM event e JOIN correction c ON c.case_id = NEW.case_id AND c.at = e.at AND c.reason = e.facets ->> 'reason'
        WHERE e.aggregate_id = NEW.id AND e.type = 'SUSPEND_ACCESS' AND e.at = NEW.suspended_at
          AND c.reason IN ('mistakenIdentity', 'unlawfulTransmission', 'agreementRevoked')) THEN
      RAISE EXCEPTION 'access to referral % is suspended by no correction that suspends', NEW.id USING ERRCODE = 'F1064';
    END IF;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_access_by_correction FROM PUBLIC;
  CREATE CONSTRAINT TRIGGER access_born_suspended AFTER INSERT ON referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.suspended_at IS NOT NULL) EXECUTE FUNCTION f1_access_by_correction();
  CREATE CONSTRAINT TRIGGER access_by_correction AFTER UPDATE ON referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.suspended_at IS DISTINCT FROM OLD.suspended_at) EXECUTE FUNCTION f1_access_by_correction();
`;

const RESTORES = `
  -- Written by the restore itself, as the owner. The statement is canonical JSON and the signature over its bytes.
  CREATE TABLE ledger_restore (
    id uuid PRIMARY KEY,
    restored_at timestamptz NOT NULL,
    -- The number of the last signed head that came with the backup; 0: none did.
    head bigint NOT NULL CHECK (head >= 0),
    -- In another cluster transactions may begin again below those that the backup brought.
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    statement text NOT NULL,
    signature bytea NOT NULL CHECK (length(signature) = 64)
  );
  ALTER TABLE ledger_restore ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_auditor ON ledger_restore FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  CREATE POLICY worker_reads ON ledger_restore FOR SELECT TO f1_worker USING (true);
  GRANT SELECT ON ledger_restore TO f1_api, f1_worker;
  CREATE TRIGGER ledger_restore_is_append_only BEFORE UPDATE OR DELETE ON ledger_restore
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
`;
