import { describe, expect, it } from '@jest/globals';
import { countryChanges, type HeldCountry } from './country-changes.js';

const held = (country: string, link: HeldCountry['link'], dropped_by: string | null = null): HeldCountry => ({
  country,
  link,
  dropped_by,
});
const ORIGIN = { country: 'RW', link: 'origin' } as const;
const CONGO = { country: 'CD', link: 'residence' } as const;

describe('a correction of the countries of a person', () => {
  it('adds at once, and drops what one person corrected away without unblocking it', () => {
    const changes = countryChanges(
      [held('RW', 'origin'), held('CD', 'residence')],
      [ORIGIN, { country: 'UG', link: 'nationality' }],
      'a',
    );
    expect(changes).toMatchObject({
      added: [{ country: 'UG' }],
      dropped: [{ country: 'CD' }],
      removed: [],
      unblocked: [],
      stillBlocked: ['CD'],
    });
  });

  it.each([
    ['the same person again', 'a', [], ['CD']],
    ['somebody else', 'b', ['CD'], []],
  ])('by %s unblocks what was dropped: %j', (_, actor, unblocked, stillBlocked) => {
    const changes = countryChanges([held('RW', 'origin'), held('CD', 'residence', 'a')], [ORIGIN], actor);
    expect(changes).toMatchObject({ dropped: [], unblocked, stillBlocked });
    expect(changes.removed.map(({ country }) => country)).toEqual(unblocked);
  });

  it('restores what is named again, and needs one person for a country that bars for another reason still', () => {
    expect(countryChanges([held('CD', 'residence', 'a')], [CONGO], 'b')).toMatchObject({
      restored: [CONGO],
      unblocked: [],
      stillBlocked: [],
    });
    const moved = countryChanges([held('CD', 'residence')], [{ country: 'CD', link: 'nationality' }], 'a');
    expect(moved).toMatchObject({ removed: [CONGO], dropped: [], unblocked: [], stillBlocked: [] });
  });

  it('keeps a country that was dropped twice over by different persons while one of its links waits', () => {
    const both = [held('CD', 'residence', 'a'), held('CD', 'nationality')];
    expect(countryChanges(both, [ORIGIN], 'b')).toMatchObject({ unblocked: [], stillBlocked: ['CD'] });
  });
});
