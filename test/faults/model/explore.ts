import { claimed, failed, fresh, LEASE_MS, type OutboxRow, received, started } from './outbox.js';

/** A referral to one authority: its row, what was written as its receipt, and how often it arrived there. */
interface Referral {
  readonly row: OutboxRow;
  readonly receipts: number;
  readonly arrivals: number;
}

interface Job {
  readonly referral: number;
  readonly epoch: number;
}

/** A worker between two transactions: it has taken a job, has begun the attempt, or knows how the POST ended. */
interface Work extends Job {
  readonly phase: 'taken' | 'begun' | 'answered' | 'refused';
}

/** Two authorities of one case, two relays, two workers, a queue that may forget everything, and how much may still go wrong. */
interface State {
  readonly referrals: readonly Referral[];
  /** What each relay has leased and not yet added to the queue; empty: between two rounds. */
  readonly relays: readonly (readonly Job[])[];
  readonly workers: readonly (Work | null)[];
  readonly queue: readonly Job[];
  readonly crashes: number;
  readonly refusals: number;
  readonly losses: number;
  /** How often a lease may run out although its holder lives: frozen, or slower than ever. */
  readonly freezes: number;
}

export interface Budget {
  readonly crashes: number;
  readonly refusals: number;
  readonly losses: number;
  readonly freezes: number;
}

/** The rules under test; a test of the test replaces one of them by a wrong one. */
export const RULES = { claimed, started, failed, received };
export type Rules = typeof RULES;

export interface Explored {
  readonly states: number;
  readonly steps: number;
  /** What must not be, each with the first state that shows it. */
  readonly broken: readonly string[];
  /** States from which no way leads to a receipt for everybody. */
  readonly stuck: number;
}

/** Every order of every step from the decision on, breadth first, with a crash possible before and after each of them. */
export function explore(budget: Budget, rules: Rules = RULES): Explored {
  const first: State = {
    referrals: [0, 1].map(() => ({ row: fresh(0), receipts: 0, arrivals: 0 })),
    relays: [[], []],
    workers: [null, null],
    queue: [],
    ...budget,
  };
  const numbers = new Map([[keyOf(first), 0]]);
  const from: number[][] = [[]];
  const good: number[] = [];
  const broken = new Set<string>();
  let frontier = [{ state: first, number: 0 }];
  let steps = 0;
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { state, number } of frontier) {
      for (const fault of faultsIn(state)) broken.add(fault);
      if (state.referrals.every(({ receipts }) => receipts === 1)) good.push(number);
      for (const after of successors(state, rules)) {
        steps += 1;
        const key = keyOf(after);
        let known = numbers.get(key);
        if (known === undefined) {
          known = numbers.size;
          numbers.set(key, known);
          from.push([]);
          next.push({ state: after, number: known });
        }
        from[known]!.push(number);
      }
    }
    frontier = next;
  }
  return { states: numbers.size, steps, broken: [...broken], stuck: numbers.size - reaching(good, from) };
}

/** How many states lead to one of these, by whatever way. */
function reaching(good: readonly number[], from: readonly (readonly number[])[]): number {
  const seen = new Set(good);
  const left = [...good];
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    for (const before of from[number]!) {
      if (seen.has(before)) continue;
      seen.add(before);
      left.push(before);
    }
  }
  return seen.size;
}

function faultsIn({ referrals }: State): string[] {
  return referrals.flatMap(({ row, receipts, arrivals }) => {
    const begun = Object.keys(row.attempts).length;
    const without = Object.values(row.attempts).filter((end) => end === 'failed' || end === 'abandoned').length;
    return [
      ...(receipts > 1 ? ['a receipt is recorded twice'] : []),
      ...(receipts > 0 && arrivals === 0 ? ['a receipt is there and nothing arrived'] : []),
      ...(row.done !== receipts > 0 ? ['done and receipted are not the same'] : []),
      ...(arrivals > begun ? ['it arrived more often than an attempt began'] : []),
      ...(begun - without > 1 && receipts === 0 ? ['two attempts of one referral last at once'] : []),
    ];
  });
}

function* successors(state: State, rules: Rules): Generator<State> {
  yield* relaySteps(state, rules);
  yield* workerSteps(state, rules);
  if (state.losses > 0 && state.queue.length > 0) yield { ...state, queue: [], losses: state.losses - 1 };
  const later = timePasses(state);
  if (later) yield later;
}

