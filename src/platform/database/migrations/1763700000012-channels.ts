import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Authorities with kind, keys and channels; what leaves as one stored envelope; blocked recipients wherever an authority is
 * addressed; post as proof; alerts; what authorities say they received; and the results of reconciling, signed.
 */
export class Channels1763700000012 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(AUTHORITIES);
    await db.query(DELIVERY);
    await db.query(BLOCKED);
    await db.query(RECONCILIATION);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER post_arrives ON receipt;
      DROP TABLE reconciliation, authority_statement, alert, postal_delivery, envelope, authority_key;
      DROP FUNCTION f1_envelope_for_recipient, f1_post_arrives, f1_key_stays;
      DROP TRIGGER competence_not_blocked ON cause_competence;
      DROP POLICY not_blocked ON referral;
      DROP POLICY api_records_post ON receipt;
      REVOKE INSERT ON receipt FROM f1_api;
      ${FORMER_FUNCTIONS}
      DROP FUNCTION f1_blocked;
      DROP TABLE persecution_actor;
      ALTER TABLE document DROP CONSTRAINT document_id_case_id_key;
      ALTER TABLE allegation DROP COLUMN act_country;
      ALTER TABLE competence_rule DROP COLUMN act_countries, DROP COLUMN whereabouts;
      ALTER TABLE outbox DROP COLUMN plain;
      ALTER TABLE receipt DROP CONSTRAINT receipt_channel_check,
        ADD CONSTRAINT receipt_channel_check CHECK (channel IN ('inbox', 'webhook'));
      ALTER TABLE delivery_attempt DROP CONSTRAINT delivery_attempt_outcome_check, ADD CONSTRAINT delivery_attempt_outcome_check
        CHECK (outcome IN ('received', 'refused', 'unreachable', 'badReceipt', 'abandoned'));
      ALTER TABLE authority DROP CONSTRAINT authority_check, DROP CONSTRAINT authority_endpoint_check,
        DROP CONSTRAINT authority_channel_check, DROP COLUMN kind, DROP COLUMN represents, DROP COLUMN calendar,
        DROP COLUMN alert_email, DROP COLUMN statement_url, DROP COLUMN contacts;
      ALTER TABLE authority ADD CONSTRAINT authority_channel_check CHECK (channel IN ('inbox', 'webhook')),
        ADD CONSTRAINT authority_endpoint_check CHECK (endpoint IS NULL OR endpoint ~ '^https?://'),
        ADD CONSTRAINT authority_check CHECK (channel <> 'webhook' OR (endpoint IS NOT NULL AND receipt_public_key IS NOT NULL));
    `);
  }
}

const AUTHORITIES = `
  ALTER TABLE authority DROP CONSTRAINT authority_channel_check, DROP CONSTRAINT authority_endpoint_check,
    DROP CONSTRAINT authority_check;
  ALTER TABLE authority
    ADD COLUMN kind text NOT NULL DEFAULT 'other'
      CHECK (kind IN ('prosecution', 'police', 'tribunal', 'embassy', 'interpolBureau', 'other')),
    -- The country it speaks for, where that is not the one it sits in: an embassy, an INTERPOL bureau.
    ADD COLUMN represents text CHECK (represents ~ '^[A-Z]{2}$'),
    -- Whose public holidays its clocks leave out: a country or a part of one.
    ADD COLUMN calendar text CHECK (calendar ~ '^[A-Z]{2}(-[A-Z0-9]+){0,2}$'),
    ADD COLUMN alert_email text,
    ADD COLUMN statement_url text CHECK (statement_url ~ '^https?://'),
    -- [{office, address, phone, languages}]
    ADD COLUMN contacts jsonb NOT NULL DEFAULT '[]',
    ADD CONSTRAINT authority_channel_check CHECK (channel IN ('inbox', 'webhook', 'file', 'paper')),
    ADD CONSTRAINT authority_endpoint_check CHECK (endpoint IS NULL OR endpoint ~ '^(https?://|file:///)'),
    ADD CONSTRAINT authority_check CHECK (CASE channel WHEN 'webhook' THEN endpoint IS NOT NULL AND endpoint ~ '^https?://'
      WHEN 'file' THEN endpoint IS NOT NULL AND endpoint ~ '^file:///' ELSE true END),
    ADD CONSTRAINT authority_represents CHECK (kind NOT IN ('embassy', 'interpolBureau') OR represents IS NOT NULL);

  -- Public keys, each from when until when; a revoked one stays, so that what it proved can still be checked.
  CREATE TABLE authority_key (
    id uuid PRIMARY KEY,
    authority_id uuid NOT NULL REFERENCES authority (id),
    purpose text NOT NULL CHECK (purpose IN ('encryption', 'receipt')),
    -- SPKI DER in base64; the key's id is the beginning of its SHA-256.
    public_key text NOT NULL,
    key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz CHECK (valid_until > valid_from),
    revoked_at timestamptz,
    UNIQUE (authority_id, purpose, key_id)
  );
  ALTER TABLE authority_key ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_all ON authority_key FOR SELECT TO f1_worker USING (true);
  GRANT SELECT ON authority_key TO f1_worker;

  CREATE FUNCTION f1_key_stays() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' OR (OLD.authority_id, OLD.purpose, OLD.public_key, OLD.key_id, OLD.valid_from)
      IS DISTINCT FROM (NEW.authority_id, NEW.purpose, NEW.public_key, NEW.key_id, NEW.valid_from)
      OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
      RAISE EXCEPTION 'a key of an authority ends or is revoked, and is neither changed nor taken back' USING ERRCODE = 'F1010';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER authority_key_stays BEFORE UPDATE OR DELETE ON authority_key FOR EACH ROW EXECUTE FUNCTION f1_key_stays();

  -- Where the acts were done, and where the person is now: NULL asks nothing.
  ALTER TABLE competence_rule ADD COLUMN act_countries text[], ADD COLUMN whereabouts text[];
  ALTER TABLE allegation ADD COLUMN act_country text CHECK (act_country ~ '^[A-Z]{2}$');
  GRANT UPDATE (act_country) ON allegation TO f1_api;
