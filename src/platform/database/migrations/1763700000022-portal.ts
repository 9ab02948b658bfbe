import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `f1_portal`, the role of a process that answers prosecutors alone and stands in a network zone of its own. Whoever runs SQL as it,
 * and names whomever as the actor, reads what was referred to the authority of some prosecutor, and nothing else of anybody.
 */
export class Portal1763700000022 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(ROLE);
    await db.query(doors(' AND f1_admits(u.roles)', ' AND f1_inside()'));
    await db.query(CLOSED);
    await db.query(DEFINITIONS);
    await db.query(RECEIVED);
    await db.query(WRITTEN);
  }

  /** The role stays: it belongs to the server, and another database may use it. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$
      DECLARE policy record;
      BEGIN
        FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' AND 'f1_portal' = ANY (roles) LOOP
          EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
        END LOOP;
      END $$;
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM f1_portal;
      REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM f1_portal;
      REVOKE ALL ON SCHEMA public FROM f1_portal;
      REVOKE EXECUTE ON FUNCTION ${INNER} FROM f1_api, f1_worker;
      GRANT EXECUTE ON FUNCTION ${INNER} TO PUBLIC;
      ${doors('', '')}
      DROP FUNCTION f1_admits, f1_inside;
    `);
  }
}

const ROLE = `
  DO $$
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_portal') THEN
      CREATE ROLE f1_portal NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The role f1_portal is missing, and the owner of the schema may not create roles. Let a superuser run docker/init/02-portal-role.sql, or CREATE ROLE f1_portal NOLOGIN where no portal is wanted; then migrate again.'
      USING ERRCODE = 'F1220';
  END $$;
  GRANT USAGE ON SCHEMA public TO f1_portal;

  -- Who is asked for is claimed by the process; which process it is, is not: the login cannot be changed.
  CREATE FUNCTION f1_inside() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN pg_has_role(session_user, 'f1_api', 'MEMBER');
  END $$;
  CREATE FUNCTION f1_admits(of_account text[]) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN 'prosecutor' = ANY (of_account) OR f1_inside();
  END $$;
  REVOKE ALL ON FUNCTION f1_inside, f1_admits FROM PUBLIC;
`;

/**
 * The doors that both kinds of process use: for accounts and sessions as migration 2 made them, for content as 13 and 17 did, and
 * what is asked of a login that is the portal's alone.
 */
const doors = (ofAccount: string, ofCase: string): string => `
  CREATE OR REPLACE FUNCTION f1_find_login(wanted text)
    RETURNS TABLE (user_id uuid, password_hash text, disabled boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id, c.password_hash, u.disabled_at IS NOT NULL
    FROM app_user u JOIN credential c ON c.user_id = u.id WHERE u.username = wanted${ofAccount}
  $$;
  CREATE OR REPLACE FUNCTION f1_open_session(session_id uuid, token bytea, wanted uuid, session_kind text, lasts interval)
    RETURNS timestamptz LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM session WHERE user_id = wanted AND expires_at <= f1_now();
    INSERT INTO session (id, token_hash, user_id, kind, expires_at)
    ${
      ofAccount === ''
        ? 'VALUES (session_id, token, wanted, session_kind, f1_now() + lasts)'
        : `SELECT session_id, token, u.id, session_kind, f1_now() + lasts FROM app_user u WHERE u.id = wanted${ofAccount}`
    } RETURNING expires_at
  $$;
  CREATE OR REPLACE FUNCTION f1_find_session(token bytea)
    RETURNS TABLE (session_id uuid, kind text, user_id uuid, username text, display_name text, unit text,
      authority_id uuid, roles text[], expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, s.kind, u.id, u.username, u.display_name, u.unit, u.authority_id, u.roles, s.expires_at
    FROM session s JOIN app_user u ON u.id = s.user_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL AND s.expires_at > f1_now() AND u.disabled_at IS NULL${ofAccount}
  $$;
  CREATE OR REPLACE FUNCTION f1_referral_body(wanted uuid) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT r.body FROM referral r WHERE r.id = wanted AND (f1_sees_case(r.case_id)${ofCase}
      OR f1_live_grant(r.id, r.case_id) IS NOT NULL
      OR (r.kind = 'correction' AND r.suspended_at IS NULL AND f1_receives(r.id, r.case_id))));
  END $$;
  CREATE OR REPLACE FUNCTION f1_request_answer(wanted uuid) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT q.sealed_answer FROM referral_request q WHERE q.id = wanted AND (f1_sees_case(q.case_id)${ofCase}
      OR (f1_receives(q.referral_id, q.case_id) AND (q.outcome = 'refused' OR f1_live_grant(q.referral_id, q.case_id) IS NOT NULL))));
  END $$;
`;

