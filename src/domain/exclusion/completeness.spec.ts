import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { assessAllegation, type AllegationContent, type ElementFinding, type EvidenceRef } from './completeness.js';
import { elementTemplates, templateFor, type ElementTemplate } from './templates.js';

const interview: EvidenceRef = { kind: 'interview', ref: 'interview-1#roadblock.duties' };
const countryInformation: EvidenceRef = { kind: 'countryInformation', ref: 'RW/events/roadblocks' };

const templateOf = (ground: string, crime: string): ElementTemplate => {
  const found = templateFor(ground, crime);
  if (!found.ok) throw new Error(found.detail);
  return found.template;
};
const genocide = templateOf('1F(a)', 'genocide');

/** Every element found the way an allegation that stands needs it. */
const everyElement = (template: ElementTemplate): Record<string, ElementFinding> =>
  Object.fromEntries(
    template.elements.map(({ id, role }) => [
      id,
      { finding: role === 'excluding' ? 'notMet' : 'met', reasons: 'As told in the interview.', evidence: [interview] },
    ]),
  );

const anAllegation = (stated: Partial<AllegationContent> = {}): AllegationContent => ({
  ground: '1F(a)',
  crime: 'genocide',
  scope: 'refugeeStatus',
  act: {
    summary: 'Stopped and handed over four invented persons at a roadblock.',
    place: 'Exampletown',
    when: '1994-04',
  },
  elements: everyElement(genocide),
  exculpatory: { assessment: 'Nothing that speaks for the applicant was found after asking.' },
  intendedToStand: true,
  birthDate: '1960-05-01',
  settings: { ageOfCriminalResponsibility: 14 },
  ...stated,
});

const without = <T extends object>(value: T, key: string): T =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as T;

const withFinding = (id: string, change: Partial<ElementFinding>): AllegationContent => {
  const elements = everyElement(genocide);
  return anAllegation({ elements: { ...elements, [id]: { ...elements[id]!, ...change } } });
};

describe('an allegation with every element found', () => {
  it.each(elementTemplates.map((one) => [one.ground, one.crime, one] as const))(
    'is complete and may stand on %s %s',
    (ground, crime, template) => {
      const scope = template.scopes[0]!;
      const result = assessAllegation(anAllegation({ ground, crime, scope, elements: everyElement(template) }));
      expect(result).toEqual({
        problems: [],
        complete: true,
        missing: [],
        exculpatoryAssessed: true,
        belowResponsibility: false,
        minorAtAct: false,
        templateVersion: template.version,
      });
    },
  );

  it('is not assessed for what speaks for the applicant until that is written', () => {
    expect(assessAllegation(without(anAllegation(), 'exculpatory')).exculpatoryAssessed).toBe(false);
    expect(assessAllegation(anAllegation({ exculpatory: { assessment: ' \n' } })).exculpatoryAssessed).toBe(false);
  });
});

describe('an element counts as found only when it is', () => {
  it.each<[string, Partial<ElementFinding>, RegExp]>([
    ['without reasons', { reasons: '  ' }, /no reasons/],
    ['without evidence', { evidence: [] }, /no evidence/],
    ['with evidence that refers to nothing', { evidence: [{ kind: 'document', ref: ' ' }] }, /no evidence/],
    ['about the person on country information alone', { evidence: [countryInformation] }, /country information alone/],
  ])('%s it is missing', (_case, change, because) => {
    const result = assessAllegation(withFinding('contribution', change));
    expect(result.complete).toBe(false);
    expect(result.missing).toEqual([{ element: 'contribution', because: expect.stringMatching(because) }]);
  });

  it('takes country information for circumstances, and beside evidence about the person', () => {
    expect(assessAllegation(withFinding('context', { evidence: [countryInformation] })).complete).toBe(true);
    expect(assessAllegation(withFinding('act', { evidence: [countryInformation, interview] })).complete).toBe(true);
  });

  it.each(genocide.elements.filter(({ onlyIfMinor }) => !onlyIfMinor).map(({ id }) => id))(
    'names %s when nothing was found for it',
    (id) => {
      const result = assessAllegation(anAllegation({ elements: without(everyElement(genocide), id) }));
      expect(result.missing.map(({ element }) => element)).toEqual([id]);
      expect(result.complete).toBe(false);
    },
  );
});

