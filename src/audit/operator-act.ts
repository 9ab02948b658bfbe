import { randomUUID } from 'node:crypto';
import type pg from 'pg';

export interface OperatorAct {
  /** Whose password confirmed it; null where no account can be asked, as in a database that is being restored. */
  readonly actorId: string | null;
  /** Such as `confirm Clock`. */
  readonly action: string;
  /** What it was done to, such as `clock`. */
  readonly resource: string;
  /** Ids, codes, counts and times only. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Records in the access log, and so in the signed ledger, what an operator did; in the owner's transaction. */
export async function recordOperatorAct(
  owner: pg.ClientBase,
  { actorId, action, resource, detail }: OperatorAct,
): Promise<void> {
  await owner.query(
    `INSERT INTO access_log (id, actor_id, action, resource, outcome, detail) VALUES ($1, $2, $3, $4, 'done', $5)`,
    [randomUUID(), actorId, action, resource, JSON.stringify(detail)],
  );
}
