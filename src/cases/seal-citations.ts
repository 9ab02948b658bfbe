import type pg from 'pg';
import { DataKey } from '../platform/database/sealing.js';
import { sourceRefOf } from '../platform/database/source-ref.js';
import type { KeyProvider } from '../platform/keys/keys.js';

interface CitedRow {
  readonly table: 'evidence' | 'disclosure';
  readonly id: string;
  readonly case_id: string;
  readonly source_ref: string;
  /** Null where the case was erased. */
  readonly wrapped: Buffer | null;
}

/**
 * Seals the citations that an installation made before migration 23 holds in clear; in the owner's transaction. Returns how many.
 * Those of an erased case are destroyed, as its other words were.
 */
export async function sealCitations(owner: pg.ClientBase, keys: KeyProvider): Promise<number> {
  const { rows } = await owner.query<CitedRow>(
    ['evidence', 'disclosure']
      .map(
        (table) => `SELECT '${table}' AS "table", t.id, t.case_id, t.source_ref, k.wrapped
          FROM ${table} t JOIN data_key k ON k.case_id = t.case_id
          WHERE t.source_kind = 'countryInformation' AND t.source_ref NOT LIKE 'cited:%'`,
      )
      .join(' UNION ALL '),
  );
  for (const { table, id, case_id, source_ref, wrapped } of rows) {
    const key = wrapped === null ? undefined : DataKey.unwrap(case_id, wrapped, keys);
    const token = key ? sourceRefOf(key, 'countryInformation', source_ref) : `cited:erased:${id}`;
    await owner.query(`UPDATE ${table} SET source_ref = $2 WHERE id = $1`, [id, token]);
    if (key && table === 'evidence')
      await owner.query('UPDATE evidence SET sealed = $2 WHERE id = $1', [
        id,
        key.seal({ ref: source_ref }, `evidence:${id}`).bytes,
      ]);
  }
  return rows.length;
}
