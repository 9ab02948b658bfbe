import { eventHash, type EventFacts } from './chain.js';
import type { DataKey } from './sealing.js';

/** The head of an aggregate's chain, as its locked row holds it. */
export interface ChainHead {
  readonly id: string;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
}

export interface NewEvent {
  readonly aggregateKind: EventFacts['aggregateKind'];
  /** null: it belongs to no case, and then it has no payload. */
  readonly caseId: string | null;
  readonly type: string;
  /** null: the system. */
  readonly actorId: string | null;
  readonly at: Date;
  /** Plain, for statistics and verification: never personal data. */
  readonly facets: Readonly<Record<string, unknown>>;
  /** Sealed at `event:<aggregate>:<seq>`; an empty object is not stored. */
  readonly payload?: object;
}

/** The next link of an aggregate's chain: the row of `event`, and the new head for the aggregate's own row. */
export function nextEvent(
  head: ChainHead,
  key: DataKey | undefined,
  event: NewEvent,
): { row: Readonly<Record<string, unknown>>; head: { event_seq: number; event_hash: Buffer } } {
  const seq = head.event_seq + 1;
  const said = event.payload !== undefined && Object.keys(event.payload).length > 0;
  if (said && !key) throw new Error(`an event of a ${event.aggregateKind} without a key cannot carry a payload`);
  const sealed = said ? key?.seal(event.payload, `event:${head.id}:${seq}`) : undefined;
  const hash = eventHash(head.event_hash, {
    aggregateId: head.id,
    seq,
    aggregateKind: event.aggregateKind,
    type: event.type,
    actorId: event.actorId,
    at: event.at.toISOString(),
    facets: event.facets,
    contentHash: sealed?.contentHash ?? null,
  });
  return {
    row: {
      aggregate_id: head.id,
      seq,
      aggregate_kind: event.aggregateKind,
      case_id: event.caseId,
      type: event.type,
      actor_id: event.actorId,
      at: event.at,
      facets: event.facets,
      payload: sealed?.bytes ?? null,
      content_hash: sealed?.contentHash ?? null,
      hash,
    },
    head: { event_seq: seq, event_hash: hash },
  };
}