/** What tells of accounts and cases by itself, to whoever may call it. */
const INNER = 'f1_sees_case, f1_blocked, f1_actor_is, f1_actor_unit, f1_account_used';

const CLOSED = `
  REVOKE EXECUTE ON FUNCTION ${INNER} FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION ${INNER} TO f1_api, f1_worker;
  GRANT EXECUTE ON FUNCTION f1_actor_authority, f1_receives, f1_receives_from, f1_access_barred, f1_live_grant, f1_reads_item,
    f1_referral_body, f1_request_answer, f1_asked, f1_asked_hold, f1_asked_about_person, f1_find_login, f1_open_session,
    f1_find_session, f1_close_session, f1_throttle, f1_knows_place, f1_attempt_was_right TO f1_portal;
`;

const DEFINITIONS = `
  GRANT SELECT ON workflow, deadline_rule, competence_rule TO f1_portal;
  GRANT SELECT (id, code, name, kind, country, represents, channel, calendar, contacts, disabled_at) ON authority TO f1_portal;

  -- Questions are named in feedback and requests: those of the questionnaires that a package answers.
  CREATE POLICY portal_answered ON questionnaire FOR SELECT TO f1_portal USING (EXISTS (SELECT FROM referral_item i
    WHERE i.kind = 'questionnaire' AND i.ref = questionnaire.hash));
  GRANT SELECT (hash, body) ON questionnaire TO f1_portal;

  CREATE POLICY portal_own ON certificate FOR SELECT TO f1_portal
    USING (user_id = f1_actor() AND (SELECT f1_actor_authority()) IS NOT NULL);
  GRANT SELECT (user_id, name, number, issuer, valid_from, valid_until) ON certificate TO f1_portal;
  CREATE POLICY portal_directory ON app_user FOR SELECT TO f1_portal
    USING (authority_id IS NOT NULL AND authority_id = (SELECT f1_actor_authority()));
  GRANT SELECT (id, display_name) ON app_user TO f1_portal;
`;

/** A table whose rows hang on a referral, to be read by its recipient in these columns. */
const received = (table: string, columns: string): string => `
  CREATE POLICY portal_received ON ${table} FOR SELECT TO f1_portal USING (f1_receives(referral_id, case_id));
  GRANT SELECT (${columns}) ON ${table} TO f1_portal;
`;

const RECEIVED = `
  CREATE POLICY portal_received ON referral FOR SELECT TO f1_portal
    USING (authority_id = (SELECT f1_actor_authority()) AND f1_receives(id, case_id));
  GRANT SELECT (id, case_id, authority_id, kind, corrects, case_reference, legal_basis, grounds, corrected_at, suspended_at,
    workflow_hash, snapshot, version, body_sha256, event_seq, event_hash, created_at, suspect_identified, present_here, corroborated,
    priority) ON referral TO f1_portal;
  ${received('receipt', 'referral_id, received_at, proof')}
  ${received('acknowledgement', 'referral_id, acknowledged_at, sealed')}
  ${received('referral_item', 'referral_id, kind, ref')}
  ${received('feedback', 'id, referral_id, case_id, kind, outcome, ends, clears, sealed, given_at')}
  ${received(
    'access_grant',
    'id, referral_id, case_id, user_id, purpose, sealed, valid_from, valid_until, revoked_at, sealed_revocation',
  )}
  ${received(
    'referral_request',
    'id, referral_id, case_id, kind, question_ids, sealed, asked_at, due_at, outcome, refusal, answered_at',
  )}
  ${received(
    'hold',
    'id, referral_id, case_id, kind, sealed, asked_at, due_at, granted, sealed_decision, decided_at, valid_until, ended_at',
  )}

  -- What a prosecutor writes is sealed like everything in its case, before and without any grant.
  CREATE POLICY portal_received ON data_key FOR SELECT TO f1_portal USING (f1_receives_from(case_id));
  GRANT SELECT (case_id, wrapped) ON data_key TO f1_portal;

  CREATE POLICY portal_granted ON document FOR SELECT TO f1_portal USING (f1_reads_item('document', id::text, case_id));
  GRANT SELECT (id, case_id, sha256, bytes, media_type, stored_as, sealed, added_by, added_at) ON document TO f1_portal;
  CREATE POLICY portal_granted ON recording FOR SELECT TO f1_portal USING (f1_reads_item('recording', id::text, case_id));
  GRANT SELECT (id, case_id, interview_id, sha256, bytes, media_type, stored_as, sealed, added_by, added_at) ON recording TO f1_portal;
  CREATE POLICY portal_granted ON recording_mark FOR SELECT TO f1_portal
    USING (f1_reads_item('recording', recording_id::text, case_id));
  GRANT SELECT (recording_id, question_id, item, at_ms) ON recording_mark TO f1_portal;

  CREATE POLICY portal_own ON person_request FOR SELECT TO f1_portal USING (authority_id = (SELECT f1_actor_authority()));
  GRANT SELECT (id, authority_id, purpose, sealed, wrapped, asked_at, due_at, event_seq, event_hash) ON person_request TO f1_portal;
  CREATE POLICY portal_told ON person_request_answer FOR SELECT TO f1_portal
    USING (told_from <= f1_now() AND f1_asked_about_person(request_id));
  GRANT SELECT (request_id, outcome, refusal, referral_id, sealed, told_from) ON person_request_answer TO f1_portal;
`;

