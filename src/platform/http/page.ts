import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Response } from 'express';
import { InvalidInput } from './problem.js';

/** A keyset page: bounded, and `next` continues where it ended whatever was added meanwhile. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export class PageQuery {
  @ApiPropertyOptional({ description: 'From the Link header or `next` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  @ApiPropertyOptional({ type: Number, default: 50, minimum: 1, maximum: 200 })
  @IsOptional()
  @Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : value))
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;
}

/** Cuts `limit + 1` fetched rows into a page of `limit`. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => T,
  keyOf: (row: Row) => Record<string, string | number>,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(view), next: more ? Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') : null };
}

/** PostgreSQL reads words such as `yesterday` as instants: only what a page of ours was cut at passes. */
const FORMS: Readonly<Record<string, RegExp>> = {
  at: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:\d\d)?)$/,
  id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  seq: /^\d{1,9}$/,
};

/** The key a cursor carries. Throws InvalidInput when it is not one of ours. */
export function readCursor(
  cursor: string | undefined,
  names: readonly string[],
): Record<string, string | number> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Record<string, unknown>;
    const fits = names.every(
      (name) => ['string', 'number'].includes(typeof key[name]) && (FORMS[name]?.test(String(key[name])) ?? true),
    );
    if (fits) return key as Record<string, string | number>;
  } catch {
    // falls through to the refusal
  }
  throw new InvalidInput([{ pointer: '/cursor', detail: 'is not a cursor of this list: start without one' }]);
}

/** Adds `Link: <...>; rel="next"` for the page that follows. */
export function linkNext(response: Response, next: string | null): void {
  if (next === null) return;
  const { originalUrl } = response.req;
  const url = new URL(originalUrl, 'http://localhost');
  url.searchParams.set('cursor', next);
  response.setHeader('Link', `<${url.pathname}${url.search}>; rel="next"`);
}
