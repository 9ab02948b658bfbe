import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What every command pays for: who sees a case is asked in one join instead of three sub-selects, an event of the case itself
 * needs no trigger to belong to it, and a write that misses its row is refused in its statement, so that it can travel with
 * the COMMIT.
 */
export class CheaperCommands1763700000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE OR REPLACE FUNCTION f1_sees_case(wanted uuid) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        IF EXISTS (SELECT FROM case_file c JOIN app_user u ON u.unit = c.unit WHERE c.id = wanted AND u.id = f1_actor()
          AND u.disabled_at IS NULL AND u.roles && '{caseOfficer,officer1F,reviewer,legalAdviser,decisionMaker}'::text[]) THEN
          RETURN true;
        END IF;
        RETURN EXISTS (SELECT FROM assignment a JOIN app_user u ON u.id = a.user_id
          WHERE a.case_id = wanted AND a.user_id = f1_actor() AND a.ended_at IS NULL
            AND u.disabled_at IS NULL AND u.roles && '{caseOfficer,officer1F,reviewer,legalAdviser,decisionMaker}'::text[]);
      END $$;

      DROP TRIGGER event_belongs ON event;
      CREATE CONSTRAINT TRIGGER event_belongs AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.aggregate_kind <> 'case' OR NEW.aggregate_id IS DISTINCT FROM NEW.case_id) EXECUTE FUNCTION f1_event_belongs();

      CREATE FUNCTION f1_exactly_one(changed bigint, of_table text) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF changed <> 1 THEN
          RAISE EXCEPTION 'an update meant for one row of % changed %', of_table, changed;
        END IF;
      END $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION f1_exactly_one;
      DROP TRIGGER event_belongs ON event;
      CREATE CONSTRAINT TRIGGER event_belongs AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION f1_event_belongs();
      CREATE OR REPLACE FUNCTION f1_sees_case(wanted uuid) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        RETURN EXISTS (
          SELECT FROM app_user u WHERE u.id = f1_actor() AND u.disabled_at IS NULL
            AND u.roles && ARRAY['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker']
            AND (EXISTS (SELECT FROM case_file c WHERE c.id = wanted AND c.unit = u.unit)
              OR EXISTS (SELECT FROM assignment a WHERE a.case_id = wanted AND a.user_id = u.id AND a.ended_at IS NULL)));
      END $$;
    `);
  }
}
