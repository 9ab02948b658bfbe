import { describe, expect, it } from '@jest/globals';
import { dayNumber } from '../domain/timeline/calendar.js';
import { Config } from '../platform/config/config.js';
import { PublicHolidays } from './public-holidays.js';

const holidaysOf = (where?: string): PublicHolidays =>
  new PublicHolidays(Object.assign(new Config(), where === undefined ? {} : { F1_HOLIDAYS: where }));

describe('public holidays', () => {
  it.each([
    ['BE', [2026, 7, 21], true, 'the national day of Belgium'],
    ['BE', [2026, 5, 25], true, 'Whit Monday, which moves'],
    ['BE', [2027, 5, 17], true, 'Whit Monday of another year'],
    ['BE', [2026, 7, 14], false, 'the national day of France'],
    ['IS', [2026, 12, 24], false, 'Christmas Eve in Iceland, a holiday from 13:00'],
    ['IS', [2026, 12, 31], false, "New Year's Eve in Iceland, a holiday from 13:00"],
    ['IS', [2026, 12, 25], true, 'Christmas Day in Iceland, the whole day'],
    ['IS', [2023, 12, 24], true, 'Christmas Eve in Iceland on a Sunday, the whole day'],
    ['TR', [2026, 3, 20], true, 'the first of three days of Ramazan Bayrami in Turkey'],
    ['TR', [2026, 3, 22], true, 'the last of them'],
    ['DE', [2026, 1, 6], false, 'Epiphany, a holiday in a part of Germany only'],
    ['DE-BY', [2026, 1, 6], true, 'Epiphany in that part'],
    [undefined, [2026, 7, 21], true, 'that of the own country where nothing else is configured'],
  ] as [string | undefined, [number, number, number], boolean, string][])('of %s: %j is %p (%s)', (...given) => {
    const [where, [year, month, day], expected] = given;
    expect(holidaysOf(where).isHoliday(dayNumber(year, month, day))).toBe(expected);
  });

  it('of another place are asked without leaving the own ones', () => {
    const holidays = holidaysOf('BE');
    const [belgian, bavarian] = [dayNumber(2026, 7, 21), dayNumber(2026, 1, 6)];
    expect([holidays.isHoliday(belgian, 'DE-BY'), holidays.isHoliday(bavarian, 'DE-BY')]).toEqual([false, true]);
    expect([holidays.isHoliday(belgian), holidays.isHoliday(bavarian)]).toEqual([true, false]);
  });

  it.each(['ZZ', 'DE-ZZ', 'DE-BY-ZZ'])('refuse %s, which nobody knows', (where) => {
    expect(() => holidaysOf(where)).toThrow(/F1_HOLIDAYS: no public holidays are known for/);
  });
});
