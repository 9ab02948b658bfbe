import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a package tells beside the interviews and the analysis, and why one leaves although something is missing from it. */
export class Package1763700000011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLES);
    await db.query(POLICIES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE package_override, translation, undisclosed_exculpatory, third_person');
  }
}

const TABLES = `
  -- Somebody named in the file, in the category of Directive 2016/680, Article 6. A mistake is withdrawn and recorded anew.
  CREATE TABLE third_person (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    category text NOT NULL CHECK (category IN ('suspected', 'convicted', 'victim', 'witness', 'other')),
    relation text NOT NULL CHECK (relation IN ('none', 'spouse', 'formerSpouse', 'partner', 'parent', 'child', 'sibling',
      'otherRelative')),
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL,
    -- Whereabouts leave only when somebody else than who recorded them says so.
    whereabouts_approved_by uuid REFERENCES app_user (id),
    whereabouts_approved_at timestamptz,
    withdrawn_by uuid REFERENCES app_user (id),
    withdrawn_at timestamptz,
    CHECK (whereabouts_approved_by <> recorded_by),
    CHECK ((whereabouts_approved_by IS NULL) = (whereabouts_approved_at IS NULL)),
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
  );
  CREATE INDEX third_person_by_case ON third_person (case_id, recorded_at);

  -- A source that speaks for the applicant and refused to have its information sent.
  CREATE TABLE undisclosed_exculpatory (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL
  );
  CREATE INDEX undisclosed_exculpatory_by_case ON undisclosed_exculpatory (case_id);

  -- Words that were written down as spoken and translated later: a record stays as it was read back.
  CREATE TABLE translation (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    interview_id uuid NOT NULL,
    -- An answer, or a follow-up that lies sealed in the interview.
    statement_id uuid NOT NULL,
    sealed bytea NOT NULL,
    added_by uuid NOT NULL REFERENCES app_user (id),
    added_at timestamptz NOT NULL,
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );
  CREATE INDEX translation_by_interview ON translation (interview_id, added_at);

  -- Asked by one person, decided by another, for this list of gaps at this revision of the analysis and for nothing else.
  CREATE TABLE package_override (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('exclusion', 'suspicion', 'account')),
    analysis_revision integer NOT NULL,
    gaps jsonb NOT NULL,
    gaps_hash text NOT NULL CHECK (gaps_hash ~ '^[0-9a-f]{64}$'),
    sealed bytea NOT NULL,
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('approved', 'refused')),
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    sealed_outcome bytea,
    CHECK (decided_by <> asked_by),
    CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    CHECK ((outcome IS NULL) = (decided_by IS NULL)),
    CHECK ((outcome IS NULL) = (sealed_outcome IS NULL))
  );
  CREATE INDEX package_override_by_case ON package_override (case_id, asked_at);
  CREATE UNIQUE INDEX package_override_open_once ON package_override (case_id, kind) WHERE outcome IS NULL;
`;

/** The author of a row is who is signed in: nobody asks, or decides, in another's name. */
const caseTable = (table: string, author: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_reads ON ${table} FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_adds ON ${table} FOR INSERT TO f1_api WITH CHECK (f1_sees_case(case_id) AND ${author} = f1_actor());
  CREATE POLICY worker_reads ON ${table} FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT ON ${table} TO f1_api;
  GRANT SELECT ON ${table} TO f1_worker;
`;

const POLICIES = `
  ${caseTable('third_person', 'recorded_by')}
  ${caseTable('undisclosed_exculpatory', 'recorded_by')}
  ${caseTable('translation', 'added_by')}
  ${caseTable('package_override', 'asked_by')}
  CREATE POLICY api_changes ON third_person FOR UPDATE TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND f1_actor() IN (whereabouts_approved_by, withdrawn_by));
  GRANT UPDATE (whereabouts_approved_by, whereabouts_approved_at, withdrawn_by, withdrawn_at) ON third_person TO f1_api;
  CREATE POLICY api_decides ON package_override FOR UPDATE TO f1_api USING (f1_sees_case(case_id) AND outcome IS NULL)
    WITH CHECK (f1_sees_case(case_id) AND decided_by = f1_actor());
  GRANT UPDATE (outcome, decided_by, decided_at, sealed_outcome) ON package_override TO f1_api;
`;
