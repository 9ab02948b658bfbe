import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever looks what is to be posted sees whether anything may be sent at all. */
export class PostIsHeld1763700000057 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE POLICY api_read ON sending_hold FOR SELECT TO f1_api USING (true);
      GRANT SELECT (resumed_at) ON sending_hold TO f1_api;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      REVOKE SELECT (resumed_at) ON sending_hold FROM f1_api;
      DROP POLICY api_read ON sending_hold;
    `);
  }
}
