import { parse, type ParsedDate, type ParsedInterval, type ParsedPoint, type ParsedSet } from 'edtf';
import { FIRST_DAY, LAST_DAY, addMonths, clampDay, dayNumber, daysInMonth, isoDay } from './calendar.js';
import { readPlain } from './plain-edtf.js';

export type YesNoUnclear = 'yes' | 'no' | 'unclear';

/**
 * What an EDTF date leaves possible, as plain ISO calendar days: it begins between `earliest` and `startLatest` and ends between
 * `endEarliest` and `latest`. Of "1994" we know no more than that it lies in that year.
 */
export interface UncertainDate {
  earliest: string;
  startLatest: string;
  endEarliest: string;
  latest: string;
}

/** By how much "about" widens a date on both sides, by the precision in which it was said. */
export interface Widening {
  decadeMonths: number;
  yearMonths: number;
  seasonMonths: number;
  monthMonths: number;
  days: number;
}

/** How dates are read; uncertainty only ever widens. */
export interface DateReading {
  /** Whose spring and summer; `either` covers both. EDTF's own codes for a hemisphere (25-32) prevail. */
  hemisphere: 'north' | 'south' | 'either';
  /** `1994~` */
  approximate: Widening;
  /** `1994?` */
  uncertain: Widening;
}

const ABOUT: Widening = { decadeMonths: 60, yearMonths: 12, seasonMonths: 3, monthMonths: 2, days: 15 };
const EXACT: Widening = { decadeMonths: 0, yearMonths: 0, seasonMonths: 0, monthMonths: 0, days: 0 };
export const DEFAULT_READING: DateReading = { hemisphere: 'either', approximate: ABOUT, uncertain: ABOUT };

export type DateResult = { ok: true; date: UncertainDate } | { ok: false; message: string };

/** Reads what a person said in EDTF, or says what is wrong with it and what to write instead. */
export function readDate(text: string, reading: DateReading = DEFAULT_READING): DateResult {
  return readOr(() => toDays(readWindow(text, reading)));
}

/** What `read` gives, or why it refused. */
export function readOr(read: () => UncertainDate): DateResult {
  try {
    return { ok: true, date: read() };
  } catch (error) {
    if (error instanceof DateRefused) return { ok: false, message: error.message };
    throw error;
  }
}

/** What is left when several accounts of one date differ: it may be any of them. Needs at least one. */
export function anyOf(dates: readonly UncertainDate[]): UncertainDate {
  const sorted = (pick: (date: UncertainDate) => string): string[] => dates.map(pick).sort();
  return {
    earliest: sorted((date) => date.earliest)[0] ?? '',
    startLatest: sorted((date) => date.startLatest).at(-1) ?? '',
    endEarliest: sorted((date) => date.endEarliest)[0] ?? '',
    latest: sorted((date) => date.latest).at(-1) ?? '',
  };
}

/** Reads a known period, such as an event: "1994-04" is then the whole month, and only its qualifiers leave doubt. */
export function readPeriod(text: string, reading: DateReading = DEFAULT_READING): DateResult {
  const wide = readDate(text, reading);
  const known = readDate(text, { ...reading, approximate: EXACT, uncertain: EXACT });
  if (!wide.ok || !known.ok) return wide;
  const { earliest, latest } = wide.date;
  return { ok: true, date: { earliest, startLatest: known.date.earliest, endEarliest: known.date.latest, latest } };
}

/** Whether the whole of `a` lies before the whole of `b`. */
export function before(a: UncertainDate, b: UncertainDate): YesNoUnclear {
  if (a.latest < b.earliest) return 'yes';
  return a.endEarliest >= b.startLatest ? 'no' : 'unclear';
}

/** Whether the whole of `a` lies after the whole of `b`. */
export function after(a: UncertainDate, b: UncertainDate): YesNoUnclear {
  return before(b, a);
}

