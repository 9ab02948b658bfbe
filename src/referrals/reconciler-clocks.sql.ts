import { ENDS_BEFORE_DEPARTURE } from '../deadlines/deadlines.service.js';
import { hasNoFile, IS_BARRED, isClosedAsBlocked, isErased } from './recalled.sql.js';

/** The clocks that the pinned chart names for the state `state` of one of its regions. */
const clocksOf = (hash: string, region: string, state: string): string =>
  `(SELECT w.body #> ARRAY['states', '${region}', 'states', ${state}, 'meta', 'waiting', 'deadlines'] FROM workflow w WHERE w.hash = ${hash})`;

const running = (subject: string, kinds: string): string => `EXISTS (SELECT FROM deadline d
  WHERE d.subject_id = ${subject} AND d.met_at IS NULL AND d.ended_at IS NULL AND ${kinds} ? d.kind)`;

const overdue = (kind: string): string => `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
  JOIN deadline d ON d.subject_id = o.id AND d.kind = '${kind}'
  WHERE d.due_at < f1_now() AND d.met_at IS NULL AND d.ended_at IS NULL`;

/** What a recipient says is missing and nobody has answered: the request, the feedback and whom it is about. */
const UNANSWERED = `SELECT o.kind, o.cause_id, o.id, o.authority_id, q.id AS request FROM feedback f JOIN obligation o ON o.id = f.referral_id
  LEFT JOIN referral_request q ON q.feedback_id = f.id
  WHERE f.kind = 'incomplete' AND q.outcome IS NULL AND NOT ${isErased('f.case_id')}`;

/**
 * Whatever is awaited has a clock that runs, as the chart says of each state; and no clock has run out. Of a correction that is owed
 * (whether suspicion remains) the cause is the case: it has no id of its own yet.
 */
export const CLOCK_CHECKS: Readonly<Record<string, string>> = {
  clockNotRunning: `SELECT r.kind, o.cause_id, r.id, r.authority_id
    FROM (SELECT id, kind, authority_id, case_id, snapshot, corrected_at, suspended_at,
        ${clocksOf('workflow_hash', 'delivery', `snapshot ->> 'delivery'`)} AS clocks FROM referral) r
    LEFT JOIN obligation o ON o.id = r.id
    WHERE r.clocks IS NOT NULL AND NOT ${running('r.id', 'r.clocks')} AND NOT ${isErased('r.case_id')}
      AND NOT ${isClosedAsBlocked('r.id')}
      -- What was called back before it arrived must not arrive: nobody waits for that.
      AND NOT (r.snapshot ->> 'delivery' = 'due' AND r.snapshot ->> 'standing' = 'suspended' AND r.suspended_at IS NOT NULL)
      AND NOT (r.clocks ? 'feedback' AND ${hasNoFile('r')})
    UNION ALL
    SELECT 'correction', c.id, NULL::uuid, NULL::uuid
    FROM (SELECT id, ${clocksOf('workflow_hash', 'suspicion', `'afterCorrection'`)} AS clocks FROM case_file
      WHERE snapshot -> 'suspicion' ? 'afterCorrection') c
    WHERE c.clocks IS NOT NULL AND NOT ${running('c.id', 'c.clocks')} AND NOT ${isErased('c.id')}
    UNION ALL
    SELECT u.kind, u.cause_id, u.id, u.authority_id FROM (${UNANSWERED}) u
    WHERE NOT ${running('u.request', `'["requestAnswer"]'::jsonb`)}`,
  blockedWithoutClock: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM obligation o
    WHERE EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AND NOT ${isErased('o.case_id')} AND ${IS_BARRED}
      AND NOT ${running('o.id', `'["blockedRecipient"]'::jsonb`)} AND NOT ${isClosedAsBlocked('o.id')}`,
  // An hour is left where the departure leaves less. What was closed as blocked when it was recorded goes on, later, as it was.
  clockPastDeparture: `SELECT o.kind, o.cause_id, o.id, o.authority_id FROM departure p
    JOIN deadline d ON d.case_id = p.case_id AND d.kind IN ('${ENDS_BEFORE_DEPARTURE.join("', '")}')
    JOIN obligation o ON o.id = coalesce((SELECT h.referral_id FROM hold h WHERE h.id = d.subject_id), d.subject_id)
    WHERE p.withdrawn_at IS NULL AND d.met_at IS NULL AND d.ended_at IS NULL AND d.starts_at <= p.recorded_at
      AND d.due_at >= p.expected_at AND d.due_at > p.recorded_at + interval '1 hour' AND NOT ${isErased('d.case_id')}
      AND NOT EXISTS (SELECT FROM blocked_closing g WHERE g.referral_id = o.id AND g.lapsed_at >= p.recorded_at)`,
  overdueAcknowledgement: overdue('acknowledge'),
  overdueCorrectionAnswer: overdue('correctionAnswer'),
  overdueMissing: `SELECT u.kind, u.cause_id, u.id, u.authority_id FROM (${UNANSWERED}) u
    JOIN deadline d ON d.subject_id = u.request AND d.due_at < f1_now() AND d.met_at IS NULL AND d.ended_at IS NULL`,
  overdueCorrectionDecision: `SELECT 'correction', d.subject_id, NULL::uuid, NULL::uuid FROM deadline d
    WHERE d.kind IN ('correctionDecision', 'correctionReview') AND d.due_at < f1_now() AND d.met_at IS NULL AND d.ended_at IS NULL`,
};
