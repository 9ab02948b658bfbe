import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Countries whose codes may both stand for where somebody is from, or lived: a territory and the state that governs it, a place and the
 * state that claims or occupies it, a state and the one it was part of (docs/decisions/011-one-land-by-several-codes.md).
 */
const PAIRS = [
  ['CN', 'HK'],
  ['CN', 'MO'],
  ['CN', 'TW'],
  ['ET', 'ER'],
  ['ID', 'TL'],
  ['IL', 'PS'],
  ['MA', 'EH'],
  ['RS', 'ME'],
  ['RS', 'XK'],
  ['SD', 'SS'],
] as const;

/** Whoever was recorded by one of these codes is not told of to an authority of or for the other. */
export class OneLandBySeveralCodes1763700000066 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`${LANDS} ${ON_AUTHORITIES} ${blocked('= ANY (a.lands)', 'a.lands')} ${CLOCKS}`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ${blocked('IN (a.country, a.represents)', 'ARRAY[a.country, a.represents]')}
      DROP TRIGGER authority_lands ON authority;
      DROP FUNCTION f1_authority_lands;
      ALTER TABLE authority DROP COLUMN lands;
      DROP FUNCTION f1_lands;
    `);
  }
}

const LANDS = `
  CREATE FUNCTION f1_lands(country text, represents text) RETURNS text[]
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
      SELECT coalesce(array_agg(land ORDER BY land COLLATE "C"), '{}') FROM (
        SELECT country AS land UNION SELECT represents
        UNION SELECT unnest(ARRAY[one, other]) FROM (VALUES ${PAIRS.map(([one, other]) => `('${one}', '${other}')`).join(', ')}) AS pair (one, other)
          WHERE one IN (country, represents) OR other IN (country, represents)) named
      WHERE land IS NOT NULL
    $$;
  REVOKE ALL ON FUNCTION f1_lands FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION f1_lands TO f1_api, f1_worker;
`;

/** Kept beside each authority, so that a policy asks no function for each row. */
const ON_AUTHORITIES = `
  ALTER TABLE authority ADD COLUMN lands text[];
  UPDATE authority SET lands = f1_lands(country, represents);
  ALTER TABLE authority ALTER COLUMN lands SET NOT NULL,
    ADD CONSTRAINT authority_lands CHECK (lands = f1_lands(country, represents));
  CREATE FUNCTION f1_authority_lands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  BEGIN
    NEW.lands := f1_lands(NEW.country, NEW.represents);
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_authority_lands FROM PUBLIC;
  CREATE TRIGGER authority_lands BEFORE INSERT OR UPDATE OF country, represents ON authority
    FOR EACH ROW EXECUTE FUNCTION f1_authority_lands();
`;

/** As migration 20 made it, but for which countries an authority is of or for. */
const blocked = (isOne: string, all: string): string => `
  CREATE OR REPLACE FUNCTION f1_blocked(of_case uuid, wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    RETURN EXISTS (SELECT FROM authority a JOIN person_country p ON p.country ${isOne}
        WHERE a.id = wanted AND p.case_id = of_case)
      OR EXISTS (SELECT FROM authority a JOIN persecution_actor x ON x.authority_id = a.id OR x.country ${isOne}
        WHERE a.id = wanted AND x.case_id = of_case AND x.withdrawn_at IS NULL)
      OR EXISTS (SELECT FROM authority a JOIN third_person t ON t.countries && ${all}
        WHERE a.id = wanted AND t.case_id = of_case AND t.withdrawn_at IS NULL);
  END $$;
`;

/** As migration 54 does: who was told, and is barred from now on, is told of to people. */
const CLOCKS = `
  INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), r.case_id, r.id, 'blockedRecipient', rule.source, f1_now(), f1_now() + 0.5 * rule.length,
      f1_now() + 0.8 * rule.length, f1_now() + rule.length
    FROM referral r JOIN data_key k ON k.case_id = r.case_id AND k.wrapped IS NOT NULL
      CROSS JOIN (SELECT source, amount * CASE unit WHEN 'hours' THEN interval '1 hour' ELSE interval '24 hours' END AS length
        FROM deadline_rule WHERE kind = 'blockedRecipient' AND valid_from <= f1_now()::date ORDER BY valid_from DESC LIMIT 1) rule
    WHERE f1_blocked(r.case_id, r.authority_id) AND NOT EXISTS (SELECT FROM blocked_closing g
      WHERE g.referral_id = r.id AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL)
  ON CONFLICT (subject_id, kind) WHERE met_at IS NULL AND ended_at IS NULL DO NOTHING;
`;
