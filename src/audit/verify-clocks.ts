import type { Ask, Findings } from './audit-findings.js';

type Closing = readonly [kind: string, column: 'met_at' | 'ended_at', by: readonly string[]];

/** What meets, and what ends, a clock that a referral starts. */
const OF_REFERRAL: readonly Closing[] = [
  ['refer', 'met_at', ['RECORD_RECEIPT']],
  ['refer', 'ended_at', ['SUSPEND_ACCESS', 'CONFIRM_CLOSING']],
  ['acknowledge', 'met_at', ['ACKNOWLEDGE']],
  ['acknowledge', 'ended_at', ['SUSPEND_ACCESS', 'CONFIRM_CLOSING']],
  ['feedback', 'met_at', ['GIVE_FEEDBACK', 'CONCLUDE_REFERRAL']],
  ['feedback', 'ended_at', ['MOVE_CHART', 'SUSPEND_ACCESS', 'CONFIRM_CLOSING']],
  ['correctionAnswer', 'met_at', ['ANSWER_CORRECTION']],
  ['correctionAnswer', 'ended_at', ['CONFIRM_CLOSING']],
  ['blockedRecipient', 'met_at', ['CONFIRM_CLOSING']],
];

/** Closed by a trigger or a move of charts, at no event's time. */
const BY_ITSELF = ['holdExpiry', 'grantReview', 'questionnaireReview', 'personRequest'];

/** Every other clock is the case's, or of something in it, and its chart has many commands that close it. */
const CLOSED_UNTOLD = `d.kind <> ALL ('{${[...new Set(OF_REFERRAL.map(([kind]) => kind)), ...BY_ITSELF].join(',')}}')
  AND coalesce(d.met_at, d.ended_at) IS NOT NULL AND NOT EXISTS (SELECT FROM event e
    WHERE e.case_id = d.case_id AND e.at = date_trunc('milliseconds', coalesce(d.met_at, d.ended_at)))`;

/** What is worth little once the person has left. */
const SHORTENED = ['refer', 'acknowledge', 'holdDecision'];

const silent = ([
  kind,
  column,
  by,
]: Closing): string => `(d.kind = '${kind}' AND d.${column} IS NOT NULL AND NOT EXISTS (
  SELECT FROM event e WHERE e.aggregate_id = d.subject_id AND e.at = d.${column} AND e.type = ANY ('{${by.join(',')}}')))`;

/** The clocks against the events that start and close such clocks: at that time, in that chain. Erasing a case ends its clocks. */
export async function verifyClocks(ask: Ask, findings: Findings): Promise<void> {
  const closed = await ask<{ id: string }>(`
    SELECT d.id FROM deadline d
    WHERE (${OF_REFERRAL.map(silent).join(' OR ')}
        OR (${CLOSED_UNTOLD}))
      AND NOT EXISTS (SELECT FROM event e
        WHERE e.aggregate_id = d.case_id AND e.type = 'ERASE_CONTENT' AND e.at = d.ended_at)
      -- In the chain of the correction it is told that its recipient erased what was corrected.
      AND NOT (d.kind = 'feedback' AND EXISTS (SELECT FROM event e JOIN referral told ON told.id = e.aggregate_id
        JOIN referral r ON r.id = d.subject_id AND r.case_id = told.case_id AND r.authority_id = told.authority_id
        WHERE e.at = d.ended_at AND e.type = 'ANSWER_CORRECTION' AND e.facets ->> 'answer' = 'erased'))
      -- What settings changed bars nobody any more in many cases at once, and no event of theirs tells of it.
      AND NOT (d.kind = 'closingConfirmation' AND d.ended_at IS NOT NULL AND EXISTS (SELECT FROM blocked_closing g
        WHERE g.id = d.subject_id AND g.outcome IS NULL AND g.lapsed_at = date_trunc('milliseconds', d.ended_at)))
    ORDER BY d.id LIMIT 5000`);
  for (const { id } of closed)
    findings.add('rowChanged', `deadline/${id}`, 'no event tells what closed it at this time');
  await verifyTimes(ask, findings);
  await verifyStarted(ask, findings);
}

