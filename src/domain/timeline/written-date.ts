import { CALENDARS, type Calendar, type OtherCalendar } from './other-calendars.js';
import {
  DEFAULT_READING,
  DateRefused,
  fromTo,
  readDate,
  readOr,
  toDays,
  widen,
  type DateReading,
  type DateResult,
  type Precision,
  type UncertainDate,
  type Window,
} from './uncertain-date.js';

/** A date as an answer keeps it: EDTF alone or beside the words, or as written in another calendar. */
export type WrittenDate =
  | string
  | { readonly edtf: string; readonly said?: string }
  | { readonly calendar: OtherCalendar; readonly date: string; readonly said?: string; readonly edtf?: string };

/** What a date of an answer leaves possible, in Gregorian days, whatever calendar it was given in. */
export function readWritten(written: WrittenDate, reading: DateReading = DEFAULT_READING): DateResult {
  if (typeof written === 'string') return readDate(written, reading);
  return 'calendar' in written ? readDateIn(written.calendar, written.date, reading) : readDate(written.edtf, reading);
}

/**
 * Reads a date written in another calendar: 1373, 1373-01, 1373-01-15, 137X, each perhaps with ~ or ?, or a period of two of them.
 * Where the calendar itself is uncertain every bound moves outwards.
 */
export function readDateIn(name: OtherCalendar, text: string, reading: DateReading = DEFAULT_READING): DateResult {
  const calendar = CALENDARS[name];
  return readOr(() => toDays(windowIn(calendar, text.trim(), reading)));
}

/** The date in EDTF, where EDTF has words for exactly what it leaves possible. */
export function inEdtf(date: UncertainDate): string | undefined {
  const { earliest, startLatest, endEarliest, latest } = date;
  const written =
    earliest === latest
      ? earliest
      : startLatest === latest && endEarliest === earliest
        ? `[${earliest}..${latest}]`
        : `${earliest}/${latest}`;
  const read = readDate(written);
  const same =
    read.ok &&
    (['earliest', 'startLatest', 'endEarliest', 'latest'] as const).every((key) => read.date[key] === date[key]);
  return same ? written : undefined;
}

function windowIn(calendar: Calendar, text: string, reading: DateReading): Window {
  const parts = text.split('/');
  if (parts.length === 1) return pointIn(calendar, text, reading);
  if (parts.length > 2) throw notRead(calendar, text);
  const [from, to] = parts.map((part) => (part === '..' || part === '' ? undefined : pointIn(calendar, part, reading)));
  return fromTo(text, from, to);
}

const notRead = ({ name }: Calendar, text: string) =>
  new DateRefused(
    `"${text}" is not a date of the ${name} calendar; write 1373, 1373-01, 1373-01-15, 1373~ (about), 137X or 1373/1375`,
  );

const POINT = /^(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2})(?:-(\d{2}))?)?([~?%])?$/;

function pointIn(calendar: Calendar, text: string, reading: DateReading): Window {
  const [, years = '', monthText, dayText, mark] = POINT.exec(text) ?? [];
  if (years === '' || (years.includes('X') && monthText !== undefined)) throw notRead(calendar, text);
  const firstYear = Math.max(calendar.years[0], Number(years.replaceAll('X', '0')));
  const lastYear = Number(years.replaceAll('X', '9'));
  if (lastYear < calendar.years[0] || lastYear > calendar.years[1])
    throw new DateRefused(
      `the ${calendar.name} calendar is read from the year ${calendar.years[0]} to ${calendar.years[1]}; check the year`,
    );
  const [month, day] = [monthText, dayText].map((part) => (part === undefined ? undefined : Number(part)));
  checkDay(calendar, firstYear, month, day);
  const lastMonth = month ?? calendar.months;
  const days: [number, number] = [
    calendar.day(firstYear, month ?? 1, day ?? 1) - calendar.doubtDays,
    calendar.day(lastYear, lastMonth, day ?? calendar.daysInMonth(lastYear, lastMonth)) + calendar.doubtDays,
  ];
  const precision: Precision = years.includes('X') ? 'decade' : !month ? 'year' : !day ? 'month' : 'day';
  const marks = { approximate: mark === '~' || mark === '%', uncertain: mark === '?' || mark === '%' };
  return widen(days, marks, precision, reading);
}

function checkDay(calendar: Calendar, year: number, month: number | undefined, day: number | undefined): void {
  if (month !== undefined && (month < 1 || month > calendar.months))
    throw new DateRefused(`the ${calendar.name} calendar has the months 01 to ${calendar.months}; check the month`);
  if (month === undefined || day === undefined) return;
  const last = calendar.daysInMonth(year, month);
  // Of an observed month nobody knows whether it had 29 or 30 days.
  if (day < 1 || day > Math.max(last, calendar.doubtDays > 0 ? 30 : last))
    throw new DateRefused(
      `month ${month} of ${year} in the ${calendar.name} calendar has ${last} days; check the day and the month`,
    );
}

/** A computed date in words: EDTF where that says it exactly, else its outer bounds as a period. */
export const dateInWords = (date: UncertainDate): string => inEdtf(date) ?? `${date.earliest}/${date.latest}`;
