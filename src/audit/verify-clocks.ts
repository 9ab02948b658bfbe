import type { Ask, Findings } from './audit-findings.js';

type Closing = readonly [kind: string, column: 'met_at' | 'ended_at', by: readonly string[]];

/** What meets, and what ends, a clock that a referral starts. */
const OF_REFERRAL: readonly Closing[] = [
  ['refer', 'met_at', ['RECORD_RECEIPT']],
  ['refer', 'ended_at', ['SUSPEND_ACCESS']],
  ['acknowledge', 'met_at', ['ACKNOWLEDGE']],
  ['acknowledge', 'ended_at', ['SUSPEND_ACCESS']],
  ['feedback', 'met_at', ['GIVE_FEEDBACK', 'CONCLUDE_REFERRAL']],
  ['feedback', 'ended_at', ['MOVE_CHART']],
  ['correctionAnswer', 'met_at', ['ANSWER_CORRECTION']],
  ['correctionAnswer', 'ended_at', []],
];

/** What is decided about a correction is the case's; its chart has many commands that do. */
const OF_CASE = ['correctionDecision', 'correctionReview'];

const silent = ([
  kind,
  column,
  by,
]: Closing): string => `(d.kind = '${kind}' AND d.${column} IS NOT NULL AND NOT EXISTS (
  SELECT FROM event e WHERE e.aggregate_id = d.subject_id AND e.at = d.${column} AND e.type = ANY ('{${by.join(',')}}')))`;

/** The clocks of what was told, against the events that close such clocks: at that time, in that chain. Erasing a case ends its clocks. */
export async function verifyClocks(ask: Ask, findings: Findings): Promise<void> {
  const closed = await ask<{ id: string }>(`
    SELECT d.id FROM deadline d
    WHERE (${OF_REFERRAL.map(silent).join(' OR ')}
        OR (d.kind IN ('${OF_CASE.join("', '")}') AND coalesce(d.met_at, d.ended_at) IS NOT NULL AND NOT EXISTS (
          SELECT FROM event e WHERE e.aggregate_id = d.subject_id AND e.at = coalesce(d.met_at, d.ended_at))))
      AND NOT EXISTS (SELECT FROM event e
        WHERE e.aggregate_id = d.case_id AND e.type = 'ERASE_CONTENT' AND e.at = d.ended_at)
    ORDER BY d.id LIMIT 5000`);
  for (const { id } of closed)
    findings.add('rowChanged', `deadline/${id}`, 'no event tells what closed it at this time');
}
