import { FAILURES_BEFORE_RAREST, RAREST_MS } from '../domain/referral/retry.js';
import type { DeliveryProblem } from './delivery-channel.js';

/** `outbox.last_problem` of what waits for its turn. */
export const BEHIND = 'behindEarlier';

/** For so long after an earlier one was refused a later one may go past it. */
const PAST_WITHIN_MS = 5 * 60_000;

/**
 * The recipient was there and refused this one, for what it is: another one may fare better. Whoever is away, or ails, may be back at any
 * time, and is told in order.
 */
const REFUSED_FOR_ITSELF: readonly DeliveryProblem[] = [
  'clientError',
  'unsignedReceipt',
  'wrongSignature',
  'wrongReceipt',
  'receiptBeforeReferral',
  'responseTooLarge',
  'foreignFile',
];

/** What of one case is told to one authority leaves in this order; `referral_in_order` is the index of it. */
const placeOf = (referral: string): string =>
  `${referral}.created_at, (${referral}.kind = 'correction'), ${referral}.id`;
const besides = (other: string, than: string, own: string): string =>
  `${other}.case_id = ${own}.case_id AND ${other}.authority_id = ${own}.authority_id AND (${placeOf(other)}) ${than} (${placeOf(own)})`;

/**
 * When the first earlier referral of the same case to the same authority, which this one must not overtake, is tried next; null:
 * nothing is before it. What was recalled leaves no more, and what lies in a drop folder or goes by post is there already. One
 * that failed again and again over hours does not keep back its correction for ever: refused for itself it keeps nothing back any more,
 * and else the later one is tried right after a failure, and never before, so that a recipient who comes back is told in order. Asked as a value, so that it is
 * looked up by key for each and never planned as a join over all there is.
 */
export const behindUntil = (referralId: string): string => `(
  SELECT (SELECT x.next_attempt_at FROM referral earlier JOIN outbox x ON x.referral_id = earlier.id
    WHERE ${besides('earlier', '<', 'own')} AND x.done_at IS NULL AND earlier.suspended_at IS NULL
      AND (a.channel IN ('file', 'paper') AND x.last_problem IN ('awaitingReceipt', 'awaitingPost')) IS NOT TRUE
      AND NOT (x.attempts >= ${FAILURES_BEFORE_RAREST}
        AND (x.last_problem = ANY ('{${REFUSED_FOR_ITSELF.join(',')}}')
          OR x.next_attempt_at > f1_now() + interval '${RAREST_MS - PAST_WITHIN_MS} ms') IS TRUE)
    ORDER BY ${placeOf('earlier')} LIMIT 1)
  FROM referral own JOIN authority a ON a.id = own.authority_id WHERE own.id = ${referralId})`;

/** Who is next when one has arrived; whoever stands farther back is called by those. */
const CALLED_AT_ONCE = 10;

/** Ids of what waits for its turn behind the referral `r`, the first few. */
export const BEHIND_IT = `ARRAY(SELECT later.id FROM referral later WHERE ${besides('later', '>', 'r')}
  AND (SELECT n.done_at IS NULL AND n.last_problem = '${BEHIND}' FROM outbox n WHERE n.referral_id = later.id)
  ORDER BY ${placeOf('later')} LIMIT ${CALLED_AT_ONCE})`;
