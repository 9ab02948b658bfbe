import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { competence, type CompetenceRule } from './competence.js';
import type { Ground } from './file.js';

const anAuthority = (over: Partial<CompetenceRule['authority']> = {}): CompetenceRule['authority'] => ({
  id: 'a',
  code: 'north',
  name: 'North',
  lands: ['BE'],
  disabled: false,
  barred: false,
  ...over,
});

const rule = (over: Partial<CompetenceRule> & { authority?: CompetenceRule['authority'] } = {}): CompetenceRule => ({
  id: 'rule-1',
  version: 1,
  authority: anAuthority(),
  kinds: ['exclusion'],
  grounds: ['1F(a)'],
  countries: null,
  actCountries: null,
  whereabouts: null,
  legalBasis: 'Law of the north, Article 1',
  validFrom: '2020-01-01',
  validUntil: null,
  ...over,
});

const question = {
  kind: 'exclusion' as const,
  grounds: ['1F(a)' as Ground],
  personCountries: ['RW'],
  actCountries: ['CD'],
  whereabouts: 'present',
  date: '2026-06-01',
};

describe('competence', () => {
  it('names the authority, the rule and its version, and the law', () => {
    expect(competence([rule({ version: 3 })], question)).toEqual({
      ok: true,
      competent: [
        expect.objectContaining({
          authorityId: 'a',
          ruleId: 'rule-1',
          ruleVersion: 3,
          legalBasis: 'Law of the north, Article 1',
        }),
      ],
    });
  });

  it.each([
    ['before its first day', { validFrom: '2026-06-02' }, false],
    ['on its first day', { validFrom: '2026-06-01' }, true],
    ['on its last day', { validUntil: '2026-06-01' }, true],
    ['after its last day', { validUntil: '2026-05-31' }, false],
    ['for another kind', { kinds: ['suspicion'] }, false],
    ['on another ground', { grounds: ['1F(b)'] }, false],
    ['for persons from elsewhere', { countries: ['SY'] }, false],
    ['for persons from there', { countries: ['RW', 'SY'] }, true],
    ['for acts done elsewhere', { actCountries: ['RW'] }, false],
    ['for acts done there', { actCountries: ['RW', 'CD'] }, true],
    ['for persons who are not here', { whereabouts: ['left'] }, false],
    ['for persons who are here', { whereabouts: ['present', 'detained'] }, true],
  ])('reads a rule %s', (_when, over, competent) => {
    expect(competence([rule(over)], question).ok).toBe(competent);
  });

  it.each([
    ['where the acts were done', { actCountries: ['CD'] }, { actCountries: [] }],
    ['where the person is', { whereabouts: ['present'] }, { whereabouts: null }],
  ])('tells nobody by a rule that asks %s while that is not recorded', (_what, over, unknown) => {
    expect(competence([rule(over)], { ...question, ...unknown }).ok).toBe(false);
  });

  it.each([
    ['of a country of the person', { lands: ['RW'] }],
    ['that speaks for one, wherever it sits', { lands: ['BE', 'RW'] }],
    ['that the file bars otherwise', { barred: true }],
  ])('never names an authority %s', (_what, over) => {
    const other = rule({ id: 'rule-2', authority: anAuthority({ id: 'b', code: 'south' }) });
    const result = competence([rule({ authority: anAuthority(over) }), other], question);
    expect(result.ok && result.competent.map(({ code }) => code)).toEqual(['south']);
    expect(competence([rule({ authority: anAuthority(over) })], question)).toMatchObject({
      gap: { blocked: ['north'] },
    });
  });

  it('lets the highest version in force speak for its rule', () => {
    const versions = [rule(), rule({ version: 2, kinds: ['suspicion'], validFrom: '2026-01-01' })];
    expect(competence(versions, question).ok).toBe(false);
    expect(competence(versions, { ...question, date: '2025-12-31' }).ok).toBe(true);
  });

  it('names what is missing: kind, grounds, date, and who is blocked', () => {
    const rwandan = rule({ authority: anAuthority({ id: 'r', code: 'kigali', lands: ['RW'] }) });
    expect(competence([rwandan], question)).toEqual({
      ok: false,
      gap: { kind: 'exclusion', date: '2026-06-01', grounds: ['1F(a)'], blocked: ['kigali'] },
    });
  });

  it('is a gap when one of two grounds has nobody, whoever hears of the other', () => {
    const result = competence([rule()], { ...question, grounds: ['1F(a)', '1F(c)'] });
    expect(result).toMatchObject({ ok: false, gap: { grounds: ['1F(c)'] } });
  });

  it('joins the rules of one authority: all grounds, all laws, one entry', () => {
    const second = rule({ id: 'rule-2', grounds: ['1F(c)'], legalBasis: 'Law of the north, Article 2' });
    const result = competence([rule(), second], { ...question, grounds: ['1F(a)', '1F(c)'] });
    expect(result.ok && result.competent).toEqual([
      expect.objectContaining({
        grounds: ['1F(a)', '1F(c)'],
        legalBasis: 'Law of the north, Article 1; Law of the north, Article 2',
      }),
    ]);
  });

  const grounds = fc.subarray(['1F(a)', '1F(b)', '1F(c)', 'seriousCrimeSP'] as Ground[], { minLength: 1 });
  const country = fc.constantFrom('BE', 'RW', 'SY', 'FR');
  const rules = fc.array(
    fc.record({
      id: fc.constantFrom('r1', 'r2', 'r3'),
      version: fc.integer({ min: 1, max: 3 }),
      authority: fc
        .record({
          id: fc.constantFrom('a', 'b', 'c'),
          lands: fc.array(country, { minLength: 1 }),
          disabled: fc.boolean(),
          barred: fc.boolean(),
        })
        .map((authority) => ({ ...authority, code: authority.id, name: authority.id })),
      kinds: fc.subarray(['exclusion', 'suspicion'], { minLength: 1 }),
      grounds,
      countries: fc.option(fc.array(country), { nil: null }),
      actCountries: fc.option(fc.array(country), { nil: null }),
      whereabouts: fc.option(fc.constant(['present']), { nil: null }),
      legalBasis: fc.constantFrom('L1', 'L2'),
      validFrom: fc.constantFrom('2020-01-01', '2026-06-01', '2027-01-01'),
      validUntil: fc.option(fc.constantFrom('2026-05-31', '2026-06-01', '2030-01-01'), { nil: null }),
    }),
    { maxLength: 8 },
  );
  const asked = fc.record({
    kind: fc.constant('exclusion' as const),
    grounds,
    personCountries: fc.array(country),
    actCountries: fc.array(country),
    whereabouts: fc.constantFrom('present', 'left', null),
    date: fc.constant('2026-06-01'),
  });

  it('never finds an authority of or for a country of the person, an alleged actor, a disabled one, or one without a law', () => {
    fc.assert(
      fc.property(rules, asked, (given, what) => {
        const result = competence(given, what);
        if (!result.ok) return;
        for (const { authorityId, ruleId, ruleVersion, legalBasis } of result.competent) {
          const source = given.filter((one) => one.id === ruleId && one.version === ruleVersion);
          expect(legalBasis).not.toBe('');
          expect(source.some((one) => one.authority.id === authorityId && !one.authority.disabled)).toBe(true);
          expect(
            source.some(
              ({ authority }) =>
                authority.id === authorityId &&
                !authority.barred &&
                !what.personCountries.some((own) => authority.lands.includes(own)),
            ),
          ).toBe(true);
        }
      }),
    );
  });

  it('is never an empty success, covers every ground, and does not depend on the order of rules', () => {
    fc.assert(
      fc.property(rules, asked, (given, what) => {
        const distinct = [...new Map(given.map((one) => [`${one.id}/${one.version}`, one])).values()];
        const result = competence(distinct, what);
        expect(competence([...distinct].reverse(), what)).toEqual(result);
        if (result.ok) {
          const covered = new Set(result.competent.flatMap((one) => one.grounds));
          expect(what.grounds.every((ground) => covered.has(ground))).toBe(true);
          expect(new Set(result.competent.map((one) => one.authorityId)).size).toBe(result.competent.length);
        } else expect(result.gap.grounds.length).toBeGreaterThan(0);
      }),
    );
  });
});
