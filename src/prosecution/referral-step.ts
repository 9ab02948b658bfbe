import type { Content } from '../domain/referral/file.js';
import type { DataKeys } from '../platform/database/data-keys.js';
import type { Database, LockedRow, Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import type { ReferralRow } from '../referrals/referral.store.js';
import { assertTellsNoWhereaboutsInTx } from '../referrals/whereabouts-withheld.js';

/** SQLSTATE insufficient_privilege. */
const REFUSED_BY_POLICY = '42501';

/** One act on a locked referral that does not move its chart. */
export interface ReferralStep {
  readonly tx: Tx;
  readonly write: Write;
  readonly referral: ReferralRow;
  readonly key: DataKey;
  readonly actor: Actor;
}

/**
 * Locks the referral and does the work once for this key; what it added to `write` goes with the COMMIT, and after it what it
 * returns, which may touch the same rows.
 */
export function onReferral(
  { database, keys }: { database: Database; keys: DataKeys },
  actor: Actor,
  referralId: string,
  asked: Preconditions,
  result: Record<string, string>,
  work: (step: ReferralStep) => Promise<readonly Write[] | void>,
) {
  const lock = { aggregate: 'referral' as const, id: referralId };
  const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result, lock };
  const done = database.once(claim, async (tx, locked?: LockedRow) => {
    if (!locked) throw new NotFound('referral');
    const referral = locked as unknown as ReferralRow;
    const step = { tx, write: new Write(), referral, key: keys.ofLocked(locked), actor };
    const following = await work(step);
    Write.runAllLast(tx, [step.write, ...(following ?? [])]);
  });
  return done.catch((error: unknown) => asClosed(database, actor, referralId, error));
}

/** A setting that comes to bar a recipient waits for none of its acts: whoever lost sight of the referral in the middle of one is told so. */
async function asClosed(database: Database, actor: Actor, referralId: string, error: unknown): Promise<never> {
  if ((error as { code?: string }).code !== REFUSED_BY_POLICY) throw error;
  const seen = await database.inActorTx(actor.id, (tx) =>
    tx.one('SELECT FROM referral WHERE id = $1', [referralId], 'referral_still_seen'),
  );
  throw seen ? error : new NotFound('referral');
}

/** What our side types for the recipient to read. Throws `tellsWhereabouts` where it holds what its packages withhold. */
export const assertMayBeTold = (
  { tx, key, referral: { case_id: caseId } }: ReferralStep,
  words: Readonly<Record<string, string | undefined>>,
): Promise<void> => assertTellsNoWhereaboutsInTx(tx, { caseId, key }, words);

/** Adds the next link of the referral's chain; its state stays. Returns the head that the chain then has. */
export function appendEvent(
  { tx, write, referral, key, actor }: ReferralStep,
  type: string,
  facets: Content,
  payload: Content,
): Pick<ChainHead, 'event_seq' | 'event_hash'> {
  const event = nextEvent(referral, key, {
    aggregateKind: 'referral',
    caseId: referral.case_id,
    type,
    actorId: actor.id,
    at: tx.now,
    facets: { kind: referral.kind, ...facets, state: referral.snapshot },
    payload,
  });
  write.insert('event', event.row).update('referral', { id: referral.id, event_seq: referral.event_seq }, event.head);
  return event.head;
}
