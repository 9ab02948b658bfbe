import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A referral made under an older chart moves to the newest when it is sent a command that only this one has. */
const CHARTS = `
  CREATE FUNCTION f1_chart_moves_on() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM workflow was JOIN workflow is_now ON is_now.kind = was.kind AND is_now.version > was.version
        WHERE was.hash = OLD.workflow_hash AND is_now.hash = NEW.workflow_hash) THEN
      RAISE EXCEPTION '% % does not go back to an older chart', TG_TABLE_NAME, OLD.id USING ERRCODE = 'F1060';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER chart_moves_on BEFORE UPDATE OF workflow_hash ON referral FOR EACH ROW
    WHEN (NEW.workflow_hash <> OLD.workflow_hash) EXECUTE FUNCTION f1_chart_moves_on();
  GRANT UPDATE (workflow_hash) ON referral TO f1_api, f1_portal;

  -- For the audit, which compares them with the histories: what is pinned to which chart, and nothing of the content.
  CREATE FUNCTION f1_chart_pins() RETURNS TABLE (kind text, id uuid, workflow_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pins.* FROM (SELECT 'referral' AS kind, id, workflow_hash FROM referral
      UNION ALL SELECT 'case', id, workflow_hash FROM case_file) pins
    WHERE f1_actor_is('auditor')
      OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'case_file'::regclass), 'MEMBER')
  $$;
  REVOKE ALL ON FUNCTION f1_chart_pins FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_chart_pins TO f1_api;
`;

export class Hardening1763700000026 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CHARTS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      REVOKE UPDATE (workflow_hash) ON referral FROM f1_api, f1_portal;
      DROP TRIGGER chart_moves_on ON referral;
      DROP FUNCTION f1_chart_moves_on();
      DROP FUNCTION f1_chart_pins();
    `);
  }
}
