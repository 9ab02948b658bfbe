import { CLOCK_CHECKS } from './reconciler-clocks.sql.js';
import { LIST_CHECKS, LIST_DIFFERENCES, LISTS, STATED, STATEMENTS } from './reconciler-lists.sql.js';
import { calledBackBy, isCalledBack, MARK_CHECKS } from './reconciler-marks.sql.js';
import { IS_BARRED, isClosedAsBlocked, isErased } from './recalled.sql.js';

export const CAUSE_KINDS = ['exclusion', 'suspicion', 'account', 'correction'] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** What obliges us to tell, taken from the decisions and agreements themselves and not from `duty_cause`, which is what is checked. */
const CAUSES = `
  SELECT id, case_id, 'exclusion' AS kind FROM decision WHERE outcome = 'excluded'
  UNION ALL SELECT id, case_id, 'suspicion' FROM suspicion_decision WHERE suspicion AND outcome = 'confirmed'
  UNION ALL SELECT agreement_id, case_id, 'account' FROM account_step WHERE step = 'confirmed'
  UNION ALL SELECT id, case_id, 'correction' FROM correction`;

const COUNTS = `
  WITH cause AS (${CAUSES})
  SELECT k.kind,
    (SELECT count(*)::int FROM cause c WHERE c.kind = k.kind) AS causes,
    (SELECT count(*)::int FROM obligation o WHERE o.kind = k.kind) AS obligations,
    (SELECT count(*)::int FROM receipt p JOIN obligation o ON o.id = p.referral_id WHERE o.kind = k.kind) AS receipts,
    (SELECT count(*)::int FROM obligation o WHERE o.kind = k.kind AND o.due_at >= f1_now()
      AND NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AND NOT ${isCalledBack('o.id')}
      AND NOT ${IS_BARRED}) AS "inFlight"
  FROM unnest(ARRAY['${CAUSE_KINDS.join("', '")}']) AS k (kind)`;

/** Of referral r and its receipt p: what was received is an envelope that was sent, or the package itself. */
const RECEIPT_FITS = `(p.body_sha256 = r.body_sha256
  OR EXISTS (SELECT FROM envelope e WHERE e.referral_id = r.id AND e.sha256 = p.body_sha256))`;

/** What was erased before a receipt of it was here, and whether the newest list of its recipient has it (null: there is no list); where it has not, a difference. */
const ERASED_UNRECEIPTED = `
  WITH statement AS (${STATEMENTS}), stated AS (${STATED})
  SELECT o.kind, o.cause_id AS "causeId", o.id AS "obligationId", a.code AS authority,
    CASE WHEN EXISTS (SELECT FROM statement t WHERE t.authority_id = o.authority_id)
      THEN EXISTS (SELECT FROM stated s WHERE s.id = o.id AND s.authority_id = o.authority_id) END AS listed
  FROM obligation o JOIN authority a ON a.id = o.authority_id
  WHERE NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AND ${isErased('o.case_id')}
  ORDER BY o.kind, o.id LIMIT 1000`;

/** What two persons closed, because the file bars its recipient: neither receipted nor a difference; whether it was received before. */
const CLOSED_AS_BLOCKED = `
  SELECT o.kind, o.cause_id AS "causeId", o.id AS "obligationId", a.code AS authority,
    EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AS received
  FROM blocked_closing c JOIN obligation o ON o.id = c.referral_id JOIN authority a ON a.id = o.authority_id
  WHERE c.outcome = 'confirmed' AND c.lapsed_at IS NULL AND f1_blocked(o.case_id, o.authority_id)
  ORDER BY o.kind, o.id LIMIT 1000`;

/** What a correction called back before it arrived: it leaves no more, and the correction is told in its stead. */
const RECALLED = `
  SELECT o.kind, o.cause_id AS "causeId", o.id AS "obligationId", a.code AS authority, ${calledBackBy('o.id')} AS "correctionId"
  FROM obligation o JOIN authority a ON a.id = o.authority_id JOIN referral s ON s.id = o.id AND s.suspended_at IS NOT NULL
  WHERE NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AND ${isCalledBack('o.id')}
  ORDER BY o.kind, o.id LIMIT 1000`;

