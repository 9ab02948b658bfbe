import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What two persons closed towards a barred recipient stays closed: a receipt or a letter that still comes starts no clock that runs.
 * And a closing lapses whatever ends the barring, a country that is corrected in the settings too, and only what the referral's chart
 * awaits by then is awaited again.
 */
export class ClosedClocks1763700000047 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(STARTS);
    await db.query(LAPSES);
    await db.query(NOW);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER authority_closings_lapse ON authority;
      DROP TRIGGER clock_of_closed ON deadline;
      ${FORMER}
      DROP FUNCTION f1_authority_closings_lapse, f1_clock_of_closed, f1_lapse_closings;
    `);
  }
}

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

const STARTS = `
  -- It begins as ended with the others, so that it runs on with them where the closing lapses.
  CREATE FUNCTION f1_clock_of_closed() RETURNS trigger ${DEFINER} AS $$
  BEGIN
    -- Shared: whoever lets it lapse waits for this clock, or is waited for.
    SELECT g.ended_at INTO NEW.ended_at FROM blocked_closing g
      WHERE g.referral_id = NEW.subject_id AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL FOR SHARE;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_clock_of_closed FROM PUBLIC;
  CREATE TRIGGER clock_of_closed BEFORE INSERT ON deadline FOR EACH ROW
    WHEN (NEW.kind IN ('acknowledge', 'feedback', 'correctionAnswer') AND NEW.met_at IS NULL AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION f1_clock_of_closed();
`;

const LAPSES = `
  CREATE FUNCTION f1_lapse_closings(of_case uuid) RETURNS void ${DEFINER} AS $$
  BEGIN
    -- Whoever confirms one has ended its clocks by then: the next statement sees that.
    PERFORM FROM blocked_closing WHERE case_id = of_case AND lapsed_at IS NULL FOR UPDATE;
    WITH lapsed AS (
      UPDATE blocked_closing g SET lapsed_at = date_trunc('milliseconds', f1_now()) FROM referral r
      WHERE g.case_id = of_case AND g.lapsed_at IS NULL AND g.outcome IS DISTINCT FROM 'refused' AND r.id = g.referral_id
        AND NOT f1_blocked(r.case_id, r.authority_id) RETURNING g.referral_id, g.outcome, g.ended_at),
    -- What came or was answered meanwhile is not waited for again; of what began twice, the later one.
    awaited AS (
      SELECT DISTINCT ON (d.subject_id, d.kind) d.id FROM lapsed l JOIN referral r ON r.id = l.referral_id
        JOIN workflow w ON w.hash = r.workflow_hash
        JOIN deadline d ON d.subject_id = r.id AND d.ended_at = l.ended_at AND d.met_at IS NULL
      WHERE l.outcome = 'confirmed' AND NOT EXISTS (SELECT FROM deadline x
          WHERE x.subject_id = d.subject_id AND x.kind = d.kind AND x.met_at IS NULL AND x.ended_at IS NULL)
        AND NOT (d.kind = 'refer' AND r.suspended_at IS NOT NULL)
        AND w.body #> ARRAY['states', 'delivery', 'states', r.snapshot ->> 'delivery', 'meta', 'waiting', 'deadlines'] ? d.kind
      ORDER BY d.subject_id, d.kind, d.starts_at DESC)
    UPDATE deadline d SET ended_at = NULL FROM awaited a WHERE d.id = a.id;
    UPDATE deadline d SET ended_at = f1_now() WHERE d.case_id = of_case AND d.met_at IS NULL AND d.ended_at IS NULL AND CASE d.kind
      WHEN 'blockedRecipient' THEN NOT f1_blocked(d.case_id, (SELECT r.authority_id FROM referral r WHERE r.id = d.subject_id))
      WHEN 'closingConfirmation' THEN EXISTS (SELECT FROM blocked_closing g WHERE g.id = d.subject_id AND g.lapsed_at IS NOT NULL)
      ELSE false END;
  END $$;
  CREATE OR REPLACE FUNCTION f1_closings_lapse() RETURNS trigger ${DEFINER} AS $$
  BEGIN
    PERFORM f1_lapse_closings(OLD.case_id);
    RETURN NULL;
  END $$;
  CREATE FUNCTION f1_authority_closings_lapse() RETURNS trigger ${DEFINER} AS $$
  BEGIN
    PERFORM f1_lapse_closings(c.case_id) FROM (SELECT DISTINCT r.case_id FROM referral r WHERE r.authority_id = NEW.id
      AND (EXISTS (SELECT FROM blocked_closing g WHERE g.referral_id = r.id AND g.lapsed_at IS NULL)
        OR EXISTS (SELECT FROM deadline d WHERE d.subject_id = r.id AND d.kind = 'blockedRecipient'
          AND d.met_at IS NULL AND d.ended_at IS NULL)) ORDER BY r.case_id) c;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION f1_lapse_closings, f1_authority_closings_lapse FROM PUBLIC;
  CREATE TRIGGER authority_closings_lapse AFTER UPDATE OF country, represents ON authority FOR EACH ROW
    WHEN ((OLD.country, OLD.represents) IS DISTINCT FROM (NEW.country, NEW.represents))
    EXECUTE FUNCTION f1_authority_closings_lapse();
`;

/** What should have lapsed, or not have run, until now. */
const NOW = `
  SELECT f1_lapse_closings(c.case_id) FROM (SELECT case_id FROM blocked_closing WHERE lapsed_at IS NULL
    UNION SELECT case_id FROM deadline WHERE kind = 'blockedRecipient' AND met_at IS NULL AND ended_at IS NULL) c;
  UPDATE deadline d SET ended_at = g.ended_at FROM blocked_closing g
    WHERE g.referral_id = d.subject_id AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL
      AND d.kind IN ('acknowledge', 'feedback', 'correctionAnswer') AND d.met_at IS NULL AND d.ended_at IS NULL;
`;

/** As migration 46 made it. */
const FORMER = `
  CREATE OR REPLACE FUNCTION f1_closings_lapse() RETURNS trigger ${DEFINER} AS $$
  BEGIN
    -- Whoever confirms one has ended its clocks by then: the next statement sees that.
    PERFORM FROM blocked_closing WHERE case_id = OLD.case_id AND lapsed_at IS NULL FOR UPDATE;
    WITH lapsed AS (
      UPDATE blocked_closing g SET lapsed_at = date_trunc('milliseconds', f1_now()) FROM referral r
      WHERE g.case_id = OLD.case_id AND g.lapsed_at IS NULL AND g.outcome IS DISTINCT FROM 'refused' AND r.id = g.referral_id
        AND NOT f1_blocked(r.case_id, r.authority_id) RETURNING g.referral_id, g.outcome, g.ended_at)
    UPDATE deadline d SET ended_at = NULL FROM lapsed l
      WHERE l.outcome = 'confirmed' AND d.subject_id = l.referral_id AND d.ended_at = l.ended_at AND d.met_at IS NULL
        -- What came or was called back meanwhile is not waited for again.
        AND NOT (d.kind = 'refer' AND EXISTS (SELECT FROM receipt p WHERE p.referral_id = l.referral_id))
        AND NOT (d.kind = 'acknowledge' AND EXISTS (SELECT FROM acknowledgement k WHERE k.referral_id = l.referral_id))
        AND NOT EXISTS (SELECT FROM referral r WHERE r.id = l.referral_id AND r.suspended_at IS NOT NULL);
    UPDATE deadline d SET ended_at = f1_now() WHERE d.case_id = OLD.case_id AND d.met_at IS NULL AND d.ended_at IS NULL AND CASE d.kind
      WHEN 'blockedRecipient' THEN NOT f1_blocked(d.case_id, (SELECT r.authority_id FROM referral r WHERE r.id = d.subject_id))
      WHEN 'closingConfirmation' THEN EXISTS (SELECT FROM blocked_closing g WHERE g.id = d.subject_id AND g.lapsed_at IS NOT NULL)
      ELSE false END;
    RETURN NULL;
  END $$;
`;
