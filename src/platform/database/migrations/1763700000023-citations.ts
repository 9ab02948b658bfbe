import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The title of a publication may name a person: it lies sealed, and rows name it by a token (see source-ref.ts). */
export class Citations1763700000023 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE evidence ADD COLUMN sealed bytea`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE evidence DROP COLUMN sealed`);
  }
}