/** Each way to disagree: its name, and the rows that show it (kind, cause, obligation, authority). */
const CHECKS: Readonly<Record<string, string>> = {
  decisionWithoutDuty: `SELECT c.kind, c.id, NULL::uuid, NULL::uuid FROM cause c
    WHERE NOT EXISTS (SELECT FROM duty_cause d WHERE d.id = c.id AND d.kind = c.kind AND d.case_id = c.case_id)`,
  dutyWithoutDecision: `SELECT d.kind, d.id, NULL::uuid, NULL::uuid FROM duty_cause d
    WHERE NOT EXISTS (SELECT FROM cause c WHERE c.id = d.id AND c.kind = d.kind AND c.case_id = d.case_id)`,
  dutyWithoutRecipient: `SELECT d.kind, d.id, NULL::uuid, NULL::uuid FROM duty_cause d
    WHERE NOT EXISTS (SELECT FROM cause_competence m WHERE m.cause_id = d.id)`,
  recipientNotObliged: `SELECT d.kind, d.id, NULL::uuid, m.authority_id FROM duty_cause d JOIN cause_competence m ON m.cause_id = d.id
    WHERE NOT EXISTS (SELECT FROM obligation o
      WHERE o.cause_id = d.id AND o.authority_id = m.authority_id AND o.kind = d.kind AND o.case_id = d.case_id)`,
  obligationWithoutLegalBasis: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    WHERE NOT EXISTS (SELECT FROM cause_competence m JOIN duty_cause d ON d.id = m.cause_id
      WHERE m.cause_id = o.cause_id AND m.authority_id = o.authority_id AND d.kind = o.kind AND d.case_id = o.case_id)`,
  quashedWithoutCorrection: `SELECT 'exclusion', d.id, o.id, o.authority_id FROM decision d JOIN obligation o ON o.cause_id = d.id
    WHERE d.quashed_at IS NOT NULL AND NOT EXISTS (SELECT FROM correction c JOIN obligation t ON t.cause_id = c.id
      WHERE c.decision_id = d.id AND t.authority_id = o.authority_id)`,
  obligationWithoutReferral: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    WHERE NOT EXISTS (SELECT FROM referral r WHERE r.id = o.id AND r.authority_id = o.authority_id AND r.kind = o.kind
      AND r.case_id = o.case_id)`,
  // As its history begins, whoever changed every row of it alike. Asked as a value: as a join it is planned to read every event.
  notWhomItWasFor: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o JOIN authority a ON a.id = o.authority_id
    WHERE a.code <> (SELECT e.facets ->> 'authority' FROM event e WHERE e.aggregate_id = o.id AND e.seq = 1)`,
  referralNotOnItsWay: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    WHERE NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id)
      AND NOT EXISTS (SELECT FROM outbox x WHERE x.referral_id = o.id AND x.done_at IS NULL)`,
  receiptedButStillTried: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o JOIN receipt p ON p.referral_id = o.id
    WHERE NOT EXISTS (SELECT FROM outbox x WHERE x.referral_id = o.id AND x.done_at IS NOT NULL)`,
  receiptForAnotherBody: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o JOIN receipt p ON p.referral_id = o.id
    JOIN referral r ON r.id = o.id WHERE NOT (${RECEIPT_FITS})`,
  blockedAfter: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    WHERE NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AND NOT ${isErased('o.case_id')}
      AND ${IS_BARRED} AND NOT ${isClosedAsBlocked('o.id')}`,
  // Its own list was made after the receipt, whichever clock is asked, and does not have it.
  unknownToAuthority: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o JOIN receipt p ON p.referral_id = o.id
    JOIN statement t ON t.authority_id = o.authority_id
    WHERE p.channel IN ('webhook', 'file') AND greatest(p.received_at, p.recorded_at) < t.whole_until
      AND NOT EXISTS (SELECT FROM stated s WHERE s.id = o.id AND s.authority_id = o.authority_id)`,
  unknownToUs: `SELECT NULL, NULL::uuid, s.id, s.authority_id FROM stated s
    WHERE NOT EXISTS (SELECT FROM referral r WHERE r.id = s.id AND r.authority_id = s.authority_id)`,
  // It has what we hold no receipt for: the next attempt brings it, unless something is wrong.
  receivedWithoutReceipt: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    JOIN stated s ON s.id = o.id AND s.authority_id = o.authority_id
    WHERE NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AND NOT ${isErased('o.case_id')}`,
  statedWithAnotherBody: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    JOIN stated s ON s.id = o.id AND s.authority_id = o.authority_id JOIN receipt p ON p.referral_id = o.id
    WHERE p.channel IN ('webhook', 'file') AND p.body_sha256 NOT IN (s.body_sha256, coalesce(s.package_sha256, ''))`,
  overdueReferral: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    WHERE o.due_at < f1_now() AND NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id)
      AND NOT ${isCalledBack('o.id')} AND NOT ${isErased('o.case_id')} AND NOT ${isClosedAsBlocked('o.id')}`,
  ...MARK_CHECKS,
  ...CLOCK_CHECKS,
  ...LIST_CHECKS,
  // What was awaited when it was erased can never be done any more. Of a duty without an obligation, the case. An erasure that was
  // repeated met what was awaited at the time of its backup: whether somebody was told, only a receipt or his own list can say.
  erasedWithOpenDuty: `SELECT DISTINCT o.kind, coalesce(o.cause_id, k.case_id), o.id, o.authority_id FROM data_key k
    CROSS JOIN LATERAL f1_open_duties(k.case_id, k.erased_at) y LEFT JOIN obligation o ON o.id = y.subject_id
    WHERE k.erased_at IS NOT NULL AND (NOT k.erasure_repeated OR (o.id IS NOT NULL
      AND NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id)
      AND NOT EXISTS (SELECT FROM stated s WHERE s.id = o.id AND s.authority_id = o.authority_id)))`,
};

/** Every name that a difference may have: `docs/guides/proof.md` tells what each means. */
export const DIFFERENCE_NAMES: readonly string[] = [...Object.keys(CHECKS), 'receiptNotProven'];

/** As many differences as are listed; of each kind and way some are, however many there are of another. */
export const MOST_LISTED = 1000;

const DIFFERENCES = `
  WITH cause AS (${CAUSES}), statement AS (${STATEMENTS}), stated AS (${STATED}), difference (what, kind, cause_id, obligation_id, authority_id) AS (
    ${Object.entries(CHECKS)
      .map(([what, rows]) => `SELECT '${what}', x.* FROM (${rows}) x`)
      .join('\n    UNION ALL ')}),
  numbered AS (
    SELECT *, row_number() OVER (PARTITION BY kind, what ORDER BY cause_id, obligation_id, authority_id) AS nth FROM difference),
  listed AS (
    SELECT d.kind, d.what, d.cause_id AS "causeId", d.obligation_id AS "obligationId", a.code AS authority
    FROM (SELECT * FROM numbered ORDER BY nth, kind, what LIMIT ${MOST_LISTED}) d LEFT JOIN authority a ON a.id = d.authority_id
    ORDER BY d.kind, d.what, d.cause_id, d.obligation_id, a.code)
  SELECT (SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]') FROM listed l) AS differences,
    (SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM (
      SELECT kind, what, count(*)::int AS number FROM difference GROUP BY kind, what ORDER BY kind, what) t) AS tally,
    (SELECT coalesce(jsonb_agg(to_jsonb(u)), '[]') FROM (
      SELECT a.code AS authority, d.what, count(*)::int AS number FROM difference d JOIN authority a ON a.id = d.authority_id
      WHERE d.what IN ('${LIST_DIFFERENCES.join("', '")}') GROUP BY a.code, d.what ORDER BY a.code, d.what) u) AS unmatched`;

/** One statement, so that counts and differences speak of the same moment. */
export const RECONCILE = `SELECT
  (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM (${COUNTS}) c) AS counts, d.differences, d.tally, d.unmatched,
  (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM (${ERASED_UNRECEIPTED}) e) AS "erasedUnreceipted",
  (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM (${CLOSED_AS_BLOCKED}) c) AS "closedAsBlocked",
  (SELECT coalesce(jsonb_agg(to_jsonb(b)), '[]') FROM (${RECALLED}) b) AS recalled,
  (SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]') FROM (${LISTS}) l) AS lists
  FROM (${DIFFERENCES}) d`;

/**
 * Each event chain ends in the stored state: every event names the state it leads to, and what the last one names must be what
 * the row holds, as must its number and its hash (that no event was changed is what the chain of hashes shows). That each step before
 * can have led there `chain-steps` asks. Reads every chain, so it is asked at start, nightly and on demand.
 */
export const CHAINS = `
  SELECT h.kind, h.id FROM (
    SELECT 'case' AS kind, id, event_seq, event_hash, snapshot FROM case_file
    UNION ALL SELECT 'person', id, event_seq, event_hash, snapshot FROM person
    UNION ALL SELECT 'interview', id, event_seq, event_hash, snapshot FROM interview
    UNION ALL SELECT 'referral', id, event_seq, event_hash, snapshot FROM referral) h
  LEFT JOIN LATERAL (SELECT seq, hash FROM event e WHERE e.aggregate_id = h.id ORDER BY seq DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (SELECT facets -> 'state' AS state FROM event e WHERE e.aggregate_id = h.id AND e.facets ? 'state'
    ORDER BY seq DESC LIMIT 1) stated ON true
  WHERE h.event_seq IS DISTINCT FROM coalesce(last.seq, 0) OR h.event_hash IS DISTINCT FROM last.hash
    OR coalesce(stated.state <> h.snapshot, false)
  ORDER BY h.kind, h.id LIMIT 1000`;
