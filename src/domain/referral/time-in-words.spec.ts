import { describe, expect, it } from '@jest/globals';
import { timeInWords } from './time-in-words.js';

describe('a time for people', () => {
  it.each([
    ['2026-11-22T09:14:05.999Z', 'Europe/Brussels', '22 November 2026, 10:14:05 (UTC+01:00)'],
    ['2026-07-01T22:30:00.000Z', 'Europe/Brussels', '2 July 2026, 00:30:00 (UTC+02:00)'],
    ['2026-10-25T00:59:59.000Z', 'Europe/Brussels', '25 October 2026, 02:59:59 (UTC+02:00)'],
    ['2026-10-25T01:00:00.000Z', 'Europe/Brussels', '25 October 2026, 02:00:00 (UTC+01:00)'],
    ['2026-01-01T02:00:00.000Z', 'America/St_Johns', '31 December 2025, 22:30:00 (UTC-03:30)'],
    ['1969-12-31T23:00:01.000Z', 'Asia/Kathmandu', '1 January 1970, 04:30:01 (UTC+05:30)'],
    ['2026-01-01T02:00:00.000Z', 'UTC', '1 January 2026, 02:00:00 (UTC)'],
  ])('%s in %s is %s', (instant, zone, said) => {
    expect(timeInWords(Date.parse(instant), zone)).toBe(said);
  });
});
