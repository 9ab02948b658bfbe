import { describe, expect, it } from '@jest/globals';
import { explore, RULES, type Rules } from './explore.js';

const NOTHING = { crashes: 0, refusals: 0, losses: 0, freezes: 0 };

describe('the outbox with two authorities, two relays and two workers', () => {
  it.each([
    ['nothing goes wrong', 69, NOTHING],
    ['two processes crash', 1702, { ...NOTHING, crashes: 2 }],
    [
      'a process crashes and the receiver refuses, or its answer is lost',
      6726,
      { ...NOTHING, crashes: 1, refusals: 1 },
    ],
    ['the queue forgets everything and a process crashes', 1819, { ...NOTHING, losses: 1, crashes: 1 }],
    ['a worker is frozen past its lease', 2326, { ...NOTHING, freezes: 1 }],
  ])('tells both exactly once in every order when %s', (_what, expected, budget) => {
    const { states, broken, stuck } = explore(budget);
    expect({ states, broken, stuck }).toEqual({ states: expected, broken: [], stuck: 0 });
  });

  it.each<[string, Partial<Rules>, object]>([
    ['a claim marks as done', { claimed: (row, now) => mapped(RULES.claimed(row, now), { done: true }) }, NOTHING],
    [
      'a lease never ends',
      { claimed: (row, now) => mapped(RULES.claimed(row, now), { leaseUntil: Infinity }) },
      { crashes: 1 },
    ],
    [
      'a claim reserves nothing',
      {
        claimed: (row, now) => mapped(RULES.claimed(row, now), { leaseUntil: null, epoch: 1 }),
        started: (row, _epoch, now) => mapped(RULES.started({ ...row, attempts: {} }, row.epoch, now), {}),
      },
      NOTHING,
    ],
    [
      'a failure is the end',
      { failed: (row, epoch, now) => ({ ...RULES.failed(row, epoch, now), done: true }) },
      { refusals: 1 },
    ],
    [
      'an attempt may begin twice in one epoch',
      { started: (row, epoch, now) => RULES.started({ ...row, attempts: {} }, epoch, now) },
      NOTHING,
    ],
  ])('would show it if %s', (_what, wrong, budget) => {
    const { broken, stuck } = explore({ ...NOTHING, ...budget }, { ...RULES, ...wrong });
    expect(broken.length + stuck).toBeGreaterThan(0);
  });
});

const mapped = <T extends object>(row: T | undefined, change: Partial<T>): T | undefined =>
  row && { ...row, ...change };
