import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The case and everything in its file. `sealed` columns hold AES-256-GCM under the case's own data key. */
export class Cases1763700000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CASES);
    await db.query(INTERVIEWS);
    await db.query(ASSESSMENT);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE deadline, appeal, decision_allegation, decision, suspicion_decision, review, disclosure, submission, notice,
        evidence, element_finding, analysis_author, allegation, recording_mark, recording, document, raised_indicator, interview_draft, answer,
        interview_questionnaire, interview, assignment, person_token, person_country, person, data_key, case_file, command CASCADE;
      DROP FUNCTION IF EXISTS f1_sees_case;
    `);
  }
}

const CASES = `
  CREATE TABLE command (
    actor_id uuid NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    request_hash text NOT NULL CHECK (request_hash ~ '^[0-9a-f]{64}$'),
    result jsonb,
    at timestamptz NOT NULL DEFAULT f1_now(),
    PRIMARY KEY (actor_id, key)
  );

  CREATE SEQUENCE case_reference_number;

  CREATE TABLE case_file (
    id uuid PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    external_reference text UNIQUE,
    legacy_ids text[] NOT NULL DEFAULT '{}',
    unit text NOT NULL,
    procedure_type text NOT NULL CHECK (procedure_type IN ('first', 'subsequent', 'transfer', 'cancellation', 'revocation')),
    country_of_origin text NOT NULL CHECK (country_of_origin ~ '^([A-Z]{2}|stateless)$'),
    workflow_hash text NOT NULL REFERENCES workflow (hash),
    snapshot jsonb NOT NULL,
    stage text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    analysis_revision integer NOT NULL DEFAULT 0,
    event_seq integer NOT NULL DEFAULT 0,
    event_hash bytea,
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    created_by uuid NOT NULL REFERENCES app_user (id)
  );
  CREATE INDEX case_file_by_stage ON case_file (stage, created_at, id);
  CREATE INDEX case_file_by_age ON case_file (created_at, id);

  CREATE TABLE data_key (
    case_id uuid PRIMARY KEY REFERENCES case_file (id) DEFERRABLE INITIALLY DEFERRED,
    wrapped bytea,
    master_key_id text NOT NULL,
    erased_at timestamptz,
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
  );

  CREATE TABLE person (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL UNIQUE REFERENCES case_file (id),
    workflow_hash text NOT NULL REFERENCES workflow (hash),
    snapshot jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    sealed bytea NOT NULL,
    identity_recorded_by uuid NOT NULL REFERENCES app_user (id),
    has_representative boolean NOT NULL,
    event_seq integer NOT NULL DEFAULT 0,
    event_hash bytea,
    UNIQUE (id, case_id)
  );

  -- Countries of nationality and residence stay readable for the database: no referral may ever go there.
  CREATE TABLE person_country (
    person_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    country text NOT NULL CHECK (country ~ '^([A-Z]{2}|stateless)$'),
    link text NOT NULL CHECK (link IN ('nationality', 'residence', 'origin')),
    PRIMARY KEY (person_id, country, link),
    FOREIGN KEY (person_id, case_id) REFERENCES person (id, case_id)
  );
  CREATE INDEX person_country_by_case ON person_country (case_id, country);

  CREATE TABLE person_token (
    person_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('normalised', 'phonetic')),
    token bytea NOT NULL,
    PRIMARY KEY (person_id, kind, token),
    FOREIGN KEY (person_id, case_id) REFERENCES person (id, case_id)
  );
  CREATE INDEX person_by_token ON person_token (token, kind);

  CREATE TABLE assignment (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    user_id uuid NOT NULL REFERENCES app_user (id),
    role text NOT NULL CHECK (role IN ('caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker')),
    assigned_at timestamptz NOT NULL DEFAULT f1_now(),
    assigned_by uuid NOT NULL REFERENCES app_user (id),
    ended_at timestamptz
  );
  CREATE UNIQUE INDEX assignment_once ON assignment (case_id, user_id, role) WHERE ended_at IS NULL;
  CREATE INDEX assignment_by_user ON assignment (user_id) WHERE ended_at IS NULL;

  -- Asked for every row under a policy: PL/pgSQL keeps its plan, an SQL function is planned anew in each statement.
  CREATE FUNCTION f1_sees_case(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (
      SELECT FROM app_user u WHERE u.id = f1_actor() AND u.disabled_at IS NULL
        AND u.roles && ARRAY['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker']
        AND (EXISTS (SELECT FROM case_file c WHERE c.id = wanted AND c.unit = u.unit)
          OR EXISTS (SELECT FROM assignment a WHERE a.case_id = wanted AND a.user_id = u.id AND a.ended_at IS NULL)));
  END $$;
`;

const INTERVIEWS = `
  CREATE TABLE interview (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    purpose text NOT NULL CHECK (purpose IN ('screening', 'exclusion', 'witness')),
    interviewer_id uuid NOT NULL REFERENCES app_user (id),
    workflow_hash text NOT NULL REFERENCES workflow (hash),
    snapshot jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    sealed bytea NOT NULL,
    event_seq integer NOT NULL DEFAULT 0,
    event_hash bytea,
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    sealed_at timestamptz,
    UNIQUE (id, case_id)
  );
  CREATE INDEX interview_by_case ON interview (case_id, created_at);

  CREATE TABLE interview_questionnaire (
    interview_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    questionnaire_hash text NOT NULL REFERENCES questionnaire (hash),
    position integer NOT NULL,
    PRIMARY KEY (interview_id, questionnaire_hash),
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );

  CREATE TABLE answer (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    question_id text NOT NULL,
    item text NOT NULL DEFAULT '',
    revision integer NOT NULL CHECK (revision > 0),
    based_on uuid REFERENCES answer (id),
    concurrent boolean NOT NULL DEFAULT false,
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL DEFAULT f1_now(),
    UNIQUE (interview_id, question_id, item, revision),
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );

  CREATE TABLE interview_draft (
    interview_id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    sealed bytea NOT NULL,
    saved_by uuid NOT NULL REFERENCES app_user (id),
    saved_at timestamptz NOT NULL DEFAULT f1_now(),
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );

  CREATE TABLE raised_indicator (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    indicator_id text NOT NULL,
    item text NOT NULL DEFAULT '',
    severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
    ground text NOT NULL,
    sealed bytea NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT f1_now(),
    cleared_at timestamptz,
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );
  CREATE INDEX indicator_by_interview ON raised_indicator (interview_id, raised_at);
  CREATE UNIQUE INDEX indicator_raised_once ON raised_indicator (interview_id, indicator_id, item) WHERE cleared_at IS NULL;

  CREATE TABLE document (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint NOT NULL CHECK (bytes > 0),
    media_type text NOT NULL,
    -- SHA-256 of the encrypted file: its address in the file store.
    stored_as text NOT NULL CHECK (stored_as ~ '^[0-9a-f]{64}$'),
    sealed bytea NOT NULL,
    added_by uuid NOT NULL REFERENCES app_user (id),
    added_at timestamptz NOT NULL DEFAULT f1_now(),
    UNIQUE (stored_as),
    UNIQUE (case_id, sha256)
  );

  CREATE TABLE recording (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint NOT NULL CHECK (bytes > 0),
    media_type text NOT NULL,
    -- SHA-256 of the encrypted file: its address in the file store.
    stored_as text NOT NULL CHECK (stored_as ~ '^[0-9a-f]{64}$'),
    sealed bytea NOT NULL,
    added_by uuid NOT NULL REFERENCES app_user (id),
    added_at timestamptz NOT NULL DEFAULT f1_now(),
    UNIQUE (stored_as),
    UNIQUE (interview_id, sha256),
    UNIQUE (id, case_id),
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );

  CREATE TABLE recording_mark (
    recording_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    question_id text NOT NULL,
    item text NOT NULL DEFAULT '',
    at_ms integer NOT NULL CHECK (at_ms >= 0),
    PRIMARY KEY (recording_id, question_id, item, at_ms),
    FOREIGN KEY (recording_id, case_id) REFERENCES recording (id, case_id)
  );
`;

const ASSESSMENT = `
  CREATE TABLE allegation (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    ground text NOT NULL CHECK (ground IN ('1F(a)', '1F(b)', '1F(c)', 'seriousCrimeSP')),
    crime text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('refugeeStatus', 'subsidiaryProtection')),
    template_version integer NOT NULL,
    sealed bytea NOT NULL,
    -- What the analysis concludes, and what its guards ask; computed from the sealed content when that is written.
    intended_to_stand boolean NOT NULL,
    complete boolean NOT NULL,
    exculpatory_assessed boolean NOT NULL,
    below_responsibility boolean NOT NULL,
    minor_at_act boolean NOT NULL,
    assessed_at timestamptz NOT NULL DEFAULT f1_now(),
    position integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    withdrawn_at timestamptz,
    UNIQUE (case_id, position),
    UNIQUE (id, case_id)
  );

  -- Everybody who wrote any part of the analysis, in any revision: none of them may review or decide it.
  CREATE TABLE analysis_author (
    case_id uuid NOT NULL REFERENCES case_file (id),
    user_id uuid NOT NULL REFERENCES app_user (id),
    PRIMARY KEY (case_id, user_id)
  );

  CREATE TABLE element_finding (
    allegation_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    element text NOT NULL,
    finding text NOT NULL CHECK (finding IN ('met', 'notMet', 'unclear')),
    sealed bytea NOT NULL,
    PRIMARY KEY (allegation_id, element),
    FOREIGN KEY (allegation_id, case_id) REFERENCES allegation (id, case_id)
  );

  -- What a finding rests on, by reference: the applicant's own interview, a document, or country information.
  CREATE TABLE evidence (
    id uuid PRIMARY KEY,
    allegation_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    element text NOT NULL,
    source_kind text NOT NULL CHECK (source_kind IN ('interview', 'document', 'countryInformation')),
    source_ref text NOT NULL,
    exculpatory boolean NOT NULL,
    FOREIGN KEY (allegation_id, case_id) REFERENCES allegation (id, case_id)
  );
  CREATE INDEX evidence_by_case ON evidence (case_id);
  CREATE INDEX evidence_by_allegation ON evidence (allegation_id);

  CREATE TABLE notice (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    interview_id uuid,
    kind text NOT NULL CHECK (kind IN ('purpose', 'intention', 'decision')),
    analysis_revision integer,
    sealed bytea NOT NULL,
    served_at timestamptz NOT NULL DEFAULT f1_now(),
    served_by uuid NOT NULL REFERENCES app_user (id),
    reply_due_at timestamptz,
    CHECK ((kind = 'intention') = (reply_due_at IS NOT NULL AND analysis_revision IS NOT NULL)),
    CHECK ((kind = 'purpose') = (interview_id IS NOT NULL)),
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );
  CREATE INDEX notice_by_case ON notice (case_id, kind, served_at);

  CREATE TABLE submission (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('replyToIntention', 'commentOnRecord', 'evidence', 'rectification', 'other')),
    notice_id uuid REFERENCES notice (id),
    sealed bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT f1_now(),
    recorded_by uuid NOT NULL REFERENCES app_user (id)
  );
  CREATE INDEX submission_by_case ON submission (case_id, received_at);

  CREATE TABLE disclosure (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    source_kind text NOT NULL CHECK (source_kind IN ('interview', 'document', 'countryInformation')),
    source_ref text NOT NULL,
    sealed bytea NOT NULL,
    disclosed_at timestamptz NOT NULL DEFAULT f1_now(),
    disclosed_by uuid NOT NULL REFERENCES app_user (id)
  );
  CREATE INDEX disclosure_by_case ON disclosure (case_id, source_kind, source_ref);

  CREATE TABLE review (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    -- 'decision': the decision-maker's own return of an approved analysis, which makes nobody its reviewer.
    kind text NOT NULL CHECK (kind IN ('analysis', 'legal', 'decision')),
    analysis_revision integer NOT NULL,
    reviewer_id uuid NOT NULL REFERENCES app_user (id),
    outcome text NOT NULL CHECK (outcome IN ('approved', 'returned')),
    sealed bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT f1_now()
  );
  CREATE INDEX review_by_case ON review (case_id, kind, analysis_revision);

  CREATE TABLE suspicion_decision (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    analysis_revision integer NOT NULL,
    suspicion boolean NOT NULL,
    allegation_ids uuid[] NOT NULL,
    sealed bytea NOT NULL,
    proposed_by uuid NOT NULL REFERENCES app_user (id),
    proposed_at timestamptz NOT NULL DEFAULT f1_now(),
    outcome text CHECK (outcome IN ('confirmed', 'rejected', 'overtaken')),
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    sealed_outcome bytea,
    CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    CHECK (outcome IS DISTINCT FROM 'confirmed' OR decided_by <> proposed_by)
  );
  CREATE UNIQUE INDEX suspicion_open_once ON suspicion_decision (case_id) WHERE outcome IS NULL;
  CREATE INDEX suspicion_by_case ON suspicion_decision (case_id, proposed_at);

  CREATE TABLE decision (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    outcome text NOT NULL CHECK (outcome IN ('excluded', 'notExcluded')),
    analysis_revision integer NOT NULL,
    sealed bytea NOT NULL,
    decided_by uuid NOT NULL REFERENCES app_user (id),
    decided_at timestamptz NOT NULL DEFAULT f1_now(),
    quashed_at timestamptz,
    UNIQUE (id, case_id)
  );
  CREATE INDEX decision_by_case ON decision (case_id, decided_at);

  CREATE TABLE decision_allegation (
    decision_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    allegation_id uuid NOT NULL,
    ground text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('refugeeStatus', 'subsidiaryProtection')),
    stands boolean NOT NULL,
    PRIMARY KEY (decision_id, allegation_id, scope),
    FOREIGN KEY (decision_id, case_id) REFERENCES decision (id, case_id),
    FOREIGN KEY (allegation_id, case_id) REFERENCES allegation (id, case_id)
  );

  CREATE TABLE appeal (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    decision_id uuid NOT NULL,
    sealed bytea NOT NULL,
    lodged_at timestamptz NOT NULL DEFAULT f1_now(),
    outcome text CHECK (outcome IN ('upheld', 'quashed', 'remitted', 'partlyUpheld', 'reinstated', 'withdrawn')),
    final boolean,
    decided_at timestamptz,
    CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    FOREIGN KEY (decision_id, case_id) REFERENCES decision (id, case_id)
  );
  CREATE UNIQUE INDEX appeal_open_once ON appeal (decision_id) WHERE outcome IS NULL;
  CREATE INDEX appeal_by_case ON appeal (case_id, decided_at);

  -- \`subject_id\` is the case itself, or the interview or referral the clock is about.
  CREATE TABLE deadline (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    subject_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    starts_at timestamptz NOT NULL DEFAULT f1_now(),
    due_at timestamptz NOT NULL,
    met_at timestamptz,
    ended_at timestamptz,
    escalated_at timestamptz,
    CHECK (met_at IS NULL OR ended_at IS NULL)
  );
  CREATE UNIQUE INDEX deadline_open_once ON deadline (subject_id, kind) WHERE met_at IS NULL AND ended_at IS NULL;
  CREATE INDEX deadline_by_case ON deadline (case_id);
  CREATE INDEX deadline_due ON deadline (due_at) WHERE met_at IS NULL AND ended_at IS NULL AND escalated_at IS NULL;
`;
