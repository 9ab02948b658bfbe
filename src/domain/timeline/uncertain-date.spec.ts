import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { civil, dayNumber, daysInMonth, isoDay } from './calendar.js';
import {
  after,
  before,
  certainlyAdultAt,
  childAt,
  overlaps,
  readDate,
  readPeriod,
  DEFAULT_READING,
  type UncertainDate,
} from './uncertain-date.js';

const date = (text: string): UncertainDate => {
  const result = readDate(text);
  if (!result.ok) throw new Error(result.message);
  return result.date;
};
const period = (text: string): UncertainDate => {
  const result = readPeriod(text);
  if (!result.ok) throw new Error(result.message);
  return result.date;
};

describe('reading an uncertain date', () => {
  it.each([
    ['1994', '1994-01-01', '1994-12-31'],
    ['1994-02', '1994-02-01', '1994-02-28'],
    ['2024-02-29', '2024-02-29', '2024-02-29'],
    ['1994~', '1993-01-01', '1995-12-31'],
    ['1994?', '1993-01-01', '1995-12-31'],
    ['1994%', '1993-01-01', '1995-12-31'],
    ['1994-03~', '1994-01-01', '1994-05-31'],
    ['1994-04-16~', '1994-04-01', '1994-05-01'],
    ['1994-?04', '1994-02-01', '1994-06-30'],
    ['199X', '1990-01-01', '1999-12-31'],
    ['19XX', '1900-01-01', '1999-12-31'],
    ['1994-XX', '1994-01-01', '1994-12-31'],
    ['1994-1X', '1994-10-01', '1994-12-31'],
    ['1994-04-XX', '1994-04-01', '1994-04-30'],
    ['1994-02-2X', '1994-02-20', '1994-02-28'],
    ['199X-12-25', '1990-12-25', '1999-12-25'],
    ['1994-25', '1994-03-01', '1994-06-30'],
    ['1994-29', '1994-09-01', '1994-12-31'],
    ['1994-21', '1994-03-01', '1994-12-31'],
    ['1994-28', '1993-12-01', '1995-03-31'],
    ['1994-33', '1994-01-01', '1994-03-31'],
    ['1994-41', '1994-07-01', '1994-12-31'],
    ['1990/1994', '1990-01-01', '1994-12-31'],
    ['1990/..', '1990-01-01', '9999-12-31'],
    ['1990/', '1990-01-01', '9999-12-31'],
    ['../1994', '0001-01-01', '1994-12-31'],
    ['1994~/1996', '1993-01-01', '1996-12-31'],
    ['[1990..1992]', '1990-01-01', '1992-12-31'],
    ['[1990..]', '1990-01-01', '9999-12-31'],
  ])('reads %s as %s to %s', (text, earliest, latest) => {
    expect(date(text)).toMatchObject({ earliest, latest });
  });

  it('keeps apart when a period began and when it ended', () => {
    expect(date('1990/1994-07')).toEqual({
      earliest: '1990-01-01',
      startLatest: '1990-12-31',
      endEarliest: '1994-07-01',
      latest: '1994-07-31',
    });
  });

  it('reads seasons of one hemisphere when told which', () => {
    expect(readDate('1994-21', { ...DEFAULT_READING, hemisphere: 'north' })).toMatchObject({
      date: { earliest: '1994-03-01', latest: '1994-06-30' },
    });
    expect(readDate('1994-21', { ...DEFAULT_READING, hemisphere: 'south' })).toMatchObject({
      date: { earliest: '1994-09-01', latest: '1994-12-31' },
    });
  });

  it.each([
    ['2024-02-30', 'does not exist in the calendar'],
    ['2023-02-29', 'does not exist in the calendar'],
    ['1994-13', 'does not exist in the calendar'],
    ['1994-04-31/1994-05-01', '1994-04-31 does not exist'],
    ['199', '199X'],
    ['19', '19XX'],
    ['Y-17000', '1 to 9999'],
    ['-0044', '1 to 9999'],
    ['1994/1990', 'ends before it begins'],
    ['{1990,1992}', 'lists several dates'],
    ['1994-04-06T10:00:00Z', 'without a time'],
    ['../..', 'says nothing'],
    ['April 1994', 'is not a date; write 1994'],
    ['', 'is not a date'],
    ['1'.repeat(65), 'at most 64'],
  ])('refuses %s and says why', (text, why) => {
    expect(readDate(text)).toEqual({ ok: false, message: expect.stringContaining(why) });
  });

  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9X~?%/.,[\]{}TZ:-]{0,20}$/)), (text) => {
        const result = readDate(text);
        if (result.ok) expect(result.date.earliest <= result.date.latest).toBe(true);
      }),
    );
  });
});

