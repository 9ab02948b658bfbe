import { describe, expect, it } from '@jest/globals';
import type { PlaceEntry, Source } from '../questionnaire/format-reference.js';
import { Problems } from '../questionnaire/problems.js';
import { indexReference, type ReferenceData } from '../questionnaire/reference.js';
import { kmBetween } from './distance.js';
import { firmEntries } from './independent-sources.js';
import { Knowledge } from './knowledge.js';

const source = (text: string, url?: string, more: Partial<Source> = {}): Source => ({
  source: text,
  ...(url !== undefined && { url }),
  ...more,
});
const court = source('ICTR, Prosecutor v. Exemplaris', 'https://court.example.org/1');
const paper = source('The Example Times, 1 May 1994', 'https://times.example.com/2');

/** Reference data of places; without sources of its own a place has two independent ones. */
const placesOf = (places: (Partial<PlaceEntry> & { id: string })[]): ReferenceData => {
  const problems = new Problems();
  const full = places.map((one) => ({ name: one.id, sources: [court, paper], verified: true, ...one }));
  const data = indexReference(
    [{ file: 'x/reference.json', prefix: '', content: { format: 1, reference: 'x', places: full } }],
    problems,
  );
  expect(problems.list).toEqual([]);
  return data;
};

describe('the sources of a reference entry', () => {
  const rows: [string, Source[], boolean][] = [
    ['two publishers on two sites', [court, paper], true],
    ['one source', [court], false],
    ['one publisher on two sites', [court, source('ICTR, another judgement', 'https://mirror.example.net/3')], false],
    ['one publisher with more words', [court, source('ICTR press release of 2004', 'https://a.example.net')], false],
    ['two publishers on one site', [court, source('Somebody', 'https://www.example.org/4')], false],
    ['two sites under one country', [source('A', 'https://a.co.uk/1'), source('B', 'https://b.co.uk/1')], true],
    ['two without an address', [source('A, 1994'), source('B, 1994')], true],
    ['one that is state-aligned', [court, { ...paper, stateAligned: true }], false],
    ['one that is marked elsewhere', [court, source('State Daily, 3 May 1994')], false],
    ['one that says who published it', [court, source('Mirror, page 3', undefined, { publisher: 'ICTR' })], false],
    ['one that joins two others', [court, paper, source('ICTR', 'https://times.example.com/5')], false],
  ];
  it.each(rows)('%s', (_, sources, firm) => {
    const marked = { id: 'marked', sources: [source('State Daily, 1 May 1994', undefined, { stateAligned: true })] };
    expect(firmEntries(placesOf([{ id: 'one', sources }, marked])).has('one')).toBe(firm);
  });

  it('count for nothing while nobody has verified them', () => {
    expect([...firmEntries(placesOf([{ id: 'one', verified: false }, { id: 'two' }]))]).toEqual(['two']);
  });
});

describe('the distance of two places', () => {
  it('is that of the sphere', () => {
    expect(kmBetween({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 })).toBeCloseTo(111.19, 1);
    expect(kmBetween({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 50 })).toBeCloseTo(20015.1, 0);
    expect(kmBetween({ latitude: 5, longitude: 179.5 }, { latitude: 5, longitude: -179.5 })).toBeCloseTo(110.77, 1);
  });

  const data = placesOf([
    { id: 'region', latitude: 0, longitude: 0, radiusKm: 40 },
    { id: 'town', kind: 'town', latitude: 0.2, longitude: 0, parent: 'region' },
    { id: 'church', kind: 'site', parent: 'town' },
    { id: 'school', parent: 'region' },
    { id: 'far', kind: 'town', latitude: 2, longitude: 0 },
    { id: 'vague', latitude: 0, longitude: 0 },
    { id: 'doubtful', kind: 'site', parent: 'town', sources: [court] },
    { id: 'within', kind: 'site', parent: 'doubtful' },
  ]);
  const known = new Knowledge(data, { placeRadiusKm: { town: 5, site: 1 } });

  it.each([
    ['the same place', 'town', 'town', 10, ['town']],
    ['a place inside the other', 'church', 'town', 10, ['church', 'town']],
    ['a place inside a wide one', 'school', 'region', 79, undefined],
    [
      'a place without coordinates is anywhere in the one around it',
      'church',
      'region',
      80,
      ['church', 'town', 'region'],
    ],
    ['a place of unknown extent', 'vague', 'town', 1000, undefined],
    ['a way that leads through a doubtful entry', 'within', 'town', 10, undefined],
    ['a town from the next', 'town', 'far', 211, ['town', 'far']],
  ])('near: %s', (_, a, b, km, rests) => {
    expect(known.near(a, b, km)).toEqual(rests);
  });

  it.each([
    ['two towns', 'town', 'far', 190, ['town', 'far']],
    ['two towns, less what they may reach', 'town', 'far', 191, undefined],
    ['a place inside the other', 'church', 'region', 0, undefined],
    ['a site in its town from another town', 'church', 'far', 190, ['church', 'town', 'far']],
    ['a place of unknown extent', 'vague', 'far', 1, undefined],
    ['a doubtful entry', 'doubtful', 'far', 1, undefined],
  ])('apart: %s', (_, a, b, km, rests) => {
    expect(known.apart(a, b, km)).toEqual(rests);
  });
});
