import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The law that an authority names in its own words when it asks about a person lies sealed in the request and in the package, and
 * nowhere else: the rows of what was disclosed name the request, as those disclosed before do from now on.
 */
export class CodedBasis1763700000035 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE referral r SET legal_basis = 'person request ' || a.request_id
        FROM person_request_answer a JOIN obligation o ON o.id = a.referral_id
          JOIN cause_competence m ON m.cause_id = o.cause_id AND m.authority_id = o.authority_id
        WHERE r.id = a.referral_id AND m.rule_id IS NULL;
      UPDATE cause_competence m SET legal_basis = 'person request ' || a.request_id
        FROM person_request_answer a JOIN obligation o ON o.id = a.referral_id
        WHERE m.cause_id = o.cause_id AND m.authority_id = o.authority_id AND m.rule_id IS NULL;
    `);
  }

  /** The words stay sealed where they are. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
