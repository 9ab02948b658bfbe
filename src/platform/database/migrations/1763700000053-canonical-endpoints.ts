import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each authority has its own endpoint however it is spelt: one spelling is kept, and places are compared, not texts. A folder inside
 * another's is that other's too. What was kept in another spelling stays until it is changed.
 */
export class CanonicalEndpoints1763700000053 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(SPELLING);
    await db.query(
      apart(`(f1_endpoint_place(other.endpoint) = f1_endpoint_place(own.endpoint)
            OR own.endpoint ^@ 'file:' AND other.endpoint ^@ 'file:' AND (
              f1_endpoint_place(other.endpoint) || '/' ^@ (f1_endpoint_place(own.endpoint) || '/')
              OR f1_endpoint_place(own.endpoint) || '/' ^@ (f1_endpoint_place(other.endpoint) || '/')))`),
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(apart(`lower(rtrim(other.endpoint, '/')) = lower(rtrim(own.endpoint, '/'))`));
    await db.query(`
      DROP TRIGGER authority_endpoint_canonical ON authority;
      DROP FUNCTION f1_endpoint_is_canonical, f1_endpoint_place, f1_canonical_endpoint;
    `);
  }
}

const SPELLING = `
  -- As src/settings/endpoint-spelling.ts has it.
  CREATE FUNCTION f1_canonical_endpoint(endpoint text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
  DECLARE
    plain text := endpoint;
    code text;
    parts text[];
    host text;
    path text;
    query text := '';
  BEGIN
    LOOP
      code := substring(plain FROM '%(2[DEde]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])');
      EXIT WHEN code IS NULL;
      plain := replace(plain, '%' || code, chr(('x' || lpad(code, 8, '0'))::bit(32)::int));
    END LOOP;
    IF plain ~* '^https?://' THEN
      plain := replace(substring(plain FROM '^[^?#]*'), E'\\\\', '/') || substring(plain FROM '[?#].*$|$');
      parts := regexp_match(plain, '^(https?)://(?:[^/?#]*@)?(\\[[^]/?#]*\\]|[^:/?#]*)(:[0-9]*)?([^?#]*)(\\?[^#]*)?', 'i');
      host := lower(parts[1]) || '://' || rtrim(lower(parts[2]), '.')
        || CASE WHEN parts[3] IN (':', CASE lower(parts[1]) WHEN 'https' THEN ':443' ELSE ':80' END) THEN '' ELSE coalesce(parts[3], '') END;
      path := CASE WHEN parts[4] ^@ '/' THEN parts[4] ELSE '/' || parts[4] END;
      query := coalesce(nullif(parts[5], '?'), '');
    ELSE
      host := 'file://';
      path := substring(plain FROM '^file://([^?#]*)');
    END IF;
    LOOP
      CASE
        WHEN path ~ '/\\.(/|$)' THEN path := regexp_replace(path, '/\\.(/|$)', '/');
        WHEN path ~ '^/\\.\\.(/|$)' THEN path := regexp_replace(path, '^/\\.\\.(/|$)', '/');
        WHEN path ~ '/\\.\\.(/|$)' THEN path := regexp_replace(path, '/[^/]*/\\.\\.(/|$)', '/');
        ELSE EXIT;
      END CASE;
    END LOOP;
    IF host = 'file://' THEN path := rtrim(regexp_replace(path, '/+', '/', 'g'), '/'); END IF;
    RETURN host || path || query;
  END $$;

  -- Where it is, whatever the capitals and whether by http or https.
  CREATE FUNCTION f1_endpoint_place(endpoint text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT lower(rtrim(regexp_replace(regexp_replace(f1_canonical_endpoint(endpoint), '^https?:', ''), '/+', '/', 'g'), '/'))
  $$;

  CREATE FUNCTION f1_endpoint_is_canonical() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND NEW.endpoint IS NOT DISTINCT FROM OLD.endpoint THEN RETURN NEW; END IF;
    IF NEW.endpoint <> f1_canonical_endpoint(NEW.endpoint) THEN
      RAISE EXCEPTION 'its endpoint must be spelt %', f1_canonical_endpoint(NEW.endpoint) USING ERRCODE = 'F1068';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER authority_endpoint_canonical BEFORE INSERT OR UPDATE OF endpoint ON authority
    FOR EACH ROW WHEN (NEW.endpoint ~ '^(https?://|file:///)') EXECUTE FUNCTION f1_endpoint_is_canonical();
`;

/** As migration 26 made it, but for which endpoints are the same. */
const apart = (same: string): string => `
  CREATE OR REPLACE FUNCTION f1_authorities_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE shared text;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('f1_authorities_apart'));
    SELECT other.code INTO shared FROM authority own
      JOIN authority other ON other.id <> own.id AND (other.country, other.represents) IS DISTINCT FROM (own.country, own.represents)
      WHERE own.id = coalesce(to_jsonb(NEW) ->> 'authority_id', to_jsonb(NEW) ->> 'id')::uuid
        AND (${same}
          OR EXISTS (SELECT FROM authority_key mine JOIN authority_key theirs USING (purpose, public_key)
            WHERE purpose = 'encryption' AND mine.authority_id = own.id AND theirs.authority_id = other.id))
      LIMIT 1;
    IF shared IS NOT NULL THEN
      RAISE EXCEPTION 'an endpoint or encryption key is that of %, an authority of another country: each belongs to one', shared
        USING ERRCODE = 'F1061';
    END IF;
    RETURN NULL;
  END $$;
`;
