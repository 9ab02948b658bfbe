import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What recipients ask: more of a file that was referred to them, and about a person who was not referred. */
export class Requests1763700000017 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(REFERRAL_REQUESTS);
    await db.query(PERSON_REQUESTS);
    await db.query(AUDIT);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP POLICY api_request ON deadline;
      DROP POLICY api_person_request ON event;
      DROP POLICY api_person_request_adds ON event;
      ALTER TABLE event DROP CONSTRAINT event_aggregate_kind_check;
      ALTER TABLE event ADD CONSTRAINT event_aggregate_kind_check
        CHECK (aggregate_kind IN ('case', 'person', 'interview', 'referral', 'questionnaire'));
      ${heads('')}
      ${belongs('')}
      DROP TABLE person_request_answer, person_request_proposal, person_request, referral_request;
      DROP FUNCTION f1_request_answer, f1_asked, f1_request_keeps, f1_proposed_by_another, f1_answers_person_requests,
        f1_asked_about_person, f1_person_token_elsewhere;
    `);
  }
}

const REFERRAL_REQUESTS = `
  CREATE TABLE referral_request (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('documents', 'recordings', 'explanation')),
    question_ids text[] NOT NULL,
    sealed bytea NOT NULL,
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('answered', 'refused')),
    refusal text CHECK (refusal IN ('putToApplicant', 'notInFile', 'outsideLegalBasis', 'outsidePurpose', 'thirdPerson',
      'protectedSource')),
    sealed_answer bytea,
    answered_by uuid REFERENCES app_user (id),
    answered_at timestamptz,
    CHECK ((outcome IS NULL) = (answered_at IS NULL) AND (outcome IS NULL) = (answered_by IS NULL)
      AND (outcome IS NULL) = (sealed_answer IS NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'refused') = (refusal IS NOT NULL)),
    UNIQUE (id, case_id),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX referral_request_by_referral ON referral_request (referral_id, asked_at);
  CREATE INDEX referral_request_by_case ON referral_request (case_id, asked_at);

  CREATE FUNCTION f1_request_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.outcome IS NOT NULL
      OR to_jsonb(NEW) - ARRAY['outcome', 'refusal', 'sealed_answer', 'answered_by', 'answered_at']
        <> to_jsonb(OLD) - ARRAY['outcome', 'refusal', 'sealed_answer', 'answered_by', 'answered_at'] THEN
      RAISE EXCEPTION 'a request is asked once and answered once' USING ERRCODE = 'F1001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER referral_request_keeps BEFORE UPDATE OR DELETE ON referral_request
    FOR EACH ROW EXECUTE FUNCTION f1_request_keeps();

  -- What was answered is of the file: it opens under the same grant as the package.
  CREATE FUNCTION f1_request_answer(wanted uuid) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT q.sealed_answer FROM referral_request q WHERE q.id = wanted AND (f1_sees_case(q.case_id)
      OR (f1_receives(q.referral_id, q.case_id) AND (q.outcome = 'refused' OR f1_live_grant(q.referral_id, q.case_id) IS NOT NULL))));
  END $$;

  CREATE FUNCTION f1_asked(wanted uuid, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral_request q WHERE q.id = wanted AND q.case_id = of_case AND f1_receives(q.referral_id, q.case_id));
  END $$;
  REVOKE ALL ON FUNCTION f1_request_answer, f1_asked FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_request_answer, f1_asked TO f1_api;

  ALTER TABLE referral_request ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON referral_request FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_answers ON referral_request FOR UPDATE TO f1_api
    USING (f1_sees_case(case_id) AND (SELECT f1_actor_is('officer1F', 'legalAdviser', 'decisionMaker')))
    WITH CHECK (answered_by = f1_actor());
  CREATE POLICY api_prosecutor ON referral_request FOR SELECT TO f1_api USING (f1_receives(referral_id, case_id));
  CREATE POLICY api_prosecutor_asks ON referral_request FOR INSERT TO f1_api
    WITH CHECK (asked_by = f1_actor() AND outcome IS NULL AND f1_receives(referral_id, case_id));
  GRANT SELECT (id, referral_id, case_id, kind, question_ids, sealed, asked_by, asked_at, due_at, outcome, refusal, answered_by,
    answered_at), INSERT, UPDATE (outcome, refusal, sealed_answer, answered_by, answered_at) ON referral_request TO f1_api;

  -- The clock of a request begins with it.
  CREATE POLICY api_request ON deadline FOR ALL TO f1_api USING (f1_asked(subject_id, case_id))
    WITH CHECK (f1_asked(subject_id, case_id));
