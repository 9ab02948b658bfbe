import { describe, expect, it } from '@jest/globals';
import { fewestYearsOn } from './applicant.js';

describe('the age of an applicant on a day', () => {
  const day = new Date('2026-11-22T10:00:00Z');
  it.each([
    ['2014-11-22', 12],
    ['2014-11-23', 11],
    ['2012', 13],
    ['2008/2014', 11],
    ['1971~', 53],
    ['202X', 0],
    ['2026-11-22', 0],
    ['20XX', undefined],
    ['XXXX', undefined],
  ])('of somebody born %s is in doubt the lowest: %j', (birthDate, years) => {
    expect(fewestYearsOn({ birthDate }, day)).toBe(years);
  });

  it('comes a day later in common years for those born on 29 February', () => {
    const born = { birthDate: '2012-02-29' };
    expect(fewestYearsOn(born, new Date('2026-02-28T10:00:00Z'))).toBe(13);
    expect(fewestYearsOn(born, new Date('2026-03-01T10:00:00Z'))).toBe(14);
  });
});