function* relaySteps(state: State, { claimed }: Rules): Generator<State> {
  for (const [index, held] of state.relays.entries()) {
    if (held.length > 0) {
      const queue = [...state.queue, ...held.filter((job) => !state.queue.some((other) => same(job, other)))];
      yield { ...state, queue, relays: put(state.relays, index, []) };
      if (state.crashes > 0) yield { ...state, relays: put(state.relays, index, []), crashes: state.crashes - 1 };
      continue;
    }
    const jobs: Job[] = [];
    const referrals = state.referrals.map((referral, number) => {
      const row = claimed(referral.row, 0);
      if (!row) return referral;
      jobs.push({ referral: number, epoch: row.epoch });
      return { ...referral, row };
    });
    if (jobs.length > 0) yield { ...state, referrals, relays: put(state.relays, index, jobs) };
  }
}

function* workerSteps(state: State, rules: Rules): Generator<State> {
  for (const [index, work] of state.workers.entries()) {
    if (!work) {
      // A job stays in the queue until it is done: one that is taken may be given to the other worker as well.
      for (const job of state.queue) yield withWork(state, index, { ...job, phase: 'taken' });
      continue;
    }
    yield* workOn(state, index, work, rules);
    if (state.crashes > 0) yield { ...withWork(state, index, null), crashes: state.crashes - 1 };
  }
}

function* workOn(state: State, index: number, work: Work, rules: Rules): Generator<State> {
  const referral = state.referrals[work.referral]!;
  const { row } = referral;
  const finished = (changed: Referral): State => ({
    ...withWork(state, index, null),
    referrals: put(state.referrals, work.referral, changed),
    queue: state.queue.filter((job) => !same(job, work)),
  });
  if (work.phase === 'taken') {
    const begun = rules.started(row, work.epoch, 0);
    if (!begun) yield finished(referral);
    else
      yield {
        ...withWork(state, index, { ...work, phase: 'begun' }),
        referrals: put(state.referrals, work.referral, { ...referral, row: begun }),
      };
  } else if (work.phase === 'begun') {
    const arrived = put(state.referrals, work.referral, { ...referral, arrivals: referral.arrivals + 1 });
    yield { ...withWork(state, index, { ...work, phase: 'answered' }), referrals: arrived };
    if (state.refusals > 0) {
      const fewer = { ...state, refusals: state.refusals - 1 };
      yield withWork(fewer, index, { ...work, phase: 'refused' });
      // It was processed, and the answer was lost.
      yield { ...withWork(fewer, index, { ...work, phase: 'refused' }), referrals: arrived };
    }
  } else if (work.phase === 'answered') {
    yield finished({
      ...referral,
      row: rules.received(row, work.epoch),
      receipts: referral.receipts + (row.done ? 0 : 1),
    });
  } else {
    yield finished({ ...referral, row: rules.failed(row, work.epoch, 0) });
  }
}

/** To the next instant that changes anything. A lease that a living holder outlasts costs a freeze. */
function timePasses(state: State): State | undefined {
  const open = state.referrals.filter(({ row }) => !row.done);
  const ahead = open.flatMap(({ row }) => [row.nextAt, row.leaseUntil ?? 0]).filter((at) => at > 0);
  if (ahead.length === 0) return undefined;
  const by = Math.min(...ahead);
  const frozen = state.referrals.some(
    ({ row }, number) =>
      !row.done &&
      row.leaseUntil !== null &&
      row.leaseUntil > 0 &&
      row.leaseUntil <= by &&
      isHeld(state, number, row.epoch),
  );
  if (frozen && state.freezes === 0) return undefined;
  const referrals = state.referrals.map((referral) => ({ ...referral, row: aged(referral.row, by) }));
  return { ...state, referrals, freezes: state.freezes - (frozen ? 1 : 0) };
}

const isHeld = ({ relays, workers, queue }: State, referral: number, epoch: number): boolean =>
  [...relays.flat(), ...workers, ...queue].some((job) => job !== null && same(job, { referral, epoch }));

/** Times are counted from now, so that two moments that allow the same are one state. */
const aged = (row: OutboxRow, by: number): OutboxRow => ({
  ...row,
  nextAt: Math.max(0, row.nextAt - by),
  leaseUntil: row.leaseUntil === null || row.leaseUntil <= by ? null : Math.min(LEASE_MS, row.leaseUntil - by),
});

const same = (one: Job, other: Job): boolean => one.referral === other.referral && one.epoch === other.epoch;
const put = <T>(list: readonly T[], index: number, value: T): T[] =>
  list.map((old, at) => (at === index ? value : old));
const withWork = (state: State, index: number, work: Work | null): State => ({
  ...state,
  workers: put(state.workers, index, work),
});

/** Which relay, worker or place in the queue it is makes no difference. */
function keyOf({ referrals, relays, workers, queue, crashes, refusals, losses, freezes }: State): string {
  const text = (value: unknown): string => JSON.stringify(value);
  const sorted = (list: readonly unknown[]): string => list.map(text).sort().join('|');
  return [text(referrals), sorted(relays), sorted(workers), sorted(queue), crashes, refusals, losses, freezes].join(
    '#',
  );
}