`;

const PERSON_REQUESTS = `
  -- About somebody who may be unknown here: under a key of its own, and tied to no case that its sender could see.
  CREATE TABLE person_request (
    id uuid PRIMARY KEY,
    authority_id uuid NOT NULL REFERENCES authority (id),
    purpose text NOT NULL CHECK (purpose IN ('investigation', 'structuralInvestigation', 'prosecution', 'extradition',
      'internationalTribunal', 'mutualLegalAssistance')),
    sealed bytea NOT NULL,
    wrapped bytea NOT NULL,
    master_key_id text NOT NULL,
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    event_seq integer NOT NULL,
    event_hash bytea NOT NULL
  );
  CREATE INDEX person_request_by_authority ON person_request (authority_id, asked_at);

  -- What one person here found and proposes, and what another decided; never shown to the authority that asked.
  CREATE TABLE person_request_proposal (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES person_request (id),
    case_id uuid REFERENCES case_file (id),
    outcome text NOT NULL CHECK (outcome IN ('disclosed', 'refused')),
    refusal text CHECK (refusal IN ('legalBasisMissing', 'purposeNotCovered', 'tooVague', 'notDisclosed')),
    sealed bytea NOT NULL,
    proposed_by uuid NOT NULL REFERENCES app_user (id),
    proposed_at timestamptz NOT NULL,
    decision text CHECK (decision IN ('confirmed', 'returned')),
    sealed_decision bytea,
    decided_by uuid REFERENCES app_user (id),
    decided_at timestamptz,
    CHECK ((outcome = 'refused') = (refusal IS NOT NULL)),
    CHECK ((outcome = 'disclosed') = (case_id IS NOT NULL)),
    CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)
      AND (decision IS NULL) = (sealed_decision IS NULL))
  );
  CREATE UNIQUE INDEX person_request_proposal_once ON person_request_proposal (request_id) WHERE decision IS DISTINCT FROM 'returned';

  CREATE TABLE person_request_answer (
    request_id uuid PRIMARY KEY REFERENCES person_request (id),
    outcome text NOT NULL CHECK (outcome IN ('disclosed', 'refused')),
    refusal text CHECK (refusal IN ('legalBasisMissing', 'purposeNotCovered', 'tooVague', 'notDisclosed')),
    -- The referral by which it was disclosed.
    referral_id uuid REFERENCES referral (id),
    sealed bytea NOT NULL,
    decided_by uuid NOT NULL REFERENCES app_user (id),
    decided_at timestamptz NOT NULL,
    -- From when the authority that asked sees it: how soon it was decided must tell nothing.
    told_from timestamptz NOT NULL CHECK (told_from >= decided_at),
    CHECK ((outcome = 'refused') = (refusal IS NOT NULL)),
    CHECK ((outcome = 'disclosed') = (referral_id IS NOT NULL))
  );
  CREATE TRIGGER person_request_answer_is_append_only BEFORE UPDATE OR DELETE ON person_request_answer
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  CREATE FUNCTION f1_proposed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR OLD.decision IS NOT NULL
      OR to_jsonb(NEW) - ARRAY['decision', 'sealed_decision', 'decided_by', 'decided_at']
        <> to_jsonb(OLD) - ARRAY['decision', 'sealed_decision', 'decided_by', 'decided_at'] THEN
      RAISE EXCEPTION 'a proposal is made once and decided once' USING ERRCODE = 'F1001';
    END IF;
    IF NEW.decided_by = NEW.proposed_by THEN
      RAISE EXCEPTION 'proposal % is decided by somebody else than its author', NEW.id USING ERRCODE = 'F1150';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER proposed_by_another BEFORE UPDATE OR DELETE ON person_request_proposal
    FOR EACH ROW EXECUTE FUNCTION f1_proposed_by_another();

  CREATE FUNCTION f1_answers_person_requests() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN f1_actor_is('legalAdviser', 'decisionMaker');
  END $$;
  CREATE FUNCTION f1_asked_about_person(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM person_request q JOIN app_user u ON u.authority_id = q.authority_id
      WHERE q.id = wanted AND u.id = f1_actor() AND u.disabled_at IS NULL);
  END $$;
  -- In how many files of which other units these names are found: whom to ask there, and nothing of what they hold.
  CREATE FUNCTION f1_person_token_elsewhere(wanted bytea[]) RETURNS TABLE (unit text, cases bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.unit, count(DISTINCT c.id) FROM person_token t JOIN case_file c ON c.id = t.case_id
    WHERE t.token = ANY (wanted) AND f1_answers_person_requests() AND NOT f1_sees_case(c.id) GROUP BY c.unit ORDER BY c.unit
  $$;
  REVOKE ALL ON FUNCTION f1_answers_person_requests, f1_asked_about_person, f1_person_token_elsewhere FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_answers_person_requests, f1_asked_about_person, f1_person_token_elsewhere TO f1_api;

  ALTER TABLE person_request ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_answers ON person_request FOR ALL TO f1_api USING ((SELECT f1_answers_person_requests()))
    WITH CHECK ((SELECT f1_answers_person_requests()));
  CREATE POLICY api_prosecutor ON person_request FOR SELECT TO f1_api USING (authority_id = (SELECT f1_actor_authority()));
  CREATE POLICY api_prosecutor_asks ON person_request FOR INSERT TO f1_api
    WITH CHECK (authority_id = (SELECT f1_actor_authority()) AND asked_by = f1_actor());
  GRANT SELECT, INSERT, UPDATE (event_seq, event_hash) ON person_request TO f1_api;

  ALTER TABLE person_request_proposal ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_answers ON person_request_proposal FOR ALL TO f1_api USING ((SELECT f1_answers_person_requests()))
    WITH CHECK ((SELECT f1_answers_person_requests()) AND (case_id IS NULL OR f1_sees_case(case_id)));
  GRANT SELECT, INSERT, UPDATE (decision, sealed_decision, decided_by, decided_at) ON person_request_proposal TO f1_api;

  ALTER TABLE person_request_answer ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_answers ON person_request_answer FOR ALL TO f1_api USING ((SELECT f1_answers_person_requests()))
    WITH CHECK ((SELECT f1_answers_person_requests()) AND decided_by = f1_actor());
  CREATE POLICY api_prosecutor ON person_request_answer FOR SELECT TO f1_api
    USING (told_from <= f1_now() AND f1_asked_about_person(request_id));
  GRANT SELECT, INSERT ON person_request_answer TO f1_api;
`;

function heads(more: string): string {
  return `
  CREATE OR REPLACE FUNCTION f1_aggregate_heads()
    RETURNS TABLE (kind text, id uuid, case_id uuid, event_seq integer, event_hash bytea, snapshot jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT heads.* FROM (
      SELECT 'case' AS kind, id, id AS case_id, event_seq, event_hash, snapshot FROM case_file
      UNION ALL SELECT 'person', id, case_id, event_seq, event_hash, snapshot FROM person
      UNION ALL SELECT 'interview', id, case_id, event_seq, event_hash, snapshot FROM interview
      UNION ALL SELECT 'referral', id, case_id, event_seq, event_hash, snapshot FROM referral
      UNION ALL SELECT 'questionnaire', id, NULL, event_seq, event_hash, snapshot FROM questionnaire_version${more}) heads
    WHERE f1_actor_is('auditor')
      OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'case_file'::regclass), 'MEMBER')
  $$;`;
}

function belongs(more: string): string {
  return `
  CREATE OR REPLACE FUNCTION f1_event_belongs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT (CASE NEW.aggregate_kind
      WHEN 'case' THEN NEW.aggregate_id = NEW.case_id
      WHEN 'person' THEN EXISTS (SELECT FROM person WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      WHEN 'interview' THEN EXISTS (SELECT FROM interview WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)
      WHEN 'referral' THEN EXISTS (SELECT FROM referral WHERE id = NEW.aggregate_id AND case_id = NEW.case_id)${more}
      ELSE NEW.case_id IS NULL AND EXISTS (SELECT FROM questionnaire_version WHERE id = NEW.aggregate_id) END)
    THEN
      RAISE EXCEPTION 'an event of % % does not belong to case %', NEW.aggregate_kind, NEW.aggregate_id, NEW.case_id
        USING ERRCODE = 'F1012';
    END IF;
    RETURN NULL;
  END $$;`;
}

const AUDIT = `
  ALTER TABLE event DROP CONSTRAINT event_aggregate_kind_check;
  ALTER TABLE event ADD CONSTRAINT event_aggregate_kind_check
    CHECK (aggregate_kind IN ('case', 'person', 'interview', 'referral', 'questionnaire', 'request'));
  ${heads(`
      UNION ALL SELECT 'request', id, NULL, event_seq, event_hash, NULL FROM person_request`)}
  ${belongs(`
      WHEN 'request' THEN NEW.case_id IS NULL AND EXISTS (SELECT FROM person_request WHERE id = NEW.aggregate_id)`)}
  CREATE POLICY api_person_request ON event FOR SELECT TO f1_api
    USING (aggregate_kind = 'request' AND (SELECT f1_answers_person_requests()));
  -- Its first link is of the authority that asks, every other of ours.
  CREATE POLICY api_person_request_adds ON event FOR INSERT TO f1_api WITH CHECK (actor_id = f1_actor()
    AND aggregate_kind = 'request' AND case_id IS NULL
    AND (f1_answers_person_requests() OR (seq = 1 AND f1_asked_about_person(aggregate_id))));
`;
