import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A victim's or witness's own account: the recorded agreement to transmit it, and what became of that agreement. At COMMIT an
 * account is referred only with an agreement that lives, and a revocation calls back whatever was not used.
 */
export class Agreements1763700000021 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CORRECTIONS);
    await db.query(TABLES);
    await db.query(TRIGGERS);
    await db.query(POLICIES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER account_is_agreed ON duty_cause;
      DROP TABLE account_step, account_agreement;
      DROP FUNCTION f1_account_is_agreed, f1_account_is_told, f1_revocation_recalls, f1_account_used;
      ALTER TABLE correction DROP CONSTRAINT correction_reason_check;
      ALTER TABLE correction ADD CONSTRAINT correction_reason_check CHECK (reason IN ('quashedNotFinal', 'quashedFinal',
        'partlyUpheld', 'remitted', 'reinstated', 'suspicionRemains', 'noSuspicionRemains', 'factualError', 'mistakenIdentity',
        'unlawfulTransmission', 'reopened'));
    `);
  }
}

const CORRECTIONS = `
  ALTER TABLE correction DROP CONSTRAINT correction_reason_check;
  ALTER TABLE correction ADD CONSTRAINT correction_reason_check CHECK (reason IN ('quashedNotFinal', 'quashedFinal',
    'partlyUpheld', 'remitted', 'reinstated', 'suspicionRemains', 'noSuspicionRemains', 'factualError', 'mistakenIdentity',
    'unlawfulTransmission', 'reopened', 'agreementRevoked'));
`;

const TABLES = `
  -- What was agreed to, in which version and language, who read it out and who gave it are sealed; the id is the cause's.
  CREATE TABLE account_agreement (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    interview_id uuid NOT NULL,
    question_ids text[] NOT NULL CHECK (cardinality(question_ids) > 0),
    category text NOT NULL CHECK (category IN ('victim', 'witness')),
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL,
    UNIQUE (id, case_id),
    FOREIGN KEY (interview_id, case_id) REFERENCES interview (id, case_id)
  );
  CREATE INDEX account_agreement_by_case ON account_agreement (case_id, recorded_at);

  -- One row per step; the last one of an agreement counts.
  CREATE TABLE account_step (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    agreement_id uuid NOT NULL,
    step text NOT NULL CHECK (step IN ('proposed', 'rejected', 'confirmed', 'revoked')),
    sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    by_id uuid NOT NULL REFERENCES app_user (id),
    FOREIGN KEY (agreement_id, case_id) REFERENCES account_agreement (id, case_id)
  );
  CREATE INDEX account_step_by_case ON account_step (case_id, at);
  CREATE INDEX account_step_by_agreement ON account_step (agreement_id, at);
  CREATE UNIQUE INDEX account_confirmed_once ON account_step (agreement_id) WHERE step = 'confirmed';
  CREATE UNIQUE INDEX account_revoked_once ON account_step (agreement_id) WHERE step = 'revoked';

  CREATE TRIGGER account_agreement_is_append_only BEFORE UPDATE OR DELETE ON account_agreement
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
  CREATE TRIGGER account_step_is_append_only BEFORE UPDATE OR DELETE ON account_step
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
`;

const TRIGGERS = `
  -- A recipient has used an account once it was acknowledged, opened to somebody, or received by a machine or on paper. An inbox
  -- is ours: what lies in it unopened was used by nobody.
  CREATE FUNCTION f1_account_used(referral uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM acknowledgement WHERE referral_id = referral)
      OR EXISTS (SELECT FROM access_grant WHERE referral_id = referral)
      OR EXISTS (SELECT FROM receipt WHERE referral_id = referral AND channel <> 'inbox')
  $$;

  CREATE FUNCTION f1_account_is_agreed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM account_step c JOIN account_step p ON p.agreement_id = c.agreement_id AND p.step = 'proposed'
        AND p.by_id <> c.by_id AND p.at <= c.at
      WHERE c.agreement_id = NEW.id AND c.case_id = NEW.case_id AND c.step = 'confirmed'
        AND NOT EXISTS (SELECT FROM account_step x WHERE x.agreement_id = NEW.id
          AND (x.step = 'revoked' OR (x.step = 'proposed' AND x.by_id = c.by_id AND x.at >= p.at)))) THEN
      RAISE EXCEPTION 'account % is referred without an agreement that lives and two persons who refer it', NEW.id
        USING ERRCODE = 'F1210';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER account_is_agreed AFTER INSERT ON duty_cause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'account') EXECUTE FUNCTION f1_account_is_agreed();

  CREATE FUNCTION f1_account_is_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM duty_cause WHERE id = NEW.agreement_id AND kind = 'account' AND case_id = NEW.case_id) THEN
      RAISE EXCEPTION 'the referral of account % is confirmed without a duty to tell', NEW.agreement_id USING ERRCODE = 'F1211';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER account_is_told AFTER INSERT ON account_step DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.step = 'confirmed') EXECUTE FUNCTION f1_account_is_told();

  CREATE FUNCTION f1_revocation_recalls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE open_still uuid;
  BEGIN
    SELECT r.id INTO open_still FROM referral r JOIN obligation o ON o.id = r.id
    WHERE o.cause_id = NEW.agreement_id AND r.suspended_at IS NULL AND NOT f1_account_used(r.id) LIMIT 1;
    IF open_still IS NOT NULL THEN
      RAISE EXCEPTION 'agreement % is revoked but referral %, which nobody used, is not called back', NEW.agreement_id, open_still
        USING ERRCODE = 'F1212';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER revocation_recalls AFTER INSERT ON account_step DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.step = 'revoked') EXECUTE FUNCTION f1_revocation_recalls();
`;

const POLICIES = `
  ALTER TABLE account_agreement ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON account_agreement FOR ALL TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND recorded_by = f1_actor());
  CREATE POLICY worker_all ON account_agreement FOR SELECT TO f1_worker USING (true);
  ALTER TABLE account_step ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON account_step FOR ALL TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND by_id = f1_actor());
  CREATE POLICY worker_all ON account_step FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT ON account_agreement, account_step TO f1_api;
  GRANT SELECT ON account_agreement, account_step TO f1_worker;
`;
