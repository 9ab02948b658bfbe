import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { DomainError } from '../platform/database/errors.js';
import { canonical, sha256 } from '../platform/database/sealing.js';
import type { Change } from './where-data-leaves.js';

/** How long a second operator has. */
const VALID = '14 days';

/** Asked: until then another operator may apply the same. */
export interface Waiting {
  readonly outcome: 'asked';
  readonly validUntil: string;
}

/**
 * Confirms these changes where another operator asked for the same, else asks; in the owner's transaction, one at a time. Throws
 * DomainError for whoever asked already.
 */
export async function confirmOrAsk(
  owner: pg.Client,
  changes: readonly Change[],
  operatorId: string,
): Promise<Waiting | { readonly outcome: 'confirmed' }> {
  const hash = sha256(canonical(changes)).toString('hex');
  const { rows } = await owner.query<{ id: string; asked_by: string }>(
    `SELECT id, asked_by FROM settings_change WHERE sha256 = $1 AND confirmed_at IS NULL AND valid_until > f1_now()
     ORDER BY asked_by = $2, asked_at LIMIT 1`,
    [hash, operatorId],
  );
  const asked = rows[0];
  if (asked && asked.asked_by === operatorId)
    throw new DomainError('fourEyes', 'You asked for this already: another operator applies the same file.');
  if (asked) {
    await owner.query('UPDATE settings_change SET confirmed_by = $2, confirmed_at = f1_now() WHERE id = $1', [
      asked.id,
      operatorId,
    ]);
    return { outcome: 'confirmed' };
  }
  const made = await owner.query<{ valid_until: Date }>(
    `INSERT INTO settings_change (id, sha256, changes, asked_by, asked_at, valid_until)
     VALUES ($1, $2, $3, $4, f1_now(), f1_now() + $5::interval) RETURNING valid_until`,
    [randomUUID(), hash, canonical(changes), operatorId, VALID],
  );
  return { outcome: 'asked', validUntil: made.rows[0]!.valid_until.toISOString() };
}
