import { eventHash, type EventFacts } from '../platform/database/chain.js';
import { DataKey, SealBroken } from '../platform/database/sealing.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import { type Ask, type Findings, placeOf } from './audit-findings.js';
import { Steps } from './verify-steps.js';

interface EventRow {
  aggregate_id: string;
  seq: number;
  aggregate_kind: EventFacts['aggregateKind'];
  case_id: string | null;
  type: string;
  actor_id: string | null;
  at: string;
  facets: Record<string, unknown>;
  payload: Buffer | null;
  content_hash: Buffer | null;
  hash: Buffer;
}

const PAGE = 2_000;
const ZERO = '00000000-0000-0000-0000-000000000000';

/**
 * Walks every chain in order: numbers without a gap, each hash over the event and the one before. With the keys, every sealed
 * payload is opened and must give the content hash that the chain carries; with an owner's sight, who may see what everything is pinned
 * to, each chain is folded by its chart. Returns how many events there are.
 */
export async function verifyEvents(
  ask: Ask,
  findings: Findings,
  { keys, rows }: { readonly keys: KeyProvider | undefined; readonly rows: boolean },
): Promise<number> {
  const seals = keys && new Seals(ask, findings, keys);
  const steps = rows ? new Steps(ask, findings) : undefined;
  let events = 0;
  let last: EventRow | undefined;
  for (;;) {
    const page = await ask<EventRow>(
      `SELECT aggregate_id, seq, aggregate_kind, case_id, type, actor_id, facets, content_hash, hash,
         ${seals ? 'payload' : 'NULL::bytea AS payload'},
         to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS at
       FROM event WHERE (aggregate_id, seq) > ($1, $2) ORDER BY aggregate_id, seq LIMIT $3`,
      [last?.aggregate_id ?? ZERO, last?.seq ?? 0, PAGE],
    );
    if (page.length === 0) return events;
    await seals?.load(page);
    await steps?.load(page);
    for (const event of page) {
      verifyLink(event, last?.aggregate_id === event.aggregate_id ? last : undefined, findings);
      seals?.verify(event);
      steps?.verify(event);
      last = event;
    }
    events += page.length;
  }
}

function verifyLink(event: EventRow, previous: EventRow | undefined, findings: Findings): void {
  const expected = (previous?.seq ?? 0) + 1;
  if (event.seq !== expected) {
    findings.add(
      'eventMissing',
      placeOf({ ...event, seq: expected }),
      event.seq - expected === 1 ? 'this event is gone' : `events ${expected} to ${event.seq - 1} are gone`,
    );
    return; // its hash follows an event that is not here
  }
  const facts: EventFacts = {
    aggregateId: event.aggregate_id,
    seq: event.seq,
    aggregateKind: event.aggregate_kind,
    type: event.type,
    actorId: event.actor_id,
    at: instant(event.at),
    facets: event.facets,
    contentHash: event.content_hash,
  };
  if (eventHash(previous?.hash ?? null, facts).equals(event.hash)) return;
  findings.add('eventChanged', placeOf(event), 'its hash does not follow from its content and the event before it');
}

/** Events carry milliseconds; anything finer was written by somebody else and keeps the hash from matching. */
const instant = (micros: string): string => `${micros.endsWith('000') ? micros.slice(0, -3) : micros}Z`;

/** Opens sealed payloads; keys of the cases at hand only, so that memory does not grow with the database. */
class Seals {
  private keysByCase = new Map<string, DataKey | 'erased' | 'missing'>();

  constructor(
    private readonly ask: Ask,
    private readonly findings: Findings,
    private readonly keys: KeyProvider,
  ) {}

  async load(page: readonly EventRow[]): Promise<void> {
    const cases = [...new Set(page.flatMap(({ case_id }) => case_id ?? []))];
    const known = this.keysByCase;
    this.keysByCase = new Map(cases.flatMap((id) => (known.has(id) ? [[id, known.get(id)!]] : [])));
    const unknown = cases.filter((id) => !this.keysByCase.has(id));
    if (unknown.length === 0) return;
    const rows = await this.ask<{ case_id: string; wrapped: Buffer | null }>(
      'SELECT case_id, wrapped FROM data_key WHERE case_id = ANY ($1::uuid[])',
      [unknown],
    );
    for (const { case_id, wrapped } of rows) this.keysByCase.set(case_id, this.unwrapped(case_id, wrapped));
  }

  verify(event: EventRow): void {
    if (event.content_hash === null || event.case_id === null) return;
    const key = this.keysByCase.get(event.case_id) ?? 'missing';
    if (key === 'erased') return;
    if (key === 'missing') {
      this.findings.add(
        'keyMissing',
        `case/${event.case_id}`,
        'its data key is gone or does not open, and no erasure is recorded',
      );
    } else if (event.payload === null) {
      this.findings.add('payloadMissing', placeOf(event), 'its sealed content is gone although its key was not erased');
    } else if (!sameContent(key, event.payload, event)) {
      this.findings.add(
        'payloadChanged',
        placeOf(event),
        'its sealed content is not what the chain carries the hash of',
      );
    }
  }

  private unwrapped(caseId: string, wrapped: Buffer | null): DataKey | 'erased' | 'missing' {
    if (wrapped === null) return 'erased';
    try {
      return DataKey.unwrap(caseId, wrapped, this.keys);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      return 'missing';
    }
  }
}

function sameContent(key: DataKey, payload: Buffer, event: EventRow): boolean {
  try {
    const hash = key.contentHash(payload, `event:${event.aggregate_id}:${event.seq}`);
    return event.content_hash !== null && hash.equals(event.content_hash);
  } catch {
    return false;
  }
}