`;

const DELIVERY = `
  ALTER TABLE document ADD CONSTRAINT document_id_case_id_key UNIQUE (id, case_id);
  ALTER TABLE receipt DROP CONSTRAINT receipt_channel_check,
    ADD CONSTRAINT receipt_channel_check CHECK (channel IN ('inbox', 'webhook', 'file', 'paper'));
  ALTER TABLE delivery_attempt DROP CONSTRAINT delivery_attempt_outcome_check, ADD CONSTRAINT delivery_attempt_outcome_check
    CHECK (outcome IN ('received', 'refused', 'unreachable', 'badReceipt', 'abandoned', 'waiting'));

  -- What was on its way before there were envelopes goes on as it was; so does what is sent where no key is known.
  ALTER TABLE outbox ADD COLUMN plain boolean NOT NULL DEFAULT false;
  UPDATE outbox SET plain = true WHERE done_at IS NULL;

  -- The bytes that leave: signed by us, encrypted to the recipient, sealed once more so that an erased case takes them along.
  -- A second one is made only when a key of the first was revoked.
  CREATE TABLE envelope (
    referral_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    case_id uuid NOT NULL REFERENCES case_file (id),
    sealed bytea NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    key_ids uuid[] NOT NULL CHECK (cardinality(key_ids) > 0),
    made_at timestamptz NOT NULL DEFAULT f1_now(),
    PRIMARY KEY (referral_id, number),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX envelope_by_case ON envelope (case_id);
  ALTER TABLE envelope ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON envelope FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY worker_all ON envelope FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT ON envelope TO f1_api;
  GRANT SELECT, INSERT ON envelope TO f1_worker;
  CREATE TRIGGER envelope_is_append_only BEFORE UPDATE OR DELETE ON envelope FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  -- Registered post that a person handed over: beside the receipt, which it is the proof of.
  CREATE TABLE postal_delivery (
    referral_id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    handed_over_at timestamptz NOT NULL,
    document_id uuid NOT NULL,
    -- Number of the registered item and who signed for it.
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL DEFAULT f1_now(),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id),
    FOREIGN KEY (document_id, case_id) REFERENCES document (id, case_id)
  );
  CREATE INDEX postal_delivery_by_case ON postal_delivery (case_id);
  ALTER TABLE postal_delivery ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON postal_delivery FOR ALL TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND recorded_by = f1_actor());
  CREATE POLICY worker_all ON postal_delivery FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT ON postal_delivery TO f1_api;
  GRANT SELECT ON postal_delivery TO f1_worker;
  CREATE TRIGGER postal_delivery_is_append_only BEFORE UPDATE OR DELETE ON postal_delivery
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  -- A person's own receipt is one of post, with the post beside it; it ends the waiting in the outbox.
  CREATE POLICY api_records_post ON receipt AS RESTRICTIVE FOR INSERT TO f1_api WITH CHECK (channel = 'paper');
  GRANT INSERT ON receipt TO f1_api;
  CREATE FUNCTION f1_post_arrives() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM postal_delivery p JOIN referral r ON r.id = p.referral_id JOIN authority a ON a.id = r.authority_id
      WHERE p.referral_id = NEW.referral_id AND a.channel = 'paper') THEN
      RAISE EXCEPTION 'receipt % of post has no record of registered post to an authority reached by post', NEW.referral_id
        USING ERRCODE = 'F1121';
    END IF;
    UPDATE outbox SET done_at = NEW.recorded_at, lease_owner = NULL, lease_until = NULL, last_problem = NULL
    WHERE referral_id = NEW.referral_id AND done_at IS NULL;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER post_arrives AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.channel = 'paper') EXECUTE FUNCTION f1_post_arrives();

  -- "A referral waits in your inbox": one mail per referral, without a word about anybody.
  CREATE TABLE alert (
    referral_id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    authority_id uuid NOT NULL REFERENCES authority (id),
    next_attempt_at timestamptz NOT NULL DEFAULT f1_now(),
    attempts integer NOT NULL DEFAULT 0,
    done_at timestamptz,
    outcome text CHECK (outcome IN ('sent', 'notNeeded')),
    last_problem text,
    CHECK ((done_at IS NULL) = (outcome IS NULL)),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE INDEX alert_due ON alert (next_attempt_at) WHERE done_at IS NULL;
  CREATE INDEX alert_by_case ON alert (case_id);
  ALTER TABLE alert ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON alert FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY worker_all ON alert FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT ON alert TO f1_api;
  GRANT SELECT, INSERT ON alert TO f1_worker;
  GRANT UPDATE (next_attempt_at, attempts, done_at, outcome, last_problem) ON alert TO f1_worker;
`;

const BLOCKED = `
  -- Who persecuted, by what the applicant alleges: an authority that could be told, or every authority of a country.
  CREATE TABLE persecution_actor (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES case_file (id),
    authority_id uuid REFERENCES authority (id),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    sealed bytea NOT NULL,
    recorded_by uuid NOT NULL REFERENCES app_user (id),
    recorded_at timestamptz NOT NULL DEFAULT f1_now(),
    withdrawn_at timestamptz,
    CHECK (authority_id IS NOT NULL OR country IS NOT NULL)
  );
  CREATE INDEX persecution_actor_by_case ON persecution_actor (case_id);
  ALTER TABLE persecution_actor ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_with_case ON persecution_actor FOR ALL TO f1_api USING (f1_sees_case(case_id)) WITH CHECK (f1_sees_case(case_id));
  CREATE POLICY worker_all ON persecution_actor FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON persecution_actor TO f1_api;
  GRANT SELECT ON persecution_actor TO f1_worker;

  -- Whether this authority must never be reached about this case: it belongs to, sits in or speaks for a country of the person,
  -- or is alleged to have persecuted. PL/pgSQL, because policies ask it for every row.
  CREATE FUNCTION f1_blocked(of_case uuid, wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM authority a JOIN person_country p ON p.country IN (a.country, a.represents)
        WHERE a.id = wanted AND p.case_id = of_case)
      OR EXISTS (SELECT FROM authority a JOIN persecution_actor x ON x.authority_id = a.id OR x.country IN (a.country, a.represents)
        WHERE a.id = wanted AND x.case_id = of_case AND x.withdrawn_at IS NULL);
  END $$;

  -- A correction to somebody who was told earlier and is blocked since is owed and held: a judgment must not be refused for it.
  CREATE OR REPLACE FUNCTION f1_obligation_not_blocked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF f1_blocked(NEW.case_id, NEW.authority_id) AND NOT (to_jsonb(NEW) ->> 'kind' IS NOT DISTINCT FROM 'correction'
      AND EXISTS (SELECT FROM obligation o WHERE o.case_id = NEW.case_id AND o.authority_id = NEW.authority_id)) THEN
      RAISE EXCEPTION 'authority % is a blocked recipient for case %', NEW.authority_id, NEW.case_id USING ERRCODE = 'F1009';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER competence_not_blocked BEFORE INSERT OR UPDATE ON cause_competence
    FOR EACH ROW WHEN (NEW.rule_id IS NOT NULL) EXECUTE FUNCTION f1_obligation_not_blocked();
  CREATE TRIGGER alert_not_blocked BEFORE INSERT OR UPDATE OF authority_id, case_id ON alert
    FOR EACH ROW EXECUTE FUNCTION f1_obligation_not_blocked();

  -- An envelope is made for nobody who is blocked, and with keys of its recipient alone.
  CREATE FUNCTION f1_envelope_for_recipient() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE recipient uuid := (SELECT authority_id FROM referral WHERE id = NEW.referral_id);
  BEGIN
    IF f1_blocked(NEW.case_id, recipient) THEN
      RAISE EXCEPTION 'authority % is a blocked recipient for case %', recipient, NEW.case_id USING ERRCODE = 'F1009';
    END IF;
    IF EXISTS (SELECT FROM unnest(NEW.key_ids) k (id) LEFT JOIN authority_key own ON own.id = k.id AND own.authority_id = recipient
      AND own.purpose = 'encryption' AND own.revoked_at IS NULL WHERE own.id IS NULL) THEN
      RAISE EXCEPTION 'the envelope of referral % can be opened by somebody else than its recipient', NEW.referral_id
        USING ERRCODE = 'F1122';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER envelope_for_recipient BEFORE INSERT ON envelope FOR EACH ROW EXECUTE FUNCTION f1_envelope_for_recipient();

  -- An inbox is read here, so the rows of a blocked recipient are not there for it to read, whenever it came to be blocked.
  CREATE POLICY not_blocked ON referral AS RESTRICTIVE FOR ALL TO f1_api
    USING ((SELECT f1_actor_authority()) IS NULL OR NOT f1_blocked(case_id, authority_id));
  CREATE OR REPLACE FUNCTION f1_receives(wanted uuid, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN app_user u ON u.authority_id = r.authority_id
        JOIN authority a ON a.id = r.authority_id AND a.disabled_at IS NULL
      WHERE r.id = wanted AND r.case_id = of_case AND u.id = f1_actor() AND u.disabled_at IS NULL
        AND NOT f1_blocked(r.case_id, r.authority_id));
  END $$;
  CREATE OR REPLACE FUNCTION f1_receives_from(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN app_user u ON u.authority_id = r.authority_id
        JOIN authority a ON a.id = r.authority_id AND a.disabled_at IS NULL
      WHERE r.case_id = wanted AND u.id = f1_actor() AND u.disabled_at IS NULL AND NOT f1_blocked(r.case_id, r.authority_id));
  END $$;
`;

const RECONCILIATION = `
  -- What an authority says it received, signed by it: the other half of every receipt.
  CREATE TABLE authority_statement (
    id uuid PRIMARY KEY,
    authority_id uuid NOT NULL REFERENCES authority (id),
    at timestamptz NOT NULL,
    -- [{id, bodySha256, receivedAt}]
    referrals jsonb NOT NULL,
    signed text NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT f1_now(),
    UNIQUE (authority_id, at)
  );
  ALTER TABLE authority_statement ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_all ON authority_statement FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  GRANT SELECT, INSERT ON authority_statement TO f1_worker;
  CREATE TRIGGER authority_statement_is_append_only BEFORE UPDATE OR DELETE ON authority_statement
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();

  CREATE TABLE reconciliation (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    ok boolean NOT NULL,
    differences integer NOT NULL,
    in_flight integer NOT NULL,
    chains boolean NOT NULL,
    -- The canonical JSON that is signed: ids, times and counts, never content.
    statement text NOT NULL,
    signature bytea NOT NULL,
    key_id text NOT NULL
  );
  CREATE INDEX reconciliation_by_time ON reconciliation (at, id);
  ALTER TABLE reconciliation ENABLE ROW LEVEL SECURITY;
  CREATE POLICY worker_all ON reconciliation FOR ALL TO f1_worker USING (true) WITH CHECK (true);
  CREATE POLICY api_auditor ON reconciliation FOR SELECT TO f1_api USING ((SELECT f1_actor_is('auditor')));
  GRANT SELECT, INSERT ON reconciliation TO f1_worker;
  GRANT SELECT ON reconciliation TO f1_api;
  CREATE TRIGGER reconciliation_is_append_only BEFORE UPDATE OR DELETE ON reconciliation
    FOR EACH ROW EXECUTE FUNCTION f1_refuse_change();
`;

/** As migration 5 made them. */
const FORMER_FUNCTIONS = `
  CREATE OR REPLACE FUNCTION f1_obligation_not_blocked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF EXISTS (SELECT FROM authority a JOIN person_country p ON p.country = a.country
               WHERE a.id = NEW.authority_id AND p.case_id = NEW.case_id) THEN
      RAISE EXCEPTION 'authority % is a blocked recipient for case %', NEW.authority_id, NEW.case_id USING ERRCODE = 'F1009';
    END IF;
    RETURN NEW;
  END $$;
  CREATE OR REPLACE FUNCTION f1_receives(wanted uuid, of_case uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN app_user u ON u.authority_id = r.authority_id
      WHERE r.id = wanted AND r.case_id = of_case AND u.id = f1_actor() AND u.disabled_at IS NULL);
  END $$;
  CREATE OR REPLACE FUNCTION f1_receives_from(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM referral r JOIN app_user u ON u.authority_id = r.authority_id
      WHERE r.case_id = wanted AND u.id = f1_actor() AND u.disabled_at IS NULL);
  END $$;
`;
