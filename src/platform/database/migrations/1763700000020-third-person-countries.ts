import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A country of nationality or former residence of anybody in the file is a blocked recipient, not of the applicant alone. */
export class ThirdPersonCountries1763700000020 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE third_person ADD COLUMN countries text[] NOT NULL DEFAULT '{}'
        CHECK (array_to_string(countries, ' ') ~ '^([A-Z]{2}( [A-Z]{2})*)?$');
      ${blocked(`
      OR EXISTS (SELECT FROM authority a JOIN third_person t ON t.countries && ARRAY[a.country, a.represents]
        WHERE a.id = wanted AND t.case_id = of_case AND t.withdrawn_at IS NULL)`)}
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`${blocked('')} ALTER TABLE third_person DROP COLUMN countries;`);
  }
}

/** As migration 12 made it, and what is added. */
const blocked = (more: string): string => `
  CREATE OR REPLACE FUNCTION f1_blocked(of_case uuid, wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM authority a JOIN person_country p ON p.country IN (a.country, a.represents)
        WHERE a.id = wanted AND p.case_id = of_case)
      OR EXISTS (SELECT FROM authority a JOIN persecution_actor x ON x.authority_id = a.id OR x.country IN (a.country, a.represents)
        WHERE a.id = wanted AND x.case_id = of_case AND x.withdrawn_at IS NULL)${more};
  END $$;
`;
