/** The database's clock showed `before` last, and then `after`. */
export interface Jump {
  readonly before: Date;
  readonly after: Date;
}

/** What a worker reserves for itself with each attempt: nobody else may begin before it is over. */
export const LEASE_MS = 30_000;

/** Instants are rounded, and a transaction bears the time at which it began. */
export const SLACK_MS = 1_500;

/**
 * Whether a statement that says it ran `at` then may have read the clock on both sides of a jump: one that is planned while the clock is
 * moved does (7 of 3,000 jumps in the midst of planning). An attempt may begin after the jump then, and its lease before.
 */
export const isAcross = (at: Date, jumps: readonly Jump[]): boolean =>
  jumps.some(({ after }) => Math.abs(at.getTime() - after.getTime()) <= SLACK_MS);

/**
 * Whether an attempt that `started` then began after a receipt that was `recorded` then, by a clock that jumped so meanwhile. An instant may
 * belong to each stretch between two jumps in which the clock showed it: only what is later in every reading is certain. A receipt
 * that is being recorded keeps the time from before a jump, and an attempt whose lease the jump ended begins beside it.
 */
export function isCertainlyAfter(started: Date, recorded: Date, jumps: readonly Jump[]): boolean {
  const stretches = [-Infinity, ...jumps.map(({ after }) => after.getTime())].map((from, n) => ({
    from: from - SLACK_MS,
    to: (jumps[n]?.before.getTime() ?? Infinity) + SLACK_MS,
  }));
  const shown = (at: number): number[] => stretches.flatMap(({ from, to }, n) => (from <= at && at <= to ? [n] : []));
  const isAfter = (start: number, record: number): boolean => {
    if (start === record) return started.getTime() > recorded.getTime() + SLACK_MS;
    if (start === record + 1) return jumps[record]!.before.getTime() - recorded.getTime() >= LEASE_MS;
    return start > record;
  };
  const starts = shown(started.getTime());
  const records = shown(recorded.getTime());
  // What the clock never showed was worked out across a jump, and says nothing.
  if (starts.length === 0 || records.length === 0) return false;
  return starts.every((start) => records.every((record) => isAfter(start, record)));
}
