import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { nextEvent } from '../../src/platform/database/next-event.js';
import type { DataKey } from '../../src/platform/database/sealing.js';
import type { KeyProvider } from '../../src/platform/keys/keys.js';

export interface FileWanted {
  readonly keys: KeyProvider;
  readonly unit: string;
  /** Who did everything in it. */
  readonly by: string;
  /** Who is told of it, if it is excluded. */
  readonly authorities?: readonly string[];
  /** How many events the case's chain has. */
  readonly events?: number;
  /** Every row has its event, as if the application had written it; otherwise the chains tell only how the file began. */
  readonly recorded?: boolean;
}

export type Row = Readonly<Record<string, unknown>>;
type Kind = 'case' | 'person' | 'interview' | 'referral';
type Head = { id: string; event_seq: number; event_hash: Buffer | null };

const FIRST = {
  case: 'REGISTER_CASE',
  person: 'REGISTER_PERSON',
  interview: 'OPEN_INTERVIEW',
  referral: 'CREATE_REFERRAL',
};
const TABLE = { case: 'case_file', person: 'person', interview: 'interview', referral: 'referral' };
export const SAID = { text: 'invented' };

// The hash of the empty definition.
export const HASH = createHash('sha256').update('{}').digest('hex');

export async function insert(owner: pg.Client, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  await owner.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
}

/** Writes the rows of one file, and with each the event that tells of it where the file is recorded. */
export class FileWriter {
  readonly at = new Date();
  private readonly heads = new Map<string, Head>();

  constructor(
    readonly owner: pg.Client,
    readonly wanted: FileWanted,
    readonly caseId: string,
    readonly key: DataKey,
  ) {}

  add(table: string, row: Row): Promise<void> {
    return insert(this.owner, table, { case_id: this.caseId, ...row });
  }

  sealed(table: string, id: unknown, value: unknown = SAID): Buffer {
    return this.key.seal(value, `${table}:${String(id)}`).bytes;
  }

  /** Appends the event that tells of a row. */
  async record(
    kind: Kind,
    id: string,
    type: string,
    { facets = {}, payload, by = this.wanted.by }: { facets?: Row; payload?: Row; by?: string | null } = {},
  ): Promise<void> {
    if (!this.wanted.recorded) return;
    const event = nextEvent(this.heads.get(id)!, this.key, {
      aggregateKind: kind,
      caseId: this.caseId,
      type,
      actorId: by,
      at: this.at,
      facets,
      ...(payload ? { payload } : {}),
    });
    this.heads.set(id, { id, ...event.head });
    await insert(this.owner, 'event', event.row);
    const head = [id, event.head.event_seq, event.head.event_hash];
    await this.owner.query(`UPDATE ${TABLE[kind]} SET event_seq = $2, event_hash = $3 WHERE id = $1`, head);
  }

  /** Appends a chain of events, each with the state it led to, and returns its head and last state. */
  async chain(kind: Kind, id: string, length: number, facets: Row = {}, payload?: Row) {
    let head: Head = { id, event_seq: 0, event_hash: null };
    const events: Row[] = [];
    for (let number = 1; number <= length; number++) {
      const event = nextEvent(head, this.key, {
        aggregateKind: kind,
        caseId: this.caseId,
        type: number === 1 ? FIRST[kind] : 'NOTE',
        actorId: this.wanted.by,
        at: this.at,
        facets: { state: { value: `step${number}` }, ...(number === 1 ? facets : {}) },
        payload: (number === 1 ? payload : undefined) ?? { note: `invented statement ${number}` },
      });
      events.push(event.row);
      head = { id, ...event.head };
    }
    this.heads.set(id, head);
    const { event_seq, event_hash } = head;
    return { events, head: { event_seq, event_hash, snapshot: { value: `step${length}` } } };
  }

  async addEvents(events: readonly Row[]): Promise<void> {
    for (const event of events) await insert(this.owner, 'event', event);
  }

  async storedFile(table: 'document' | 'recording', kind: Kind, parent: string): Promise<string> {
    const id = randomUUID();
    const sha256 = createHash('sha256').update(id).digest('hex');
    await this.add(table, {
      ...(kind === 'interview' ? { interview_id: parent } : {}),
      id,
      sha256,
      stored_as: sha256,
      bytes: 1,
      media_type: 'text/plain',
      sealed: this.sealed(table, id),
      added_by: this.wanted.by,
      added_at: this.at,
    });
    await this.record(kind, parent, table === 'document' ? 'ADD_DOCUMENT' : 'ADD_RECORDING', {
      facets: { id, bytes: 1, mediaType: 'text/plain' },
      payload: { sha256, ...SAID },
    });
    return id;
  }
}
