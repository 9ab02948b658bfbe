import type { MigrationInterface, QueryRunner } from 'typeorm';

const seen = (also: string): string => `
  ALTER POLICY api_answers ON person_request_proposal USING ((SELECT f1_answers_person_requests())${also});
`;

/** What is proposed to be told of a case is read, and decided, by those who see the case: it says what was found in it. */
export class ProposalsWithTheirCase1763700000064 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(seen(' AND (case_id IS NULL OR f1_sees_case(case_id))'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(seen(''));
  }
}
