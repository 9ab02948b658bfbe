import { canonical, sha256 } from './sealing.js';

/** What an event's hash covers: everything but the sealed bytes, which stand in by their content hash. */
export interface EventFacts {
  readonly aggregateId: string;
  readonly seq: number;
  readonly aggregateKind: 'case' | 'person' | 'interview' | 'referral' | 'questionnaire' | 'request';
  readonly type: string;
  readonly actorId: string | null;
  /** ISO instant with millisecond precision, UTC. */
  readonly at: string;
  readonly facets: Readonly<Record<string, unknown>>;
  readonly contentHash: Buffer | null;
}

/** SHA-256 over the previous event's hash and this event; the first event of a chain follows 32 zero bytes. */
export function eventHash(previous: Buffer | null, event: EventFacts): Buffer {
  return sha256(
    previous ?? Buffer.alloc(32),
    canonical({
      aggregateId: event.aggregateId,
      seq: event.seq,
      aggregateKind: event.aggregateKind,
      type: event.type,
      actorId: event.actorId,
      at: event.at,
      facets: event.facets,
      contentHash: event.contentHash?.toString('hex') ?? null,
    }),
  );
}
