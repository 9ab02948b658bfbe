import { describe, expect, it } from '@jest/globals';
import { isCertainlyAfter, isCertainlyWithin, type Jump } from './order.js';

const DAY = 24 * 3600_000;
const NOON = Date.UTC(2026, 10, 20, 12);
const at = (ms: number): Date => new Date(NOON + ms);
const jump = (before: number, by: number): Jump => ({ before: at(before), after: at(before + by) });

describe('which of an attempt and a receipt came first', () => {
  it('is what the clock says where it did not jump', () => {
    expect(isCertainlyAfter(at(5_000), at(0), [])).toBe(true);
    expect(isCertainlyAfter(at(0), at(5_000), [])).toBe(false);
  });

  it('is not certain while the receipt is being recorded', () => {
    expect(isCertainlyAfter(at(300), at(0), [])).toBe(false);
  });

  it('is not certain where a jump ended the lease and the receipt kept the time from before it', () => {
    expect(isCertainlyAfter(at(DAY + 200), at(-100), [jump(0, DAY)])).toBe(false);
  });

  it('is certain where the receipt was recorded long before the jump', () => {
    expect(isCertainlyAfter(at(DAY + 200), at(-60_000), [jump(0, DAY)])).toBe(true);
  });

  it('is not turned round by a clock that stepped back in between', () => {
    expect(isCertainlyAfter(at(-2_000), at(1_000 - DAY), [jump(0, -DAY)])).toBe(false);
  });

  it('is certain after a clock that stepped back and returned, from what came long before', () => {
    const jumps = [jump(0, -DAY), jump(3_000 - DAY, DAY)];
    expect(isCertainlyAfter(at(10_000), at(-60_000), jumps)).toBe(true);
    expect(isCertainlyAfter(at(3_200), at(2_900 - DAY), jumps)).toBe(false);
  });
});

describe('whether a lease still ran', () => {
  it.each([
    ['in one stretch', at(0), at(29_000), [], true],
    ['in one stretch, but long enough', at(0), at(31_000), [], false],
    ['right before a jump, both', at(-40_000), at(-20_000), [jump(0, DAY)], true],
    ['right after a jump, both', at(DAY + 100), at(DAY + 5_000), [jump(0, DAY)], true],
    ['a jump ended it', at(-100), at(DAY + 100), [jump(0, DAY)], false],
    ['a step back, after which it was given anew', at(-100), at(30_000 - DAY), [jump(0, -DAY)], false],
    ['a step back to what the clock had shown before', at(-DAY), at(5_000 - DAY), [jump(0, -DAY)], false],
  ] as const)('is certain only where no jump lies between: %s', (_, first, second, jumps, certain) => {
    expect(isCertainlyWithin(30_000, first, second, jumps)).toBe(certain);
  });
});
