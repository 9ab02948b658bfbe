import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A refusal to tell of a person carries no words of anybody's: an authority that a file bars could be told of it by them. What was
 * said before stays on record as it was said.
 */
export class RefusalsInFixedWords1763700000039 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE person_request_answer ALTER COLUMN sealed DROP NOT NULL,
        ADD CONSTRAINT person_request_answer_words CHECK ((outcome = 'disclosed') = (sealed IS NOT NULL)) NOT VALID;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE person_request_answer DROP CONSTRAINT person_request_answer_words,
        DISABLE TRIGGER person_request_answer_is_append_only;
      UPDATE person_request_answer SET sealed = '' WHERE sealed IS NULL;
      ALTER TABLE person_request_answer ENABLE TRIGGER person_request_answer_is_append_only;
      ALTER TABLE person_request_answer ALTER COLUMN sealed SET NOT NULL;
    `);
  }
}