/** Whether `a` and `b` have at least one day in common. */
export function overlaps(a: UncertainDate, b: UncertainDate): YesNoUnclear {
  if (a.latest < b.earliest || b.latest < a.earliest) return 'no';
  return touchesCore(a, b) || touchesCore(b, a) ? 'yes' : 'unclear';
}

/** Whether some day of `a` certainly falls on the days `b` certainly covers. */
function touchesCore(a: UncertainDate, b: UncertainDate): boolean {
  if (b.startLatest > b.endEarliest) return false;
  const beginsInside = a.earliest >= b.startLatest && a.startLatest <= b.endEarliest;
  const endsInside = a.endEarliest >= b.startLatest && a.latest <= b.endEarliest;
  const coversBoth = a.startLatest <= b.endEarliest && a.endEarliest >= b.startLatest && a.startLatest <= a.endEarliest;
  return beginsInside || endsInside || coversBoth;
}

/** Whether somebody is certainly of age at a time, whatever the uncertain birth date leaves open; if not, they are a child. */
export function certainlyAdultAt(birth: UncertainDate, at: UncertainDate | string, majority = 18): boolean {
  return birthday(birth.latest, majority) <= (typeof at === 'string' ? at : at.earliest);
}

/** Whether somebody is a child at a time: "unclear" is to be treated as a child. */
export function childAt(birth: UncertainDate, at: UncertainDate | string, majority = 18): YesNoUnclear {
  if (certainlyAdultAt(birth, at, majority)) return 'no';
  return birthday(birth.earliest, majority) > (typeof at === 'string' ? at : at.latest) ? 'yes' : 'unclear';
}

/** As text, 29 February comes due on 1 March of a common year: the later day, in the person's favour. */
function birthday(birth: string, age: number): string {
  return String(Number(birth.slice(0, 4)) + age).padStart(4, '0') + birth.slice(4);
}

// ---------------------------------------------------------------------------------------------------- from EDTF to days

/** First and last possible day of a beginning and of an end, as day numbers. */
export interface Window {
  earliest: number;
  startLatest: number;
  endEarliest: number;
  latest: number;
}

/** Says what is wrong with a date as written. */
export class DateRefused extends Error {}

/** A window as ISO days. */
export const toDays = (w: Window): UncertainDate => ({
  earliest: isoDay(w.earliest),
  startLatest: isoDay(w.startLatest),
  endEarliest: isoDay(w.endEarliest),
  latest: isoDay(w.latest),
});

function readWindow(text: string, reading: DateReading): Window {
  const parsed = parseText(text);
  switch (parsed.type) {
    case 'Interval':
      return intervalWindow(text, parsed, reading);
    case 'Set':
      return setWindow(parsed, reading);
    case 'List':
      throw new DateRefused(`"${text}" lists several dates; write one date, or a period such as 1990/1994`);
    case 'Date':
    case 'Season':
    case 'Year':
    case 'Decade':
    case 'Century':
      return pointWindow(parsed, reading);
  }
}

function parseText(text: string): ParsedPoint | ParsedInterval | ParsedSet {
  if (text.length > 64) throw new DateRefused('a date has at most 64 characters');
  const plain = readPlain(text);
  if (plain) return plain;
  try {
    return parse(text, { level: 3 });
  } catch {
    const impossible = text
      .split(/[/,[\]{}]|\.\./)
      .find((part) => /^\d{4}-\d{2}(-\d{2})?$/.test(part) && !exists(part));
    if (impossible) throw impossibleDay(impossible);
    throw new DateRefused(
      `"${text}" is not a date; write 1994, 1994-04, 1994-04-06, 1994~ (about), 199X (in the nineties), 1990/1994 or 1990/..`,
    );
  }
}