describe('an allegation cannot be intended to stand', () => {
  it.each(genocide.elements.filter(({ role }) => role === 'constitutive').map(({ id, label }) => [id, label] as const))(
    'while %s is not met or unclear',
    (id, label) => {
      // The element asked only of children is read here for somebody who may have been one.
      const birthDate = '1978';
      for (const finding of ['notMet', 'unclear'] as const) {
        const { problems } = assessAllegation({ ...withFinding(id, { finding }), birthDate });
        expect(problems).toEqual([
          { pointer: `/elements/${id}/finding`, detail: expect.stringContaining(`"${label}"`) },
        ]);
      }
    },
  );

  it.each(genocide.elements.filter(({ role }) => role === 'excluding').map(({ id }) => id))('while %s is met', (id) => {
    const { problems } = assessAllegation(withFinding(id, { finding: 'met' }));
    expect(problems.map(({ pointer }) => pointer)).toEqual([`/elements/${id}/finding`]);
    expect(assessAllegation(withFinding(id, { finding: 'unclear' })).problems).toEqual([]);
  });

  it('but the same findings are accepted, and complete, when it is not to stand', () => {
    const result = assessAllegation({ ...withFinding('duress', { finding: 'met' }), intendedToStand: false });
    expect(result).toMatchObject({ problems: [], complete: true });
  });

  it('for an act at which the applicant may have been below the age of criminal responsibility', () => {
    const { problems } = assessAllegation(anAllegation({ birthDate: '1979/1984' }));
    expect(problems).toEqual([
      { pointer: '/intendedToStand', detail: expect.stringMatching(/may have been below 14/) },
    ]);
  });

  it('for an act without a date, because it may have happened in childhood', () => {
    const { problems } = assessAllegation(anAllegation({ act: { summary: 'Handed over four invented persons.' } }));
    expect(problems).toEqual([{ pointer: '/intendedToStand', detail: expect.stringMatching(/act is not dated/) }]);
  });
});

