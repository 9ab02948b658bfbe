import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Event chains, the access log, the signed ledger over both, and row-level security on everything in a file. */
export class AuditAndPolicies1763700000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(AUDIT);
    await db.query(POLICIES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION f1_aggregate_heads; DROP TABLE ledger_head, ledger, access_log, event CASCADE');
  }
}

const AUDIT = `
  CREATE TABLE event (
    aggregate_id uuid NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    aggregate_kind text NOT NULL CHECK (aggregate_kind IN ('case', 'person', 'interview', 'referral', 'questionnaire')),
    case_id uuid REFERENCES case_file (id),
    type text NOT NULL,
    actor_id uuid REFERENCES app_user (id),
    at timestamptz NOT NULL,
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    facets jsonb NOT NULL,
    payload bytea,
    content_hash bytea,
    hash bytea NOT NULL,
    PRIMARY KEY (aggregate_id, seq),
    CHECK ((payload IS NULL) OR (content_hash IS NOT NULL))
  );
  CREATE INDEX event_by_tx ON event (tx);
  CREATE INDEX event_by_case ON event (case_id, at);

  CREATE TABLE access_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT f1_now(),
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    actor_id uuid,
    action text NOT NULL,
    resource text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('read', 'refused', 'signedIn', 'signInRefused', 'signedOut')),
    detail jsonb NOT NULL DEFAULT '{}'
  );
  CREATE INDEX access_log_by_tx ON access_log (tx);
  CREATE INDEX access_log_by_time ON access_log (at, id);
  CREATE INDEX access_log_by_actor ON access_log (actor_id, at, id);
  CREATE INDEX access_log_by_resource ON access_log (resource text_pattern_ops, at, id);

  -- Every event and access record once, in an order fixed after commit; each batch ends in a signed head with its counts.
  CREATE TABLE ledger (
    n bigint PRIMARY KEY,
    source text NOT NULL CHECK (source IN ('event', 'access')),
    source_id uuid NOT NULL,
    source_seq integer NOT NULL DEFAULT 0,
    -- SHA-256 of an event's sealed bytes: whoever holds no key can still see that they are unchanged.
    sealed_hash bytea,
    leaf bytea NOT NULL,
    chain bytea NOT NULL,
    UNIQUE (source_id, source_seq, source)
  );
  CREATE TABLE ledger_head (
    number bigint PRIMARY KEY CHECK (number > 0),
    n bigint NOT NULL UNIQUE,
    events bigint NOT NULL,
    accesses bigint NOT NULL,
    aggregates bigint NOT NULL,
    chain bytea NOT NULL,
    tx_watermark xid8 NOT NULL,
    signed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL
  );

  -- How far each chain goes and where its lifecycle stands, for verification: an auditor sees this of every file and nothing in it.
  CREATE FUNCTION f1_aggregate_heads()
    RETURNS TABLE (kind text, id uuid, case_id uuid, event_seq integer, event_hash bytea, snapshot jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT heads.* FROM (
      SELECT 'case' AS kind, id, id AS case_id, event_seq, event_hash, snapshot FROM case_file
      UNION ALL SELECT 'person', id, case_id, event_seq, event_hash, snapshot FROM person
      UNION ALL SELECT 'interview', id, case_id, event_seq, event_hash, snapshot FROM interview
      UNION ALL SELECT 'referral', id, case_id, event_seq, event_hash, snapshot FROM referral) heads
    WHERE f1_actor_is('auditor')
      OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'case_file'::regclass), 'MEMBER')
  $$;
  REVOKE ALL ON FUNCTION f1_aggregate_heads FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_aggregate_heads TO f1_api;
`;

/** Tables whose rows hang on a case by `case_id`; the officer's side sees them with the case, the worker where it must. */
const CASE_TABLES = [
  'person',
  'person_country',
  'person_token',
  'assignment',
  'interview',
  'interview_questionnaire',
  'answer',
  'interview_draft',
  'raised_indicator',
  'document',
  'recording',
  'recording_mark',
  'allegation',
  'analysis_author',
  'element_finding',
  'evidence',
  'notice',
  'submission',
  'disclosure',
  'review',
  'suspicion_decision',
  'decision',
  'decision_allegation',
  'appeal',
  'deadline',
  'correction',
  'duty_cause',
  'cause_competence',
  'obligation',
];

