import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A case made under an older chart goes on in the newest when a command asks for it, as referrals do; the system may be who does. */
const CHARTS = `
  CREATE TRIGGER chart_moves_on BEFORE UPDATE OF workflow_hash ON case_file FOR EACH ROW
    WHEN (NEW.workflow_hash <> OLD.workflow_hash) EXECUTE FUNCTION f1_chart_moves_on();
  GRANT UPDATE (workflow_hash) ON case_file TO f1_worker;
`;

export class ObligationGaps1763700000029 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CHARTS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      REVOKE UPDATE (workflow_hash) ON case_file FROM f1_worker;
      DROP TRIGGER chart_moves_on ON case_file;
    `);
  }
}
