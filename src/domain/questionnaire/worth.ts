import { addMonths, clampDay, dayNumber, isoDay } from '../timeline/calendar.js';
import { anyOf, type UncertainDate } from '../timeline/uncertain-date.js';
import { dateInWords } from '../timeline/written-date.js';
import { amount, isSilent, leastOf, mostOf, type Amount } from './amounts.js';
import type { Recorded } from './scope.js';
import { NO, SILENT, YES, type Trit } from './trit.js';

/** A truth value that what was said leaves open. */
export const OPEN = 'open';
/** What a calculation comes to; nothing while something it needs was not said. */
export type Worth = Amount | UncertainDate | boolean | typeof OPEN | undefined;
export type Unit = 'years' | 'months' | 'days';

// --------------------------------------------------------------------------------------------------------------- numbers

const silent = (parts: readonly Amount[]): boolean => parts.some(isSilent);
const finite = (least: number, most: number, doubt: boolean): Amount | undefined =>
  Number.isFinite(least) && Number.isFinite(most) ? amount(least, most, doubt) : undefined;

export const sum = (parts: readonly Amount[]): Amount | undefined =>
  finite(
    parts.reduce<number>((total, part) => total + leastOf(part), 0),
    parts.reduce<number>((total, part) => total + mostOf(part), 0),
    silent(parts),
  );

export const difference = (a: Amount, b: Amount): Amount | undefined =>
  finite(leastOf(a) - mostOf(b), mostOf(a) - leastOf(b), silent([a, b]));

export const product = (parts: readonly Amount[]): Amount | undefined => {
  const [least, most] = parts.reduce<[number, number]>(
    ([low, high], part) => {
      const corners = [low, high].flatMap((one) => [one * leastOf(part), one * mostOf(part)]);
      return [Math.min(...corners), Math.max(...corners)];
    },
    [1, 1],
  );
  return finite(least, most, silent(parts));
};

/** The smallest of numbers or the earliest of dates; with `Math.max` the greatest or the latest. */
export function extreme(parts: readonly (Amount | UncertainDate)[], pick: typeof Math.min): Amount | UncertainDate {
  if (!isDate(parts[0]!)) {
    const amounts = parts as readonly Amount[];
    return amount(pick(...amounts.map(leastOf)), pick(...amounts.map(mostOf)), silent(amounts));
  }
  const dates = parts as readonly UncertainDate[];
  const bound = (key: keyof UncertainDate) => isoDay(pick(...dates.map((date) => dayOf(date[key]))));
  return {
    earliest: bound('earliest'),
    startLatest: bound('startLatest'),
    endEarliest: bound('endEarliest'),
    latest: bound('latest'),
  };
}

/** How many hold; those left open may or may not. */
export function countOf(values: readonly Trit[]): Amount {
  const sure = values.filter((value) => value === YES).length;
  const open = values.filter((value) => value !== YES && value !== NO).length;
  return amount(sure, sure + open, values.includes(SILENT));
}

// ----------------------------------------------------------------------------------------------------------------- dates

const isDate = (worth: Amount | UncertainDate): worth is UncertainDate =>
  typeof worth === 'object' && 'earliest' in worth;

function dayOf(iso: string): number {
  return dayNumber(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), Number(iso.slice(8, 10)));
}

/** Completed units from one day to another: an age. */
function completed(unit: Unit, from: string, to: string): number {
  if (unit === 'days') return dayOf(to) - dayOf(from);
  const part = (iso: string, at: number, end: number) => Number(iso.slice(at, end));
  const years = part(to, 0, 4) - part(from, 0, 4);
  // As text: 29 February comes due on 1 March of a common year.
  if (unit === 'years') return to.slice(4) < from.slice(4) ? years - 1 : years;
  const months = years * 12 + part(to, 5, 7) - part(from, 5, 7);
  return to.slice(8) < from.slice(8) ? months - 1 : months;
}

export const between = (unit: Unit, from: UncertainDate, to: UncertainDate): Amount =>
  amount(completed(unit, from.latest, to.earliest), completed(unit, from.earliest, to.latest));

const dayAfter = (iso: string): string => isoDay(clampDay(dayOf(iso) + 1));

/** The first and the last day both count: from Monday to Tuesday are two days. */
export const lengthOf = (unit: Unit, { earliest, startLatest, endEarliest, latest }: UncertainDate): Amount =>
  amount(Math.max(0, completed(unit, startLatest, dayAfter(endEarliest))), completed(unit, earliest, dayAfter(latest)));

export const startOf = ({ earliest, startLatest }: UncertainDate): UncertainDate => ({
  earliest,
  startLatest,
  endEarliest: earliest,
  latest: startLatest,
});

export const endOf = ({ endEarliest, latest }: UncertainDate): UncertainDate => ({
  earliest: endEarliest,
  startLatest: latest,
  endEarliest,
  latest,
});

/** Moved on; a day that the later month does not have may be its last or the first of the next. */
export function shift(date: UncertainDate, by: { years?: number; months?: number; days?: number }): UncertainDate {
  const months = (by.years ?? 0) * 12 + (by.months ?? 0);
  const moved = (iso: string, late: boolean): string => {
    const day = addMonths(dayOf(iso), months);
    const cut = isoDay(day).slice(8) !== iso.slice(8);
    return isoDay(clampDay(day + (cut && late ? 1 : 0) + (by.days ?? 0)));
  };
  return {
    earliest: moved(date.earliest, false),
    startLatest: moved(date.startLatest, true),
    endEarliest: moved(date.endEarliest, false),
    latest: moved(date.latest, true),
  };
}

// ------------------------------------------------------------------------------------------------------------ both, either

/** What stays possible when it is open which of two it is; `said`: what leaves it open was said. */
export function either(a: Worth, b: Worth, said: boolean): Worth {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'boolean' || a === OPEN) return a === b ? a : said ? OPEN : undefined;
  if (isDate(a as Amount)) return sameDate(a, b) || said ? anyOf([a, b] as UncertainDate[]) : undefined;
  const [one, other] = [a, b] as [Amount, Amount];
  return amount(
    Math.min(leastOf(one), leastOf(other)),
    Math.max(mostOf(one), mostOf(other)),
    !said || silent([one, other]),
  );
}

const sameDate = (a: Worth, b: Worth): boolean => dateInWords(a as UncertainDate) === dateInWords(b as UncertainDate);

/** As it stands among the answers. */
export function toRecorded(worth: Worth): Recorded | undefined {
  if (worth === undefined) return undefined;
  if (worth === OPEN) return {};
  if (typeof worth === 'object' && isDate(worth)) return { value: dateInWords(worth), read: worth };
  return { value: worth, read: worth };
}

/** Whether two calculated values are the same. */
export function sameValue(a: Recorded | undefined, b: Recorded | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [one, other] = [a.read, b.read];
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  const keys = Object.keys(one) as (keyof typeof one)[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === (other as typeof one)[key]);
}
