const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const DELAYS = [0, 5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR];

/** After so many failures in a row it is tried no more often than every `RAREST_MS`. */
export const FAILURES_BEFORE_RAREST = DELAYS.length;
export const RAREST_MS = 8 * HOUR;

/** The wait after that many failed attempts, in milliseconds: it ends at every eight hours and never gives up. */
export const retryDelay = (failedAttempts: number): number => DELAYS[Math.max(0, failedAttempts)] ?? RAREST_MS;
