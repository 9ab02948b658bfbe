import { describe, expect, it } from '@jest/globals';
import { readDate } from '../../timeline/uncertain-date.js';
import type { CompiledLeaf } from '../plan.js';
import { dateCandidates } from './domain-dates.js';

const leaf = (operator: 'before' | 'overlaps', literal: string) => ({ operator, literal }) as unknown as CompiledLeaf;

describe('the dates a proof tells apart', () => {
  it('are read as the engine reads them, wherever they can be written', () => {
    const found = dateCandidates([leaf('before', '1976-04-07'), leaf('overlaps', '1994-04-06/1994-07')])!;
    const written = found.flatMap(({ said, recorded }) => (said ? [{ text: said.value as string, recorded }] : []));
    expect(written.length).toBeGreaterThan(20);
    for (const { text, recorded } of written) expect(readDate(text)).toEqual({ ok: true, date: recorded!.read });
  });

  it('are not listed where clauses mention too many different days', () => {
    const many = Array.from({ length: 20 }, (_, year) => leaf('before', String(1980 + 2 * year)));
    expect(dateCandidates(many)).toBeUndefined();
  });
});
