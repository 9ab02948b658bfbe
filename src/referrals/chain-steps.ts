import { type Ask, Findings } from '../audit/audit-findings.js';
import { Steps, type Told } from '../audit/verify-steps.js';
import type { Tx } from '../platform/database/database.js';

const PAGE = 5_000;
const ZERO = '00000000-0000-0000-0000-000000000000';

const EVENTS = `
  SELECT aggregate_kind, aggregate_id, seq, type,
    jsonb_strip_nulls(jsonb_build_object('state', facets -> 'state', 'from', facets -> 'from', 'to', facets -> 'to')) AS facets
  FROM event WHERE (aggregate_id, seq) > ($1, $2) ORDER BY aggregate_id, seq LIMIT $3`;

/** The chains in which a step is one that their chart cannot take, whatever its guards say. So many events at a time that no statement runs for long. */
export async function impossibleSteps(tx: Tx): Promise<{ kind: string; id: string }[]> {
  const ask: Ask = <T extends object>(sql: string, values: unknown[] = []) => tx.rows<T>(sql, values);
  const findings = new Findings();
  const steps = new Steps(ask, findings);
  for (let last: Told | undefined; ;) {
    const page: Told[] = await tx.rows<Told>(
      EVENTS,
      [last?.aggregate_id ?? ZERO, last?.seq ?? 0, PAGE],
      'reconcile_steps',
    );
    if (page.length === 0) break;
    await steps.load(page);
    for (const event of page) steps.verify(event);
    last = page.at(-1);
  }
  return findings.list.map(({ where }) => {
    const [kind, id] = where.split(/[/#]/) as [string, string];
    return { kind, id };
  });
}
