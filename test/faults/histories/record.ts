import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What happened to one aggregate, without a word of what was said: types and facets, as the chain publishes them. */
export interface History {
  readonly kind: string;
  readonly version: number;
  /** Of the chart the aggregate is pinned to after all of it. */
  readonly workflow: string;
  /** Where it stands after all of it. */
  readonly snapshot: unknown;
  readonly events: readonly {
    readonly type: string;
    /** `from` and `to`: of MOVE_CHART, the charts. */
    readonly facets: { readonly state?: unknown; readonly from?: string; readonly to?: string };
  }[];
}

type Ask = <T extends object>(text: string) => Promise<T[]>;

/** Of each chart the histories that between them show the most kinds of events: the one with most, then what adds to it. */
const MOST_OF_EACH = 3;

const HISTORIES = `
  WITH head AS (
    SELECT id, 'case' AS kind, workflow_hash, snapshot FROM case_file
    UNION ALL SELECT id, 'person', workflow_hash, snapshot FROM person
    UNION ALL SELECT id, 'interview', workflow_hash, snapshot FROM interview
    UNION ALL SELECT id, 'referral', workflow_hash, snapshot FROM referral
    UNION ALL SELECT id, 'questionnaire', workflow_hash, snapshot FROM questionnaire_version)
  SELECT h.kind, w.version, w.hash AS workflow, h.snapshot,
    jsonb_agg(jsonb_build_object('type', e.type, 'facets', jsonb_strip_nulls(jsonb_build_object('state', e.facets -> 'state',
      'from', CASE e.type WHEN 'MOVE_CHART' THEN e.facets -> 'from' END,
      'to', CASE e.type WHEN 'MOVE_CHART' THEN e.facets -> 'to' END))) ORDER BY e.seq) AS events
  FROM head h JOIN workflow w ON w.hash = h.workflow_hash JOIN event e ON e.aggregate_id = h.id
  GROUP BY h.id, h.kind, w.version, w.hash, h.snapshot ORDER BY h.kind, w.version, count(DISTINCT e.type) DESC, h.id`;

/** Writes one file for each chart that something is pinned to: `<kind>.v<version>.json`. */
export async function record(ask: Ask, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const chosen = new Map<string, History[]>();
  for (const history of await ask<History>(HISTORIES)) {
    const name = `${history.kind}.v${history.version}`;
    const own = chosen.get(name) ?? [];
    const shown = new Set(own.flatMap(({ events }) => events.map(({ type }) => type)));
    if (own.length < MOST_OF_EACH && history.events.some(({ type }) => !shown.has(type))) own.push(history);
    chosen.set(name, own);
  }
  for (const [name, histories] of chosen)
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(histories, null, 1)}\n`);
  return [...chosen.keys()];
}
