import type { MigrationInterface, QueryRunner } from 'typeorm';
import { notUndoneWhile } from '../not-undone.js';
import { kinds } from './1763700000033-settings-and-lists.js';
import { openDuties } from './1763700000034-erasure-keeps-duties.js';
import { tells } from './1763700000032-unblockings.js';
import { TELLS, TOLD } from './1763700000042-what-waits-is-told.js';

/**
 * A recipient that came to be barred after it was told can be told nothing more and can answer nothing: people are told of that, and
 * two of them close what is open towards it, for as long as it stays barred. Nothing leaves by that. And what somebody decided is
 * told for a fresh look to whoever may take it.
 */
export class BlockedClosings1763700000046 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(RULES);
    await db.query(TABLE);
    await db.query(GUARDS);
    await db.query(LAPSES);
    await db.query(openDuties(UNLESS_CLOSED));
    await db.query(tells(TOLD_NOW, TELLS_NOW));
    await db.query(kinds(`, 'settingsWait', 'dutiesNotMet', 'blockedRecipient'`));
    await db.query(RUNNING);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(notUndoneWhile('blocked_closing', 'what was closed towards barred recipients'));
    await db.query(`
      DELETE FROM task WHERE kind = 'blockedRecipient' OR because = 'audits'
        OR deadline_id IN (SELECT id FROM deadline WHERE kind IN ('blockedRecipient', 'closingConfirmation'));
      DELETE FROM deadline WHERE kind IN ('blockedRecipient', 'closingConfirmation');
      ${kinds(`, 'settingsWait', 'dutiesNotMet'`)}
      ${tells(TOLD, TELLS)}
      ${openDuties('')}
      ${BARRING.map(([table]) => `DROP TRIGGER closings_lapse ON ${table};`).join('\n      ')}
      DROP TABLE blocked_closing;
      DROP FUNCTION f1_closings_lapse, f1_closing_while_blocked;
    `);
  }
}

/** An installation that is upgraded goes on with the times of the house until it names its own. */
const RULES = `
  INSERT INTO deadline_rule (kind, valid_from, amount, unit, source)
    SELECT kind, '2000-01-01', amount, unit, 'house rule'
    FROM (VALUES ('blockedRecipient', 2, 'workingDays'), ('closingConfirmation', 5, 'workingDays')) AS house (kind, amount, unit)
    WHERE EXISTS (SELECT FROM deadline_rule) AND NOT EXISTS (SELECT FROM deadline_rule r WHERE r.kind = house.kind);
`;

const CLOSERS = `'caseOfficer', 'officer1F', 'decisionMaker'`;

const TABLE = `
  CREATE TABLE blocked_closing (
    id uuid PRIMARY KEY,
    referral_id uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES case_file (id),
    asked_by uuid NOT NULL REFERENCES app_user (id),
    asked_at timestamptz NOT NULL,
    -- NULL: waits for a second person. Whoever asked may refuse it too: that takes it back.
    outcome text CHECK (outcome IN ('confirmed', 'refused')),
    ended_by uuid REFERENCES app_user (id),
    ended_at timestamptz,
    -- When its recipient was barred no longer: what was closed is owed again.
    lapsed_at timestamptz,
    CONSTRAINT blocked_closing_ended_whole CHECK ((outcome IS NULL) = (ended_by IS NULL) AND (outcome IS NULL) = (ended_at IS NULL)),
    CONSTRAINT blocked_closing_by_two CHECK (outcome IS DISTINCT FROM 'confirmed' OR ended_by <> asked_by),
    FOREIGN KEY (referral_id, case_id) REFERENCES referral (id, case_id)
  );
  CREATE UNIQUE INDEX blocked_closing_once ON blocked_closing (referral_id) WHERE outcome IS DISTINCT FROM 'refused' AND lapsed_at IS NULL;
  CREATE INDEX blocked_closing_by_case ON blocked_closing (case_id, asked_at);
  ALTER TABLE blocked_closing ENABLE ROW LEVEL SECURITY;
  CREATE POLICY api_reads ON blocked_closing FOR SELECT TO f1_api USING (f1_sees_case(case_id));
  CREATE POLICY api_asks ON blocked_closing FOR INSERT TO f1_api WITH CHECK (f1_sees_case(case_id) AND asked_by = f1_actor()
    AND outcome IS NULL AND lapsed_at IS NULL AND f1_actor_is(${CLOSERS}));
  CREATE POLICY api_ends ON blocked_closing FOR UPDATE TO f1_api USING (f1_sees_case(case_id))
    WITH CHECK (f1_sees_case(case_id) AND ended_by = f1_actor() AND f1_actor_is(${CLOSERS}));
  CREATE POLICY worker_reads ON blocked_closing FOR SELECT TO f1_worker USING (true);
  GRANT SELECT, INSERT, UPDATE (outcome, ended_by, ended_at) ON blocked_closing TO f1_api;
  GRANT SELECT ON blocked_closing TO f1_worker;
`;

