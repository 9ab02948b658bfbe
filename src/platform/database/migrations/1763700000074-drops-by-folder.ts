import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A drop names whose folder it lies in, so that what is to be taken back is found without reading all that was ever dropped.
 */
export class DropsByFolder1763700000074 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE dropped ADD COLUMN authority_id uuid REFERENCES authority (id);
      UPDATE dropped d SET authority_id = r.authority_id FROM referral r WHERE r.id = d.referral_id;
      ALTER TABLE dropped ALTER COLUMN authority_id SET NOT NULL;
      CREATE INDEX dropped_by_folder ON dropped (authority_id, endpoint) WHERE cleared_at IS NULL;
      ${appendOnly('referral_id, case_id, authority_id, endpoint, name, noted_at')}
      -- A worker that is not yet of this release names no authority.
      CREATE FUNCTION f1_drop_of_authority() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        NEW.authority_id := (SELECT authority_id FROM referral WHERE id = NEW.referral_id);
        RETURN NEW;
      END $$;
      REVOKE ALL ON FUNCTION f1_drop_of_authority FROM PUBLIC;
      CREATE TRIGGER drop_of_authority BEFORE INSERT ON dropped FOR EACH ROW EXECUTE FUNCTION f1_drop_of_authority();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${appendOnly('referral_id, case_id, endpoint, name, noted_at')}
      DROP TRIGGER drop_of_authority ON dropped;
      DROP FUNCTION f1_drop_of_authority;
      ALTER TABLE dropped DROP COLUMN authority_id;
    `);
  }
}

const appendOnly = (columns: string): string => `
  DROP TRIGGER dropped_is_append_only ON dropped;
  CREATE TRIGGER dropped_is_append_only BEFORE DELETE OR UPDATE OF ${columns} ON dropped
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
`;
