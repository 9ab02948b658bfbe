import { FIRST_DAY, LAST_DAY, dayNumber, daysInMonth, isoDay } from '../../timeline/calendar.js';
import { readPeriod, type UncertainDate } from '../../timeline/uncertain-date.js';
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
  return [
    ...days.map((day) => said(day, exactly(day, day))),
    ...days.flatMap((day) => [monthOf(day), yearOf(day)]).map(([text, from, to]) => said(text, sometime(from, to))),
    ...pairs(days).map(([from, to]) => said(`${from}/${to}`, exactly(from, to))),
    ...pairs(days).map(([from, to]) => said(`[${from}..${to}]`, sometime(from, to))),
    ...combinations(days).map((read) => ({ recorded: { read } })),
  ];
}

const said = (value: string, read: UncertainDate): Candidate => ({ said: { value }, recorded: { value, read } });

/** What EDTF means by these, without reading the text: there are many. */
const exactly = (from: string, to: string): UncertainDate => ({
  earliest: from,
  startLatest: from,
  endEarliest: to,
  latest: to,
});
const sometime = (from: string, to: string): UncertainDate => ({
  earliest: from,
  startLatest: to,
  endEarliest: from,
  latest: to,
});

function monthOf(day: string): [string, string, string] {
  const month = day.slice(0, 7);
  const [year = 1, number = 1] = month.split('-').map(Number);
  return [month, `${month}-01`, `${month}-${daysInMonth(year, number)}`];
}

const yearOf = (day: string): [string, string, string] => {
  const year = day.slice(0, 4);
  return [year, `${year}-01-01`, `${year}-12-31`];
};

/** The first day, and where it matters the last, of each stretch in which no clause changes. */
function daysToTellApart(leaves: readonly CompiledLeaf[]): string[] {
  const cuts = new Set<number>();
  for (const { literal, operator } of distinct(leaves)) {
    const period = typeof literal === 'string' ? readPeriod(literal) : undefined;
    if (!period?.ok) continue;
    const { earliest, startLatest, endEarliest, latest } = period.date;
    const begins = operator === 'after' ? [] : [number(earliest), number(startLatest)];
    const ends = operator === 'before' ? [] : [number(endEarliest) + 1, number(latest) + 1];
    for (const day of [...begins, ...ends]) if (day > FIRST_DAY && day <= LAST_DAY) cuts.add(day);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  const begins = [sorted.length === 0 ? number('1990-01-01') : sorted[0]! - 1, ...sorted];
  // Only "overlaps" compares the days of one date with each other, so only for it two days of a stretch differ.
  const inner = leaves.some(({ operator }) => operator === 'overlaps') ? sorted.slice(1).map((day) => day - 1) : [];
  return [...new Set([...begins, ...inner])].sort((a, b) => a - b).map(isoDay);
}

/** The same clause is often written many times, and reading a date takes time. */
const distinct = (leaves: readonly CompiledLeaf[]): CompiledLeaf[] => [
  ...new Map(leaves.map((leaf) => [`${leaf.operator} ${String(leaf.literal)}`, leaf])).values(),
];

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
