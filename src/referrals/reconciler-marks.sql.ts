import { SUSPENDING } from './correction-marks.js';

/** Of referral `r`: when its history suspended or marked it, for as long as nothing gave that back. Null: it did not. */
const since = (...types: readonly string[]): string => `(
  SELECT min(e.at) FROM event e WHERE e.aggregate_id = r.id AND e.type IN ('${types.join("', '")}')
    AND e.seq > coalesce((SELECT max(b.seq) FROM event b WHERE b.aggregate_id = r.id AND b.type = 'MARK_REINSTATED'), 0))`;

/**
 * The correction that called a referral back, or null: its history says when and why, and that correction is there. The column alone
 * keeps a referral from leaving, and excuses nothing. The referral is `called`, as whoever asks names its own `r`.
 */
export const calledBackBy = (referralId: string): string => `(
  SELECT c.id FROM referral called
    JOIN event e ON e.aggregate_id = called.id AND e.type = 'SUSPEND_ACCESS' AND e.at = called.suspended_at
    JOIN correction c ON c.case_id = called.case_id AND c.at = e.at AND c.reason = e.facets ->> 'reason'
    JOIN obligation told ON told.cause_id = c.id AND told.authority_id = called.authority_id
  WHERE called.id = ${referralId} AND c.reason IN ('${[...SUSPENDING].join("', '")}') ORDER BY c.at DESC, c.id LIMIT 1)`;

export const isCalledBack = (referralId: string): string => `(${calledBackBy(referralId)} IS NOT NULL)`;

/** The marks of a referral against its state and its history; what no event ever marked is not looked up in the history. */
export const MARK_CHECKS: Readonly<Record<string, string>> = {
  markNotInHistory: `SELECT r.kind, o.cause_id, r.id, r.authority_id FROM referral r LEFT JOIN obligation o ON o.id = r.id
    WHERE (r.suspended_at IS NOT NULL) <> (r.snapshot ->> 'standing' = 'suspended')
      OR (r.corrected_at IS NULL) <> (r.snapshot ->> 'standing' = 'valid')
      OR (r.suspended_at IS NOT NULL AND r.suspended_at IS DISTINCT FROM ${since('SUSPEND_ACCESS')})
      OR (r.corrected_at IS NOT NULL AND r.corrected_at IS DISTINCT FROM ${since('SUSPEND_ACCESS', 'MARK_CORRECTED')})`,
  suspendedWithoutCorrection: `SELECT r.kind, o.cause_id, r.id, r.authority_id FROM referral r LEFT JOIN obligation o ON o.id = r.id
    WHERE r.suspended_at IS NOT NULL AND NOT ${isCalledBack('r.id')}`,
};
