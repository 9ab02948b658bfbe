import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A mistaken identity that one of us reports is looked at as one that a recipient found. */
export class ReportedMistakesReconsidered1763700000070 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE reconsideration ALTER COLUMN feedback_id DROP NOT NULL,
        ADD CONSTRAINT reconsideration_because CHECK (feedback_id IS NOT NULL OR correction_id IS NOT NULL);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE reconsideration DROP CONSTRAINT reconsideration_because, ALTER COLUMN feedback_id SET NOT NULL;
    `);
  }
}
