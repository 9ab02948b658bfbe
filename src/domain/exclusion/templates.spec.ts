import { describe, expect, it } from '@jest/globals';
import { elementTemplates, grounds, templateFor } from './templates.js';

const template = (ground: string, crime: string) => {
  const found = templateFor(ground, crime);
  if (!found.ok) throw new Error(found.detail);
  return found.template;
};
const ids = (ground: string, crime: string) => template(ground, crime).elements.map(({ id }) => id);

describe('the element templates', () => {
  it.each([
    ['1F(a)', 'genocide'],
    ['1F(a)', 'crimesAgainstHumanity'],
    ['1F(a)', 'warCrimes'],
    ['1F(a)', 'crimeAgainstPeace'],
    ['1F(b)', 'seriousNonPoliticalCrime'],
    ['1F(c)', 'actsContraryToPurposes'],
    ['seriousCrimeSP', 'seriousCrime'],
  ])('ask on %s %s for the act, the person’s part, every defence and expiation', (ground, crime) => {
    expect(ids(ground, crime)).toEqual(
      expect.arrayContaining([
        ...['act', 'modeOfLiability', 'knowledgeAndIntent', 'contribution', 'chanceToDissociate'],
        ...['duress', 'superiorOrders', 'selfDefence', 'mistake', 'incapacity', 'expiation'],
      ]),
    );
  });

  it.each(['genocide', 'crimesAgainstHumanity', 'warCrimes', 'crimeAgainstPeace'])(
    'ask for %s who the victims were and in which context',
    (crime) => {
      expect(ids('1F(a)', crime)).toEqual(expect.arrayContaining(['victimStatus', 'context']));
    },
  );

  it('ask for the four limits of Article 1F(b)', () => {
    expect(ids('1F(b)', 'seriousNonPoliticalCrime')).toEqual(
      expect.arrayContaining(['seriousness', 'nonPolitical', 'outsideRefuge', 'beforeAdmission']),
    );
  });

  it('do not ask of a serious crime under subsidiary protection that it be non-political', () => {
    expect(ids('seriousCrimeSP', 'seriousCrime')).not.toContain('nonPolitical');
    expect(template('seriousCrimeSP', 'seriousCrime').scopes).toEqual(['subsidiaryProtection']);
  });

  it('cover every ground, name each element once, and give each its question and legal source', () => {
    expect(new Set(elementTemplates.map(({ ground }) => ground))).toEqual(new Set(grounds));
    for (const { elements } of elementTemplates) {
      expect(new Set(elements.map(({ id }) => id)).size).toBe(elements.length);
      for (const element of elements) {
        expect(element.question).toMatch(/\?/);
        expect(element.legalSource).toMatch(/Article|paragraph|Court|Guidelines|Elements of Crimes/);
      }
    }
  });

  it('exist once per ground, crime and version', () => {
    const keys = elementTemplates.map(({ ground, crime, version }) => `${ground} ${crime} ${version}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(elementTemplates.map((one) => [one.label, one.legalBasis] as const))(
    'hand over from directive to regulation without a gap or an overlap: %s',
    (_label, legalBasis) => {
      const union = legalBasis.filter(({ provision }) => /Directive|Regulation/.test(provision));
      expect(union.map(({ from, until }) => [from, until])).toEqual([
        ['2012-01-09', '2026-06-30'],
        ['2026-07-01', undefined],
      ]);
    },
  );
});

describe('looking up a template', () => {
  it('says which grounds exist', () => {
    expect(templateFor('1F(d)', 'genocide')).toEqual({
      ok: false,
      pointer: '/ground',
      detail: 'must be one of 1F(a), 1F(b), 1F(c), seriousCrimeSP',
    });
  });

  it('says which crimes exist on the ground', () => {
    expect(templateFor('1F(a)', 'seriousCrime')).toEqual({
      ok: false,
      pointer: '/crime',
      detail: 'must, on ground 1F(a), be one of genocide, crimesAgainstHumanity, warCrimes, crimeAgainstPeace',
    });
  });

  it('says which versions exist', () => {
    expect(templateFor('1F(a)', 'genocide', 99)).toEqual({
      ok: false,
      pointer: '/templateVersion',
      detail: 'must, for genocide, be one of 1',
    });
  });

  it.each(['__proto__', 'constructor', ''])('does not mistake %j for a ground or a crime', (word) => {
    expect(templateFor(word, 'genocide').ok).toBe(false);
    expect(templateFor('1F(a)', word).ok).toBe(false);
  });
});
