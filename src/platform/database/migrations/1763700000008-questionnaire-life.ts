import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The life of a questionnaire version: drafts, approvals, retirement, and moving running interviews to another version. */
export class QuestionnaireLife1763700000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(LIFE);
    await db.query(MIGRATIONS);
    await db.query(AUDIT);
    await db.query(POLICIES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION f1_questionnaire_usage;
      DROP TABLE questionnaire_migration_interview, questionnaire_migration, questionnaire_approval, questionnaire_author,
        questionnaire_version CASCADE;
      DROP FUNCTION f1_questionnaire_was_approved, f1_questionnaire_version_keeps CASCADE;
      ALTER TABLE interview_questionnaire DROP COLUMN replaced_at;
      ALTER TABLE questionnaire DISABLE ROW LEVEL SECURITY;
    `);
  }
}

const LIFE = `
  -- One version of one questionnaire from its draft to its retirement. \`number\` is the version its author gave it; \`version\`
  -- counts changes of this row, as everywhere. What interviews are pinned to is a row of \`questionnaire\`, made at publication.
  CREATE TABLE questionnaire_version (
    id uuid PRIMARY KEY,
    pack text NOT NULL,
    code text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    purpose text NOT NULL CHECK (purpose IN ('screening', 'exclusion', 'witness')),
    countries text[] NOT NULL,
    title jsonb NOT NULL,
    -- Every file: questionnaire, modules, reference data, pack file, scenarios. None where a release brought it: then they
    -- stand in \`questionnaire\`.
    body jsonb,
    -- SHA-256 of the canonical body: what was looked at and approved.
    body_hash text NOT NULL CHECK (body_hash ~ '^[0-9a-f]{64}$'),
    -- What interviews will be pinned to; none while the files do not compile.
    hash text CHECK (hash ~ '^[0-9a-f]{64}$'),
    workflow_hash text NOT NULL REFERENCES workflow (hash),
    snapshot jsonb NOT NULL,
    stage text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    review_due_at timestamptz,
    event_seq integer NOT NULL DEFAULT 0,
    event_hash bytea,
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    -- None: a release, or a file that was imported at the console.
    created_by uuid REFERENCES app_user (id),
    published_at timestamptz,
    retired_at timestamptz,
    CHECK ((published_at IS NOT NULL) = (stage IN ('published', 'retired'))),
    CHECK ((retired_at IS NOT NULL) = (stage = 'retired')),
    CHECK (body IS NOT NULL OR published_at IS NOT NULL),
    CHECK (hash IS NOT NULL OR published_at IS NULL)
  );
  CREATE UNIQUE INDEX questionnaire_version_once ON questionnaire_version (code, number) WHERE stage <> 'discarded';
  CREATE UNIQUE INDEX questionnaire_version_published ON questionnaire_version (hash) WHERE published_at IS NOT NULL;

  CREATE TABLE questionnaire_author (
    questionnaire_id uuid NOT NULL REFERENCES questionnaire_version (id),
    user_id uuid NOT NULL REFERENCES app_user (id),
    since timestamptz NOT NULL DEFAULT f1_now(),
    PRIMARY KEY (questionnaire_id, user_id)
  );

  CREATE TABLE questionnaire_approval (
    id uuid PRIMARY KEY,
    questionnaire_id uuid NOT NULL REFERENCES questionnaire_version (id),
    outcome text NOT NULL CHECK (outcome IN ('approved', 'returned')),
    body_hash text NOT NULL,
    -- Hash of the published questionnaire it was compared with, and of the difference that was seen; none for a first version.
    against text REFERENCES questionnaire (hash),
    difference_hash text,
    reason text,
    by_id uuid NOT NULL REFERENCES app_user (id),
    at timestamptz NOT NULL DEFAULT f1_now(),
    CHECK ((against IS NULL) = (difference_hash IS NULL)),
    CHECK (outcome = 'approved' OR reason IS NOT NULL)
  );
  CREATE INDEX questionnaire_approval_by_version ON questionnaire_approval (questionnaire_id, at);

  -- What was published stays what it was; only its life goes on.
  CREATE FUNCTION f1_questionnaire_version_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.created_at <> OLD.created_at OR (
      OLD.published_at IS NOT NULL AND (NEW.pack, NEW.number, NEW.purpose, NEW.countries, NEW.title, NEW.body, NEW.body_hash,
        NEW.hash, NEW.published_at) IS DISTINCT FROM (OLD.pack, OLD.number, OLD.purpose, OLD.countries, OLD.title, OLD.body,
        OLD.body_hash, OLD.hash, OLD.published_at))
    THEN
      RAISE EXCEPTION 'a published % is never changed or removed: publish a new version', TG_TABLE_NAME USING ERRCODE = 'F1001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER questionnaire_version_keeps BEFORE UPDATE OR DELETE ON questionnaire_version
    FOR EACH ROW EXECUTE FUNCTION f1_questionnaire_version_keeps();
  CREATE TRIGGER questionnaire_author_is_append_only BEFORE UPDATE OR DELETE ON questionnaire_author
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER questionnaire_approval_is_append_only BEFORE UPDATE OR DELETE ON questionnaire_approval
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  -- Whatever a person publishes was approved, as it is, by somebody who wrote none of it. A release is published by the owner.
  CREATE FUNCTION f1_questionnaire_was_approved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'questionnaire'::regclass), 'MEMBER') THEN
      RETURN NULL;
    END IF;
    IF NOT EXISTS (
      SELECT FROM questionnaire_version v JOIN questionnaire_approval a ON a.questionnaire_id = v.id
      WHERE v.hash = NEW.hash AND v.code = NEW.code AND v.number = NEW.version AND v.stage = 'published'
        AND a.outcome = 'approved' AND a.body_hash = v.body_hash
        AND NOT EXISTS (SELECT FROM questionnaire_author w WHERE w.questionnaire_id = v.id AND w.user_id = a.by_id))
    THEN
      RAISE EXCEPTION 'version % of % was not approved, as it is, by somebody who wrote none of it', NEW.version, NEW.code
        USING ERRCODE = 'F1013';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER questionnaire_was_approved AFTER INSERT ON questionnaire DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION f1_questionnaire_was_approved();
`;

const MIGRATIONS = `
  -- A pin that was replaced stays, so that the way back is known and what was asked before can still be read.
  ALTER TABLE interview_questionnaire ADD COLUMN replaced_at timestamptz;

  -- A plan to move running interviews from one published version to the one it is proposed on, or back.
  CREATE TABLE questionnaire_migration (
    id uuid PRIMARY KEY,
    questionnaire_id uuid NOT NULL REFERENCES questionnaire_version (id),
    from_hash text NOT NULL REFERENCES questionnaire (hash),
    to_hash text NOT NULL REFERENCES questionnaire (hash),
    reverses uuid REFERENCES questionnaire_migration (id),
    mapping jsonb NOT NULL,
    reason text NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'dropped', 'approved', 'done')),
    proposed_by uuid NOT NULL REFERENCES app_user (id),
    proposed_at timestamptz NOT NULL,
    -- When the worker had gone through every live interview without changing one.
    tried_at timestamptz,
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    done_at timestamptz,
    CHECK (from_hash <> to_hash),
    CHECK ((status IN ('approved', 'done')) <= (tried_at IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> proposed_by)),
    CHECK ((status = 'done') = (done_at IS NOT NULL))
  );
  CREATE UNIQUE INDEX questionnaire_migration_open ON questionnaire_migration (questionnaire_id)
    WHERE status IN ('proposed', 'approved');
  CREATE INDEX questionnaire_migration_by_status ON questionnaire_migration (status);

  -- Per interview what it would do, then what it did: numbers and ids of questions, never an answer.
  CREATE TABLE questionnaire_migration_interview (
    migration_id uuid NOT NULL REFERENCES questionnaire_migration (id),
    interview_id uuid NOT NULL REFERENCES interview (id),
    kept integer NOT NULL,
    moved integer NOT NULL,
    dropped jsonb NOT NULL,
    refused text,
    moved_at timestamptz,
    PRIMARY KEY (migration_id, interview_id)
  );

  -- How many interviews are pinned to a questionnaire, in which state: for authors too, who see none of them.
  CREATE FUNCTION f1_questionnaire_usage(wanted text)
    RETURNS TABLE (workflow_hash text, snapshot jsonb, interviews integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.workflow_hash, i.snapshot, count(*)::integer FROM interview_questionnaire n JOIN interview i ON i.id = n.interview_id
    WHERE n.questionnaire_hash = wanted AND n.replaced_at IS NULL
      AND f1_actor_is('author', 'auditor', 'caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker')
    GROUP BY i.workflow_hash, i.snapshot
  $$;
  REVOKE ALL ON FUNCTION f1_questionnaire_usage FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_questionnaire_usage TO f1_api;
`;

const AUDIT = `
  CREATE OR REPLACE FUNCTION f1_aggregate_heads()
    RETURNS TABLE (kind text, id uuid, case_id uuid, event_seq integer, event_hash bytea, snapshot jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT heads.* FROM (
      SELECT 'case' AS kind, id, id AS case_id, event_seq, event_hash, snapshot FROM case_file
      UNION ALL SELECT 'person', id, case_id, event_seq, event_hash, snapshot FROM person
      UNION ALL SELECT 'interview', id, case_id, event_seq, event_hash, snapshot FROM interview
      UNION ALL SELECT 'referral', id, case_id, event_seq, event_hash, snapshot FROM referral
      UNION ALL SELECT 'questionnaire', id, NULL, event_seq, event_hash, snapshot FROM questionnaire_version) heads
    WHERE f1_actor_is('auditor')
      OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'case_file'::regclass), 'MEMBER')
  $$;

  CREATE OR REPLACE FUNCTION f1_event_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT (CASE NEW.aggregate_kind
      WHEN 'case' THEN NEW.aggregate_id = NEW.case_id
      WHEN 'person' THEN EXISTS (SELECT FROM person WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      WHEN 'interview' THEN EXISTS (SELECT FROM interview WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      WHEN 'referral' THEN EXISTS (SELECT FROM referral WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      ELSE NEW.case_id IS NULL AND EXISTS (SELECT FROM questionnaire_version WHERE id = NEW.aggregate_id) END)
    THEN
      RAISE EXCEPTION 'an event of % % does not belong to case %', NEW.aggregate_kind, NEW.aggregate_id, NEW.case_id
        USING ERRCODE = 'F1012';
    END IF;
    RETURN NULL;
  END $$;
`;

const POLICIES = `
  ALTER TABLE questionnaire ENABLE ROW LEVEL SECURITY;
  CREATE POLICY everybody_reads ON questionnaire FOR SELECT TO f1_api, f1_worker USING (true);
  CREATE POLICY api_author ON questionnaire FOR INSERT TO f1_api
    WITH CHECK (status = 'published' AND f1_actor_is('author'));
  GRANT INSERT ON questionnaire TO f1_api;

  ALTER TABLE questionnaire_version ENABLE ROW LEVEL SECURITY;
  CREATE POLICY everybody_reads_published ON questionnaire_version FOR SELECT TO f1_api, f1_worker
    USING (published_at IS NOT NULL);
  CREATE POLICY api_auditor ON questionnaire_version FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  CREATE POLICY api_author ON questionnaire_version FOR ALL TO f1_api USING ((SELECT f1_actor_is('author')))
    WITH CHECK (f1_actor_is('author'));
  CREATE POLICY worker_all ON questionnaire_version FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON questionnaire_version TO f1_api;
  GRANT UPDATE (pack, number, purpose, countries, title, body, body_hash, hash, snapshot, stage, version, review_due_at,
    event_seq, event_hash, published_at, retired_at) ON questionnaire_version TO f1_api;
  GRANT SELECT, UPDATE (event_seq, event_hash) ON questionnaire_version TO f1_worker;

  ALTER TABLE questionnaire_author ENABLE ROW LEVEL SECURITY;
  ALTER TABLE questionnaire_approval ENABLE ROW LEVEL SECURITY;
  ALTER TABLE questionnaire_migration ENABLE ROW LEVEL SECURITY;
  ALTER TABLE questionnaire_migration_interview ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_reads ON questionnaire_author FOR SELECT TO f1_api USING ((SELECT f1_actor_is('author', 'auditor')));
  CREATE POLICY api_own ON questionnaire_author FOR INSERT TO f1_api
    WITH CHECK (user_id = f1_actor() AND f1_actor_is('author'));
  CREATE POLICY api_reads ON questionnaire_approval FOR SELECT TO f1_api USING ((SELECT f1_actor_is('author', 'auditor')));
  CREATE POLICY api_own ON questionnaire_approval FOR INSERT TO f1_api WITH CHECK (by_id = f1_actor() AND f1_actor_is('author'));
  CREATE POLICY api_auditor ON questionnaire_migration FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  CREATE POLICY api_author ON questionnaire_migration FOR ALL TO f1_api USING ((SELECT f1_actor_is('author')))
    WITH CHECK (f1_actor_is('author'));
  CREATE POLICY worker_all ON questionnaire_migration FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  CREATE POLICY api_reads ON questionnaire_migration_interview FOR SELECT TO f1_api
    USING ((SELECT f1_actor_is('author', 'auditor')));
  CREATE POLICY worker_all ON questionnaire_migration_interview FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON questionnaire_author, questionnaire_approval, questionnaire_migration TO f1_api;
  GRANT UPDATE (status, decided_by, decided_at) ON questionnaire_migration TO f1_api;
  GRANT SELECT ON questionnaire_migration_interview TO f1_api;
  GRANT SELECT, UPDATE (status, tried_at, done_at) ON questionnaire_migration TO f1_worker;
  GRANT SELECT, INSERT, UPDATE, DELETE ON questionnaire_migration_interview TO f1_worker;

  -- A migration of interviews is carried out by the worker: the author who proposed it sees none of them.
  GRANT INSERT, UPDATE (replaced_at) ON interview_questionnaire TO f1_worker;
  GRANT INSERT ON answer, raised_indicator TO f1_worker;
  GRANT UPDATE (cleared_at) ON raised_indicator TO f1_worker;
  GRANT UPDATE (event_seq, event_hash) ON interview TO f1_worker;

  CREATE POLICY api_questionnaire ON event FOR SELECT TO f1_api
    USING (aggregate_kind = 'questionnaire' AND (SELECT f1_actor_is('author')));
`;