/** Rows that a prosecutor's command adds to a referral, in the own name. */
const adds = (table: string, author: string, more = ''): string => `
  CREATE POLICY portal_adds ON ${table} FOR INSERT TO f1_portal
    WITH CHECK (${author} = f1_actor() AND f1_receives(referral_id, case_id)${more});
  GRANT INSERT ON ${table} TO f1_portal;
`;

const WRITTEN = `
  CREATE POLICY portal_moves ON referral FOR UPDATE TO f1_portal
    USING (authority_id = (SELECT f1_actor_authority()) AND f1_receives(id, case_id))
    WITH CHECK (authority_id = (SELECT f1_actor_authority()));
  GRANT UPDATE (snapshot, version, event_seq, event_hash) ON referral TO f1_portal;
  ${adds('acknowledgement', 'acknowledged_by')}
  ${adds('feedback', 'given_by')}
  ${adds('correction_answer', 'answered_by')}
  ${adds('referral_request', 'asked_by', ' AND outcome IS NULL')}
  ${adds('hold', 'asked_by', ' AND granted IS NULL')}
  ${adds(
    'access_grant',
    'opened_by',
    ' AND user_id = f1_actor() AND authority_id = (SELECT f1_actor_authority()) AND NOT f1_access_barred(referral_id, f1_actor())',
  )}

  -- The recipient's clocks move with the referral. Those of the sender, to refer and to review what was granted, do not, and one
  -- that the sender must keep, to answer a request or decide a hold, is only started here.
  CREATE POLICY portal_received ON deadline FOR SELECT TO f1_portal USING (f1_receives(subject_id, case_id)
    OR f1_asked(subject_id, case_id) OR f1_asked_hold(subject_id, case_id));
  CREATE POLICY portal_moves ON deadline FOR UPDATE TO f1_portal
    USING (kind NOT IN ('refer', 'grantReview') AND f1_receives(subject_id, case_id))
    WITH CHECK (kind NOT IN ('refer', 'grantReview') AND f1_receives(subject_id, case_id));
  CREATE POLICY portal_starts ON deadline FOR INSERT TO f1_portal WITH CHECK (CASE kind
    WHEN 'requestAnswer' THEN f1_asked(subject_id, case_id)
    WHEN 'holdDecision' THEN f1_asked_hold(subject_id, case_id)
    ELSE kind NOT IN ('refer', 'grantReview') AND f1_receives(subject_id, case_id) END);
  GRANT SELECT (subject_id, kind, source, starts_at, due_at, half_at, most_at, step, escalated_at, met_at, ended_at), INSERT,
    UPDATE (source, starts_at, due_at, half_at, most_at, step, escalated_at, met_at, ended_at) ON deadline TO f1_portal;

  CREATE POLICY portal_asks ON person_request FOR INSERT TO f1_portal
    WITH CHECK (asked_by = f1_actor() AND authority_id = (SELECT f1_actor_authority()));
  GRANT INSERT ON person_request TO f1_portal;

  CREATE POLICY portal_appends ON event FOR INSERT TO f1_portal WITH CHECK (actor_id = f1_actor() AND (
    (aggregate_kind = 'referral' AND f1_receives(aggregate_id, case_id))
    OR (aggregate_kind = 'request' AND case_id IS NULL AND seq = 1 AND f1_asked_about_person(aggregate_id))));
  GRANT INSERT ON event TO f1_portal;

  CREATE POLICY portal_own ON command FOR ALL TO f1_portal
    USING (actor_id = f1_actor() AND (SELECT f1_actor_authority()) IS NOT NULL)
    WITH CHECK (actor_id = f1_actor() AND f1_actor_authority() IS NOT NULL);
  GRANT SELECT, INSERT ON command TO f1_portal;

  -- Nobody, while signing in, or a prosecutor.
  CREATE POLICY portal_appends ON access_log FOR INSERT TO f1_portal
    WITH CHECK (actor_id IS NOT DISTINCT FROM f1_actor() AND (actor_id IS NULL OR f1_actor_authority() IS NOT NULL));
  GRANT INSERT ON access_log TO f1_portal;
`;
