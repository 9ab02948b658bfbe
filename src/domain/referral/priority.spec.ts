import { describe, expect, it } from '@jest/globals';
import { priorityFacets, priorityLevel, priorityScore, type PriorityFacts } from './priority.js';

const HERE = { identity: 'claimed', whereabouts: { alive: 'present' } };

const facts = (differing: Partial<PriorityFacts> = {}): PriorityFacts => ({
  kind: 'exclusion',
  person: HERE,
  documentedGrounds: ['1F(a)'],
  grounds: ['1F(a)'],
  ...differing,
});

describe('the facets of a referral', () => {
  it.each<[string, Partial<PriorityFacts>, object]>([
    ['somebody known, here, with a document', {}, { suspectIdentified: true, presentHere: true, corroborated: true }],
    ['an identity that is disputed', { person: { ...HERE, identity: 'disputed' } }, { suspectIdentified: false }],
    [
      'a person in detention, who is here',
      { person: { ...HERE, whereabouts: { alive: 'detained' } } },
      { presentHere: true },
    ],
    ['a person who left', { person: { ...HERE, whereabouts: { alive: 'left' } } }, { presentHere: false }],
    ['a state without a group around it', { person: { ...HERE, whereabouts: 'present' } }, { presentHere: true }],
    ['a person of whom nothing is recorded', { person: {} }, { suspectIdentified: false, presentHere: false }],
    ['a document on a ground that is not told', { documentedGrounds: ['1F(b)'] }, { corroborated: false }],
    [
      'an account, which names no suspect',
      { kind: 'account' },
      { suspectIdentified: false, presentHere: false, corroborated: false },
    ],
    [
      'a correction, which has none',
      { kind: 'correction' },
      { suspectIdentified: null, presentHere: null, corroborated: null },
    ],
  ])('of %s', (_, differing, expected) => {
    expect(priorityFacets(facts(differing))).toMatchObject(expected);
  });
});

describe('priority', () => {
  it.each<[boolean | null, boolean | null, boolean | null, number, string]>([
    [true, true, true, 7, 'high'],
    [true, true, false, 6, 'high'],
    [true, false, true, 5, 'medium'],
    [true, null, null, 4, 'medium'],
    [false, true, true, 3, 'low'],
    [null, null, null, 0, 'low'],
  ])(
    'identified %s, here %s, corroborated %s is %d: %s',
    (suspectIdentified, presentHere, corroborated, score, level) => {
      const facets = { suspectIdentified, presentHere, corroborated };
      expect(priorityScore('suspicion', facets)).toBe(score);
      expect(priorityLevel(score)).toBe(level);
    },
  );

  it('puts a correction first, whatever is known', () => {
    const nothing = { suspectIdentified: null, presentHere: null, corroborated: null };
    expect(priorityLevel(priorityScore('correction', nothing))).toBe('high');
  });
});
