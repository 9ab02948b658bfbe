import { describe, expect, it } from '@jest/globals';
import { isToBeKept, saidOf } from './kept-reconciliation.js';
import type { Reconciliation } from './reconciler.service.js';

const counts = { causes: 2, obligations: 3, receipts: 2, inFlight: 1, notListed: 0 };
const found = (about: Partial<Reconciliation> = {}): Reconciliation => {
  const none = { ok: true, differences: [], ...counts };
  const kinds = { exclusion: none, suspicion: none, account: none, correction: none };
  return {
    at: '2026-03-01T08:00:00.000Z',
    erasedUnreceipted: [],
    closedAsBlocked: [],
    recalled: [],
    lists: [],
    chains: null,
    kinds,
    ...none,
    ...about,
  };
};
const list = { authority: 'north', expected: true, at: null, entries: null, unmatched: [] };
const MINUTE = 60_000;

describe('which reconciliations are kept', () => {
  const before = saidOf(found());
  const kept = (about: Partial<Reconciliation>, sinceMs: number) => isToBeKept(saidOf(found(about)), before, sinceMs);

  it('are the first one, and each that finds something else', () => {
    expect(isToBeKept(before, undefined, 0)).toBe(true);
    expect(kept({ ok: false, notListed: 1 }, 0)).toBe(true);
    expect(kept({ chains: ['case/x'] }, 0)).toBe(true);
    expect(kept({ lists: [{ ...list, failure: { at: '2026-03-01T08:00:00.000Z', reason: 'HTTP 500' } }] }, 0)).toBe(
      true,
    );
  });

  it('are those with other counts, within ten minutes', () => {
    expect(kept({ obligations: 4 }, MINUTE)).toBe(false);
    expect(kept({ obligations: 4 }, 10 * MINUTE)).toBe(true);
  });

  it('are those that find the same, every hour', () => {
    expect(kept({ at: '2026-03-01T08:59:00.000Z' }, 59 * MINUTE)).toBe(false);
    expect(kept({}, 60 * MINUTE)).toBe(true);
  });
});
