import { dayInWords } from '../timeline/spans.js';
import { localDate, offset } from './due-date.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An instant (epoch milliseconds) as people in a time zone (IANA) read it: `22 November 2026, 10:14:05 (UTC+01:00)`. */
export function timeInWords(instant: number, zone: string): string {
  const ahead = offset(instant, zone);
  const size = Math.abs(ahead);
  const zoned = ahead === 0 ? 'UTC' : `UTC${ahead < 0 ? '-' : '+'}${clock(size).slice(0, 5)}`;
  return `${dayInWords(localDate(instant, zone))}, ${clock(instant + ahead)} (${zoned})`;
}

/** `10:14:05` of an instant in UTC. */
function clock(instant: number): string {
  const ofDay = ((instant % DAY) + DAY) % DAY;
  const parts = [ofDay / HOUR, (ofDay % HOUR) / MINUTE, (ofDay % MINUTE) / SECOND];
  return parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
}
