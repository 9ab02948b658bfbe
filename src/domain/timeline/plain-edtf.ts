import type { ParsedDate, ParsedInterval } from 'edtf';
import { daysInMonth } from './calendar.js';

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([~?])?$/;

/**
 * Reads the plain forms of EDTF (1994, 1994-04, 1994-04-06, each with ~ or ?, and periods of two of them or with one end open) as
 * the library does. It builds its grammar anew for every date, which was half the time of reading the packs; undefined: ask it.
 */
export function readPlain(text: string): ParsedDate | ParsedInterval | undefined {
  const [from = '', to, ...more] = text.split('/');
  if (more.length > 0) return undefined;
  if (to === undefined) return plainDate(from);
  const ends = [from, to].map((end) => (end === '' || end === '..' ? null : plainDate(end)));
  const [start, end] = ends;
  if (start === undefined || end === undefined || (start === null && end === null)) return undefined;
  return { type: 'Interval', values: [start, end] };
}

/** Undefined too where the calendar has no such day: the library's refusal is the one that counts. */
function plainDate(text: string): ParsedDate | undefined {
  const [, ...parts] = DATE.exec(text) ?? [];
  if (parts[0] === undefined) return undefined;
  const [year = 0, month, day] = parts.slice(0, 3).flatMap((part) => (part === undefined ? [] : [Number(part)]));
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  if (day !== undefined && (day < 1 || day > daysInMonth(year, month!))) return undefined;
  const values = [year, ...(month === undefined ? [] : [month - 1]), ...(day === undefined ? [] : [day])];
  const mark = parts[3] === '~' ? { approximate: true } : parts[3] === '?' ? { uncertain: true } : {};
  return { type: 'Date', values, ...mark };
}
