const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const DELAYS = [0, 5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR];

/** After so many failures in a row it is tried no more often than every `RAREST_MS`. */
export const FAILURES_BEFORE_RAREST = DELAYS.length;
export const RAREST_MS = 8 * HOUR;

/** What was dropped or waits for the post is looked at again after a day: a lost file is dropped anew. */
export const REMIND_MS = 24 * HOUR;

/** What was put off so much later than now was put off by a clock that ran ahead. */
export const CLOCK_SLACK_MS = MINUTE;

/** The wait after that many failed attempts, in milliseconds: it ends at every eight hours and never gives up. */
export const retryDelay = (failedAttempts: number): number => DELAYS[Math.max(0, failedAttempts)] ?? RAREST_MS;
