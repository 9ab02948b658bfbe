import { describe, expect, it } from '@jest/globals';
import { countryNames, dateInWords, instantInWords, valueInWords } from './printed-values.js';

const inWords = (key: string, value: string): string => valueInWords(key, value, countryNames());

describe('values on paper', () => {
  it.each([
    ['1994-04-07', '7 April 1994'],
    ['1994-04', 'April 1994'],
    ['1970~', 'about 1970'],
    ['1994-04?', 'perhaps April 1994'],
    ['1985/1994-07', '1985 to July 1994'],
    ['1985/..', 'from 1985 on'],
    ['../1994', 'until 1994'],
    ['1994-21', '1994-21'],
    ['199X', '199X'],
  ])('reads the date %s as %s', (edtf, words) => {
    expect(dateInWords(edtf)).toBe(words);
  });

  it.each([
    ['servedAt', '2026-11-22T09:14:05.123Z', '22 November 2026, 09:14 (UTC)'],
    ['reason', 'Born 1962-03-11, it says.', 'Born 11 March 1962, it says.'],
    ['original', '1994-04-07', '1994-04-07'],
    ['reference', '1234/2020', '1234/2020'],
    ['language', 'ti', 'Tigrinya'],
    ['language', 'no such tag', 'no such tag'],
    ['nationalities', 'stateless', 'stateless'],
    ['finding', 'notMet', 'not met'],
    ['text', 'notMet', 'notMet'],
  ])('says of %s %j: %j', (key, value, words) => {
    expect(inWords(key, value)).toBe(words);
  });

  it('leaves an instant of another zone as it was written', () => {
    expect(instantInWords('2026-11-22T09:14:05+01:00')).toBeUndefined();
  });

  it('gives the code of a country once, beside its name', () => {
    const country = countryNames();
    expect([country('RW'), country('RW'), country('ER'), country('XX')]).toEqual([
      'Rwanda (RW)',
      'Rwanda',
      'Eritrea (ER)',
      'XX',
    ]);
  });
});
