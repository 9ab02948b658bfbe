import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many attempts were begun, and the newest of them, stand beside what is due: attempts that are gone are missed. Those that were
 * gone before are not.
 */
export class AttemptsCounted1763700000049 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE outbox ADD COLUMN begun integer NOT NULL DEFAULT 0, ADD COLUMN newest integer;
      UPDATE outbox o SET begun = a.begun, newest = a.newest
        FROM (SELECT referral_id, count(*) AS begun, max(number) AS newest FROM delivery_attempt GROUP BY 1) a
        WHERE a.referral_id = o.referral_id;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE outbox DROP COLUMN begun, DROP COLUMN newest');
  }
}
