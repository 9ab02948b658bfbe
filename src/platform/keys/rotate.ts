import type pg from 'pg';
import { DataKey, SealBroken } from '../database/sealing.js';
import type { KeyProvider } from './keys.js';

export interface Rewrapped {
  /** Every data key lies under the current master key now. */
  readonly ok: boolean;
  readonly masterKeyId: string;
  readonly rewrapped: number;
  /** Data keys that none of the known master keys opens, by the id of the one that wrapped them. */
  readonly unopened: Readonly<Record<string, number>>;
}

const BATCH = 500;
const ZERO = '00000000-0000-0000-0000-000000000000';

/** Where wrapped keys lie: one per case, and one per request about a person who may have none. */
const TABLES = [
  { table: 'data_key', id: 'case_id' },
  { table: 'person_request', id: 'id' },
] as const;

/**
 * Wraps every data key anew under the current master key, a batch at a time while work goes on; nothing that is sealed changes. Begun
 * again after an end in the middle it does what is left. A key that is erased meanwhile stays erased. Throws MasterKeyAway.
 */
export async function rewrapDataKeys(owner: pg.ClientBase, keys: KeyProvider, batch = BATCH): Promise<Rewrapped> {
  const unopened: Record<string, number> = {};
  let rewrapped = 0;
  for (const where of TABLES) rewrapped += await rewrap(owner, keys, { ...where, batch, unopened });
  return { ok: Object.keys(unopened).length === 0, masterKeyId: keys.master.id, rewrapped, unopened };
}

async function rewrap(
  owner: pg.ClientBase,
  keys: KeyProvider,
  { table, id, batch, unopened }: (typeof TABLES)[number] & { batch: number; unopened: Record<string, number> },
): Promise<number> {
  let rewrapped = 0;
  for (let last = ZERO; ;) {
    const { rows } = await owner.query<{ id: string; wrapped: Buffer; master_key_id: string }>(
      `SELECT ${id} AS id, wrapped, master_key_id FROM ${table} WHERE wrapped IS NOT NULL AND master_key_id <> $1 AND ${id} > $2
       ORDER BY ${id} LIMIT $3`,
      [keys.master.id, last, batch],
    );
    const opened = rows.flatMap((row) => {
      try {
        return [{ ...row, next: DataKey.unwrap(row.id, row.wrapped, keys).wrap(keys) }];
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
        unopened[row.master_key_id] = (unopened[row.master_key_id] ?? 0) + 1;
        return [];
      }
    });
    const { rowCount } = await owner.query(
      `UPDATE ${table} d SET wrapped = n.next, master_key_id = $4
       FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) n (id, wrapped, next)
       WHERE d.${id} = n.id AND d.wrapped = n.wrapped`,
      [opened.map((one) => one.id), opened.map((one) => one.wrapped), opened.map((one) => one.next), keys.master.id],
    );
    rewrapped += rowCount ?? 0;
    const end = rows.at(-1);
    if (!end) return rewrapped;
    last = end.id;
  }
}
