import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import {
  ACCESS_RECORD,
  EVENT_RECORD,
  type HeadRow,
  headOf,
  type LedgerHead,
  type LedgerRecord,
  type LedgerSource,
  startedBelow,
} from './ledger.js';
import type { RestoreRecord } from './restore-record.js';
import { RESTORES } from './verify-restores.js';

export interface Unsequenced {
  readonly source: LedgerSource;
  readonly source_id: string;
  readonly source_seq: number;
  readonly record: LedgerRecord;
}

export interface LedgerRow extends Unsequenced {
  readonly n: number;
  readonly leaf: Buffer;
  readonly chain: Buffer;
}

/** Which transactions a batch covers: from (inclusive) to (exclusive), and below which nothing is left after it. */
export interface Window {
  readonly from: string;
  readonly to: string;
  readonly watermark: string;
}

const NOT_YET = (source: LedgerSource, id: string, seq: string) =>
  `NOT EXISTS (SELECT FROM ledger l WHERE l.source = '${source}' AND l.source_id = ${id} AND l.source_seq = ${seq})`;

@Injectable()
export class LedgerStore {
  /** One sequencer at a time in the whole installation; false when another one is at it. */
  async lockInTx(tx: Tx): Promise<boolean> {
    const row = await tx.one<{ mine: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtext('f1 ledger')) AS mine`);
    return row?.mine === true;
  }

  /** As `lockInTx`, once the other one has done. */
  async awaitLockInTx(tx: Tx): Promise<true> {
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtext('f1 ledger'))`);
    return true;
  }

  async findLastHeadInTx(tx: Tx): Promise<LedgerHead | undefined> {
    const row = await tx.one<HeadRow>('SELECT * FROM ledger_head ORDER BY number DESC LIMIT 1');
    return row && headOf(row);
  }

  async headsAfterInTx(tx: Tx, number: number): Promise<(LedgerHead & { signature: string })[]> {
    const rows = await tx.rows<HeadRow & { signature: Buffer }>(
      'SELECT * FROM ledger_head WHERE number > $1 ORDER BY number LIMIT 1000',
      [number],
    );
    return rows.map((row) => ({ ...headOf(row), signature: row.signature.toString('base64') }));
  }

  /** Every restore on record, oldest first. */
  async restoresInTx(tx: Tx): Promise<RestoreRecord[]> {
    const rows = await tx.rows<RestoreRecord>(RESTORES, [], 'ledger_restores');
    return rows.map(({ id, statement, signature }) => ({ id, statement, signature }));
  }

  /**
   * The next transactions whose records can be put in order for good: all below the oldest one still running. About `most`
   * records at once, whole transactions only. After a restore into a new cluster transaction numbers start low again; then
   * everything visible is looked at once.
   */
  async nextWindowInTx(tx: Tx, last: LedgerHead | undefined, most: number): Promise<Window> {
    const from = last?.txWatermark ?? '0';
    const row = await tx.one<{ horizon: string; restored: boolean }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, ${startedBelow('$1::xid8', '$2::bigint')} AS restored`,
      [from, last?.number ?? 0],
    );
    const { horizon, restored } = row!;
    if (restored) return { from: '0', to: LAST_TX, watermark: horizon };
    const cut = await tx.one<{ tx: string }>(
      `SELECT tx::text FROM (
         (SELECT e.tx FROM event e WHERE e.tx >= $1::xid8 AND e.tx < $2::xid8
            AND ${NOT_YET('event', 'e.aggregate_id', 'e.seq')} ORDER BY e.tx LIMIT $3 + 1)
         UNION ALL
         (SELECT a.tx FROM access_log a WHERE a.tx >= $1::xid8 AND a.tx < $2::xid8
            AND ${NOT_YET('access', 'a.id', '0')} ORDER BY a.tx LIMIT $3 + 1)
       ) waiting ORDER BY waiting.tx OFFSET $3 LIMIT 1`,
      [from, horizon, most],
    );
    // One transaction with more records than a batch goes through whole.
    const end = cut ? (cut.tx === from ? (BigInt(cut.tx) + 1n).toString() : cut.tx) : horizon;
    return { from, to: end, watermark: end };
  }

  async unsequencedInTx(tx: Tx, { from, to }: Window): Promise<Unsequenced[]> {
    return tx.rows<Unsequenced>(
      `SELECT source, source_id, source_seq, record FROM (
         SELECT e.tx, 'event' AS source, e.aggregate_id AS source_id, e.seq AS source_seq, ${EVENT_RECORD} AS record
         FROM event e WHERE e.tx >= $1::xid8 AND e.tx < $2::xid8 AND ${NOT_YET('event', 'e.aggregate_id', 'e.seq')}
         UNION ALL
         SELECT a.tx, 'access', a.id, 0, ${ACCESS_RECORD}
         FROM access_log a WHERE a.tx >= $1::xid8 AND a.tx < $2::xid8 AND ${NOT_YET('access', 'a.id', '0')}
       ) fresh ORDER BY fresh.tx, source, source_id, source_seq`,
      [from, to],
    );
  }

  async appendInTx(tx: Tx, rows: readonly LedgerRow[], head: LedgerHead, signature: Buffer): Promise<void> {
    await tx.rows(
      `WITH added AS (
         INSERT INTO ledger (n, source, source_id, source_seq, sealed_hash, leaf, chain)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[]))
       INSERT INTO ledger_head (number, n, events, accesses, aggregates, chain, tx_watermark, signed_at, key_id, signature)
       VALUES ($8, $9, $10, $11, $12, $13, $14::xid8, $15, $16, $17)`,
      [
        rows.map((row) => row.n),
        rows.map((row) => row.source),
        rows.map((row) => row.source_id),
        rows.map((row) => row.source_seq),
        rows.map((row) => sealedOf(row.record)),
        rows.map((row) => row.leaf),
        rows.map((row) => row.chain),
        head.number,
        head.n,
        head.events,
        head.accesses,
        head.aggregates,
        Buffer.from(head.chain, 'hex'),
        head.txWatermark,
        head.signedAt,
        head.keyId,
        signature,
      ],
    );
  }
}

/** The largest transaction number PostgreSQL can write. */
const LAST_TX = '18446744073709551615';

const sealedOf = ({ sealed }: LedgerRecord): Buffer | null =>
  typeof sealed === 'string' ? Buffer.from(sealed, 'hex') : null;
