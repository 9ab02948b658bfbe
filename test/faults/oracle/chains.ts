import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type Chart, readCharts } from './charts.js';
import { type Evidence, type Finding, lost, wrong } from './finding.js';

interface EventRow {
  readonly aggregate_id: string;
  readonly aggregate_kind: string;
  readonly seq: number;
  readonly type: string;
  readonly actor_id: string | null;
  readonly at: Date;
  readonly facets: { readonly state?: unknown; readonly from?: string; readonly to?: string };
  readonly content_hash: Buffer | null;
  readonly hash: Buffer;
}

interface Head {
  readonly id: string;
  readonly kind: string;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
  readonly snapshot: unknown;
  readonly workflow_hash: string;
}

const HEADS = `
  SELECT id, 'case' AS kind, event_seq, event_hash, snapshot, workflow_hash FROM case_file
  UNION ALL SELECT id, 'person', event_seq, event_hash, snapshot, workflow_hash FROM person
  UNION ALL SELECT id, 'interview', event_seq, event_hash, snapshot, workflow_hash FROM interview
  UNION ALL SELECT id, 'referral', event_seq, event_hash, snapshot, workflow_hash FROM referral
  UNION ALL SELECT id, 'questionnaire', event_seq, event_hash, snapshot, workflow_hash FROM questionnaire_version`;

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const canonical = canonicalize as unknown as (value: unknown) => string;

/**
 * O3: every chain recomputed link by link, and folded: each event is a step that the pinned chart has, the end of the walk the row. The
 * tree is that of the ledger.
 */
export async function checkChains(evidence: Evidence): Promise<Finding[]> {
  const heads = new Map((await evidence.ask<Head>(HEADS)).map((head) => [head.id, head]));
  const events = await evidence.ask<EventRow>(
    `SELECT aggregate_id, aggregate_kind, seq, type, actor_id, at, facets, content_hash, hash FROM event
     ORDER BY aggregate_id, seq`,
  );
  const charts = readCharts();
  const findings: Finding[] = [];
  let chain: EventRow[] = [];
  const finish = (): void => {
    const [first] = chain;
    if (!first) return;
    findings.push(...ofChain(chain, heads.get(first.aggregate_id), charts));
    heads.delete(first.aggregate_id);
  };
  for (const event of events) {
    if (chain[0] && chain[0].aggregate_id !== event.aggregate_id) {
      finish();
      chain = [];
    }
    chain.push(event);
  }
  finish();
  for (const { kind, id } of heads.values()) findings.push(lost('O3', `${kind} ${id} has no event`));
  return [...findings, ...(await checkLedger(evidence))];
}

function ofChain(chain: readonly EventRow[], head: Head | undefined, charts: ReadonlyMap<string, Chart>): Finding[] {
  const [{ aggregate_id: id, aggregate_kind: kind }] = chain as [EventRow];
  const name = `${kind} ${id}`;
  if (!head) return [lost('O3', `${name} has events and is gone`)];
  let previous: Buffer = Buffer.alloc(32);
  for (const [index, event] of chain.entries()) {
    if (event.seq !== index + 1) return [lost('O3', `${name} lacks event ${index + 1}`)];
    const linked = sha256(previous, canonical(linkedContent(event)));
    if (!linked.equals(event.hash))
      return [wrong('O3', `event ${event.seq} of ${name} does not follow from the one before`)];
    previous = linked;
  }
  const findings: Finding[] = [];
  if (head.event_seq !== chain.length)
    findings.push(wrong('O3', `${name} is at ${head.event_seq}, its chain at ${chain.length}`));
  if (!head.event_hash?.equals(previous)) findings.push(wrong('O3', `${name} does not name the end of its chain`));
  const astray = folded(chain, head, charts);
  if (astray !== undefined) findings.push(wrong('O3', `${name} ${astray}`));
  return findings;
}

type Step = Pick<EventRow, 'type' | 'facets'>;

/**
 * Walks a chain from the first state of the chart it began in, event by event: what was recorded must be where the event's type can
 * lead from the state before, whatever a guard said. Says where the walk leaves the chart, or that it does not end in the row.
 */