const caseTable = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON ${table} FOR ALL TO f1_api USING (f1_sees_case(case_id)) WITH CHECK (f1_sees_case(case_id));
  CREATE POLICY worker_all ON ${table} FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON ${table} TO f1_api;
  GRANT SELECT ON ${table} TO f1_worker;
`;

/** Tables a prosecutor sees one's own authority's rows of, and the officer's side sees with the case. */
const referralTable = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON ${table} FOR ALL TO f1_api USING (f1_sees_case(case_id)) WITH CHECK (f1_sees_case(case_id));
  CREATE POLICY worker_all ON ${table} FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT ON ${table} TO f1_api, f1_worker;
`;

const POLICIES = `
  ${CASE_TABLES.map(caseTable).join('')}
  ${['referral', 'outbox', 'delivery_attempt', 'receipt', 'acknowledgement'].map(referralTable).join('')}

  ALTER TABLE case_file ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_own_unit ON case_file FOR SELECT TO f1_api
    USING (
      (unit = (SELECT f1_actor_unit())
        AND (SELECT f1_actor_is('caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker')))
      OR EXISTS (SELECT FROM assignment a WHERE a.case_id = case_file.id AND a.user_id = f1_actor() AND a.ended_at IS NULL));
  CREATE POLICY api_open ON case_file FOR INSERT TO f1_api
    WITH CHECK (f1_actor_is('caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker'));
  CREATE POLICY api_work ON case_file FOR UPDATE TO f1_api USING (f1_sees_case(id))
    WITH CHECK (f1_actor_is('caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker'));
  CREATE POLICY api_auditor ON case_file FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  CREATE POLICY worker_all ON case_file FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT, UPDATE ON case_file TO f1_api;
  GRANT SELECT ON case_file TO f1_worker;
  GRANT UPDATE (snapshot, stage, event_seq, event_hash) ON case_file TO f1_worker;
  GRANT USAGE ON SEQUENCE case_reference_number TO f1_api;

  ALTER TABLE command ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_own ON command FOR ALL TO f1_api USING (actor_id = f1_actor()) WITH CHECK (actor_id = f1_actor());
  GRANT SELECT, INSERT, UPDATE (result) ON command TO f1_api;

  -- A prosecutor's process must open the referrals sent to it, so it may read the wrapped key of those files; nothing else.
  ALTER TABLE data_key ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON data_key FOR ALL TO f1_api USING (f1_sees_case(case_id)) WITH CHECK (f1_sees_case(case_id));
  CREATE POLICY api_prosecutor ON data_key FOR SELECT TO f1_api USING (f1_receives_from(case_id));
  CREATE POLICY worker_all ON data_key FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON data_key TO f1_api;
  GRANT SELECT ON data_key TO f1_worker;

  CREATE POLICY api_prosecutor ON referral FOR ALL TO f1_api USING (authority_id = (SELECT f1_actor_authority()))
    WITH CHECK (authority_id = (SELECT f1_actor_authority()));
  CREATE POLICY api_prosecutor ON receipt FOR SELECT TO f1_api USING (f1_receives(referral_id, case_id));
  CREATE POLICY api_prosecutor ON acknowledgement FOR ALL TO f1_api USING (f1_receives(referral_id, case_id))
    WITH CHECK (acknowledged_by = f1_actor() AND f1_receives(referral_id, case_id));
  -- The clocks of a referral move with it: acknowledged in time, feedback due.
  CREATE POLICY api_prosecutor ON deadline FOR ALL TO f1_api USING (f1_receives(subject_id, case_id))
    WITH CHECK (f1_receives(subject_id, case_id));
  GRANT INSERT ON referral, outbox, acknowledgement TO f1_api;
  GRANT UPDATE (snapshot, version, event_seq, event_hash, corrected_at, suspended_at) ON referral TO f1_api;
  GRANT INSERT, UPDATE ON outbox, delivery_attempt TO f1_worker;
  GRANT INSERT ON receipt TO f1_worker;
  GRANT UPDATE (snapshot, event_seq, event_hash) ON referral TO f1_worker;

  GRANT UPDATE (snapshot, version, sealed, identity_recorded_by, has_representative, event_seq, event_hash) ON person TO f1_api;
  GRANT DELETE ON person_token, person_country, element_finding, evidence TO f1_api;
  GRANT UPDATE (ended_at) ON assignment TO f1_api;
  GRANT UPDATE (snapshot, version, sealed, event_seq, event_hash, sealed_at) ON interview TO f1_api;
  GRANT UPDATE, DELETE ON interview_draft TO f1_api;
  GRANT UPDATE (cleared_at, sealed) ON raised_indicator TO f1_api;
  GRANT UPDATE (crime, ground, scope, sealed, template_version, intended_to_stand, complete, exculpatory_assessed,
    below_responsibility, minor_at_act, assessed_at, withdrawn_at) ON allegation TO f1_api;
  GRANT UPDATE (finding, sealed) ON element_finding TO f1_api;
  GRANT UPDATE (outcome, decided_by, decided_at, sealed_outcome) ON suspicion_decision TO f1_api;
  GRANT UPDATE (quashed_at) ON decision TO f1_api;
  GRANT UPDATE (outcome, final, decided_at) ON appeal TO f1_api;
  GRANT UPDATE (met_at, ended_at, source, starts_at, due_at, escalated_at) ON deadline TO f1_api;
  GRANT UPDATE (met_at, ended_at, source, starts_at, due_at, escalated_at) ON deadline TO f1_worker;
  GRANT INSERT ON deadline TO f1_worker;

  ALTER TABLE event ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON event FOR SELECT TO f1_api USING (
    (SELECT f1_actor_is('auditor')) OR (case_id IS NOT NULL AND f1_sees_case(case_id))
    OR (aggregate_kind = 'referral' AND f1_receives(aggregate_id, case_id)));
  CREATE POLICY api_append ON event FOR INSERT TO f1_api WITH CHECK (actor_id = f1_actor() AND (
    (case_id IS NOT NULL AND f1_sees_case(case_id))
    OR (aggregate_kind = 'questionnaire' AND case_id IS NULL AND f1_actor_is('author'))
    OR (aggregate_kind = 'referral' AND f1_receives(aggregate_id, case_id))));
  CREATE POLICY worker_read ON event FOR SELECT TO f1_worker USING (true);
  CREATE POLICY worker_append ON event FOR INSERT TO f1_worker WITH CHECK (actor_id IS NULL);
  GRANT SELECT, INSERT ON event TO f1_api, f1_worker;

  ALTER TABLE access_log ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_append ON access_log FOR INSERT TO f1_api WITH CHECK (actor_id IS NOT DISTINCT FROM f1_actor());
  CREATE POLICY api_auditor ON access_log FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  CREATE POLICY worker_read ON access_log FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT ON access_log TO f1_api;
  GRANT SELECT ON access_log TO f1_worker;
  ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_auditor ON ledger FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  CREATE POLICY worker_all ON ledger FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON ledger, ledger_head TO f1_worker;
  GRANT SELECT ON ledger, ledger_head TO f1_api;

  -- An event continues the chain of an aggregate of its own case, and of no other.
  CREATE FUNCTION f1_event_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT (CASE NEW.aggregate_kind
      WHEN 'case' THEN NEW.aggregate_id = NEW.case_id
      WHEN 'person' THEN EXISTS (SELECT FROM person WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      WHEN 'interview' THEN EXISTS (SELECT FROM interview WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      WHEN 'referral' THEN EXISTS (SELECT FROM referral WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      ELSE NEW.case_id IS NULL END)
    THEN
      RAISE EXCEPTION 'an event of % % does not belong to case %', NEW.aggregate_kind, NEW.aggregate_id, NEW.case_id
        USING ERRCODE = 'F1012';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER event_belongs AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION f1_event_belongs();
  CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER ledger_head_is_append_only BEFORE UPDATE OR DELETE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER answer_is_append_only BEFORE UPDATE OR DELETE ON answer FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
`;