const DEFINER = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp';

const GUARDS = `
  CREATE FUNCTION f1_closing_while_blocked() RETURNS trigger ${DEFINER} AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.outcome IS NOT NULL OR OLD.lapsed_at IS NOT NULL) AND NEW.outcome IS DISTINCT FROM OLD.outcome THEN
      RAISE EXCEPTION 'what was asked to be closed is ended once' USING ERRCODE = 'F1066';
    END IF;
    IF NEW.outcome IS DISTINCT FROM 'refused' AND NEW.lapsed_at IS NULL AND NOT f1_blocked(NEW.case_id,
      (SELECT authority_id FROM referral WHERE id = NEW.referral_id)) THEN
      RAISE EXCEPTION 'the recipient of referral % is not barred: what it is owed is not closed', NEW.referral_id USING ERRCODE = 'F1066';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION f1_closing_while_blocked FROM PUBLIC;
  CREATE TRIGGER closing_while_blocked BEFORE INSERT OR UPDATE ON blocked_closing FOR EACH ROW EXECUTE FUNCTION f1_closing_while_blocked();
`;

/** What bars, and the change by which it bars no longer. */
const BARRING = [
  ['persecution_actor', 'UPDATE OF withdrawn_at'],
  ['third_person', 'UPDATE OF withdrawn_at'],
  ['person_country', 'DELETE'],
] as const;

const LAPSES = `
  -- A recipient that is barred no longer is owed again what was closed: its clocks run on from where they ran.
  CREATE FUNCTION f1_closings_lapse() RETURNS trigger ${DEFINER} AS $$
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
  REVOKE ALL ON FUNCTION f1_closings_lapse FROM PUBLIC;
  ${BARRING.map(
    ([table, change]) => `
  CREATE TRIGGER closings_lapse AFTER ${change} ON ${table} FOR EACH ROW EXECUTE FUNCTION f1_closings_lapse();`,
  ).join('')}
`;

const UNLESS_CLOSED = `AND NOT EXISTS (SELECT FROM blocked_closing g
          WHERE g.referral_id = o.id AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL
            AND f1_blocked(g.case_id, (SELECT r.authority_id FROM referral r WHERE r.id = g.referral_id)))`;

const TOLD_NOW = {
  ...TOLD,
  blockedRecipient: ['decisionMaker'],
  closingConfirmation: ['caseOfficer', 'officer1F', 'decisionMaker'],
};

/** Whoever asked, or recorded the letter, is nobody's second; who decided in the case, which `person` leaves out, looks at nothing afresh. */
const TELLS_NOW = {
  because: `${TELLS.because}'audits', `,
  apart: `${TELLS.apart} AND NOT EXISTS (SELECT FROM blocked_closing g WHERE g.id = NEW.subject_id AND g.asked_by = u.id)`,
  told: `${TELLS.told}
      UNION ALL SELECT p.id, 'seconds', 2 FROM person p JOIN unit USING (unit)
        WHERE NEW.kind IN ('closingConfirmation', 'reconsideration', 'reopening') AND p.roles && able`,
};

/** What bars a recipient that was told before is told of now. */
const RUNNING = `
  INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
    SELECT gen_random_uuid(), r.case_id, r.id, 'blockedRecipient', 'house rule', f1_now(), f1_now() + interval '36 hours',
      f1_now() + interval '58 hours', f1_now() + interval '3 days'
    FROM referral r JOIN data_key k ON k.case_id = r.case_id AND k.wrapped IS NOT NULL WHERE f1_blocked(r.case_id, r.authority_id);
`;
