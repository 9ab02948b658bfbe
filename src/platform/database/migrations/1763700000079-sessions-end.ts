import type { MigrationInterface, QueryRunner } from 'typeorm';

/** No session outlives a working day, however long whoever opens one asks for. */
export class SessionsEnd1763700000079 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE session SET expires_at = created_at + interval '12 hours' WHERE expires_at > created_at + interval '12 hours';
      ALTER TABLE session ADD CONSTRAINT session_ends CHECK (expires_at <= created_at + interval '12 hours');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE session DROP CONSTRAINT session_ends');
  }
}
