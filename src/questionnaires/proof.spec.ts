import { describe, expect, it } from '@jest/globals';
import { aCountryPack } from '../../test/factories/country-pack.js';
import { prove } from './proof.js';

const leading = (module: string) => ({
  file: module,
  content: {
    format: 1,
    module: 'more',
    version: 1,
    title: { en: 'More' },
    languages: ['en'],
    sections: [
      {
        id: 'more.all',
        title: { en: 'More' },
        phase: 'probing',
        items: [
          {
            id: 'more.beat',
            type: 'verbatim',
            text: { en: "You beat prisoners there, didn't you?" },
            purpose: 'exclusion',
            basis: [{ source: 'Invented for tests', verified: true }],
          },
        ],
      },
    ],
  },
});

describe('the proof of a draft', () => {
  it('is clean for a small pack, with one piece of advice', () => {
    const findings = [{ code: 'ageNotLookedAt', severity: 'advice', pointer: '/indicators/0/when' }];
    expect(prove({ files: aCountryPack() })).toMatchObject({ clean: true, findings });
  });

  it.each(['LI/modules/more.v1.json', 'ZZ/modules/more.v1.json', 'base/modules/more.v1.json'])(
    'finds a leading question in %s, whatever pack its name says',
    (module) => {
      const { clean, findings } = prove({ files: [...aCountryPack({ includes: [module] }), leading(module)] });
      expect(findings).toContainEqual(expect.objectContaining({ code: 'leadingQuestion', file: module }));
      expect(clean).toBe(false);
    },
  );
});