/**
 * Until when a clock runs, as the event says that started it (of an earlier release: does not say), and when a reply is due, as its
 * clock does. Only a departure shortens one.
 */
async function verifyTimes(ask: Ask, findings: Findings): Promise<void> {
  const moved = await ask<{ place: string; what: string }>(`
    SELECT 'deadline/' || d.id AS place, 'it does not run until when the event says that started it' AS what
    FROM deadline d JOIN event e ON e.aggregate_id = d.subject_id AND e.at = d.starts_at AND e.facets -> 'clocks' ? d.kind
    WHERE (e.facets -> 'clocks' ->> d.kind)::timestamptz <> d.due_at
      AND NOT (d.due_at < (e.facets -> 'clocks' ->> d.kind)::timestamptz AND d.kind IN ('${SHORTENED.join("', '")}')
        AND EXISTS (SELECT FROM departure p WHERE p.case_id = d.case_id))
    UNION ALL
    SELECT 'notice/' || n.id, 'its clock runs until another time' FROM notice n
      JOIN deadline d ON d.subject_id = n.case_id AND d.kind = 'intentionReply' AND d.starts_at = n.served_at
    WHERE n.kind = 'intention' AND n.reply_due_at <> d.due_at
    ORDER BY 1 LIMIT 5000`);
  for (const { place, what } of moved) findings.add('rowChanged', place, what);
}

/** What the chart of every referral ends by one of these, whatever else there is. */
const ENDS = [
  ['refer', 'RECORD_RECEIPT'],
  ['acknowledge', 'ACKNOWLEDGE'],
  ['correctionAnswer', 'ANSWER_CORRECTION'],
] as const;

/** What else clocks run for, beside aggregates. */
const IN_A_CASE = ['hold', 'referral_request', 'blocked_closing', 'access_grant', 'correction', 'recipient_letter'];

/**
 * What an event started is there, unless a later one started it again; it belongs to the case of what it is about, and what an event ended
 * does not run.
 */
async function verifyStarted(ask: Ask, findings: Findings): Promise<void> {
  const gone = await ask<{ place: string; kind: string }>(`
    SELECT e.aggregate_kind || '/' || e.aggregate_id || '#' || e.seq AS place, c.kind
    FROM event e CROSS JOIN LATERAL jsonb_object_keys(e.facets -> 'clocks') AS c (kind)
    WHERE e.facets ? 'clocks' AND NOT EXISTS (SELECT FROM deadline d
        WHERE d.subject_id = e.aggregate_id AND d.kind = c.kind AND d.starts_at = e.at)
      AND NOT EXISTS (SELECT FROM event l WHERE l.aggregate_id = e.aggregate_id AND l.seq > e.seq AND l.facets -> 'clocks' ? c.kind)
    ORDER BY 1, 2 LIMIT 5000`);
  for (const { place, kind } of gone)
    findings.add('rowMissing', place, `the ${kind} clock that it started is not there, or starts at another time`);
  const changed = await ask<{ id: string; what: string }>(`
    SELECT d.id, 'it is of another case than what it runs for' AS what FROM deadline d
      JOIN event e ON e.aggregate_id = d.subject_id AND e.seq = 1 WHERE e.case_id IS DISTINCT FROM d.case_id
    ${IN_A_CASE.map(
      (table) => `UNION ALL SELECT d.id, 'it is of another case than what it runs for' FROM deadline d
      JOIN ${table} t ON t.id = d.subject_id WHERE t.case_id IS DISTINCT FROM d.case_id`,
    ).join('\n    ')}
    UNION ALL
    SELECT d.id, 'an event ended it, and it runs' FROM deadline d JOIN (VALUES
      ${ENDS.map(([kind, type]) => `('${kind}', '${type}')`).join(', ')}) x (kind, type) USING (kind)
    WHERE d.met_at IS NULL AND d.ended_at IS NULL AND EXISTS (SELECT FROM event e
      WHERE e.aggregate_id = d.subject_id AND e.type = x.type AND e.at >= d.starts_at)
    ORDER BY 1 LIMIT 5000`);
  for (const { id, what } of changed) findings.add('rowChanged', `deadline/${id}`, what);
}
