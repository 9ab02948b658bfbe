import { FAILURES_BEFORE_RAREST, RAREST_MS } from '../domain/referral/retry.js';

/** `outbox.last_problem` of what waits for its turn. */
export const BEHIND = 'behindEarlier';

/** For so long after an earlier one was refused a later one may go past it. */
const PAST_WITHIN_MS = 5 * 60_000;

/**
 * When an earlier referral of the same case to the same authority, which this one must not overtake, is tried next; null: nothing
 * is before it. What was recalled leaves no more, and what lies in a drop folder or goes by post is there already. One
 * that is refused for itself, again and again over hours, does not keep back its correction for ever: right after a refusal the
 * later one is tried too, and never before, so that a recipient who comes back is told in order.
 */
export const behindUntil = (referralId: string): string => `(
  SELECT min(x.next_attempt_at) FROM referral own
    JOIN referral earlier ON earlier.case_id = own.case_id AND earlier.authority_id = own.authority_id
      AND (earlier.created_at, earlier.kind = 'correction', earlier.id) < (own.created_at, own.kind = 'correction', own.id)
    JOIN outbox x ON x.referral_id = earlier.id
    JOIN authority a ON a.id = own.authority_id
  WHERE own.id = ${referralId} AND x.done_at IS NULL AND earlier.suspended_at IS NULL
    AND (a.channel IN ('file', 'paper') AND x.last_problem IN ('awaitingReceipt', 'awaitingPost')) IS NOT TRUE
    AND NOT (x.attempts >= ${FAILURES_BEFORE_RAREST}
      AND x.next_attempt_at > f1_now() + interval '${RAREST_MS - PAST_WITHIN_MS} ms'))`;

/** Ids of what waits for its turn behind the referral `r`. */
export const BEHIND_IT = `ARRAY(SELECT n.referral_id FROM referral later JOIN outbox n ON n.referral_id = later.id
  WHERE later.case_id = r.case_id AND later.authority_id = r.authority_id AND n.done_at IS NULL AND n.last_problem = '${BEHIND}')`;
