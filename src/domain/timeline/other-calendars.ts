import { dayNumber } from './calendar.js';

/** Calendars people give dates in, beside the Gregorian one; months and days are counted from 1 in all of them. */
export const OTHER_CALENDARS = ['solarHijri', 'ethiopian', 'islamic'] as const;
export type OtherCalendar = (typeof OTHER_CALENDARS)[number];

export interface Calendar {
  /** As in "a year of the ... calendar". */
  readonly name: string;
  readonly months: number;
  /** Years it is read in. */
  readonly years: readonly [first: number, last: number];
  daysInMonth(year: number, month: number): number;
  /** The Gregorian day (days since 1970-01-01) of a day of this calendar. */
  day(year: number, month: number, day: number): number;
  /** By how many days the calendar itself may be off: months of an observed calendar began when the moon was seen. */
  readonly doubtDays: number;
}

/**
 * First years of the 33-year (rarely 29- or 37-year) runs of leap years in the astronomical calendar of Iran, which Afghanistan
 * follows; after K. M. Borkowski, "The Persian calendar for 3000 years", Earth, Moon, and Planets 74 (1996).
 */
const RUNS = [-61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394];

/** Whether a Solar Hijri year is a leap year, and the day in March on which it begins. */
function solarYear(year: number): { leap: boolean; march: number } {
  let leaps = -14;
  let run = 1;
  while (run < RUNS.length - 1 && year >= RUNS[run]!) {
    const length = RUNS[run]! - RUNS[run - 1]!;
    leaps += Math.floor(length / 33) * 8 + Math.floor((length % 33) / 4);
    run++;
  }
  const start = RUNS[run - 1]!;
  const length = RUNS[run]! - start;
  const inRun = year - start;
  leaps += Math.floor(inRun / 33) * 8 + Math.floor(((inRun % 33) + 3) / 4);
  if (length % 33 === 4 && length - inRun === 4) leaps++;
  const gregorian = year + 621;
  const gregorianLeaps = Math.floor(gregorian / 4) - Math.floor(((Math.floor(gregorian / 100) + 1) * 3) / 4) - 150;
  const late = length - inRun < 6 ? inRun - length + Math.floor((length + 4) / 33) * 33 : inRun;
  const phase = (((((late + 1) % 33) - 1) % 4) + 4) % 4;
  return { leap: phase === 0, march: 20 + leaps - gregorianLeaps };
}

const solarHijri: Calendar = {
  name: 'Solar Hijri',
  months: 12,
  years: [1, 2300],
  daysInMonth: (year, month) => (month <= 6 ? 31 : month <= 11 || solarYear(year).leap ? 30 : 29),
  day: (year, month, day) =>
    dayNumber(year + 621, 3, solarYear(year).march) + (month - 1) * 31 - Math.max(0, month - 7) + day - 1,
  doubtDays: 0,
};

/** 1 Meskerem 1 is 29 August 8 in the Julian calendar, 27 August in the Gregorian; every fourth year has a sixth day at its end. */
const ETHIOPIAN_EPOCH = dayNumber(8, 8, 27);
const ethiopian: Calendar = {
  name: 'Ethiopian',
  months: 13,
  years: [1, 9000],
  daysInMonth: (year, month) => (month <= 12 ? 30 : year % 4 === 3 ? 6 : 5),
  day: (year, month, day) => ETHIOPIAN_EPOCH + 365 * (year - 1) + Math.floor(year / 4) + 30 * (month - 1) + day - 1,
  doubtDays: 0,
};

/**
 * The civil (tabular) Islamic calendar: 11 leap years in 30 (2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29), from Friday 16 July 622 in the
 * Julian calendar, 19 July in the Gregorian. Months as lived began on another day by one or two, where the moon was seen.
 */
const ISLAMIC_EPOCH = dayNumber(622, 7, 19);
const islamic: Calendar = {
  name: 'Islamic',
  months: 12,
  years: [1, 9600],
  daysInMonth: (year, month) => (month % 2 === 1 || (month === 12 && (11 * year + 14) % 30 < 11) ? 30 : 29),
  day: (year, month, day) =>
    ISLAMIC_EPOCH + 354 * (year - 1) + Math.floor((3 + 11 * year) / 30) + Math.ceil(29.5 * (month - 1)) + day - 1,
  doubtDays: 2,
};

/** The calendars by name. */
export const CALENDARS: Readonly<Record<OtherCalendar, Calendar>> = { solarHijri, ethiopian, islamic };
