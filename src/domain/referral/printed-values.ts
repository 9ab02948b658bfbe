import { dayInWords } from '../timeline/spans.js';
import type { Content } from './file.js';

/** The language in which pages are labelled: countries, languages and months are named in it. */
export const PAGE_LANGUAGE = 'en';

const MEANT: Readonly<Record<string, string>> = {
  id: 'No.',
  sha256: 'SHA-256',
  bodySha256: 'SHA-256 of the package',
  atMs: 'At (milliseconds)',
  elementsNotMet: 'Findings on elements that speak for the person',
};

/** Members whose values are words of ours that stand for more than a reader sees, such as `notMet`. */
const CODED = [
  'capacity',
  'claim',
  'code',
  'element',
  'finding',
  'kind',
  'onwardTransfer',
  'outcome',
  'reason',
  'relationToApplicant',
  'scope',
  'sourceKind',
  'what',
  'whereabouts',
];
const COUNTRIES = ['country', 'countryOfOrigin', 'nationalities', 'residences', 'neverTo'];
const LANGUAGES = ['language', 'originalLanguage'];
const DATES = ['birthDate', 'when', 'since', 'said', 'inWords'];
/** Sentences made by rule, in which days stand as in the data. */
const SENTENCES = ['reason', 'sentence', 'why'];
/** What was said stays as it was said, whatever it looks like. */
const VERBATIM = ['original', 'interpreted', 'asked', 'text', 'note', 'name', 'familyName', 'givenNames', 'aliases'];

/** `caseReference` as people read it: "Case reference". */
export function labelOf(key: string): string {
  const meant = MEANT[key];
  if (meant !== undefined) return meant;
  if (!/^[a-z][a-zA-Z0-9]*$/.test(key)) return key;
  const words = key
    .replace(/Sha256/g, ' SHA-256')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One of what a list holds: "Allegations" holds an "Allegation", "Timeline entries" an "entry". */
export const oneOf = (label: string): string =>
  label.endsWith('ies') ? `${label.slice(0, -3)}y` : label.endsWith('s') ? label.slice(0, -1) : label;

export const isObject = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Empty, or made of nothing but what is empty. */
export const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.every(isNothing)) ||
  (isObject(value) && Object.values(value).every(isNothing));

const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$/;
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** `22 November 2026, 09:14 (UTC)`; undefined for anything but an ISO instant in UTC. */
export function instantInWords(value: string): string | undefined {
  const [, day, time] = INSTANT.exec(value) ?? [];
  return day === undefined ? undefined : `${dayInWords(day)}, ${time ?? ''} (UTC)`;
}

/** A plain EDTF date as people read it: `7 April 1994`, `about 1970`, `1985 to July 1994`; what it does not know stays as it is. */
export function dateInWords(value: string): string {
  const ends = value.split('/');
  if (ends.length === 2) {
    const [from = '', to = ''] = ends.map((end) => (end === '' || end === '..' ? '' : dateInWords(end)));
    if (from === '') return to === '' ? value : `until ${to}`;
    return to === '' ? `from ${from} on` : `${from} to ${to}`;
  }
  const mark = /[~?%]$/.exec(value)?.[0];
  if (mark !== undefined) {
    const marked = dateInWords(value.slice(0, -1));
    return `${{ '~': 'about', '?': 'perhaps' }[mark] ?? 'perhaps about'} ${marked}`;
  }
  if (DAY.test(value)) return dayInWords(value);
  return MONTH.test(value) ? dayInWords(`${value}-01`).replace(/^1 /, '') : value;
}

const EDTF = /^(?:\d{4}(?:-\d\d){0,2}[~?%]?|\.\.)?(?:\/(?:\d{4}(?:-\d\d){0,2}[~?%]?|\.\.)?)?$/;

/** A code of ours spelt out, `notMet` as "not met"; whatever anybody wrote stays as it is. */
const codeInWords = (value: string): string =>
  /^[a-z]+([A-Z.][a-zA-Z]*)+$/.test(value)
    ? value.replace(/\./g, ', ').replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : value;

/** Names a country with its code the first time, and by its name alone after that. */
export type CountryName = (code: string) => string;

export function countryNames(): CountryName {
  const names = new Intl.DisplayNames([PAGE_LANGUAGE], { type: 'region', fallback: 'none' });
  const named = new Set<string>();
  return (code) => {
    const name = /^[A-Z]{2}$/.test(code) ? names.of(code) : undefined;
    if (name === undefined) return code;
    const again = named.has(code);
    named.add(code);
    return again ? name : `${name} (${code})`;
  };
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([PAGE_LANGUAGE], { type: 'language' }).of(code) ?? code;
  } catch {
    return code; // no BCP 47 tag: as it was written
  }
}

/** A value as people read it, by the name of the member that holds it. */
export function valueInWords(key: string, value: string | number | boolean, country: CountryName): string {
  if (typeof value !== 'string') return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
  if (VERBATIM.includes(key)) return value;
  if (COUNTRIES.includes(key)) return country(value);
  if (LANGUAGES.includes(key)) return languageName(value);
  if (DATES.includes(key) && EDTF.test(value)) return dateInWords(value);
  const instant = instantInWords(value);
  if (instant !== undefined) return instant;
  if (DAY.test(value)) return dayInWords(value);
  if (SENTENCES.includes(key) && value.includes(' '))
    return value.replace(/\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/g, dayInWords);
  return CODED.includes(key) ? codeInWords(value) : value;
}
