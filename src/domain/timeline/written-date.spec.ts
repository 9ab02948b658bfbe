import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { CALENDARS, OTHER_CALENDARS, type OtherCalendar } from './other-calendars.js';
import { readDate, type UncertainDate } from './uncertain-date.js';
import { inEdtf, readDateIn, readWritten } from './written-date.js';

const bounds = (calendar: OtherCalendar, text: string) => {
  const read = readDateIn(calendar, text);
  if (!read.ok) throw new Error(read.message);
  return [read.date.earliest, read.date.latest];
};

describe('a date in another calendar', () => {
  it.each<[OtherCalendar, string, string, string]>([
    ['solarHijri', '1373', '1994-03-21', '1995-03-20'],
    ['solarHijri', '1373-01', '1994-03-21', '1994-04-20'],
    ['solarHijri', '1375-12-30', '1997-03-20', '1997-03-20'],
    ['solarHijri', '137X', '1991-03-21', '2001-03-20'],
    ['ethiopian', '1986', '1993-09-11', '1994-09-10'],
    ['ethiopian', '1986-13', '1994-09-06', '1994-09-10'],
    ['ethiopian', '1991-08-28', '1999-05-06', '1999-05-06'],
    // The sanctuary of Mecca was seized on 1 Muharram 1400 as observed there, 20 November 1979.
    ['islamic', '1400-01-01', '1979-11-19', '1979-11-23'],
    ['islamic', '1414', '1993-06-19', '1994-06-11'],
    ['solarHijri', '1373~', '1993-03-21', '1996-03-20'],
    ['solarHijri', '1373-01-01?', '1994-03-06', '1994-04-05'],
    ['solarHijri', '1373/1375', '1994-03-21', '1997-03-20'],
    ['solarHijri', '1373/..', '1994-03-21', '9999-12-31'],
  ])('%s %s lies between %s and %s', (calendar, text, earliest, latest) => {
    expect(bounds(calendar, text)).toEqual([earliest, latest]);
  });

  it.each<[OtherCalendar, string, string]>([
    ['solarHijri', '1374-12-30', 'month 12 of 1374 in the Solar Hijri calendar has 29 days'],
    ['solarHijri', '1373-13', 'has the months 01 to 12'],
    ['ethiopian', '1986-13-06', 'month 13 of 1986 in the Ethiopian calendar has 5 days'],
    ['islamic', '1414-02-31', 'has 29 days'],
    ['islamic', 'Ramadan 1414', 'is not a date of the Islamic calendar; write 1373'],
    ['solarHijri', '1375/1373', 'ends before it begins'],
    ['solarHijri', '9999', 'is read from the year 1 to 2300'],
    ['solarHijri', '13XX-05', 'is not a date'],
  ])('refuses %s %s and says why', (calendar, text, message) => {
    expect(readDateIn(calendar, text)).toEqual({ ok: false, message: expect.stringContaining(message) });
  });

  it('allows day 30 in every observed month', () => {
    expect(bounds('islamic', '1414-02-30')).toEqual(['1993-08-17', '1993-08-21']);
  });

  it('is never narrower than the days it was converted from, and holds its years, months and days', () => {
    const date = fc.constantFrom(...OTHER_CALENDARS).chain((name) =>
      fc.record({
        name: fc.constant(name),
        year: fc.integer({ min: 1200, max: 1500 }),
        month: fc.integer({ min: 1, max: 12 }),
      }),
    );
    fc.assert(
      fc.property(date, ({ name, year, month }) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const last = CALENDARS[name].daysInMonth(year, month);
        const [wholeYear, wholeMonth, day] = [
          `${year}`,
          `${year}-${two(month)}`,
          `${year}-${two(month)}-${two(last)}`,
        ].map((text) => bounds(name, text) as [string, string]);
        expect(wholeYear![0] <= wholeMonth![0] && wholeMonth![1] <= wholeYear![1]).toBe(true);
        expect(wholeMonth![0] <= day![0] && day![1] <= wholeMonth![1]).toBe(true);
      }),
    );
  });

  it('is read the same whether written as EDTF, beside words, or in its calendar', () => {
    expect(readWritten('1994-04')).toEqual(readDate('1994-04'));
    expect(readWritten({ edtf: '1994-04', said: 'in April' })).toEqual(readDate('1994-04'));
    expect(readWritten({ calendar: 'ethiopian', date: '1986' })).toEqual(readDateIn('ethiopian', '1986'));
  });

  it('is put into EDTF only where EDTF says exactly the same', () => {
    const converted = readDateIn('solarHijri', '1373-01') as { date: UncertainDate };
    expect(inEdtf(converted.date)).toBe('[1994-03-21..1994-04-20]');
    const period = readDateIn('solarHijri', '1373/1375') as { date: UncertainDate };
    expect(inEdtf(period.date)).toBeUndefined();
    const day = readDateIn('ethiopian', '1986-13-05') as { date: UncertainDate };
    expect(inEdtf(day.date)).toBe('1994-09-10');
  });
});
