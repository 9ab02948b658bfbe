import { sign, verify, type KeyObject } from 'node:crypto';
import { canonical, sha256 } from '../platform/database/sealing.js';

/** What the ledger says of one record, as JSON built by SQL, so that sequencing and verifying read the very same thing. */
export type LedgerRecord = Readonly<Record<string, unknown>>;
export type LedgerSource = 'event' | 'access';

export const EVENT_RECORD = `jsonb_build_object('aggregateId', e.aggregate_id, 'seq', e.seq, 'caseId', e.case_id,
  'hash', encode(e.hash, 'hex'), 'sealed', encode(sha256(e.payload), 'hex'))`;
export const ACCESS_RECORD = `jsonb_build_object('id', a.id, 'at', to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'actorId', a.actor_id, 'action', a.action, 'resource', a.resource, 'outcome', a.outcome, 'detail', a.detail)`;

export const leafOf = (source: LedgerSource, record: LedgerRecord): Buffer => sha256(source, '\0', canonical(record));

/** Each link covers its number, its leaf and the link before; the first follows 32 zero bytes. */
export const linkOf = (previous: Buffer | null, n: number, leaf: Buffer): Buffer =>
  sha256(previous ?? Buffer.alloc(32), `${n}\0`, leaf);

/** A signed statement: so many records of each kind, in this order, and no others. */
export interface LedgerHead {
  /** 1, 2, 3, ...: a head that is taken away leaves a gap. */
  readonly number: number;
  /** The last ledger row it covers. */
  readonly n: number;
  readonly events: number;
  readonly accesses: number;
  readonly aggregates: number;
  /** Hex. */
  readonly chain: string;
  /** Every transaction below it had ended, so nothing can still arrive from before. */
  readonly txWatermark: string;
  readonly signedAt: string;
  readonly keyId: string;
}

export const signHead = (head: LedgerHead, key: KeyObject): Buffer => sign(null, Buffer.from(canonical(head)), key);

export const headIsSigned = (head: LedgerHead, signature: Buffer, key: KeyObject): boolean =>
  verify(null, Buffer.from(canonical(head)), key, signature);

interface HeadRow {
  number: string;
  n: string;
  events: string;
  accesses: string;
  aggregates: string;
  chain: Buffer;
  tx_watermark: string;
  signed_at: Date;
  key_id: string;
}

export const headOf = (row: HeadRow): LedgerHead => ({
  number: Number(row.number),
  n: Number(row.n),
  events: Number(row.events),
  accesses: Number(row.accesses),
  aggregates: Number(row.aggregates),
  chain: row.chain.toString('hex'),
  txWatermark: row.tx_watermark,
  signedAt: row.signed_at.toISOString(),
  keyId: row.key_id,
});

/**
 * SQL: whether transactions may have begun again below the watermark of this head, because it came with a backup into another cluster.
 * Then nothing that waits can be told by its transaction from what is older.
 */
export const startedBelow = (watermark: string, head: string): string => `(
  pg_snapshot_xmin(pg_current_snapshot()) < ${watermark}
  OR EXISTS (SELECT FROM ledger_restore s WHERE s.head = ${head} AND s.tx < ${watermark}))`;

export type { HeadRow };
