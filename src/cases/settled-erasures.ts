import type pg from 'pg';
import { DomainError } from '../platform/database/errors.js';
import { asOwner } from '../platform/database/owner.js';
import type { ErasedCase, ErasureLedger } from '../platform/keys/erasure-ledger.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import { destroyKey, eraseCase, type ErasureStep, lockCase, lockLedger } from './erasure.js';

/**
 * Erases in a transaction of its own. One whose COMMIT failed is settled in another: whether it happened shows under the locks that it
 * had, and where it did not, the ledger says so. Throws DomainError as `eraseCase`, and where that cannot be settled now.
 */
export async function eraseAndSettle(
  ownerUrl: string,
  means: { readonly ledger: ErasureLedger; readonly keys: KeyProvider },
  wanted: (owner: pg.Client) => Promise<{ reference: string; basis: string; actorId: string }>,
): Promise<ErasureStep> {
  let reference: string | undefined;
  try {
    return await asOwner(ownerUrl, async (owner) => {
      const one = await wanted(owner);
      ({ reference } = one);
      return eraseCase(owner, means, one);
    });
  } catch (error) {
    if (reference === undefined || error instanceof DomainError) throw error;
    return settle(ownerUrl, means.ledger, reference, (error as Error).message);
  }
}

async function settle(ownerUrl: string, ledger: ErasureLedger, reference: string, why: string): Promise<ErasureStep> {
  const happened = await asOwner(ownerUrl, async (owner) => {
    const found = await lockCase(owner, 'reference', reference);
    if (!found || found.erased) return found !== undefined;
    await lockLedger(owner);
    ledger.withdraw(found.id);
    return false;
  }).catch(() => undefined);
  if (happened) return { reference, outcome: 'erased' };
  const what =
    happened === false
      ? 'It did not happen, and the erasure ledger says so where it named it.'
      : 'Whether it happened is not known. Run the same command again once the database answers: until then the erasure ledger may name a case that is not erased.';
  throw new DomainError('erasureNotCommitted', `The erasure of ${reference} failed (${why}). ${what}`);
}

export interface ErasuresRepeated {
  /** How many keys the backup had brought back. */
  readonly repeated: number;
  /** References of cases that are kept: somebody acted in them, or held them, since their line was written: that erasure never happened. */
  readonly wentOn: readonly string[];
}

/** Erases again what the ledger says was erased, after a restore; never a case in which a person acted after that. */
export async function repeatErasures(owner: pg.ClientBase, erased: readonly ErasedCase[]): Promise<ErasuresRepeated> {
  await owner.query(`SET LOCAL f1.repeats_erasure = 'on'`);
  let repeated = 0;
  const wentOn: string[] = [];
  for (const { caseId, erasedAt, number } of erased) {
    const found = await lockCase(owner, 'id', caseId);
    if (!found || found.erased) continue;
    if (await actedSince(owner, caseId, erasedAt)) {
      wentOn.push(found.reference);
      continue;
    }
    await destroyKey(owner, found, { actorId: null, facets: { erasedAt, ledgerNumber: number } });
    repeated += 1;
  }
  return { repeated, wentOn };
}

/** An erased case takes no act of a person and no hold (`f1_erased_takes_nothing`): one after the line shows that its erasure was never committed. */
async function actedSince(owner: pg.ClientBase, caseId: string, erasedAt: string): Promise<boolean> {
  const { rows } = await owner.query<{ acted: boolean }>(
    'SELECT EXISTS (SELECT FROM event WHERE case_id = $1 AND actor_id IS NOT NULL AND at > $2) AS acted',
    [caseId, erasedAt],
  );
  return rows[0]!.acted;
}
