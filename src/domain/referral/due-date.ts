import { dayNumber, isoDay } from '../timeline/calendar.js';

export interface DeadlineRule {
  readonly amount: number;
  readonly unit: 'hours' | 'days' | 'workingDays';
}

/** What working days are where an authority works. */
export interface WorkingCalendar {
  /** IANA time zone. */
  readonly zone: string;
  /** Whether a day (days since 1970-01-01) is a public holiday there. */
  isHoliday(day: number): boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The calendar date an instant (epoch milliseconds) falls on in a time zone, `YYYY-MM-DD`. */
export const localDate = (instant: number, zone: string): string => isoDay(localDay(instant, zone));

/**
 * When a period that starts at an instant ends (epoch milliseconds). Hours run exactly. Days and working days end with their
 * last hour, not counting the day of the event, and never on a weekend or public holiday (Regulation 1182/71, Article 3).
 */
export function dueAt(start: number, rule: DeadlineRule, calendar: WorkingCalendar): number {
  if (rule.unit === 'hours') return start + rule.amount * HOUR;
  const isWorkingDay = (day: number): boolean => !isWeekend(day) && !calendar.isHoliday(day);
  let day = localDay(start, calendar.zone);
  if (rule.unit === 'days') day += rule.amount;
  else for (let left = rule.amount; left > 0;) if (isWorkingDay(++day)) left--;
  while (!isWorkingDay(day)) day++;
  return midnight(day + 1, calendar.zone) - 1;
}

/**
 * The instants at which so much (0 to 1) of a period has passed. Hours run exactly; of days only the working ones count, so that
 * nobody is warned on a weekend of what moved no further there. `due` is what `dueAt` said.
 */
export function partsOf(
  { start, due }: { readonly start: number; readonly due: number },
  unit: DeadlineRule['unit'],
  parts: readonly number[],
  calendar: WorkingCalendar,
): number[] {
  if (unit === 'hours') return parts.map((part) => Math.round(start + (due - start) * part));
  const first = localDay(start, calendar.zone);
  const last = localDay(due, calendar.zone);
  const days: number[] = [];
  for (let day = first; day <= last; day++) if (!isWeekend(day) && !calendar.isHoliday(day)) days.push(day);
  const before = days[0] === first ? start - midnight(first, calendar.zone) : 0;
  const running = days.length * DAY - before;
  return parts.map((part) => {
    const passed = before + running * part;
    const day = days[Math.min(days.length - 1, Math.floor(passed / DAY))] ?? first;
    const within = passed - DAY * days.indexOf(day);
    return Math.min(due, Math.round(midnight(day, calendar.zone) + within));
  });
}

/**
 * When a period that ends at `due` ends for somebody who leaves on the day that begins at `leavesAt`: before that day, yet an hour
 * after `now` at the earliest, and never later than `due` (epoch milliseconds).
 */
export const beforeDeparture = (now: number, due: number, leavesAt: number): number =>
  Math.min(due, Math.max(leavesAt - 1, now + HOUR));

/** Day 0 was a Thursday. */
const isWeekend = (day: number): boolean => [2, 3].includes(((day % 7) + 7) % 7);

const formats = new Map<string, Intl.DateTimeFormat>();

function localParts(instant: number, zone: string): Record<string, number> {
  let format = formats.get(zone);
  if (!format) {
    const numeric = 'numeric' as const;
    const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    format = new Intl.DateTimeFormat('en-u-ca-iso8601', { timeZone: zone, hourCycle: 'h23', ...fields });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
}

/** On which day an instant falls in a zone: days since 1970-01-01. */
const localDay = (instant: number, zone: string): number => Math.floor((instant + offset(instant, zone)) / DAY);

const midnights = new Map<string, number>();

/** The instant at which a day begins in a zone; where the clock skips midnight, the first instant of that day. */
function midnight(day: number, zone: string): number {
  const key = `${day} ${zone}`;
  const known = midnights.get(key);
  if (known !== undefined) return known;
  if (midnights.size >= 1000) midnights.clear();
  const wanted = day * DAY;
  let instant = wanted;
  for (let round = 0; round < 3; round++) instant = wanted - offset(instant, zone);
  const found = localDay(instant, zone) < day ? instant + HOUR : instant;
  midnights.set(key, found);
  return found;
}

const QUARTER = 900_000;
const offsets = new Map<string, number>();

/** How far (ms) local time is ahead of UTC at an instant. Clocks differ by whole quarters of an hour: the calendar is asked once a quarter. */
export function offset(instant: number, zone: string): number {
  const key = `${Math.floor(instant / QUARTER)} ${zone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= 1000) offsets.clear();
  const { year, month, day, hour, minute, second } = localParts(instant, zone);
  const days = dayNumber(year ?? NaN, month ?? NaN, day ?? NaN);
  const local = days * DAY + (hour ?? 0) * HOUR + (minute ?? 0) * 60_000 + (second ?? 0) * 1000;
  const found = local - Math.floor(instant / 1000) * 1000;
  offsets.set(key, found);
  return found;
}