function exists(text: string): boolean {
  const [year = 0, month = 0, day = 1] = text.split('-').map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

const impossibleDay = (text: string) =>
  new DateRefused(`${text} does not exist in the calendar; check the day and the month`);

const point = (earliest: number, latest: number): Window => ({
  earliest,
  startLatest: latest,
  endEarliest: earliest,
  latest,
});

function pointWindow(parsed: ParsedPoint, reading: DateReading): Window {
  switch (parsed.type) {
    case 'Date':
      return widen(dateSpan(parsed), parsed, datePrecision(parsed), reading);
    case 'Season':
      return widen(seasonSpan(parsed.values, reading), parsed, 'season', reading);
    case 'Decade':
      throw new DateRefused(
        `"${parsed.values[0]}" is not a year; write four digits, or ${parsed.values[0]}X for the whole decade`,
      );
    case 'Century':
      throw new DateRefused(
        `"${parsed.values[0]}" is not a year; write four digits, or ${parsed.values[0]}XX for the whole century`,
      );
    case 'Year':
      throw new DateRefused('years run from 1 to 9999; write four digits');
  }
}

/** The first and last day of a date, its unspecified digits (X) read as anything possible. */
function dateSpan({ values, unspecified }: ParsedDate): [number, number] {
  const [year = 0, month, day] = values;
  if (values.length > 3) throw new DateRefused('write the calendar day without a time of day');
  const bits = typeof unspecified === 'number' ? unspecified : 0;
  const years = [0, 1, 2, 3].reduce((sum, digit) => sum + (bits & (1 << digit) ? 9 * 10 ** (3 - digit) : 0), 0);
  const lastYear = year + years;
  if (lastYear < 1 || year < 0) throw new DateRefused('years run from 1 to 9999; write four digits');
  const firstYear = Math.max(1, year);
  const [firstMonth, lastMonth] = month === undefined ? [1, 12] : digits(month + 1, (bits >> 4) & 3, 12);
  const longest = daysInMonth(lastYear, lastMonth);
  const [firstDay, lastDay] = day === undefined ? [1, longest] : digits(day, (bits >> 6) & 3, longest);
  if (bits === 0 && lastDay > longest) throw impossibleDay(`${year}-${String(lastMonth).padStart(2, '0')}-${lastDay}`);
  return [
    dayNumber(firstYear, firstMonth, Math.min(firstDay, daysInMonth(firstYear, firstMonth))),
    dayNumber(lastYear, lastMonth, Math.min(lastDay, longest)),
  ];
}

/** The range of a two-digit part whose tens (bit 1) or units (bit 2) are not known. */
function digits(value: number, unknown: number, last: number): [number, number] {
  if (unknown === 0) return [value, value];
  if (unknown === 3) return [1, last];
  if (unknown === 1) throw new DateRefused('write X for the last digit first, or for both digits');
  const tens = Math.floor(value / 10) * 10;
  return [Math.max(1, tens), Math.min(last, tens + 9)];
}

/**
 * Seasons run to the end of the month in which astronomy ends them, so that both ways of counting are covered; one that crosses
 * the year may have been said of either year.
 */
const NORTH: Record<number, [number, number]> = { 0: [3, 6], 1: [6, 9], 2: [9, 12], 3: [12, 15] };
const SOUTH: Record<number, [number, number]> = { 0: [9, 12], 1: [12, 15], 2: [3, 6], 3: [6, 9] };

function seasonSpan([year = 0, code = 0]: number[], reading: DateReading): [number, number] {
  const months = (from: number, to: number): [number, number] => {
    const start = dayNumber(year, 1, 1);
    return [addMonths(start, from - 1), addMonths(start, to) - 1];
  };
  if (year < 1) throw new DateRefused('years run from 1 to 9999; write four digits');
  if (code >= 33 && code <= 36) return months((code - 33) * 3 + 1, (code - 33) * 3 + 3);
  if (code >= 37 && code <= 39) return months((code - 37) * 4 + 1, (code - 37) * 4 + 4);
  if (code >= 40) return months((code - 40) * 6 + 1, (code - 40) * 6 + 6);
  const hemisphere = code >= 29 ? 'south' : code >= 25 ? 'north' : reading.hemisphere;
  const season = (code - 21) % 4;
  const spans = [
    hemisphere !== 'south' ? NORTH[season]! : SOUTH[season]!,
    hemisphere !== 'north' ? SOUTH[season]! : NORTH[season]!,
  ];
  const read = spans.flatMap(([from, to]) =>
    to > 12 ? [months(from - 12, to - 12), months(from, to)] : [months(from, to)],
  );
  return [Math.min(...read.map(([first]) => first)), Math.max(...read.map(([, last]) => last))];
}

export type Precision = 'decade' | 'year' | 'season' | 'month' | 'day';

/** The coarsest part the qualifier stands on: `1994-04~` is about a month, `1994~-04` about a year. */
function datePrecision({ values, unspecified, approximate, uncertain }: ParsedDate): Precision {
  const marks = [approximate, uncertain]
    .filter((mark): mark is number => typeof mark === 'number')
    .reduce((a, b) => a | b, 0);
  const bits = typeof unspecified === 'number' ? unspecified : 0;
  if (values.length === 1 || marks & 0b1111 || bits & 0b110000) return bits & 0b1111 ? 'decade' : 'year';
  if (values.length === 2 || marks & 0b110000 || bits & 0b11000000) return 'month';
  return 'day';
}

/** The days from `first` to `last`, widened by what "about" and "perhaps" mean in that precision. */
export function widen(
  [first, last]: [number, number],
  marks: Pick<ParsedDate, 'approximate' | 'uncertain'>,
  precision: Precision,
  reading: DateReading,
): Window {
  let earliest = first;
  let latest = last;
  for (const [mark, by] of [
    [marks.approximate, reading.approximate],
    [marks.uncertain, reading.uncertain],
  ] as const) {
    if (!mark) continue;
    const months = {
      decade: by.decadeMonths,
      year: by.yearMonths,
      season: by.seasonMonths,
      month: by.monthMonths,
      day: 0,
    }[precision];
    const days = precision === 'day' ? by.days : 0;
    earliest = Math.min(earliest, clampDay(addMonths(first, -months) - days));
    // A last day of a month stays one: 1994-03~ by two months ends on 31 May, not on the 30th.
    latest = Math.max(latest, clampDay(addMonths(last + 1, months) - 1 + days));
  }
  return point(clampDay(earliest), clampDay(latest));
}

function intervalWindow(text: string, { values }: ParsedInterval, reading: DateReading): Window {
  const [from, to] = values.map((value) => (value ? pointWindow(value, reading) : undefined));
  return fromTo(text, from, to);
}

/** The period between two dates; an end that is missing is open when it is written `..`, else not known. */
export function fromTo(text: string, from: Window | undefined, to: Window | undefined): Window {
  if (!from && !to) throw new DateRefused(`"${text}" says nothing; leave the date and record that it is not known`);
  const start = from ?? (text.startsWith('..') ? point(FIRST_DAY, FIRST_DAY) : point(FIRST_DAY, to!.latest));
  const end = to ?? (text.endsWith('..') ? point(LAST_DAY, LAST_DAY) : point(start.earliest, LAST_DAY));
  if (end.latest < start.earliest)
    throw new DateRefused(`"${text}" ends before it begins; write the earlier date first`);
  return {
    earliest: start.earliest,
    startLatest: Math.min(start.latest, end.latest),
    endEarliest: Math.max(end.earliest, start.earliest),
    latest: end.latest,
  };
}

/** One of several: anything between the first and the last of them stays possible. */
function setWindow({ values, earlier, later }: ParsedSet, reading: DateReading): Window {
  const windows = values.flat().map((value) => pointWindow(value, reading));
  const earliest = earlier ? FIRST_DAY : Math.min(...windows.map((w) => w.earliest));
  return point(earliest, later ? LAST_DAY : Math.max(...windows.map((w) => w.latest)));
}
