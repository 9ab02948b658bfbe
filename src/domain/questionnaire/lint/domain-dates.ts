import { FIRST_DAY, LAST_DAY, dayNumber, isoDay } from '../../timeline/calendar.js';
import { readDate, readPeriod, type UncertainDate } from '../../timeline/uncertain-date.js';
import type { CompiledLeaf } from '../plan.js';
import type { Candidate } from './domain.js';

/** More days than this to tell apart, and dates are taken as free. */
const MAX_DAYS = 18;

/**
 * Dates as far as clauses can tell them apart: each of the four days that bound an uncertain date lies in one of the stretches
 * between the cut-points. Dates that are easily written come first, so that examples read well; the combinations after them
 * include some that EDTF cannot say, which makes more possible than there is, never less.
 */
export function dateCandidates(leaves: readonly CompiledLeaf[]): Candidate[] | undefined {
  const days = daysToTellApart(leaves);
  if (days.length > MAX_DAYS) return undefined;
  const single = days.flatMap((day) => [day, day.slice(0, 7), day.slice(0, 4)]);
  const longer = pairs(days).flatMap(([from, to]) => [`${from}/${to}`, `[${from}..${to}]`]);
  return [
    ...[...new Set([...single, ...longer])].flatMap((value) => {
      const result = readDate(value);
      return result.ok ? [{ said: { value }, recorded: { value, read: result.date } }] : [];
    }),
    ...combinations(days).map((read) => ({ recorded: { read } })),
  ];
}

/** The first day, and where it matters the last, of each stretch in which no clause changes. */
function daysToTellApart(leaves: readonly CompiledLeaf[]): string[] {
  const cuts = new Set<number>();
  for (const { literal } of leaves) {
    const period = typeof literal === 'string' ? readPeriod(literal) : undefined;
    if (!period?.ok) continue;
    const { earliest, startLatest, endEarliest, latest } = period.date;
    for (const day of [number(earliest), number(startLatest), number(endEarliest) + 1, number(latest) + 1])
      if (day > FIRST_DAY && day <= LAST_DAY) cuts.add(day);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  const begins = [sorted.length === 0 ? number('1990-01-01') : sorted[0]! - 1, ...sorted];
  // Only "overlaps" compares the days of one date with each other, so only for it two days of a stretch differ.
  const inner = leaves.some(({ operator }) => operator === 'overlaps') ? sorted.slice(1).map((day) => day - 1) : [];
  return [...new Set([...begins, ...inner])].sort((a, b) => a - b).map(isoDay);
}

const number = (day: string): number => {
  const [year = 1, month = 1, date = 1] = day.split('-').map(Number);
  return dayNumber(year, month, date);
};

function pairs(days: readonly string[]): [string, string][] {
  return days.flatMap((from, at) => days.slice(at).map((to): [string, string] => [from, to]));
}

/** All ways for the four days to lie, with the beginning not after the end. */
function combinations(days: readonly string[]): UncertainDate[] {
  const windows = pairs(days);
  return windows.flatMap(([earliest, startLatest]) =>
    windows
      .filter(([endEarliest, latest]) => endEarliest >= earliest && latest >= startLatest)
      .map(([endEarliest, latest]) => ({ earliest, startLatest, endEarliest, latest })),
  );
}
