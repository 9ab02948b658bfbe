/** The database's clock showed `before` last, and then `after`. */
export interface Jump {
  readonly before: Date;
  readonly after: Date;
}

/** What a worker reserves for itself with each attempt: nobody else may begin before it is over. */
export const LEASE_MS = 30_000;

/** Instants are rounded, and a transaction bears the time at which it began. */
export const SLACK_MS = 1_500;

/** An instant may belong to each stretch between two jumps in which the clock showed it. */
function stretchesOf(at: Date, jumps: readonly Jump[], slackMs: number): number[] {
  const begun = [-Infinity, ...jumps.map(({ after }) => after.getTime())];
  return begun.flatMap((from, n) => {
    const to = jumps[n]?.before.getTime() ?? Infinity;
    return from - slackMs <= at.getTime() && at.getTime() <= to + slackMs ? [n] : [];
  });
}

/** Whether less than that time lies between two instants of a clock that jumped so, and no jump in any reading. */
export function isCertainlyWithin(ms: number, first: Date, second: Date, jumps: readonly Jump[]): boolean {
  const firsts = stretchesOf(first, jumps, 0);
  const seconds = stretchesOf(second, jumps, 0);
  const [one] = firsts;
  return (
    one !== undefined && [...firsts, ...seconds].every((n) => n === one) && second.getTime() - first.getTime() < ms
  );
}

/**
 * Whether an attempt that `started` then began after a receipt that was `recorded` then, by a clock that jumped so meanwhile. Only
 * what is later in every reading is certain. A receipt that is being recorded keeps the time from before a jump, and an attempt whose
 * lease the jump ended begins beside it.
 */
export function isCertainlyAfter(started: Date, recorded: Date, jumps: readonly Jump[]): boolean {
  const isAfter = (start: number, record: number): boolean => {
    if (start === record) return started.getTime() > recorded.getTime() + SLACK_MS;
    if (start === record + 1) return jumps[record]!.before.getTime() - recorded.getTime() >= LEASE_MS;
    return start > record;
  };
  const starts = stretchesOf(started, jumps, SLACK_MS);
  const records = stretchesOf(recorded, jumps, SLACK_MS);
  // What the clock never showed was worked out across a jump, and says nothing.
  if (starts.length === 0 || records.length === 0) return false;
  return starts.every((start) => records.every((record) => isAfter(start, record)));
}
