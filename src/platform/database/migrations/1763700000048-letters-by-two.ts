import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A letter that acknowledges without naming the file is read by two, whoever writes the row: what it names is a column, and only what
 * names the file that was sent counts by itself. And whoever was told that a person is here is told so for as long as it is so.
 */
export class LettersByTwo1763700000048 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(NAMED);
    await db.query(HERE);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION f1_still_here;
      ${records('')}
      ALTER TABLE recipient_letter DROP COLUMN file_sha256;
    `);
  }
}

const records = (also: string): string => `
  ALTER POLICY api_records ON recipient_letter WITH CHECK (f1_sees_case(case_id) AND recorded_by = f1_actor()
    AND f1_actor_is('caseOfficer', 'officer1F', 'decisionMaker') AND decided_by IS NULL AND f1_answers_by_letter(referral_id)${also});
`;

const NAMED = `
  -- Of what was read, as an acknowledgement names it.
  ALTER TABLE recipient_letter ADD COLUMN file_sha256 text;
  -- What counted without a second person named the file that was sent: nothing else was taken.
  UPDATE recipient_letter l SET file_sha256 = r.body_sha256 FROM referral r
    WHERE r.id = l.referral_id AND l.says = 'ACKNOWLEDGE' AND l.outcome = 'recorded';
  ALTER TABLE recipient_letter ADD CONSTRAINT recipient_letter_names_file CHECK (file_sha256 IS NULL OR says = 'ACKNOWLEDGE'),
    ADD CONSTRAINT recipient_letter_unnamed_by_two
      CHECK (says <> 'ACKNOWLEDGE' OR outcome IS DISTINCT FROM 'recorded' OR file_sha256 IS NOT NULL);
  ${records(`
    AND (file_sha256 IS NULL OR file_sha256 = (SELECT r.body_sha256 FROM referral r WHERE r.id = referral_id))`)}
`;

const HERE = `
  -- Whether the person is known to be in the country, for whoever was told that; of what is suspended, nothing more is said.
  CREATE FUNCTION f1_still_here(referral uuid, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT r.present_here AND (r.suspended_at IS NOT NULL OR coalesce(p.snapshot #>> '{whereabouts,alive}',
        p.snapshot ->> 'whereabouts') IN ('present', 'detained')) FROM referral r JOIN person p ON p.case_id = r.case_id
      WHERE r.id = f1_still_here.referral AND r.case_id = of_case AND (f1_sees_case(of_case) OR f1_receives(r.id, of_case)));
  END $$;
  REVOKE ALL ON FUNCTION f1_still_here FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_still_here TO f1_api, f1_portal;
`;
