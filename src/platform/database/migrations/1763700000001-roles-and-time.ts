import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The three database roles and the one clock. `f1_api` and `f1_worker` are privilege roles: policies are written for
 * them, and a login that is a member of one (or that connects as one) can do what that role may do and no more.
 */
export class RolesAndTime1763700000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$
      DECLARE role_name text;
      BEGIN
        FOREACH role_name IN ARRAY ARRAY['f1_api', 'f1_worker'] LOOP
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role_name);
          END IF;
        END LOOP;
      END $$;

      REVOKE CREATE ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO f1_api, f1_worker;

      -- Every SQL statement reads time here, so that a test can move the clock; only a database whose name says so moves.
      CREATE FUNCTION f1_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT now() + CASE WHEN current_database() LIKE 'f1\\_test\\_%'
          THEN coalesce(nullif(current_setting('f1.clock_offset', true), ''), '0')::interval ELSE '0'::interval END
      $$;

      -- The only setting a request may claim: who it is. What that person may see is looked up, never claimed.
      CREATE FUNCTION f1_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT nullif(current_setting('f1.actor', true), '')::uuid
      $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION f1_actor(); DROP FUNCTION f1_now();');
  }
}
