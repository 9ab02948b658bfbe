import { ApiProperty } from '@nestjs/swagger';
import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import { positionOf, type Snapshot } from '../domain/workflow/decide.js';
import type { Tx } from '../platform/database/database.js';
import type { DataKey } from '../platform/database/sealing.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';

export class HistoryEntryView {
  @ApiProperty()
  seq!: number;

  @ApiProperty()
  type!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ nullable: true, type: String, description: 'null: the system.' })
  by!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    description: 'The state after it, by region of the chart.',
  })
  state!: Readonly<Record<string, string>> | null;

  @ApiProperty({ description: 'What the command said.' })
  content!: unknown;

  @ApiProperty({ description: 'Its link of the event chain, hex.' })
  hash!: string;
}

export class HistoryPage {
  @ApiProperty({ type: [HistoryEntryView] })
  items!: readonly HistoryEntryView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

/** The chart by which an event is read: the former one of this hash, or null: the one that the aggregate is pinned to now. */
type ChartOf = (former: string | null) => CompiledWorkflow;

/** One page of what happened to an aggregate, oldest first; the caller has made sure that the actor sees it. */
export async function historyPageInTx(
  tx: Tx,
  { id, chartOf, key }: { id: string; chartOf: ChartOf; key: DataKey },
  { cursor, limit }: { cursor?: string; limit: number },
): Promise<Page<HistoryEntryView>> {
  const after = readCursor(cursor, ['seq']);
  const rows = await tx.rows<HistoryRow>(
    `SELECT e.seq, e.type, e.at, u.display_name AS by, e.facets, e.payload, e.hash,
       (SELECT m.facets ->> 'from' FROM event m WHERE m.aggregate_id = e.aggregate_id AND m.type = 'MOVE_CHART' AND m.seq > e.seq
        ORDER BY m.seq LIMIT 1) AS former
     FROM event e LEFT JOIN app_user u ON u.id = e.actor_id
     WHERE e.aggregate_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3`,
    [id, Number(after?.['seq'] ?? 0), limit + 1],
    'history',
  );
  return pageOf(
    rows,
    limit,
    (row) => ({
      seq: row.seq,
      type: row.type,
      at: row.at.toISOString(),
      by: row.by,
      state: statesOf(chartOf(row.former), row.facets.state),
      content: row.payload ? key.open(row.payload, `event:${id}:${row.seq}`) : null,
      hash: row.hash.toString('hex'),
    }),
    (row) => ({ seq: row.seq }),
  );
}

interface HistoryRow {
  seq: number;
  type: string;
  at: Date;
  by: string | null;
  facets: { state?: Snapshot };
  payload: Buffer | null;
  hash: Buffer;
  former: string | null;
}

function statesOf(workflow: CompiledWorkflow, snapshot: Snapshot | undefined): Readonly<Record<string, string>> | null {
  if (snapshot === undefined) return null;
  return Object.fromEntries(positionOf(workflow, snapshot).regions.map(({ region, state }) => [region, state]));
}
