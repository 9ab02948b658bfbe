import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Access to a referral is taken by a correction and given back by one, whoever writes the row. */
export class AccessAndRestores1763700000043 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(ACCESS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
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
