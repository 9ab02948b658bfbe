import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A referral made under an older chart moves to the newest when it is sent a command that only this one has. */
const CHARTS = `
  CREATE FUNCTION f1_chart_moves_on() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM workflow was JOIN workflow is_now ON is_now.kind = was.kind AND is_now.version > was.version
        WHERE was.hash = OLD.workflow_hash AND is_now.hash = NEW.workflow_hash) THEN
      RAISE EXCEPTION '% % does not go back to an older chart', TG_TABLE_NAME, OLD.id USING ERRCODE = 'F1060';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER chart_moves_on BEFORE UPDATE OF workflow_hash ON referral FOR EACH ROW
    WHEN (NEW.workflow_hash <> OLD.workflow_hash) EXECUTE FUNCTION f1_chart_moves_on();
  GRANT UPDATE (workflow_hash) ON referral TO f1_api, f1_portal;

  -- For the audit, which compares them with the histories: what is pinned to which chart, and nothing of the content.
  CREATE FUNCTION f1_chart_pins() RETURNS TABLE (kind text, id uuid, workflow_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pins.* FROM (SELECT 'referral' AS kind, id, workflow_hash FROM referral
      UNION ALL SELECT 'case', id, workflow_hash FROM case_file) pins
    WHERE f1_actor_is('auditor')
      OR pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'case_file'::regclass), 'MEMBER')
  $$;
  REVOKE ALL ON FUNCTION f1_chart_pins FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_chart_pins TO f1_api;
`;

/** The people of an authority that was disabled belong to none any more: what every policy about recipients asks. */
const actorAuthority = (from: string): string => `
  CREATE OR REPLACE FUNCTION f1_actor_authority() RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN (SELECT ${from});
  END $$;
`;
const OF_ENABLED = `u.authority_id FROM app_user u JOIN authority a ON a.id = u.authority_id AND a.disabled_at IS NULL
      WHERE u.id = f1_actor() AND u.disabled_at IS NULL`;
const FORMER = 'authority_id FROM app_user WHERE id = f1_actor() AND disabled_at IS NULL';

/** Who is blocked is told by the country of an authority, so nobody of another country may be reached where it is, or read with its key. */
const APART = `
  CREATE FUNCTION f1_authorities_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE shared text;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('f1_authorities_apart'));
    SELECT other.code INTO shared FROM authority own
      JOIN authority other ON other.id <> own.id AND (other.country, other.represents) IS DISTINCT FROM (own.country, own.represents)
      WHERE own.id = coalesce(to_jsonb(NEW) ->> 'authority_id', to_jsonb(NEW) ->> 'id')::uuid
        AND (lower(rtrim(other.endpoint, '/')) = lower(rtrim(own.endpoint, '/'))
          OR EXISTS (SELECT FROM authority_key mine JOIN authority_key theirs USING (purpose, public_key)
            WHERE purpose = 'encryption' AND mine.authority_id = own.id AND theirs.authority_id = other.id))
      LIMIT 1;
    IF shared IS NOT NULL THEN
      RAISE EXCEPTION 'an endpoint or encryption key is that of %, an authority of another country: each belongs to one', shared
        USING ERRCODE = 'F1061';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER authorities_apart AFTER INSERT OR UPDATE OF endpoint, country, represents ON authority
    FOR EACH ROW EXECUTE FUNCTION f1_authorities_apart();
  CREATE TRIGGER authority_keys_apart AFTER INSERT ON authority_key FOR EACH ROW EXECUTE FUNCTION f1_authorities_apart();
`;

export class Hardening1763700000026 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CHARTS);
    await db.query(actorAuthority(OF_ENABLED));
    await db.query(APART);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(actorAuthority(FORMER));
    await db.query(`
      DROP TRIGGER authority_keys_apart ON authority_key;
      DROP TRIGGER authorities_apart ON authority;
      DROP FUNCTION f1_authorities_apart();
      REVOKE UPDATE (workflow_hash) ON referral FROM f1_api, f1_portal;
      DROP TRIGGER chart_moves_on ON referral;
      DROP FUNCTION f1_chart_moves_on();
      DROP FUNCTION f1_chart_pins();
    `);
  }
}
