import { registerDecorator, type ValidationOptions } from 'class-validator';
// Without the names in every language, which its entry for Node loads.
import countries from 'i18n-iso-countries/index.js';
import { readDate } from '../../domain/timeline/uncertain-date.js';

const CODES = new Set([...Object.keys(countries.getAlpha2Codes()), 'XK', 'stateless']);

export const isCountry = (value: unknown): boolean => typeof value === 'string' && CODES.has(value);

/** ISO 3166-1 alpha-2 in capitals, `XK` for Kosovo, or `stateless`. */
export const IsCountry = (options: ValidationOptions = {}) =>
  rule(
    'isCountry',
    options,
    isCountry,
    (value) => `${shown(value)} is not a country: send an ISO 3166-1 code such as RW, XK, or stateless`,
  );

/** A calendar date or period as said, in EDTF: 1970, 1970-05, 1970-05-01, 1970~. */
export const IsEdtf = (options: ValidationOptions = {}) =>
  rule(
    'isEdtf',
    options,
    (value) => typeof value === 'string' && readDate(value).ok,
    (value) => {
      const result = typeof value === 'string' ? readDate(value) : undefined;
      return result && !result.ok ? result.message : 'send a date as text in EDTF, such as 1970, 1970-05 or 1970~';
    },
  );

/** Characters of the longest text that anybody writes in one field. */
export const LONGEST_TEXT = 50_000;

/** Text with something in it: not empty, not only spaces, no control characters but line breaks and tabs. */
export const IsWords = (most: number, options: ValidationOptions = {}) =>
  rule(
    'isWords',
    options,
    (value) =>
      typeof value === 'string' &&
      value.trim() !== '' &&
      [...value].length <= most &&
      !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value),
    () => `must be text of 1 to ${most} characters, without control characters`,
  );

function rule(
  name: string,
  options: ValidationOptions,
  holds: (value: unknown) => boolean,
  says: (value: unknown) => string,
): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      options,
      validator: {
        validate: holds,
        defaultMessage: (args) => {
          const value: unknown = args?.value;
          const culprit = Array.isArray(value) ? value.find((entry) => !holds(entry)) : value;
          return says(culprit);
        },
      },
    });
  };
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 40) ?? 'nothing';
