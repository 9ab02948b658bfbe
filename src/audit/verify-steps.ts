import { type ReadableChart, readableChart } from '../domain/workflow/compile.js';
import { type Snapshot, UnknownSnapshotError } from '../domain/workflow/decide.js';
import { canLead, canTakeOver } from '../domain/workflow/step.js';
import { type Ask, type Findings, placeOf } from './audit-findings.js';

export interface Told {
  readonly aggregate_kind: string;
  readonly aggregate_id: string;
  readonly seq: number;
  readonly type: string;
  readonly facets: { readonly state?: Snapshot; readonly from?: unknown; readonly to?: unknown };
}

/** In which chart each began: the one that it first moved from, or is still pinned to. */
const BEGAN_IN = `
  SELECT p.id, coalesce((SELECT e.facets ->> 'from' FROM event e WHERE e.aggregate_id = p.id AND e.type = 'MOVE_CHART'
      ORDER BY e.seq LIMIT 1), p.workflow_hash) AS chart
  FROM (SELECT id, workflow_hash FROM case_file UNION ALL SELECT id, workflow_hash FROM person
    UNION ALL SELECT id, workflow_hash FROM interview UNION ALL SELECT id, workflow_hash FROM referral
    UNION ALL SELECT id, workflow_hash FROM questionnaire_version) p
  WHERE p.id = ANY ($1::uuid[]) AND p.workflow_hash IS NOT NULL`;

/** Where a chain has led so far. */
interface Place {
  readonly id: string;
  readonly seq: number;
  readonly chart: ReadableChart;
  /** Undefined: in the first state of its chart. */
  readonly state: Snapshot | undefined;
  /** An event is gone, leads where nothing can, or carries out a command and does not say where that led. */
  readonly unsure: boolean;
}

/**
 * Folds each chain by the chart it is pinned to, event by event: what was recorded must be where the event's type can lead from the state
 * before. That the last state is the row's is for `verifyAggregates` to say.
 */
export class Steps {
  private charts: ReadonlyMap<string, ReadableChart | undefined> | undefined;
  private beganIn: ReadonlyMap<string, string> = new Map();
  private place: Place | undefined;

  constructor(
    private readonly ask: Ask,
    private readonly findings: Findings,
  ) {}

  /** Reads in which charts the chains began that begin in this page. */
  async load(page: readonly Told[]): Promise<void> {
    this.charts ??= await this.published();
    const begun = page.flatMap(({ aggregate_id: id, seq }) => (seq === 1 ? [id] : []));
    const rows = await this.ask<{ id: string; chart: string }>(BEGAN_IN, [begun]);
    this.beganIn = new Map(rows.map(({ id, chart }) => [id, chart]));
  }

  verify(event: Told): void {
    const before = event.seq === 1 ? this.beginningOf(event) : this.place;
    this.place = undefined;
    if (before?.id !== event.aggregate_id) return;
    const { seq, type, facets } = event;
    const { state, from, to } = facets;
    const unsure = before.unsure || seq !== before.seq + 1;
    if (state === undefined) {
      const leads = Object.hasOwn(before.chart.chart.commands, type);
      this.place = { ...before, seq, unsure: unsure || leads };
      return;
    }
    const step = { before: before.state, type, after: state };
    const moved = type === 'MOVE_CHART' ? this.charts?.get(String(to)) : undefined;
    const fits = moved
      ? from === before.chart.hash && possible(() => canTakeOver(moved, before.chart, step))
      : possible(() => canLead(before.chart, step));
    if (!fits && !unsure)
      this.findings.add('stepImpossible', placeOf(event), `its chart does not lead by ${type} to the state it names`);
    this.place = { id: before.id, seq, chart: moved ?? before.chart, state, unsure: !fits };
  }

  private beginningOf({ aggregate_kind: kind, aggregate_id: id }: Told): Place | undefined {
    const hash = this.beganIn.get(id);
    if (hash === undefined) return undefined;
    const chart = this.charts?.get(hash);
    if (chart) return { id, seq: 0, chart, state: undefined, unsure: false };
    if (!this.charts?.has(hash))
      this.findings.add('chartMismatch', `${kind}/${id}`, 'the chart that it began in was never published');
    return undefined;
  }

  /** Those whose content is not what their hash names, as one that cannot be read, are found by `verifyRows`. */
  private async published(): Promise<ReadonlyMap<string, ReadableChart | undefined>> {
    const rows = await this.ask<{ hash: string; body: unknown }>('SELECT hash, body FROM workflow');
    return new Map(rows.map(({ hash, body }) => [hash, readableChart(body)]));
  }
}

function possible(ask: () => boolean): boolean {
  try {
    return ask();
  } catch (error) {
    if (error instanceof UnknownSnapshotError) return false;
    throw error;
  }
}
