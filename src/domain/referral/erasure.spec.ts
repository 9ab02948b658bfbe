import { describe, expect, it } from '@jest/globals';
import { deadlineKinds } from '../workflow/vocabulary/vocabulary.js';
import { keptBecause } from './erasure.js';

describe('an erasure', () => {
  it('is kept by nothing where nothing is awaited', () => {
    expect(keptBecause([])).toEqual([]);
  });

  it.each(deadlineKinds.filter((kind) => kind !== 'questionnaireReview'))(
    'is refused while the clock %s of a case runs, with the next step',
    (kind) => {
      const because = keptBecause([kind]);
      expect(because).toHaveLength(1);
      expect(because[0]).not.toContain(`“${kind}”`);
    },
  );

  it.each([
    ['grant', /revoke it/],
    ['correctionAnswer', /have it answered/],
    ['prosecutionTrackReview', /close that track/],
    ['disclosure', /second person/],
    ['judgment', /record its judgment/],
  ])('says of %s what is to be done first', (duty, next) => {
    expect(keptBecause([duty])).toEqual([expect.stringMatching(next)]);
  });

  it('says each reason once, whatever waits for the same', () => {
    expect(keptBecause(['decision', 'examinationLimit', 'decision', 'feedback'])).toHaveLength(2);
  });

  it('is refused also for a clock that it does not know, by its name', () => {
    expect(keptBecause(['invented'])).toEqual(['the clock “invented” runs: have it met first']);
  });
});
