import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was told of a file about a person is read by those who gave the answer and by those who see the case. Others who answer such
 * requests read that it was answered; a refusal they may read, as its proposal, on which any of them may decide.
 */
export class AnswersWithTheirCase1763700000080 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION f1_person_request_answered(wanted uuid) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        RETURN f1_answers_person_requests() AND EXISTS (SELECT FROM person_request_answer w WHERE w.request_id = wanted);
      END $$;
      REVOKE ALL ON FUNCTION f1_person_request_answered FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION f1_person_request_answered TO f1_api, f1_portal;
      ALTER POLICY api_answers ON person_request_answer USING ((SELECT f1_answers_person_requests()) AND (referral_id IS NULL OR decided_by = f1_actor()
        OR EXISTS (SELECT FROM referral r WHERE r.id = referral_id)
        OR EXISTS (SELECT FROM person_request_proposal p WHERE p.request_id = person_request_answer.request_id
          AND p.decision = 'confirmed' AND p.proposed_by = f1_actor())));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER POLICY api_answers ON person_request_answer USING ((SELECT f1_answers_person_requests()));
      DROP FUNCTION f1_person_request_answered(uuid);
    `);
  }
}
