import type { Ask, Findings } from './audit-findings.js';

interface Mismatch {
  kind: string;
  id: string;
  says: number;
  last: number | null;
  hash_differs: boolean;
  state_differs: boolean;
}

/**
 * Holds every case, person, interview, referral and questionnaire against its chain: the chain ends where the row says, and the state is the
 * one that the last event to name a state names, its chart the one it last moved to, or began in where its first event names that. Returns how many cases there are.
 */
export async function verifyAggregates(ask: Ask, findings: Findings): Promise<number> {
  const mismatches = await ask<Mismatch>(`
    SELECT h.kind, h.id, h.event_seq AS says, last.seq AS last,
      h.event_hash IS DISTINCT FROM last.hash AS hash_differs,
      coalesce(stated.state <> h.snapshot, false) AS state_differs
    FROM f1_aggregate_heads() h
    LEFT JOIN LATERAL (SELECT seq, hash FROM event e WHERE e.aggregate_id = h.id ORDER BY seq DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (SELECT facets -> 'state' AS state FROM event e WHERE e.aggregate_id = h.id AND e.facets ? 'state'
      ORDER BY seq DESC LIMIT 1) stated ON true
    WHERE h.event_seq IS DISTINCT FROM last.seq OR h.event_hash IS DISTINCT FROM last.hash
      OR stated.state <> h.snapshot
    LIMIT 5000`);
  for (const row of mismatches) report(row, findings);
  const misplaced = await ask<{ kind: string; id: string }>(`
    SELECT p.kind, p.id FROM f1_chart_pins() p
      LEFT JOIN event begun ON begun.aggregate_id = p.id AND begun.seq = 1
      LEFT JOIN LATERAL (SELECT facets ->> 'to' AS chart FROM event e
        WHERE e.aggregate_id = p.id AND e.type = 'MOVE_CHART' ORDER BY seq DESC LIMIT 1) moved ON true
    WHERE coalesce(moved.chart, begun.facets ->> 'chart') <> p.workflow_hash LIMIT 5000`);
  for (const { kind, id } of misplaced) {
    findings.add(
      'chartMismatch',
      `${kind}/${id}`,
      'it is pinned to another chart than the one its history began in or moved it to',
    );
  }
  const orphans = await ask<{ aggregate_kind: string; aggregate_id: string }>(`
    SELECT DISTINCT e.aggregate_kind, e.aggregate_id FROM event e
    WHERE NOT EXISTS (SELECT FROM f1_aggregate_heads() h WHERE h.id = e.aggregate_id)
    LIMIT 5000`);
  for (const { aggregate_kind: kind, aggregate_id: id } of orphans) {
    findings.add('aggregateMissing', `${kind}/${id}`, `its events are here, the ${kind} itself is gone`);
  }
  const [row] = await ask<{ cases: string }>(`SELECT count(*) AS cases FROM f1_aggregate_heads() WHERE kind = 'case'`);
  return Number(row?.cases ?? 0);
}

function report({ kind, id, says, last, hash_differs, state_differs }: Mismatch, findings: Findings): void {
  const where = `${kind}/${id}`;
  const there = last ?? 0;
  if (there === 0 && says === 0) {
    findings.add('aggregateInserted', where, `no event tells how this ${kind} came to be here`);
  } else if (there < says) {
    const which = says - there === 1 ? `event ${says} is` : `events ${there + 1} to ${says} are`;
    findings.add('eventMissing', `${where}#${there + 1}`, `the end of the chain is cut off: ${which} gone`);
  } else if (there > says) {
    findings.add(
      'eventInserted',
      `${where}#${says + 1}`,
      `the chain goes on to ${there} although the ${kind} ends at ${says}`,
    );
  } else if (hash_differs) {
    findings.add('aggregateMismatch', where, `the ${kind} does not name the hash of its last event`);
  }
  if (state_differs) findings.add('stateMismatch', where, 'its state is not the one its last event led to');
}
