import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { dayNumber } from '../timeline/calendar.js';
import { beforeDeparture, dueAt, localDate, partsOf } from './due-date.js';

const at = (text: string): number => Date.parse(text);
const says = (instant: number): string => new Date(instant).toISOString();
const ARMISTICE = dayNumber(2026, 11, 11);
const inZone = (zone: string, ...holidays: number[]) => ({ zone, isHoliday: (day: number) => holidays.includes(day) });
const due = (start: string, amount: number, unit: 'hours' | 'days' | 'workingDays', zone = 'Europe/Brussels') =>
  says(dueAt(at(start), { amount, unit }, inZone(zone, ARMISTICE)));

describe('a period', () => {
  it.each([
    [
      'five working days from a Monday end with the next Monday',
      '2026-11-16T10:00:00Z',
      5,
      'workingDays',
      '2026-11-23T22:59:59.999Z',
    ],
    [
      'five working days from a Saturday end with the Friday',
      '2026-11-21T10:00:00Z',
      5,
      'workingDays',
      '2026-11-27T22:59:59.999Z',
    ],
    [
      'one working day from a Friday ends with the Monday',
      '2026-11-20T23:30:00Z',
      1,
      'workingDays',
      '2026-11-23T22:59:59.999Z',
    ],
    ['fourteen days do not count the first', '2026-11-16T10:00:00Z', 14, 'days', '2026-11-30T22:59:59.999Z'],
    [
      'days that would end on a Sunday end with the Monday',
      '2026-11-20T10:00:00Z',
      9,
      'days',
      '2026-11-30T22:59:59.999Z',
    ],
    ['working days leave a public holiday out', '2026-11-09T10:00:00Z', 2, 'workingDays', '2026-11-12T22:59:59.999Z'],
    [
      'days that would end on a public holiday end the day after',
      '2026-11-09T10:00:00Z',
      2,
      'days',
      '2026-11-12T22:59:59.999Z',
    ],
    ['hours run through a public holiday', '2026-11-10T10:00:00Z', 48, 'hours', '2026-11-12T10:00:00.000Z'],
    [
      'hours run exactly, through the change of the clock',
      '2026-10-24T12:00:00Z',
      48,
      'hours',
      '2026-10-26T12:00:00.000Z',
    ],
    [
      'days end at midnight there, whatever the clock did',
      '2026-10-23T10:00:00Z',
      5,
      'days',
      '2026-10-28T22:59:59.999Z',
    ],
  ] as const)('%s', (_title, start, amount, unit, end) => {
    expect(due(start, amount, unit)).toBe(end);
  });

  it('counts in the zone it is given, also where midnight is skipped', () => {
    expect(due('2026-11-16T23:30:00Z', 1, 'workingDays', 'Asia/Tokyo')).toBe('2026-11-18T14:59:59.999Z');
    // On 2018-11-04 (a Sunday) clocks in Sao Paulo went from 00:00 to 01:00: Saturday ended at 03:00 UTC all the same.
    expect(due('2018-11-02T12:00:00Z', 1, 'workingDays', 'America/Sao_Paulo')).toBe('2018-11-06T01:59:59.999Z');
  });

  it('ends on a working day, after its start, and never earlier for a longer period', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01'), max: at('2030-01-01') }),
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom('days' as const, 'workingDays' as const),
        fc.constantFrom('Europe/Brussels', 'Asia/Kabul', 'America/Sao_Paulo', 'Pacific/Auckland', 'UTC'),
        (start, amount, unit, zone) => {
          const end = dueAt(start, { amount, unit }, inZone(zone));
          expect(end).toBeGreaterThan(start);
          expect([0, 6]).not.toContain(new Date(`${localDate(end, zone)}T00:00:00Z`).getUTCDay());
          expect(localDate(end + 1, zone)).not.toBe(localDate(end, zone));
          expect(dueAt(start, { amount: amount + 1, unit }, inZone(zone))).toBeGreaterThanOrEqual(end);
        },
      ),
    );
  });

  it('knows which day it is somewhere else', () => {
    expect(localDate(at('2026-12-31T23:30:00Z'), 'Europe/Brussels')).toBe('2027-01-01');
    expect(localDate(at('2026-12-31T23:30:00Z'), 'America/New_York')).toBe('2026-12-31');
  });
});

describe('how much of a period has passed', () => {
  const calendar = inZone('Europe/Brussels', ARMISTICE);
  const parts = (start: string, amount: number, unit: 'hours' | 'days' | 'workingDays') => {
    const due = dueAt(at(start), { amount, unit }, calendar);
    return partsOf({ start: at(start), due }, unit, [0.5, 0.8, 1], calendar).map(says);
  };

  it('is exact for hours, through a weekend too', () => {
    expect(parts('2026-11-20T10:00:00Z', 48, 'hours')).toEqual([
      '2026-11-21T10:00:00.000Z',
      '2026-11-22T00:24:00.000Z',
      '2026-11-22T10:00:00.000Z',
    ]);
  });

  it('counts the hours of working days only, from a Monday morning to the Monday after', () => {
    // 13 hours of that Monday, four whole days, and the next Monday: 133 hours.
    expect(parts('2026-11-16T10:00:00Z', 5, 'workingDays').map((instant) => instant.slice(0, 16))).toEqual([
      '2026-11-19T04:30',
      '2026-11-20T20:24',
      '2026-11-23T22:59',
    ]);
  });

  it('never falls on a weekend or holiday, is in order and ends when the period ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom('days' as const, 'workingDays' as const),
        (start, amount, unit) => {
          const end = dueAt(start, { amount, unit }, calendar);
          const found = partsOf({ start, due: end }, unit, [0.5, 0.8, 1], calendar);
          expect(Math.abs(found[2]! - end)).toBeLessThanOrEqual(2 * 3_600_000); // an hour of summer time
          expect([...found].sort((a, b) => a - b)).toEqual(found);
          for (const instant of found) {
            expect(instant).toBeGreaterThanOrEqual(start);
            const weekday = new Date(localDate(instant, 'Europe/Brussels')).getUTCDay();
            expect([0, 6]).not.toContain(weekday);
          }
        },
      ),
    );
  });
});

describe('a period of somebody who is about to leave', () => {
  const NOW = '2026-11-20T15:47:00Z';
  const DUE = '2026-11-24T15:47:00Z';
  it.each([
    ['ends before the day of departure', '2026-11-22T23:00:00Z', '2026-11-22T22:59:59.999Z'],
    ['ends after an hour where the day has begun', '2026-11-19T23:00:00Z', '2026-11-20T16:47:00.000Z'],
    ['ends after an hour where less is left', '2026-11-20T16:00:00Z', '2026-11-20T16:47:00.000Z'],
    ['stays as it is where the departure comes later', '2026-11-24T23:00:00Z', '2026-11-24T15:47:00.000Z'],
  ])('%s', (_, leavesAt, expected) => {
    expect(says(beforeDeparture(at(NOW), at(DUE), at(leavesAt)))).toBe(expected);
  });

  it('is never made longer by the hour there must be', () => {
    expect(says(beforeDeparture(at(NOW), at('2026-11-20T16:00:00Z'), at(NOW)))).toBe('2026-11-20T16:00:00.000Z');
  });
});
