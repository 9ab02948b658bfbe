import { describe, expect, it } from '@jest/globals';
import { grantStateAt, grantUntil } from './grant.js';

const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));

describe('a grant', () => {
  it.each<[Date, Date | null, string]>([
    [day(9), null, 'live'],
    [day(5), null, 'expired'],
    [day(9), day(4), 'revoked'],
    [day(2), day(1), 'revoked'],
  ])('until %p, revoked %p, is on the fifth: %s', (validUntil, revokedAt, expected) => {
    expect(grantStateAt({ validUntil, revokedAt }, day(5))).toBe(expected);
  });

  it.each<[string, Date | undefined, Date | undefined]>([
    ['as long as may be when nothing is asked', undefined, day(20)],
    ['as asked', day(10), day(10)],
    ['to the longest there is', day(20), day(20)],
    ['not beyond the longest', day(21), undefined],
    ['not into the past', day(5), undefined],
  ])('runs %s', (_, asked, expected) => {
    expect(grantUntil(asked, day(5), day(20))).toEqual(expected);
  });
});
