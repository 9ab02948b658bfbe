import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../database/errors.js';
import { InvalidInput } from './problem.js';

const DEEPEST = 32;
/** The ids of questions are the longest names there are. */
const LONGEST_NAME = 200;
/** Fields of one object, or entries of one list: ours have some sixty, the marks of a recording 2,000, a gazetteer more. */
const MOST_INSIDE = 5_000;
/** A questionnaire of 1 MB without a space in it holds some 40,000. */
const MOST_VALUES = 60_000;
/** A NUL, which PostgreSQL cannot keep, and half a surrogate pair, which UTF-8 would silently change. */
const NO_TEXT = /[\0\p{Surrogate}]/u;
/** class-transformer drops the first and trusts the others: each would pass as if it were not there. */
const NO_FIELD = ['__proto__', 'constructor', 'prototype'];

/** Refuses bodies that no field could take, before anything recursive, or anybody known, has to do with them. */
export function plainJson(request: Request, _response: Response, next: NextFunction): void {
  next(notPlain(request.body));
}

/** One value of a body. Its pointer is made only for the one that is refused: names times values would be too much to hold. */
interface Found {
  readonly value: unknown;
  readonly name: string | number;
  readonly parent: Found | undefined;
  readonly depth: number;
}

/** Why a body cannot be taken: nested too deep, too many values or names, or what is no text. Looks at 60,000 values at most. */
export function notPlain(body: unknown): DomainError | undefined {
  const found: Found[] = [{ value: body, name: '', parent: undefined, depth: 0 }];
  for (let next = 0; next < found.length; next += 1) {
    const one = found[next]!;
    if (typeof one.value === 'string' && NO_TEXT.test(one.value))
      return at(one, 'contains a character that is no text');
    if (one.value === null || typeof one.value !== 'object') continue;
    const fields = Array.isArray(one.value) ? undefined : Object.keys(one.value);
    const inside = fields?.length ?? (one.value as unknown[]).length;
    if (inside > MOST_INSIDE) return at(one, `has more than ${MOST_INSIDE} ${fields ? 'fields' : 'entries'}`);
    const refusal = fields ? badNames(one, fields) : undefined;
    if (refusal) return refusal;
    if (inside > 0 && one.depth === DEEPEST)
      return new DomainError('malformedRequest', `The request body is nested deeper than ${DEEPEST} levels.`);
    if (found.length + inside > MOST_VALUES)
      return new DomainError('bodyTooLarge', `The request body holds more than ${MOST_VALUES} values.`);
    for (const name of fields ?? (one.value as unknown[]).keys())
      found.push({ value: (one.value as Record<string, unknown>)[name], name, parent: one, depth: one.depth + 1 });
  }
  return undefined;
}

function badNames(parent: Found, names: readonly string[]): DomainError | undefined {
  const long = names.find((name) => name.length > LONGEST_NAME);
  if (long !== undefined) return at(parent, `has a field whose name is longer than ${LONGEST_NAME} characters`);
  const stray = names.find((name) => NO_FIELD.includes(name) || NO_TEXT.test(name));
  return stray === undefined
    ? undefined
    : at({ value: undefined, name: stray, parent, depth: 0 }, 'there is no such field here');
}

function at(found: Found, detail: string): InvalidInput {
  let pointer = '';
  for (let one = found; one.parent !== undefined; one = one.parent) pointer = `/${escaped(one.name)}${pointer}`;
  return new InvalidInput([{ pointer, detail }]);
}

/** One name as a part of a JSON Pointer (RFC 6901). */
export const escaped = (name: string | number): string => String(name).replaceAll('~', '~0').replaceAll('/', '~1');

/** `null` is the same as leaving a field out, so that no guard takes it for something said and defaults hold. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)]])),
  );
}
