import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, ValidateNested } from 'class-validator';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../database/errors.js';
import { notPlain } from './plain-json.js';
import { InvalidInput, problemOf } from './problem.js';
import { validated } from './validation.js';

class Mark {
  @IsInt()
  at!: number;
}

class Sheet {
  @IsOptional()
  @IsInt()
  page?: number;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Mark)
  marks?: Mark[];
}

class LongSheet extends Sheet {
  @IsOptional()
  @IsInt()
  lines?: number;
}

const named = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));

async function refusalOf(type: typeof Sheet, body: object): Promise<DomainError> {
  const result: unknown = await validated(type, body).catch((error: unknown) => error);
  if (result instanceof DomainError) return result;
  throw new Error('nothing was refused');
}

describe('a body that no field could take', () => {
  it.each([
    ['a name of 400 kB over a list of objects', { ['a'.repeat(400_000)]: Array<object>(190_000).fill({}) }, 400],
    ['a name one character too long', { ['a'.repeat(201)]: 1 }, 400],
    ['a name that is long far inside', { list: [{ ['~/'.repeat(200)]: 1 }] }, 400],
    ['300,000 values in a list', { list: Array<number>(300_000).fill(1) }, 400],
    ['60,000 values in many lists', Array.from({ length: 600 }, () => Array<number>(100).fill(1)), 413],
    ['80,000 names', named(80_000), 400],
    ['names inside names', named(900, named(900)), 413],
    ['nested 33 times', JSON.parse(`${'['.repeat(34)}${']'.repeat(34)}`), 400],
    ['nested 100,000 times', JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400],
  ])('is refused in a small answer: %s', (_what, body, status) => {
    const problem = problemOf(notPlain(body)!);
    expect(problem.status).toBe(status);
    expect(JSON.stringify(problem).length).toBeLessThan(1_000);
  });

  it('is looked at no further than its first 60,000 values', () => {
    let looked = 0;
    const row = new Proxy(Array<number>(5_000).fill(1), {
      get: (list, name, at: unknown) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) looked += 1;
        return Reflect.get(list, name, at) as unknown;
      },
    });
    expect(notPlain(Array<unknown>(5_000).fill(row))).toMatchObject({ code: 'bodyTooLarge' });
    expect(looked).toBe(50_000);
  });

  it.each([
    ['a NUL in a text', { a: [{ 'b/c': 'x\0y' }] }, '/a/0/b~1c'],
    ['half a surrogate pair', { a: 'x\ud800y' }, '/a'],
    ['half a surrogate pair in a name', { a: { 'x\udc00': 1 } }, '/a/x\udc00'],
    ['a field of the prototype', { a: JSON.parse('{"__proto__": 1}') as unknown }, '/a/__proto__'],
    ['a field named constructor', { a: [{ constructor: 1 }] }, '/a/0/constructor'],
  ])('is pointed at: %s', (_what, body, pointer) => {
    const refusal = notPlain(body);
    expect(refusal).toBeInstanceOf(InvalidInput);
    expect((refusal as InvalidInput).errors.map((error) => error.pointer)).toEqual([pointer]);
  });

  it.each([
    [undefined],
    [null],
    [7],
    ['text'],
    [[]],
    [{}],
    [named(5_000)],
    [Array<number>(5_000).fill(1)],
    [{ ['a'.repeat(200)]: [1, null, true] }],
  ])('is not this one: %#', (body) => expect(notPlain(body)).toBeUndefined());

  it('is no questionnaire, no reference data and no statechart of ours', () => {
    const ours = ['questionnaires', 'workflows'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name)),
    );
    expect(ours.length).toBeGreaterThan(20);
    const largest = ours.map((path) => ({ path, bytes: statSync(path).size })).sort((a, b) => b.bytes - a.bytes)[0]!;
    expect(largest.bytes).toBeGreaterThan(300_000);
    for (const path of ours)
      expect({ path, refusal: notPlain(JSON.parse(readFileSync(path, 'utf8'))) }).toEqual({ path, refusal: undefined });
  });
});

describe('a body that a class does not fit', () => {
  it('lists a hundred of its faults and says how many more there are, in an answer smaller than the body', async () => {
    const body = named(80_000);
    const { errors, ...problem } = problemOf(await refusalOf(Sheet, body));
    expect(problem.status).toBe(400);
    expect(errors).toHaveLength(101);
    expect(errors![0]).toEqual({ pointer: '/k0', detail: 'there is no such field here' });
    expect(errors![100]!.detail).toBe('and 79900 more; mend these first');
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  });

  it('lists no more of faults inside, each pointer cut', async () => {
    const bad = { ['x'.repeat(500)]: 1, at: 'none' };
    const problem = problemOf(await refusalOf(Sheet, { marks: Array<object>(3_000).fill(bad) }));
    expect(problem.errors).toHaveLength(101);
    expect(Math.max(...problem.errors!.map(({ pointer }) => pointer.length))).toBe(401);
    expect(JSON.stringify(problem).length).toBeLessThan(60_000);
  });

  it('is told of unknown fields and of wrong ones at once', async () => {
    const refusal = await refusalOf(Sheet, {
      page: 'one',
      'a/b': 1,
      hasOwnProperty: 1,
      gone: null,
      marks: [{ at: 'x' }],
    });
    expect((refusal as InvalidInput).errors.map(({ pointer }) => pointer)).toEqual([
      '/a~1b',
      '/hasOwnProperty',
      '/page',
      '/marks/0/at',
    ]);
  });

  it('takes the fields of a class and of the class it extends', async () => {
    const sheet = await validated(LongSheet, { page: 1, lines: 2, marks: [{ at: 3 }] });
    expect(sheet).toBeInstanceOf(LongSheet);
    expect(sheet).toEqual({ page: 1, lines: 2, marks: [{ at: 3 }] });
    expect(await refusalOf(Sheet, { lines: 2 })).toMatchObject({ errors: [{ pointer: '/lines' }] });
  });
});
