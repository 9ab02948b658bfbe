import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Law and content as effective-dated data: workflows, questionnaires, deadline rules, competence rules. */
export class Definitions1763700000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE workflow (
        hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
        kind text NOT NULL CHECK (kind IN ('case', 'person', 'interview', 'referral', 'questionnaire')),
        version integer NOT NULL CHECK (version > 0),
        body jsonb NOT NULL,
        published_at timestamptz NOT NULL DEFAULT f1_now(),
        UNIQUE (kind, version)
      );

      CREATE TABLE questionnaire (
        hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
        pack text NOT NULL,
        code text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        purpose text NOT NULL CHECK (purpose IN ('screening', 'exclusion', 'witness')),
        countries text[] NOT NULL,
        title jsonb NOT NULL,
        body jsonb NOT NULL,
        status text NOT NULL CHECK (status IN ('draft', 'published')),
        published_at timestamptz,
        CHECK ((status = 'published') = (published_at IS NOT NULL)),
        UNIQUE (code, version)
      );

      CREATE FUNCTION f1_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'a published % is never changed or removed: publish a new version', TG_TABLE_NAME USING ERRCODE = 'F1001';
      END $$;
      CREATE TRIGGER workflow_is_immutable BEFORE UPDATE OR DELETE ON workflow
        FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
      CREATE TRIGGER questionnaire_is_immutable BEFORE UPDATE OR DELETE ON questionnaire
        FOR EACH ROW WHEN (OLD.status = 'published') EXECUTE FUNCTION f1_refuse_change();

      CREATE TABLE deadline_rule (
        kind text NOT NULL,
        valid_from date NOT NULL,
        amount integer NOT NULL CHECK (amount > 0),
        unit text NOT NULL CHECK (unit IN ('hours', 'days', 'workingDays')),
        source text NOT NULL CHECK (source <> ''),
        PRIMARY KEY (kind, valid_from)
      );

      -- Figures of law that are no deadlines, such as the age of criminal responsibility.
      CREATE TABLE legal_setting (
        name text NOT NULL,
        valid_from date NOT NULL,
        value jsonb NOT NULL,
        source text NOT NULL CHECK (source <> ''),
        PRIMARY KEY (name, valid_from)
      );

      CREATE TABLE competence_rule (
        id uuid NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        authority_id uuid NOT NULL REFERENCES authority (id),
        kinds text[] NOT NULL CHECK (cardinality(kinds) > 0 AND kinds <@ ARRAY['exclusion', 'suspicion', 'account']),
        grounds text[] NOT NULL CHECK (cardinality(grounds) > 0),
        countries text[],
        legal_basis text NOT NULL CHECK (legal_basis <> ''),
        valid_from date NOT NULL,
        valid_until date,
        PRIMARY KEY (id, version)
      );

      GRANT SELECT ON workflow, questionnaire, deadline_rule, legal_setting, competence_rule TO f1_api, f1_worker;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE competence_rule, legal_setting, deadline_rule, questionnaire, workflow;
      DROP FUNCTION f1_refuse_change();
    `);
  }
}
