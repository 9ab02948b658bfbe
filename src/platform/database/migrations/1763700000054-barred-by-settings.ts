import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A recipient that comes to be barred by its country in the settings is told of as one that a command in a case bars. The time is that of
 * the rule in force; working days are counted as days here, so that it is never longer.
 */
export class BarredBySettings1763700000054 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TELLS);
    await db.query(started('true'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER authority_now_barred ON authority;
      DROP FUNCTION f1_authority_now_barred;
    `);
  }
}

/** The clocks of referrals whose recipient is barred, where neither two persons closed it nor one runs. */
const started = (which: string): string => `
  INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), r.case_id, r.id, 'blockedRecipient', rule.source, f1_now(), f1_now() + 0.5 * rule.length,
      f1_now() + 0.8 * rule.length, f1_now() + rule.length
    FROM referral r JOIN data_key k ON k.case_id = r.case_id AND k.wrapped IS NOT NULL
      CROSS JOIN (SELECT source, amount * CASE unit WHEN 'hours' THEN interval '1 hour' ELSE interval '24 hours' END AS length
        FROM deadline_rule WHERE kind = 'blockedRecipient' AND valid_from <= f1_now()::date ORDER BY valid_from DESC LIMIT 1) rule
    WHERE ${which} AND f1_blocked(r.case_id, r.authority_id) AND NOT EXISTS (SELECT FROM blocked_closing g
      WHERE g.referral_id = r.id AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL)
  ON CONFLICT (subject_id, kind) WHERE met_at IS NULL AND ended_at IS NULL DO NOTHING;
`;

const TELLS = `
  CREATE FUNCTION f1_authority_now_barred() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    ${started('r.authority_id = NEW.id')}
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_authority_now_barred FROM PUBLIC;
  CREATE TRIGGER authority_now_barred AFTER UPDATE OF country, represents ON authority FOR EACH ROW
    WHEN ((OLD.country, OLD.represents) IS DISTINCT FROM (NEW.country, NEW.represents))
    EXECUTE FUNCTION f1_authority_now_barred();
`;
