import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { DIFFERENCE_NAMES } from './reconciler.sql.js';

describe('the guide to the proof', () => {
  it('tells of each difference that can be found what it means', () => {
    const guide = readFileSync('docs/guides/proof.md', 'utf8');
    const told = [...guide.matchAll(/^- (`[A-Za-z]+`(?:, `[A-Za-z]+`)*):/gm)].flatMap(([, names]) =>
      names!.split(', ').map((name) => name.slice(1, -1)),
    );
    expect(told.toSorted()).toEqual(DIFFERENCE_NAMES.toSorted());
  });
});
