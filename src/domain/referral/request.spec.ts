import { describe, expect, it } from '@jest/globals';
import { type PersonRefusal, personRefusals, toldFrom } from './request.js';

const DECIDED = new Date('2026-03-02T10:00:00Z');
const DUE = new Date('2026-03-13T10:00:00Z');

describe('when an authority is told of a request about a person', () => {
  it('is not told sooner of a refusal that could follow from a search, so that its speed says nothing', () => {
    expect(toldFrom({ outcome: 'refused', refusal: 'notDisclosed' }, DECIDED, DUE)).toEqual(DUE);
  });

  it.each(['legalBasisMissing', 'purposeNotCovered', 'tooVague'] as const)(
    'is told at once of %s, which rests on the request alone',
    (refusal) => {
      expect(toldFrom({ outcome: 'refused', refusal }, DECIDED, DUE)).toEqual(DECIDED);
    },
  );

  it('is told at once of a disclosure, and of what was decided late', () => {
    expect(toldFrom({ outcome: 'disclosed', refusal: null }, DECIDED, DUE)).toEqual(DECIDED);
    const late = new Date('2026-03-20T10:00:00Z');
    expect(toldFrom({ outcome: 'refused', refusal: 'notDisclosed' }, late, DUE)).toEqual(late);
  });

  it('has no ground that says there is no case', () => {
    for (const refusal of Object.keys(personRefusals) as PersonRefusal[])
      expect(personRefusals[refusal].says).not.toMatch(/no case|not found|unknown to us/i);
  });
});
