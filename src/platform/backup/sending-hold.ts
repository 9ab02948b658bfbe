import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Tx } from '../database/database.js';

/** SQL that is true while nothing may be sent. */
export const SENDING_IS_HELD = 'EXISTS (SELECT FROM sending_hold WHERE resumed_at IS NULL)';

/** A restored database does not know what was sent after its backup: nothing is sent until an operator has looked. */
export async function holdSending(owner: pg.ClientBase): Promise<void> {
  await owner.query(
    `INSERT INTO sending_hold (id, because, held_since) VALUES ($1, 'restored', f1_now())
     ON CONFLICT (because) WHERE resumed_at IS NULL DO NOTHING`,
    [randomUUID()],
  );
}

/** Since when nothing may be sent; undefined: it may. */
export async function sendingHeldSince(tx: Tx): Promise<Date | undefined> {
  const held = await tx.one<{ since: Date }>(
    'SELECT held_since AS since FROM sending_hold WHERE resumed_at IS NULL ORDER BY held_since LIMIT 1',
  );
  return held?.since;
}

/** Lets sending go on; says since when it was held, or undefined when it was not. */
export async function resumeSending(owner: pg.ClientBase, actorId: string): Promise<Date | undefined> {
  const { rows } = await owner.query<{ held_since: Date }>(
    'UPDATE sending_hold SET resumed_at = f1_now(), resumed_by = $1 WHERE resumed_at IS NULL RETURNING held_since',
    [actorId],
  );
  return rows[0]?.held_since;
}
