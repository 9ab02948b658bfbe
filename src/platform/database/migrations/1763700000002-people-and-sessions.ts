import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, credentials, sessions, throttling and training certificates, and the functions that policies ask. */
export class PeopleAndSessions1763700000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE authority (
        id uuid PRIMARY KEY,
        code text NOT NULL UNIQUE,
        name text NOT NULL,
        country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
        channel text NOT NULL CHECK (channel IN ('inbox', 'webhook')),
        endpoint text CHECK (endpoint IS NULL OR endpoint ~ '^https?://'),
        receipt_public_key text,
        disabled_at timestamptz,
        CHECK (channel <> 'webhook' OR (endpoint IS NOT NULL AND receipt_public_key IS NOT NULL))
      );

      CREATE TABLE app_user (
        id uuid PRIMARY KEY,
        username text NOT NULL UNIQUE CHECK (username = lower(username)),
        display_name text NOT NULL,
        unit text,
        authority_id uuid REFERENCES authority (id),
        roles text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['caseOfficer', 'officer1F', 'reviewer',
          'legalAdviser', 'decisionMaker', 'prosecutor', 'author', 'auditor', 'operator']),
        created_at timestamptz NOT NULL DEFAULT f1_now(),
        disabled_at timestamptz,
        -- A prosecutor stands outside the asylum authority, and nobody is on both sides.
        CHECK (('prosecutor' = ANY (roles)) = (authority_id IS NOT NULL)),
        CHECK (NOT ('prosecutor' = ANY (roles)) OR cardinality(roles) = 1)
      );

      CREATE TABLE credential (
        user_id uuid PRIMARY KEY REFERENCES app_user (id),
        password_hash text NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT f1_now()
      );

      CREATE TABLE session (
        id uuid PRIMARY KEY,
        token_hash bytea NOT NULL UNIQUE,
        user_id uuid NOT NULL REFERENCES app_user (id),
        kind text NOT NULL CHECK (kind IN ('cookie', 'bearer')),
        created_at timestamptz NOT NULL DEFAULT f1_now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz
      );
      CREATE INDEX session_by_user ON session (user_id, expires_at);

      -- Attempts to sign in by address, account and both; keys are HMACs, so that neither can be read here.
      CREATE TABLE throttle (
        key bytea PRIMARY KEY,
        hits integer NOT NULL,
        window_ends_at timestamptz NOT NULL
      );
      CREATE INDEX throttle_by_end ON throttle (window_ends_at);

      -- Addresses from which an account was used rightly: a stranger's guesses never lock these out.
      CREATE TABLE known_place (
        key bytea PRIMARY KEY,
        known_until timestamptz NOT NULL
      );
      CREATE INDEX known_place_by_end ON known_place (known_until);

      CREATE TABLE certificate (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES app_user (id),
        name text NOT NULL CHECK (name IN ('interview1F', 'review1F', 'decide1F')),
        number text NOT NULL,
        issuer text NOT NULL,
        valid_from date NOT NULL,
        valid_until date NOT NULL CHECK (valid_until >= valid_from),
        UNIQUE (user_id, name, number)
      );

      -- What policies ask for every statement is PL/pgSQL: it keeps its plan, an SQL function is planned anew each time.
      CREATE FUNCTION f1_actor_unit() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        RETURN (SELECT unit FROM app_user WHERE id = f1_actor() AND disabled_at IS NULL);
      END $$;
      CREATE FUNCTION f1_actor_authority() RETURNS uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        RETURN (SELECT authority_id FROM app_user WHERE id = f1_actor() AND disabled_at IS NULL);
      END $$;
      CREATE FUNCTION f1_actor_is(VARIADIC wanted text[]) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        RETURN EXISTS (SELECT FROM app_user WHERE id = f1_actor() AND disabled_at IS NULL AND roles && wanted);
      END $$;

      ALTER TABLE app_user ENABLE ROW LEVEL SECURITY;
      ALTER TABLE credential ENABLE ROW LEVEL SECURITY;
      ALTER TABLE session ENABLE ROW LEVEL SECURITY;
      ALTER TABLE certificate ENABLE ROW LEVEL SECURITY;

      -- Colleagues see who works beside them; a prosecutor sees the own authority's people; nobody signed in sees nobody.
      CREATE POLICY api_directory ON app_user FOR SELECT TO f1_api USING (
        id = f1_actor() OR (NOT (SELECT f1_actor_is('prosecutor')) AND authority_id IS NULL AND f1_actor() IS NOT NULL)
        OR (authority_id IS NOT NULL AND authority_id = (SELECT f1_actor_authority())));
      CREATE POLICY api_certificate ON certificate FOR SELECT TO f1_api USING (
        user_id = f1_actor() OR (f1_actor() IS NOT NULL AND NOT (SELECT f1_actor_is('prosecutor'))));
      CREATE POLICY worker_directory ON app_user FOR SELECT TO f1_worker USING (true);
      CREATE POLICY worker_certificate ON certificate FOR SELECT TO f1_worker USING (true);

      GRANT SELECT ON app_user, certificate, authority TO f1_api, f1_worker;

      -- Before anybody is signed in there is no actor: credentials and sessions are reached through these few doors only.
      CREATE FUNCTION f1_find_login(wanted text)
        RETURNS TABLE (user_id uuid, password_hash text, disabled boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT u.id, c.password_hash, u.disabled_at IS NOT NULL
        FROM app_user u JOIN credential c ON c.user_id = u.id WHERE u.username = wanted
      $$;
      CREATE FUNCTION f1_open_session(session_id uuid, token bytea, wanted uuid, session_kind text, lasts interval)
        RETURNS timestamptz LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DELETE FROM session WHERE user_id = wanted AND expires_at <= f1_now();
        INSERT INTO session (id, token_hash, user_id, kind, expires_at)
        VALUES (session_id, token, wanted, session_kind, f1_now() + lasts) RETURNING expires_at
      $$;
      CREATE FUNCTION f1_find_session(token bytea)
        RETURNS TABLE (session_id uuid, kind text, user_id uuid, username text, display_name text, unit text,
          authority_id uuid, roles text[], expires_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT s.id, s.kind, u.id, u.username, u.display_name, u.unit, u.authority_id, u.roles, s.expires_at
        FROM session s JOIN app_user u ON u.id = s.user_id
        WHERE s.token_hash = token AND s.revoked_at IS NULL AND s.expires_at > f1_now() AND u.disabled_at IS NULL
      $$;
      CREATE FUNCTION f1_close_session(token bytea) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE session SET revoked_at = f1_now() WHERE token_hash = token AND revoked_at IS NULL
      $$;
      -- Counts before the password is checked, so that guesses sent at once cannot slip through together.
      CREATE FUNCTION f1_throttle(wanted bytea, most integer, lasts interval) RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO throttle AS t (key, hits, window_ends_at) VALUES (wanted, 1, f1_now() + lasts)
        ON CONFLICT (key) DO UPDATE SET
          hits = CASE WHEN t.window_ends_at <= f1_now() THEN 1 ELSE least(t.hits, most) + 1 END,
          window_ends_at = CASE WHEN t.window_ends_at <= f1_now() THEN f1_now() + lasts ELSE t.window_ends_at END
        RETURNING CASE WHEN t.hits > most THEN greatest(1, ceil(extract(epoch FROM t.window_ends_at - f1_now())))::integer
          ELSE 0 END
      $$;
      CREATE FUNCTION f1_knows_place(wanted bytea) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT FROM known_place WHERE key = wanted AND known_until > f1_now())
      $$;
      -- A right password gives its attempt back and makes the place known.
      CREATE FUNCTION f1_attempt_was_right(counted bytea[], place bytea, known_for interval) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DECLARE one bytea;
      BEGIN
        FOREACH one IN ARRAY counted LOOP -- in the order in which they were counted: row locks cannot cross
          UPDATE throttle SET hits = greatest(hits - 1, 0) WHERE key = one;
        END LOOP;
        INSERT INTO known_place AS k (key, known_until) VALUES (place, f1_now() + known_for)
        ON CONFLICT (key) DO UPDATE SET known_until = excluded.known_until;
        -- What has run out goes a little at a time, and never waits for somebody else's attempt.
        DELETE FROM throttle WHERE key IN (
          SELECT key FROM throttle WHERE window_ends_at <= f1_now() LIMIT 100 FOR UPDATE SKIP LOCKED);
        DELETE FROM known_place WHERE key IN (
          SELECT key FROM known_place WHERE known_until <= f1_now() LIMIT 100 FOR UPDATE SKIP LOCKED);
      END $$;
      REVOKE ALL ON FUNCTION f1_find_login, f1_open_session, f1_find_session, f1_close_session, f1_throttle,
        f1_knows_place, f1_attempt_was_right FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION f1_find_login, f1_open_session, f1_find_session, f1_close_session, f1_throttle,
        f1_knows_place, f1_attempt_was_right TO f1_api;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP FUNCTION f1_find_login, f1_open_session, f1_find_session, f1_close_session, f1_throttle, f1_knows_place,
        f1_attempt_was_right;
      DROP TABLE certificate, known_place, throttle, session, credential;
      DROP FUNCTION f1_actor_unit, f1_actor_authority, f1_actor_is CASCADE;
      DROP TABLE app_user, authority;
    `);
  }
}
