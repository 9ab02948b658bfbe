import { CLOCK_SLACK_MS } from '../domain/referral/retry.js';

/** Of a row that is put off or leased: when that was done is still to come, so that the clock it was reckoned on ran ahead. */
export const BY_A_CLOCK_AHEAD = `(put_off_at > f1_now() + interval '${CLOCK_SLACK_MS} ms')`;