describe('bad content', () => {
  it.each<[string, Partial<AllegationContent>, string, RegExp]>([
    ['an act that is not described', { act: { summary: ' ', when: '1994-04' } }, '/act/summary', /membership/],
    ['a ground that does not exist', { ground: '1F(d)' }, '/ground', /1F\(a\), 1F\(b\)/],
    ['a crime of another ground', { crime: 'seriousCrime' }, '/crime', /genocide, crimesAgainstHumanity/],
    ['a status the ground cannot exclude from', { scope: 'asylum' }, '/scope', /refugeeStatus or subsidiaryProtection/],
    [
      'an act before birth',
      { act: { summary: 'A', when: '1950' }, intendedToStand: false },
      '/act/when',
      /before the applicant was born/,
    ],
    [
      'an act in the future',
      { act: { summary: 'A', when: '2031' }, today: '2026-11-21' },
      '/act/when',
      /in the future/,
    ],
    [
      'an impossible day',
      { act: { summary: 'A', when: '1994-02-30' }, intendedToStand: false },
      '/act/when',
      /not exist/,
    ],
    ['a birth date that is no date', { birthDate: 'spring', intendedToStand: false }, '/birthDate', /is not a date/],
  ])('%s is refused by pointer', (_case, change, pointer, detail) => {
    const { problems } = assessAllegation(anAllegation(change));
    expect(problems).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  it('refuses Article 1F(b) for subsidiary protection, which has a ground of its own', () => {
    const elements = everyElement(templateOf('1F(b)', 'seriousNonPoliticalCrime'));
    const { problems } = assessAllegation(
      anAllegation({ ground: '1F(b)', crime: 'seriousNonPoliticalCrime', scope: 'subsidiaryProtection', elements }),
    );
    expect(problems).toEqual([{ pointer: '/scope', detail: 'must, on ground 1F(b), be refugeeStatus' }]);
  });

  it('names an element that the template does not have, with its pointer escaped', () => {
    const elements = { ...everyElement(genocide), 'rank/~': everyElement(genocide)['act']! };
    const { problems, complete } = assessAllegation(anAllegation({ elements }));
    expect(problems).toEqual([{ pointer: '/elements/rank~1~0', detail: expect.stringContaining('is no element of') }]);
    expect(complete).toBe(true);
  });

  it('is never complete without a template', () => {
    expect(assessAllegation(anAllegation({ crime: 'none' }))).toMatchObject({ complete: false, templateVersion: null });
  });
});

describe('age at the act', () => {
  it.each([
    ['certainly adult', '1976-04-01', '1994-04-06', false, false],
    ['eighteen on the day', '1976-04-06', '1994-04-06', false, false],
    ['seventeen by a day', '1976-04-07', '1994-04-06', false, true],
    ['a birth year that leaves it open', '1976', '1994-04-06', false, true],
    ['an act over years that begins in childhood', '1975-01-01', '1992/1994', false, true],
    ['fourteen on the day', '1980-04-06', '1994-04-06', false, true],
    ['thirteen', '1981-01-01', '1994-04-06', true, true],
    ['a birth year that may make thirteen', '1980', '1994-04-06', true, true],
    ['about 1975, which may be 1976', '1975~', '1994-04-06', false, true],
    ['no birth date at all', undefined, '1994-04-06', true, true],
  ])('%s', (_case, birthDate, when, belowResponsibility, minorAtAct) => {
    const act = { summary: 'Handed over four persons.', when };
    const allegation = anAllegation({ act, intendedToStand: false, ...(birthDate ? { birthDate } : {}) });
    const result = assessAllegation(birthDate ? allegation : without(allegation, 'birthDate'));
    expect(result).toMatchObject({ belowResponsibility, minorAtAct });
    expect(result.ageBecause === undefined).toBe(!minorAtAct);
  });

  it('asks for the responsibility of a child only where there may have been a child', () => {
    const elements = without(everyElement(genocide), 'maturityOfChild');
    expect(assessAllegation(anAllegation({ elements })).complete).toBe(true);
    expect(assessAllegation(anAllegation({ elements, birthDate: '1978-01-01' })).missing).toEqual([
      { element: 'maturityOfChild', because: expect.stringContaining('not found yet') },
    ]);
  });

  const day = fc
    .integer({ min: 0, max: 25_000 })
    .map((n) => new Date(Date.UTC(1940, 0, 1 + n)).toISOString().slice(0, 10));
  const window = fc.array(day, { minLength: 4, maxLength: 4 }).map((days) => {
    const [earliest, inner, outer, latest] = days.sort() as [string, string, string, string];
    const wide = { earliest, startLatest: latest, endEarliest: earliest, latest };
    const narrow = { earliest: inner, startLatest: outer, endEarliest: inner, latest: outer };
    return { wide, narrow };
  });

  it('never makes a child an adult when less is known of the birth date', () => {
    fc.assert(
      fc.property(window, day, fc.integer({ min: 8, max: 18 }), ({ wide, narrow }, when, age) => {
        const at = (birthDate: typeof wide) =>
          assessAllegation(
            anAllegation({
              birthDate,
              act: { summary: 'A', when },
              intendedToStand: false,
              settings: { ageOfCriminalResponsibility: age },
            }),
          );
        expect(Number(at(wide).minorAtAct)).toBeGreaterThanOrEqual(Number(at(narrow).minorAtAct));
        expect(Number(at(wide).belowResponsibility)).toBeGreaterThanOrEqual(Number(at(narrow).belowResponsibility));
      }),
    );
  });

  it('never makes a child an adult when less is known of the act’s date', () => {
    fc.assert(
      fc.property(day, window, (birthDate, { wide, narrow }) => {
        const at = ({ earliest, latest }: typeof wide) =>
          assessAllegation(
            anAllegation({ birthDate, act: { summary: 'A', when: `${earliest}/${latest}` }, intendedToStand: false }),
          );
        expect(Number(at(wide).minorAtAct)).toBeGreaterThanOrEqual(Number(at(narrow).minorAtAct));
        expect(Number(at(wide).belowResponsibility)).toBeGreaterThanOrEqual(Number(at(narrow).belowResponsibility));
      }),
    );
  });

  it('counts everybody below the age of responsibility as a child', () => {
    fc.assert(
      fc.property(day, day, (birthDate, when) => {
        const result = assessAllegation(
          anAllegation({ birthDate, act: { summary: 'A', when }, intendedToStand: false }),
        );
        expect(result.belowResponsibility && !result.minorAtAct).toBe(false);
      }),
    );
  });
});

describe('completeness', () => {
  it('is reached exactly when nothing is missing, whatever is left out', () => {
    fc.assert(
      fc.property(fc.subarray(genocide.elements.map(({ id }) => id)), (kept) => {
        const all = everyElement(genocide);
        const elements = Object.fromEntries(kept.map((id) => [id, all[id]!]));
        const result = assessAllegation(anAllegation({ elements, birthDate: '1978' }));
        expect(result.missing.map(({ element }) => element)).toEqual(
          genocide.elements.map(({ id }) => id).filter((id) => !kept.includes(id)),
        );
        expect(result.complete).toBe(kept.length === genocide.elements.length);
      }),
    );
  });
});
