import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The duty to tell: causes, the competence found for them, obligations, referrals, the outbox and its proofs.
 * At COMMIT the constraint triggers refuse a cause that does not oblige, and an obligation that is not on its way.
 */
export class Duties1763700000005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLES);
    await db.query(TRIGGERS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE acknowledgement, receipt, delivery_attempt, outbox, referral, obligation, cause_competence, duty_cause,
        correction CASCADE;
      DROP FUNCTION f1_receives, f1_receives_from, f1_decision_obliges, f1_suspicion_obliges, f1_quashing_corrects, f1_cause_obliges, f1_obligation_moves,
        f1_obligation_not_blocked, f1_recipient_does_not_mark, f1_never_deleted CASCADE;
    `);
  }
}

const TABLES = `
  CREATE TABLE correction (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    decision_id uuid,
    reason text NOT NULL CHECK (reason IN ('quashedNotFinal', 'quashedFinal', 'partlyUpheld', 'remitted', 'reinstated',
      'noSuspicionRemains', 'factualError', 'mistakenIdentity', 'unlawfulTransmission')),
    at timestamptz NOT NULL DEFAULT f1_now(),
    FOREIGN KEY (decision_id, case_id) REFERENCES decision (id, case_id)
  );
  CREATE INDEX correction_by_case ON correction (case_id);
  CREATE INDEX correction_by_decision ON correction (decision_id);

  -- One row per reason to tell: the decision, the confirmed suspicion, the agreement or the correction whose id it carries.
  CREATE TABLE duty_cause (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    kind text NOT NULL CHECK (kind IN ('exclusion', 'suspicion', 'account', 'correction')),
    at timestamptz NOT NULL DEFAULT f1_now(),
    tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (id, case_id)
  );
  CREATE INDEX duty_cause_by_case ON duty_cause (case_id);
  CREATE INDEX duty_cause_by_tx ON duty_cause (tx);

  CREATE TABLE cause_competence (
    cause_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    authority_id uuid NOT NULL REFERENCES authority (id),
    rule_id uuid,
    rule_version integer,
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    PRIMARY KEY (cause_id, authority_id),
    FOREIGN KEY (rule_id, rule_version) REFERENCES competence_rule (id, version),
    FOREIGN KEY (cause_id, case_id) REFERENCES duty_cause (id, case_id)
  );

  CREATE TABLE obligation (
    id uuid PRIMARY KEY,
    cause_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    authority_id uuid NOT NULL REFERENCES authority (id),
    kind text NOT NULL CHECK (kind IN ('exclusion', 'suspicion', 'account', 'correction')),
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    UNIQUE (cause_id, authority_id, kind),
    UNIQUE (id, case_id),
    FOREIGN KEY (cause_id, case_id) REFERENCES duty_cause (id, case_id)
  );
  CREATE INDEX obligation_by_case ON obligation (case_id);

  CREATE TABLE referral (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    authority_id uuid NOT NULL REFERENCES authority (id),
    kind text NOT NULL CHECK (kind IN ('exclusion', 'suspicion', 'account', 'correction')),
    corrects uuid REFERENCES referral (id),
    -- What the recipient's list shows without opening the body; the recipient may not read the case file.
    case_reference text NOT NULL,
    legal_basis text NOT NULL,
    grounds text[] NOT NULL,
    corrected_at timestamptz,
    suspended_at timestamptz,
    workflow_hash text NOT NULL REFERENCES workflow (hash),
    snapshot jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    body bytea NOT NULL,
    body_sha256 text NOT NULL CHECK (body_sha256 ~ '^[0-9a-f]{64}$'),
    event_seq integer NOT NULL DEFAULT 0,
    event_hash bytea,
    created_at timestamptz NOT NULL DEFAULT f1_now(),
    CHECK ((kind = 'correction') = (corrects IS NOT NULL)),
    UNIQUE (id, case_id),
    FOREIGN KEY (id, case_id) REFERENCES obligation (id, case_id)
  );
  CREATE INDEX referral_inbox ON referral (authority_id, created_at, id);
  CREATE INDEX referral_by_case ON referral (case_id);

  CREATE TABLE outbox (
    referral_id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    epoch integer NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT f1_now(),
    lease_owner text,
    lease_until timestamptz,
    done_at timestamptz,
    last_problem text,
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE done_at IS NULL;
  CREATE INDEX outbox_leased ON outbox (lease_until) WHERE done_at IS NULL;

  CREATE TABLE delivery_attempt (
    referral_id uuid NOT NULL,
    number integer NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    worker text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT f1_now(),
    finished_at timestamptz,
    outcome text CHECK (outcome IN ('received', 'refused', 'unreachable', 'badReceipt', 'abandoned')),
    problem text,
    PRIMARY KEY (referral_id, number),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );

  CREATE TABLE receipt (
    referral_id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    received_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT f1_now(),
    channel text NOT NULL CHECK (channel IN ('inbox', 'webhook')),
    body_sha256 text NOT NULL,
    proof text NOT NULL,
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );

  CREATE TABLE acknowledgement (
    referral_id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    acknowledged_by uuid NOT NULL REFERENCES app_user (id),
    acknowledged_at timestamptz NOT NULL DEFAULT f1_now(),
    sealed bytea,
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
`;

const TRIGGERS = `
  -- Whether the actor's authority receives this referral, or any of this case; PL/pgSQL, because policies ask it for every row.
  CREATE FUNCTION f1_receives(wanted uuid, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN app_user u ON u.authority_id = r.authority_id
      WHERE r.id = wanted AND r.case_id = of_case AND u.id = f1_actor() AND u.disabled_at IS NULL);
  END $$;
  CREATE FUNCTION f1_receives_from(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN app_user u ON u.authority_id = r.authority_id
      WHERE r.case_id = wanted AND u.id = f1_actor() AND u.disabled_at IS NULL);
  END $$;

  CREATE FUNCTION f1_decision_obliges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM duty_cause WHERE id = NEW.id AND kind = 'exclusion' AND case_id = NEW.case_id) THEN
      RAISE EXCEPTION 'decision % applies Article 1F without a duty to tell', NEW.id USING ERRCODE = 'F1002';
    END IF;
    IF NOT EXISTS (SELECT FROM decision_allegation WHERE decision_id = NEW.id AND stands) THEN
      RAISE EXCEPTION 'decision % applies Article 1F although no allegation stands', NEW.id USING ERRCODE = 'F1003';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER decision_obliges AFTER INSERT ON decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.outcome = 'excluded') EXECUTE FUNCTION f1_decision_obliges();

  CREATE FUNCTION f1_suspicion_obliges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM duty_cause WHERE id = NEW.id AND kind = 'suspicion' AND case_id = NEW.case_id) THEN
      RAISE EXCEPTION 'suspicion decision % is confirmed without a duty to tell', NEW.id USING ERRCODE = 'F1002';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER suspicion_obliges AFTER INSERT OR UPDATE ON suspicion_decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.suspicion AND NEW.outcome = 'confirmed') EXECUTE FUNCTION f1_suspicion_obliges();

  CREATE FUNCTION f1_quashing_corrects() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE untold uuid;
  BEGIN
    SELECT o.authority_id INTO untold FROM obligation o WHERE o.cause_id = NEW.id AND NOT EXISTS (
      SELECT FROM correction c JOIN obligation k ON k.cause_id = c.id
      WHERE c.decision_id = NEW.id AND c.at >= NEW.quashed_at AND k.authority_id = o.authority_id) LIMIT 1;
    IF untold IS NOT NULL THEN
      RAISE EXCEPTION 'decision % is quashed but authority % is not told', NEW.id, untold USING ERRCODE = 'F1004';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER quashing_corrects AFTER UPDATE OF quashed_at ON decision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.outcome = 'excluded' AND NEW.quashed_at IS NOT NULL) EXECUTE FUNCTION f1_quashing_corrects();

  CREATE FUNCTION f1_cause_obliges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE gap uuid;
  BEGIN
    IF NOT EXISTS (SELECT FROM cause_competence WHERE cause_id = NEW.id) THEN
      RAISE EXCEPTION 'no authority is competent for % %', NEW.kind, NEW.id USING ERRCODE = 'F1005';
    END IF;
    SELECT c.authority_id INTO gap FROM cause_competence c WHERE c.cause_id = NEW.id AND NOT EXISTS (
      SELECT FROM obligation o WHERE o.cause_id = c.cause_id AND o.authority_id = c.authority_id AND o.kind = NEW.kind) LIMIT 1;
    IF gap IS NOT NULL THEN
      RAISE EXCEPTION 'authority % is competent for % % but is not told', gap, NEW.kind, NEW.id USING ERRCODE = 'F1006';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER cause_obliges AFTER INSERT ON duty_cause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION f1_cause_obliges();

  CREATE FUNCTION f1_obligation_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM referral r JOIN outbox o ON o.referral_id = r.id WHERE r.id = NEW.id
      AND r.authority_id = NEW.authority_id AND r.kind = NEW.kind AND o.done_at IS NULL) THEN
      RAISE EXCEPTION 'obligation % has no referral on its way', NEW.id USING ERRCODE = 'F1007';
    END IF;
    IF NOT EXISTS (SELECT FROM cause_competence c WHERE c.cause_id = NEW.cause_id AND c.authority_id = NEW.authority_id) THEN
      RAISE EXCEPTION 'obligation % tells authority % without a legal basis', NEW.id, NEW.authority_id USING ERRCODE = 'F1008';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER obligation_moves AFTER INSERT ON obligation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION f1_obligation_moves();

  -- No configuration, command or mistake can address a country of nationality, residence or origin.
  CREATE FUNCTION f1_obligation_not_blocked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF EXISTS (SELECT FROM authority a JOIN person_country p ON p.country = a.country
               WHERE a.id = NEW.authority_id AND p.case_id = NEW.case_id) THEN
      RAISE EXCEPTION 'authority % is a blocked recipient for case %', NEW.authority_id, NEW.case_id USING ERRCODE = 'F1009';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER obligation_not_blocked BEFORE INSERT OR UPDATE ON obligation
    FOR EACH ROW EXECUTE FUNCTION f1_obligation_not_blocked();
  CREATE TRIGGER referral_not_blocked BEFORE INSERT OR UPDATE OF authority_id ON referral
    FOR EACH ROW EXECUTE FUNCTION f1_obligation_not_blocked();

  -- Whether a referral still stands is said by corrections, never by the authority that received it.
  CREATE FUNCTION f1_recipient_does_not_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF f1_actor_is('prosecutor') THEN
      RAISE EXCEPTION 'a recipient does not mark or unmark a referral' USING ERRCODE = 'F1011';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER recipient_does_not_mark BEFORE UPDATE ON referral FOR EACH ROW
    WHEN (NEW.corrected_at IS DISTINCT FROM OLD.corrected_at OR NEW.suspended_at IS DISTINCT FROM OLD.suspended_at)
    EXECUTE FUNCTION f1_recipient_does_not_mark();

  CREATE FUNCTION f1_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME USING ERRCODE = 'F1010';
  END $$;
  CREATE TRIGGER obligation_stays BEFORE DELETE ON obligation FOR EACH ROW EXECUTE FUNCTION f1_never_deleted();
  CREATE TRIGGER duty_cause_stays BEFORE DELETE ON duty_cause FOR EACH ROW EXECUTE FUNCTION f1_never_deleted();
  CREATE TRIGGER referral_stays BEFORE DELETE ON referral FOR EACH ROW EXECUTE FUNCTION f1_never_deleted();
  CREATE TRIGGER receipt_stays BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION f1_never_deleted();
`;
