import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { retryDelay } from './retry.js';

const MINUTE = 60_000;

describe('the retry schedule', () => {
  it.each([
    [0, 0],
    [1, 5_000],
    [2, MINUTE],
    [3, 5 * MINUTE],
    [4, 30 * MINUTE],
    [5, 120 * MINUTE],
    [6, 480 * MINUTE],
    [7, 480 * MINUTE],
    [10_000, 480 * MINUTE],
  ])('waits after %i failures for %i ms', (failures, wait) => {
    expect(retryDelay(failures)).toBe(wait);
  });

  it('never gives up, never comes sooner than before, and never waits longer than eight hours', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (failures) => {
        expect(retryDelay(failures + 1)).toBeGreaterThanOrEqual(retryDelay(failures));
        expect(retryDelay(failures)).toBeLessThanOrEqual(480 * MINUTE);
      }),
    );
  });
});