export function folded(
  chain: readonly Step[],
  { snapshot, workflow_hash: pinned }: Pick<Head, 'snapshot' | 'workflow_hash'>,
  charts: ReadonlyMap<string, Chart>,
): string | undefined {
  let hash = chain.find(({ type }) => type === 'MOVE_CHART')?.facets.from ?? pinned;
  let chart = charts.get(hash);
  let at = chart?.first;
  let state: unknown;
  for (const [index, { type, facets }] of chain.entries()) {
    const step = `event ${index + 1}, ${type},`;
    const moves = type === 'MOVE_CHART';
    const next = moves ? charts.get(facets.to ?? '') : chart;
    if (!chart || !at || !next) return `is pinned to a chart that no release has, at ${step}`;
    if (moves && facets.from !== hash) return `leaves a chart that it was not pinned to by ${step}`;
    const to = next.placeOf(facets.state);
    if (!to || !(moves ? next.takesOver(chart, at, to) : chart.leads(at, type, to)))
      return `cannot be led by ${step} from ${canonical(state ?? 'its beginning')} to ${canonical(facets.state ?? 'nothing')}`;
    [chart, at, state] = [next, to, facets.state];
    if (moves) hash = facets.to ?? '';
  }
  if (hash !== pinned) return 'is pinned to another chart than its history moved it to';
  if (canonical(state) !== canonical(snapshot)) return 'is not where its history leads';
  return undefined;
}

const linkedContent = (event: EventRow): object => ({
  aggregateId: event.aggregate_id,
  seq: event.seq,
  aggregateKind: event.aggregate_kind,
  type: event.type,
  actorId: event.actor_id,
  at: event.at.toISOString(),
  facets: event.facets,
  contentHash: event.content_hash?.toString('hex') ?? null,
});

interface LedgerRow {
  readonly n: string;
  readonly source: string;
  readonly leaf: Buffer;
  readonly chain: Buffer;
  readonly said: { readonly hash?: string } | null;
}

/** The ledger: numbered without a gap, linked, every event in it once and as it is; and each checkpoint the tree's root then. */
async function checkLedger({ ask }: Evidence): Promise<Finding[]> {
  const rows = await ask<LedgerRow>(`
    SELECT l.n::text, l.source, l.leaf, l.chain, CASE WHEN e.hash IS NULL THEN NULL ELSE jsonb_build_object(
      'aggregateId', e.aggregate_id, 'seq', e.seq, 'caseId', e.case_id, 'hash', encode(e.hash, 'hex'),
      'sealed', encode(sha256(e.payload), 'hex')) END AS said
    FROM ledger l LEFT JOIN event e ON l.source = 'event' AND e.aggregate_id = l.source_id AND e.seq = l.source_seq ORDER BY l.n`);
  const findings: Finding[] = [];
  let previous: Buffer = Buffer.alloc(32);
  for (const [index, { n, source, leaf, chain, said }] of rows.entries()) {
    if (Number(n) !== index + 1) return [lost('O3', `the ledger lacks row ${index + 1}`)];
    previous = sha256(previous, `${n}\0`, leaf);
    if (!previous.equals(chain)) return [wrong('O3', `row ${n} of the ledger does not follow from the one before`)];
    if (source === 'event' && !(said && sha256('event\0', canonical(said)).equals(leaf)))
      findings.push(wrong('O3', `row ${n} of the ledger is not the event it names`));
  }
  const [missing] = await ask<{ n: number }>(`SELECT count(*)::int AS n FROM event e WHERE NOT EXISTS (
    SELECT FROM ledger l WHERE l.source = 'event' AND l.source_id = e.aggregate_id AND l.source_seq = e.seq)`);
  if (missing && missing.n > 0) findings.push(lost('O3', `${missing.n} events are not in the ledger`));
  const checkpoints = await ask<{ size: string; root: Buffer }>('SELECT size::text, root FROM ledger_checkpoint');
  const leaves = rows.map(({ leaf }) => sha256(Buffer.of(0), leaf));
  for (const { size, root } of checkpoints)
    if (!treeHead(leaves.slice(0, Number(size))).equals(root))
      findings.push(wrong('O3', `the checkpoint of ${size} records is not the root of their tree`));
  return findings;
}

/** RFC 6962, section 2.1, as it is written there. */
function treeHead(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Buffer.of(1), treeHead(leaves.slice(0, half)), treeHead(leaves.slice(half)));
}