describe('comparing uncertain dates', () => {
  it.each([
    ['1993', '1994-04-06/1994-07-18', 'yes', 'no', 'no'],
    ['1994', '1994-04-06/1994-07-18', 'unclear', 'unclear', 'unclear'],
    ['1994-05', '1994-04-06/1994-07-18', 'no', 'no', 'yes'],
    ['1994-05-20~', '1994-04-06/1994-07-18', 'no', 'no', 'yes'],
    ['1990/1996', '1994-04-06/1994-07-18', 'no', 'no', 'yes'],
    ['1990/1994', '1994-04-06/1994-07-18', 'unclear', 'no', 'unclear'],
    ['1994-06/..', '1994-04-06/1994-07-18', 'no', 'no', 'yes'],
    ['1995', '1994-04-06/1994-07-18', 'no', 'yes', 'no'],
    ['1994-04-10', '1994-04', 'no', 'no', 'yes'],
    ['1994', '1994', 'no', 'no', 'yes'],
  ])('%s beside %s: before %s, after %s, overlaps %s', (said, known, isBefore, isAfter, doesOverlap) => {
    const a = date(said);
    const b = period(known);
    expect([before(a, b), after(a, b), overlaps(a, b)]).toEqual([isBefore, isAfter, doesOverlap]);
  });

  it('agrees with every pair of days the uncertainty leaves possible', () => {
    const aWindow = fc.tuple(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
    );
    fc.assert(
      fc.property(aWindow, aWindow, (x, y) => {
        const [a, b] = [anInterval(x), anInterval(y)];
        const truths = possibilities(a).flatMap((p) =>
          possibilities(b).map((q) => [p.end < q.start, p.start <= q.end && q.start <= p.end]),
        );
        for (const [index, verdict] of [before(a, b), overlaps(a, b)].entries()) {
          const seen = new Set(truths.map((truth) => truth[index]));
          if (verdict === 'yes') expect(seen).toEqual(new Set([true]));
          if (verdict === 'no') expect(seen).toEqual(new Set([false]));
          if (verdict === 'unclear') expect(seen.size).toBe(2);
        }
      }),
    );
  });
});

/** Begins within `b` days of day `a`, lasts at least `c` days past the latest beginning, ends within `d` days. */
function anInterval([a, b, c, d]: [number, number, number, number]): UncertainDate {
  return {
    earliest: isoDay(a),
    startLatest: isoDay(a + b),
    endEarliest: isoDay(a + b + c),
    latest: isoDay(a + b + c + d),
  };
}

function possibilities(when: UncertainDate): { start: number; end: number }[] {
  const n = (iso: string) => dayNumber(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), Number(iso.slice(8)));
  const starts = range(n(when.earliest), n(when.startLatest));
  return starts.flatMap((start) => range(n(when.endEarliest), n(when.latest)).map((end) => ({ start, end })));
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the age of a person', () => {
  it.each([
    ['1980-05-10', '1998-05-09', false, 'yes'],
    ['1980-05-10', '1998-05-10', true, 'no'],
    ['1980', '1998-06-01', false, 'unclear'],
    ['1980', '1998-12-31', true, 'no'],
    ['1980~', '1999-06-01', false, 'unclear'],
    ['2004-02-29', '2022-02-28', false, 'yes'],
    ['2004-02-29', '2022-03-01', true, 'no'],
  ])('born %s, on %s: certainly adult %s, a child %s', (birth, at, adult, child) => {
    expect(certainlyAdultAt(date(birth), at)).toBe(adult);
    expect(childAt(date(birth), at)).toBe(child);
  });

  it('takes an uncertain act in favour of the person as well', () => {
    expect(certainlyAdultAt(date('1976-06-01'), date('1994'))).toBe(false);
    expect(childAt(date('1976-06-01'), date('1994'))).toBe('unclear');
  });
});

describe('calendar days', () => {
  it('count forth and back without a gap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 31 }),
        (year, month, d) => {
          const day = Math.min(d, daysInMonth(year, month));
          const number = dayNumber(year, month, day);
          expect(civil(number)).toEqual({ year, month, day });
          expect(number * 86_400_000).toBe(new Date(`${isoDay(number)}T00:00:00Z`).getTime());
        },
      ),
    );
  });
});
