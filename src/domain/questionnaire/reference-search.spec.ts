import { describe, expect, it, test } from '@jest/globals';
import { readPackFolder } from '../../questionnaires/pack-files.js';
import { offered } from './reference.js';
import { searchReference, type ReferenceWanted } from './reference-search.js';

const shippedPlan = (id: string) => {
  const { plans } = readPackFolder(`questionnaires/${id.split('-')[0]}`, 'questionnaires');
  return plans.find((plan) => plan.id === id)!;
};

describe('a search over the reference data of a plan', () => {
  const plan = shippedPlan('RW-exclusion');
  const found = (wanted: ReferenceWanted) => searchReference(plan, wanted).map(({ id }) => id);

  test.each([
    ['by its name', { kind: 'place', q: 'Butare' }, 'butare'],
    ['by its beginning', { kind: 'place', q: 'gikong' }, 'gikongoro'],
    ['by an alias', { kind: 'organisation', q: 'ex-FAR' }, 'far'],
    ['without accents and capitals', { kind: 'organisation', q: 'forces armees' }, 'far'],
    ['by words in any order', { kind: 'unit', q: 'gisenyi sector' }, 'gisenyiSector'],
    ['with a letter too many', { kind: 'place', q: 'Gikonggoro' }, 'gikongoro'],
    ['with another letter', { kind: 'place', q: 'Byumva' }, 'byumba'],
    ['while it is being written, with a mistake', { kind: 'unit', q: 'presidant' }, 'presidentialGuard'],
    ['written as one word', { kind: 'unit', q: 'paracommando' }, 'paraCommando'],
  ] as const)('finds an entry %s', (_, wanted, first) => {
    expect(found(wanted)[0]).toBe(first);
  });

  it('finds names in another script by their alias in it', () => {
    const syria = shippedPlan('SY-exclusion');
    const named = Object.values(syria.reference).find(({ entry }) =>
      entry.aliases?.some((alias) => /\p{Script=Arabic}/u.test(alias)),
    );
    const alias = named?.entry.aliases?.find((one) => /\p{Script=Arabic}/u.test(one));
    expect(searchReference(syria, { q: alias! }).map(({ id }) => id)).toContain(named!.id);
  });

  it('puts the exact name before longer ones, and what it contains last', () => {
    const names = searchReference(plan, { kind: 'place', q: 'kigali' }).map(({ entry }) => entry.name);
    expect(names[0]).toMatch(/^Kigali/);
    expect([...names].sort((a, b) => Number(b.startsWith('Kigali')) - Number(a.startsWith('Kigali')))).toEqual(names);
  });

  it('lists a whole kind by name, and nothing for words that nothing resembles', () => {
    const ranks = searchReference(plan, { kind: 'rank' });
    expect(ranks.length).toBe(Object.values(plan.reference).filter(({ type }) => type === 'rank').length);
    const names = ranks.map(({ entry }) => entry.name);
    expect(names).toEqual([...names].sort());
    expect(found({ q: 'zzyzx' })).toEqual([]);
  });

  it('puts what a question offers before what matches equally well', () => {
    const afghan = shippedPlan('AF-exclusion');
    const question = afghan.nodes.find((node) => node.kind === 'question' && node.type === 'place' && node.vocabulary);
    if (question?.kind !== 'question') throw new Error('AF-exclusion has no such question');
    const first = offered(afghan.reference, 'place', question.vocabulary).map(({ id }) => id);
    const places = searchReference(afghan, { kind: 'place' }).map(({ id }) => id);
    const listed = searchReference(afghan, { kind: 'place', question: question.id }).map(({ id }) => id);
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(places.length);
    expect(listed.slice(0, first.length).sort()).toEqual([...first].sort());
    expect([...listed].sort()).toEqual([...places].sort());
  });
});
