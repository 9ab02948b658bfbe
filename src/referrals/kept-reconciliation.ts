import type { Database } from '../platform/database/database.js';
import type { Keys } from '../platform/keys/keys.module.js';
import type { Reconciliation } from './reconciler.service.js';
import { ReconciliationsStore } from './reconciliations.store.js';

/** One that was asked for is always kept, signed. */
export const keepReconciliation = (database: Database, keys: Keys, found: Reconciliation): Promise<void> =>
  new ReconciliationsStore(database, keys).add(found);

const MINUTE_MS = 60_000;
/** Whoever looks at the newest one sees counts that are no older. */
const COUNTS_KEEP_MS = 10 * MINUTE_MS;
const KEEP_MS = 60 * MINUTE_MS;

/** What was found, to be held against what was found before. */
export interface Said {
  readonly differences: string;
  readonly counts: string;
}

export const saidOf = (found: Reconciliation): Said => {
  const {
    ok,
    differences,
    notListed,
    closedAsBlocked,
    recalled,
    chains,
    lists,
    causes,
    obligations,
    receipts,
    inFlight,
  } = found;
  const failures = lists.map(({ authority, failure }) => [authority, failure]);
  return {
    differences: JSON.stringify([ok, differences, notListed, closedAsBlocked, recalled, failures, chains ?? []]),
    counts: JSON.stringify([causes, obligations, receipts, inFlight]),
  };
};

/** Kept at once where the differences changed, after ten minutes where only counts did, and after an hour. */
export function isToBeKept(says: Said, before: Said | undefined, sinceMs: number): boolean {
  if (!before || says.differences !== before.differences) return true;
  return sinceMs >= (says.counts === before.counts ? KEEP_MS : COUNTS_KEEP_MS);
}
