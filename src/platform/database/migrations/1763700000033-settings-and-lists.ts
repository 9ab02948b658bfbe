import type { MigrationInterface, QueryRunner } from 'typeorm';
import { notUndoneWhile } from '../not-undone.js';

/**
 * What decides where data leaves, in an installation that is in use, waits for a second operator; duties that are not met are on the lists of all. And the list of a unit's cases is found
 * by the unit.
 */
export class SettingsAndLists1763700000033 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE settings_change (
        id uuid PRIMARY KEY,
        -- Of what changes, from what to what, as canonical JSON: whoever confirms means the same.
        sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        changes jsonb NOT NULL,
        asked_by uuid NOT NULL REFERENCES app_user (id),
        asked_at timestamptz NOT NULL,
        -- Nobody confirms what was forgotten.
        valid_until timestamptz NOT NULL,
        confirmed_by uuid REFERENCES app_user (id),
        confirmed_at timestamptz,
        CONSTRAINT settings_change_confirmed_whole CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
        CONSTRAINT settings_change_by_two CHECK (confirmed_by <> asked_by),
        CONSTRAINT settings_change_in_time CHECK (confirmed_at <= valid_until)
      );
      ALTER TABLE settings_change ENABLE ROW LEVEL SECURITY;
      CREATE POLICY worker_reads ON settings_change FOR SELECT TO f1_worker USING (true);
      GRANT SELECT (valid_until, confirmed_at) ON settings_change TO f1_worker;
      CREATE FUNCTION f1_settings_change_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' OR OLD.confirmed_at IS NOT NULL
          OR (to_jsonb(NEW) - ARRAY['confirmed_by', 'confirmed_at']) <> (to_jsonb(OLD) - ARRAY['confirmed_by', 'confirmed_at']) THEN
          RAISE EXCEPTION 'a change of settings is asked once and confirmed once' USING ERRCODE = 'F1063';
        END IF;
        RETURN NEW;
      END $$;
      REVOKE ALL ON FUNCTION f1_settings_change_keeps FROM PUBLIC;
      CREATE TRIGGER settings_change_keeps BEFORE UPDATE OR DELETE ON settings_change FOR EACH ROW
        EXECUTE FUNCTION f1_settings_change_keeps();
      ${kinds(`, 'settingsWait', 'dutiesNotMet'`)}
      CREATE INDEX case_file_by_unit ON case_file (unit, created_at, id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(notUndoneWhile('settings_change', 'changes of settings that two operators were asked for'));
    await db.query(`
      DROP INDEX case_file_by_unit;
      DELETE FROM task WHERE kind IN ('settingsWait', 'dutiesNotMet');
      ${kinds('')}
      DROP TABLE settings_change;
      DROP FUNCTION f1_settings_change_keeps;
    `);
  }
}

export const kinds = (also: string): string => `
  ALTER TABLE task DROP CONSTRAINT task_kind_check, ADD CONSTRAINT task_kind_check
    CHECK (kind IN ('deadline', 'clockJumped', 'deliveryLate', 'nobodyResponsible', 'personRequestLate', 'sendingHeld'${also}));
`;
