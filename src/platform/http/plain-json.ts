import type { NextFunction, Request, Response } from 'express';
import { DomainError } from '../database/errors.js';
import { InvalidInput } from './problem.js';

const DEEPEST = 32;
/** A NUL, which PostgreSQL cannot keep, and half a surrogate pair, which UTF-8 would silently change. */
const NO_TEXT = /[\0\p{Surrogate}]/u;
/** class-transformer drops the first and trusts the others: each would pass as if it were not there. */
const NO_FIELD = ['__proto__', 'constructor', 'prototype'];

/** Refuses bodies that no field could take, before anything recursive walks them: nested too deep, or with what is no text. */
export function plainJson(request: Request, _response: Response, next: NextFunction): void {
  next(refusalOf(request.body));
}

interface Found {
  readonly value: unknown;
  readonly pointer: string;
}

function refusalOf(body: unknown): DomainError | undefined {
  let level: Found[] = [{ value: body, pointer: '' }];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST)
      return new DomainError('malformedRequest', `The request body is nested deeper than ${DEEPEST} levels.`);
    const bad = level.find(({ value }) => typeof value === 'string' && NO_TEXT.test(value));
    if (bad) return new InvalidInput([{ pointer: bad.pointer, detail: 'contains a character that is no text' }]);
    level = level.flatMap(fieldsOf);
    const stray = level.find(({ pointer }) => NO_FIELD.includes(nameIn(pointer)) || NO_TEXT.test(pointer));
    if (stray) return new InvalidInput([{ pointer: stray.pointer, detail: 'there is no such field here' }]);
  }
  return undefined;
}

/** What is in an object or list; numbers, truths and null in a list need no second look. */
function fieldsOf({ value, pointer }: Found): Found[] {
  if (value === null || typeof value !== 'object') return [];
  const fields = Object.entries(value).map(([name, inner]) => ({
    value: inner as unknown,
    pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  }));
  return Array.isArray(value) ? fields.filter((field) => /string|object/.test(typeof field.value)) : fields;
}

const nameIn = (pointer: string): string => pointer.slice(pointer.lastIndexOf('/') + 1);

/** `null` is the same as leaving a field out, so that no guard takes it for something said and defaults hold. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)]])),
  );
}
