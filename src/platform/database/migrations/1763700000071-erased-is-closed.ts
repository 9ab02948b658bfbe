import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who answered a correction that the file was erased does not open it here again: until the sender gives standing access, or what was
 * corrected stands again.
 */
export class ErasedIsClosed1763700000071 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(barred(ERASED));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(barred(''));
  }
}

const GIVEN_AGAIN = (since: string): string => `EXISTS (SELECT FROM access_grant later
        WHERE later.referral_id = of_referral AND later.user_id IS NULL AND later.valid_from >= ${since})`;

/** The newest answer counts; of a referral that stands again nothing is to be erased. */
const ERASED = `
      OR EXISTS (SELECT FROM referral r JOIN referral told ON told.case_id = r.case_id AND told.authority_id = r.authority_id
          AND told.kind = 'correction' AND told.created_at >= r.created_at
        CROSS JOIN LATERAL (SELECT c.answer, c.answered_at FROM correction_answer c WHERE c.referral_id = told.id
          ORDER BY c.answered_at DESC LIMIT 1) said
        WHERE r.id = of_referral AND r.kind <> 'correction' AND r.corrected_at IS NOT NULL AND said.answer = 'erased'
          AND NOT ${GIVEN_AGAIN('said.answered_at')})`;

/** As migration 13 made it, and what is added. */
const barred = (more: string): string => `
  CREATE OR REPLACE FUNCTION f1_access_barred(of_referral uuid, person uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM access_grant g WHERE g.referral_id = of_referral AND (g.user_id = person OR g.user_id IS NULL)
        AND g.revoked_at IS NOT NULL AND g.revoked_by IS DISTINCT FROM person
        AND NOT ${GIVEN_AGAIN('g.revoked_at')})${more};
  END $$;
`;
