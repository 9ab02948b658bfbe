import type { Snapshot } from '../domain/workflow/decide.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';

interface About {
  readonly aggregateKind: 'case';
  readonly caseId: string;
  readonly actorId: string | null;
  readonly at: Date;
}

type Pinned = ChainHead & { readonly workflow_hash: string };

/** The event that tells of a case going on in a newer chart, in the state `at` there; what moved it is the next event. */
export function moveOf(
  record: Pinned,
  key: DataKey,
  about: About,
  to: { readonly chart: string; readonly at: Snapshot },
): { readonly row: ReturnType<typeof nextEvent>['row']; readonly head: ChainHead } {
  const facets = { from: record.workflow_hash, to: to.chart, state: to.at };
  const { row, head } = nextEvent(record, key, { ...about, type: 'MOVE_CHART', facets });
  return { row, head: { id: record.id, ...head } };
}
