import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'test/faults/oracle';
const OWN = /^(node:\w+|canonicalize|\.\/[\w-]+\.js)$/;

/** What a file takes from elsewhere at run time: types leave nothing behind. */
const takenBy = (text: string): string[] =>
  [...text.matchAll(/(?:^import (?!type )[^;]*?from |\bimport\(|\brequire\()\s*'([^']+)'/gms)].map(([, from]) => from!);

describe('the oracle', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));

  it.each(files)('shares no code with what it judges: %s', (name) => {
    const taken = takenBy(readFileSync(join(FOLDER, name), 'utf8'));
    expect(taken.filter((from) => !OWN.test(from))).toEqual([]);
  });

  it('would share some by any way to take it', () => {
    const ways = [`import { a } from '../../../src/a.js';`, `await import('../../../src/a.js')`, `require('../a.js')`];
    for (const way of ways) expect(takenBy(way).filter((from) => !OWN.test(from))).toHaveLength(1);
    expect(files.flatMap((name) => takenBy(readFileSync(join(FOLDER, name), 'utf8'))).length).toBeGreaterThan(10);
  });
});
