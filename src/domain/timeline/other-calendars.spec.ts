import { describe, expect, it } from '@jest/globals';
import { dayNumber, isoDay } from './calendar.js';
import { CALENDARS, OTHER_CALENDARS, type OtherCalendar } from './other-calendars.js';

/** A second opinion: the calendars of the Unicode library that Node brings. */
const UNICODE: Record<OtherCalendar, string> = {
  solarHijri: 'persian',
  ethiopian: 'ethiopic',
  islamic: 'islamic-civil',
};

/** Year, month, day in a calendar of Unicode. */
const formatter = (calendar: OtherCalendar) =>
  new Intl.DateTimeFormat('en-u-nu-latn', {
    calendar: UNICODE[calendar],
    timeZone: 'UTC',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });

describe('other calendars', () => {
  it.each(OTHER_CALENDARS)('agree with Unicode on every day from 1900 to 2100 (%s)', (name) => {
    const calendar = CALENDARS[name];
    const format = formatter(name);
    const [from, to] = [dayNumber(1900, 1, 1), dayNumber(2100, 1, 1)];
    const differing: string[] = [];
    for (let day = from; day < to; day++) {
      const parts = format.formatToParts(day * 86_400_000);
      const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
      const year = Number(parts.find(({ type }) => /year/i.test(type))!.value);
      const ours = calendar.day(year, part('month'), part('day'));
      if (ours !== day) differing.push(`${isoDay(day)}: ${year}-${part('month')}-${part('day')} gives ${isoDay(ours)}`);
    }
    expect(differing).toEqual([]);
  });

  it.each(OTHER_CALENDARS)('have months that follow one another without a gap (%s)', (name) => {
    const calendar = CALENDARS[name];
    for (let year = 1200; year < 1500; year++)
      for (let month = 1; month <= calendar.months; month++) {
        const next = month === calendar.months ? calendar.day(year + 1, 1, 1) : calendar.day(year, month + 1, 1);
        expect(calendar.day(year, month, 1) + calendar.daysInMonth(year, month)).toBe(next);
      }
  });

  // Sample dates of E. M. Reingold and N. Dershowitz, Calendrical Calculations, appendix C.
  it.each<[OtherCalendar, [number, number, number], string]>([
    ['solarHijri', [1324, 8, 21], '1945-11-12'],
    ['solarHijri', [1370, 12, 27], '1992-03-17'],
    ['solarHijri', [1374, 12, 6], '1996-02-25'],
    ['ethiopian', [1938, 3, 3], '1945-11-12'],
    ['ethiopian', [1984, 7, 8], '1992-03-17'],
    ['ethiopian', [1988, 6, 17], '1996-02-25'],
    ['islamic', [1364, 12, 6], '1945-11-12'],
    ['islamic', [1412, 9, 13], '1992-03-17'],
    ['islamic', [1416, 10, 5], '1996-02-25'],
  ])('know %s %j as %s', (calendar, [year, month, day], gregorian) => {
    expect(isoDay(CALENDARS[calendar].day(year, month, day))).toBe(gregorian);
  });
});
