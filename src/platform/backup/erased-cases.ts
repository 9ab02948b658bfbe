import type pg from 'pg';
import { cutOff, type ErasedCase } from '../keys/erasure-ledger.js';

/** Refuses a ledger of erasures (`file`) that does not name every case whose key the restored rows say was destroyed. */
export async function refuseUnnamedErasures(
  owner: pg.ClientBase,
  file: string,
  named: readonly ErasedCase[],
): Promise<void> {
  const { rows } = await owner.query<{ case_id: string }>('SELECT case_id FROM data_key WHERE erased_at IS NOT NULL');
  const known = new Set(named.map(({ caseId }) => caseId));
  if (rows.some(({ case_id }) => !known.has(case_id))) throw cutOff(file, named.length, rows.length);
}

/** How many keys were destroyed because the ledger of erasures names them, since that ISO instant. */
export async function erasedSince(owner: pg.ClientBase, instant: string): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM event WHERE type = 'ERASE_CONTENT' AND facets ? 'ledgerNumber' AND at >= $1`,
    [instant],
  );
  return rows[0]!.count;
}
