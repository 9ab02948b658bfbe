import { describe, expect, it } from '@jest/globals';
import { countryChanges, type HeldCountry } from '../domain/referral/country-changes.js';
import { assertUnblockable } from './unblocking.js';

const held = (country: string, link: HeldCountry['link'], dropped_by: string | null = null): HeldCountry => ({
  country,
  link,
  dropped_by,
});
const ORIGIN = { country: 'RW', link: 'origin' } as const;
const by = (actorId: string, ...unblocks: string[]) => ({ actorId, unblocks });
const CONGO = { country: 'CD', link: 'residence' } as const;

describe('a correction of the countries of a person', () => {
  it('adds at once, and drops what one person corrected away without unblocking it', () => {
    const changes = countryChanges(
      [held('RW', 'origin'), held('CD', 'residence')],
      [ORIGIN, { country: 'UG', link: 'nationality' }],
      by('a'),
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
    ['the same person again', by('a'), [], ['CD']],
    ['the same person by name', by('a', 'CD'), [], ['CD']],
    ['somebody else who just does not name it', by('b'), [], ['CD']],
    ['somebody else who unblocks another', by('b', 'UG'), [], ['CD']],
    ['somebody else who unblocks it', by('b', 'CD'), ['CD'], []],
  ])('takes or leaves what was dropped on the word of %s', (_, second, unblocked, stillBlocked) => {
    const changes = countryChanges([held('RW', 'origin'), held('CD', 'residence', 'a')], [ORIGIN], second);
    expect(changes).toMatchObject({ dropped: [], unblocked, stillBlocked });
    expect(changes.removed.map(({ country }) => country)).toEqual(unblocked);
  });

  it.each([
    ['a country that is named still', by('b', 'RW'), 'invalidInput'],
    ['a country of nobody', by('b', 'UG'), 'conflict'],
    ['a country nobody corrected away', by('b', 'BI'), 'conflict'],
    ['the own correction', by('a', 'CD'), 'fourEyes'],
  ])('unblocks not %s', (_, second, code) => {
    const all = [held('RW', 'origin'), held('CD', 'residence', 'a'), held('BI', 'residence')];
    const refused = () => assertUnblockable('case', all, [ORIGIN], second);
    expect(refused).toThrow(expect.objectContaining({ code }));
    expect(() => assertUnblockable('case', all, [ORIGIN], by('b', 'CD'))).not.toThrow();
  });

  it('restores what is named again, and needs one person for a country that bars for another reason still', () => {
    expect(countryChanges([held('CD', 'residence', 'a')], [CONGO], by('b'))).toMatchObject({
      restored: [CONGO],
      unblocked: [],
      stillBlocked: [],
    });
    const moved = countryChanges([held('CD', 'residence')], [{ country: 'CD', link: 'nationality' }], by('a'));
    expect(moved).toMatchObject({ removed: [CONGO], dropped: [], unblocked: [], stillBlocked: [] });
  });

  it('keeps a country that was dropped twice over by different persons while one of its links waits', () => {
    const both = [held('CD', 'residence', 'a'), held('CD', 'nationality')];
    expect(countryChanges(both, [ORIGIN], by('b', 'CD'))).toMatchObject({ unblocked: [], stillBlocked: ['CD'] });
  });
});
