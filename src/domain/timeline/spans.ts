import { addMonths, civil, dayNumber, isoDay } from './calendar.js';
import type { UncertainDate } from './uncertain-date.js';

/** The bounds that stand for an open end. */
export const SINCE_EVER = '0001-01-01';
export const FOREVER = '9999-12-31';

/** An open end says when something began or ended, not that it went on for ever. */
export function openEnds(date: UncertainDate): UncertainDate {
  const { earliest, startLatest, endEarliest, latest } = date;
  return {
    earliest,
    startLatest: earliest === SINCE_EVER ? latest : startLatest,
    endEarliest: latest === FOREVER ? earliest : endEarliest,
    latest,
  };
}

/** A period from its first and its last day; what was not said leaves that end open. Contradictory: any time between. */
export function fromAndTo(from: UncertainDate | undefined, to: UncertainDate | undefined): UncertainDate | undefined {
  if (!from && !to) return undefined;
  if (!from) return { earliest: SINCE_EVER, startLatest: to!.latest, endEarliest: to!.earliest, latest: to!.latest };
  if (!to) return { earliest: from.earliest, startLatest: from.latest, endEarliest: from.earliest, latest: FOREVER };
  if (to.latest < from.earliest) {
    const [earliest, latest] = [to.earliest, from.latest];
    return { earliest, startLatest: latest, endEarliest: earliest, latest };
  }
  return {
    earliest: from.earliest,
    startLatest: min(from.latest, to.latest),
    endEarliest: max(to.earliest, from.earliest),
    latest: to.latest,
  };
}

/** Days from the first to the last, both counted; both as days. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** The days it certainly covers. */
export function certainDays({ startLatest, endEarliest }: UncertainDate): Span | undefined {
  return startLatest <= endEarliest ? { from: startLatest, to: endEarliest } : undefined;
}

/** The days two spans share. */
export function shared(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (!a || !b) return undefined;
  const span = { from: max(a.from, b.from), to: min(a.to, b.to) };
  return span.from <= span.to ? span : undefined;
}

/** What is left of a span without the days that some others may cover. */
export function without(span: Span, covers: readonly Span[]): Span[] {
  let left = [span];
  for (const cover of covers)
    left = left.flatMap(({ from, to }) =>
      cover.to < from || cover.from > to
        ? [{ from, to }]
        : [
            ...(from < cover.from ? [{ from, to: plusDays(cover.from, -1) }] : []),
            ...(to > cover.to ? [{ from: plusDays(cover.to, 1), to }] : []),
          ],
    );
  return left;
}

/** How many days a span has. */
export const lengthOf = ({ from, to }: Span): number => dayOf(to) - dayOf(from) + 1;

/** The same window with `days` more on both sides. */
export function padded({ earliest, startLatest, endEarliest, latest }: UncertainDate, days: number): UncertainDate {
  return {
    earliest: plusDays(earliest, -days),
    startLatest: plusDays(startLatest, -days),
    endEarliest: plusDays(endEarliest, days),
    latest: plusDays(latest, days),
  };
}

/** A day so many days later, kept inside the years 1 to 9999. */
export function plusDays(day: string, days: number): string {
  return isoDay(Math.min(dayOf(FOREVER), Math.max(dayOf(SINCE_EVER), dayOf(day) + days)));
}

/** A day so many months later. */
export const plusMonths = (day: string, months: number): string => isoDay(addMonths(dayOf(day), months));

/** Completed years from one day to another. */
export function yearsBetween(from: string, to: string): number {
  const [a, b] = [civil(dayOf(from)), civil(dayOf(to))];
  return b.year - a.year - (b.month < a.month || (b.month === a.month && b.day < a.day) ? 1 : 0);
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** `10 April 1994` */
export function dayInWords(day: string): string {
  const { year, month, day: number } = civil(dayOf(day));
  return `${number} ${MONTHS[month - 1]} ${year}`;
}

export const min = (a: string, b: string): string => (a < b ? a : b);
export const max = (a: string, b: string): string => (a > b ? a : b);

function dayOf(iso: string): number {
  const [year = 1, month = 1, day = 1] = iso.split('-').map(Number);
  return dayNumber(year, month, day);
}
