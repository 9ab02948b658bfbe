import { InvalidInput } from '../platform/http/problem.js';
import type { CorrectionReason, CorrectionToTell } from './duty-to-tell.js';
import type { Told, ToldReferral } from './referral.store.js';

type MarkedReferral = Pick<ToldReferral, 'corrected_at' | 'suspended_at' | 'in_error' | 'stood'>;

/** Only these cut access at once; every other reason leaves the recipient to answer (erased, restricted, retained). */
export const SUSPENDING: ReadonlySet<CorrectionReason> = new Set([
  'mistakenIdentity',
  'unlawfulTransmission',
  'agreementRevoked',
]);

/** What a judgment said, or followed from one, and what a later judgment takes back when it reinstates. */
export const OF_A_JUDGMENT: readonly CorrectionReason[] = [
  'quashedNotFinal',
  'quashedFinal',
  'partlyUpheld',
  'remitted',
  'noSuspicionRemains',
];

/**
 * How a correction marks one referral, if at all. That suspicion remains says nothing against it. A referral that stands needs no
 * mark removed. A judgment reinstates what it leaves whole: the mark stays where one of the allegations does not stand again, or where
 * something else than a judgment was against it (an error of fact), and no judgment gives back the access that a mistaken identity or
 * an unlawful transmission took.
 */
export function markOf(
  { reason, findings = [] }: Pick<CorrectionToTell, 'reason' | 'findings'>,
  { corrected_at: corrected, suspended_at: suspended, in_error: inError, stood }: MarkedReferral,
): 'MARK_REINSTATED' | 'SUSPEND_ACCESS' | 'MARK_CORRECTED' | null {
  if (reason === 'suspicionRemains') return null;
  if (reason === 'reinstated') {
    const again = new Set(findings.filter(({ stands }) => stands).map((one) => `${one.allegationId} ${one.scope}`));
    const whole = stood.every((one) => again.has(one));
    return corrected !== null && suspended === null && !inError && whole ? 'MARK_REINSTATED' : null;
  }
  return SUSPENDING.has(reason) && suspended === null ? 'SUSPEND_ACCESS' : 'MARK_CORRECTED';
}

/** Whom a correction is about: who was told by the referrals it names, of its decision, of a suspicion, or of anything in the case. */
export function toldOf({ reason, decisionId, referralIds }: CorrectionToTell): Told {
  if (referralIds) return { of: 'referrals', referralIds };
  if (decisionId !== null) return { of: 'decision', decisionId };
  return { of: reason === 'suspicionRemains' || reason === 'noSuspicionRemains' ? 'suspicion' : 'case' };
}

/** Throws InvalidInput where the correction names what is no referral of its case that can be corrected. */
export function assertAllNamed({ referralIds = [] }: CorrectionToTell, referrals: readonly ToldReferral[]): void {
  const strangers = referralIds.filter((wanted) => !referrals.some(({ id }) => id === wanted));
  if (strangers.length === 0) return;
  throw new InvalidInput(
    strangers.map((id) => ({
      pointer: `/referralIds/${referralIds.indexOf(id)}`,
      detail: 'is no referral of this case',
    })),
    `This case has no referral ${strangers.join(', ')} that could be corrected; a correction itself cannot.`,
  );
}
