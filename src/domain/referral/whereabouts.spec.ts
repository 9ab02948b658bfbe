import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import {
  aFile,
  anAllegation,
  anAnswer,
  anInterview,
  aPackageInput,
  AT,
  id,
} from '../../../test/factories/package-file.js';
import { gapsOf } from './completeness.js';
import { accountOf } from './package-account.js';
import { packageProblems } from './package-check.js';
import { correctionPackage, referralPackage } from './package.js';
import { printedPackage } from './printed-package.js';
import {
  isTooShort,
  type Marking,
  personsTold,
  standingMarks,
  standsIn,
  statementsOf,
  textsUnmarked,
  withheldMark,
  withheldWhereabouts,
  withoutWhereabouts,
} from './whereabouts.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- packages are checked by what is expected of them */

const hash = (value: unknown): string => String(JSON.stringify(value).length % 10).repeat(64);
const of = (n: number, ...passages: string[]) => ({ personId: id(n), passages, lookedThrough: [] });
const clean = (text: string, ...passages: string[]) => withoutWhereabouts(text, [of(51, ...passages)]);
const MARK = withheldMark([id(51)]);

/** `said` in every text that an interview, what was made of it, and what was submitted about it have. */
const aFileThatSays = (said: string, passages: readonly string[]) =>
  aFile({
    whereaboutsWithheld: [{ personId: id(51), passages, lookedThrough: [] }],
    allegations: [
      anAllegation({
        content: { act: { summary: said }, exculpatory: { assessment: said } },
        elements: anAllegation().elements.map((one) => ({ ...one, content: { reasons: said } })),
      }),
    ],
    interviews: [
      anInterview({
        content: {
          ...anInterview().content,
          confirmation: { outcome: 'refused', reasons: said },
          cautions: [{ at: AT, reason: said }],
          followUps: [{ id: id(33), questionId: 'where', asked: said, answer: { original: said, interpreted: said } }],
        },
        answers: [
          anAnswer({ inWords: said, content: { value: { original: said, interpreted: said }, note: said } }),
          anAnswer({ id: id(32), revision: 2, inWords: said, content: { value: { list: [said] }, status: null } }),
        ],
        translations: [
          { statementId: id(31), addedAt: AT, content: { language: 'en', text: said, translator: 'T-1' } },
        ],
      }),
    ],
    submissions: [{ id: id(72), kind: 'commentOnRecord', receivedAt: AT, content: { text: said, from: 'counsel' } }],
    disclosures: [
      {
        id: id(73),
        sourceKind: 'interview',
        disclosedAt: AT,
        content: { sourceRef: id(21), substance: said, how: said },
      },
    ],
  });

const packageOf = (file = aFile(), kind: 'exclusion' | 'account' = 'exclusion'): any => {
  const input = aPackageInput(file);
  return referralPackage({ ...input, kind, decision: { ...input.decision, reasons: 'reasons' } }, hash);
};

describe('words that tell where a third person is', () => {
  it.each([
    ['Latin, double space and another case', 'She lives at rue  DES\tlilas 5, Goma.', 'Rue des Lilas 5'],
    ['another composition of the same letters', 'Il est a\u0300 Be\u0301ni-Ville.', 'à Béni-Ville'],
    ['Arabic with a preposition, vowels and a tatweel', 'أخي يسكن بحَـلب الجديدة', 'حلب الجديدة'],
    ['Dari with and without a joiner', 'برادرم در خانه\u200cهای سبز است', 'خانههای سبز'],
    ['Tigrinya', 'ሓወይ ኣብ ዓዲ\u00a0ግራት ይነብር', 'ዓዲ ግራት'],
    ['signs that mean something to a pattern', 'At Camp (B+) [2].', 'Camp (B+) [2]'],
  ])('are found and replaced whole: %s', (_what, text, passage) => {
    const { value, withheld } = clean(text, passage);
    expect(value).toContain(MARK);
    expect(clean(value.replace(MARK, ''), passage).withheld).toEqual([]);
    expect(withheld).toEqual([{ thirdPersonId: id(51), passages: 1 }]);
  });

  it('leave nothing between two that overlap, or where one overlaps itself', () => {
    expect(clean('in North Goma Lake town', 'North Goma', 'Goma Lake').value).toBe(`in ${MARK} town`);
    expect(clean('anana', 'ana').value).toBe(MARK);
    const two = withoutWhereabouts('North Goma Lake', [of(51, 'North Goma'), of(52, 'Goma Lake')]);
    expect(two.value).toBe(withheldMark([id(51), id(52)]));
    expect(two.withheld.map(({ thirdPersonId }) => thirdPersonId)).toEqual([id(51), id(52)]);
  });

  it('are no ids, hashes, times or words of the schema', () => {
    const fixed = { a: id(51), b: 'abcdef01'.repeat(8), c: AT, d: 'witness', e: { questionId: 'witnessTown' } };
    expect(withoutWhereabouts(fixed, [of(51, 'abcdef', 'witness')]).value).toEqual(fixed);
  });

  it('are withheld in every text of a package, which counts them and fits its schema', () => {
    const body = packageOf(aFileThatSays('My brother hides in Hidden Town, at the mill.', ['hidden town']));
    expect(JSON.stringify(body)).not.toMatch(/hidden town/i);
    expect(body.facts.interviews[0].answers[0].words.original).toBe(`My brother hides in ${MARK}, at the mill.`);
    const [{ thirdPersonId, passages }] = body.manifest.withheld;
    expect([thirdPersonId, passages]).toEqual([id(51), JSON.stringify(body).split(MARK).length - 1]);
    expect(body.manifest.parts.facts).toBe(hash(body.facts));
    const printed = JSON.stringify(printedPackage(body, () => true));
    expect(printed).toContain('[Withheld: whereabouts of');
    expect(printed).not.toMatch(/hidden\s+town/i);
    expect(packageProblems(body)).toEqual([]);
  });

  it('survive nowhere in any package, whatever was said around them', () => {
    const alphabet = fc.constantFrom(...'ΑΒΓΔαβγδ حلبጎንደር');
    const word = fc.array(alphabet, { minLength: 3, maxLength: 8 }).map((signs) => signs.join(''));
    const passages = fc.array(word, { minLength: 1, maxLength: 3 }).map((all) => all.filter((one) => !isTooShort(one)));
    fc.assert(
      fc.property(passages, fc.array(word, { maxLength: 4 }), fc.nat(3), (marked, around, at) => {
        const said = [...around.slice(0, at), ...marked, ...around.slice(at)].join('');
        for (const kind of ['exclusion', 'account'] as const) {
          const whole = aFileThatSays(said, marked);
          const account = { category: 'victim' as const, interviewId: id(21), questionIds: ['where'] };
          const body = packageOf(kind === 'account' ? accountOf({ ...whole, account }) : whole, kind);
          for (const one of marked) expect(JSON.stringify(body)).not.toContain(one);
          expect(withoutWhereabouts(body, [of(51, ...marked)]).withheld).toEqual([]);
          expect(packageProblems(body)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are withheld in an own account, whose third persons stay behind, and in a correction', () => {
    const account = { category: 'victim' as const, interviewId: id(21), questionIds: ['where'] };
    const file = accountOf({ ...aFileThatSays('In Hidden Town.', ['Hidden Town']), account });
    const body = packageOf(file, 'account');
    expect(JSON.stringify(body)).toContain(MARK);
    expect(JSON.stringify(body)).not.toContain('Hidden Town');
    const corrected = correctionPackage(
      {
        ...{
          referralId: id(81),
          correctionId: id(82),
          reason: 'quashedFinal',
          explanation: 'She fled to Hidden Town.',
        },
        ...{ findings: [], at: AT, recipient: aPackageInput().recipient, caseReference: 'TEST-1', decisionId: null },
        ...{ corrected: [], suspended: false, whereaboutsWithheld: file.whereaboutsWithheld },
      },
      hash,
    );
    expect(corrected['correction']).toMatchObject({ explanation: `She fled to ${MARK}.` });
    expect(packageProblems(corrected)).toEqual([]);
  });

  it('need three letters and must stand in a text', () => {
    expect(['5 B', 'ab', '12345', 'حل'].map(isTooShort)).toEqual([true, true, true, true]);
    expect(['Goma', 'حلب'].map(isTooShort)).toEqual([false, false]);
    const file = aFileThatSays('In Hidden Town.', []);
    expect([standsIn([file], 'hidden  town'), standsIn([file], 'Elsewhere')]).toEqual([true, false]);
  });

  it('marked as interpreted only are said to be unmarked as spoken', () => {
    const words = { original: 'Aba i Goma.', interpreted: 'He lives in Gomatown.' };
    const file = aFile({ interviews: [anInterview({ answers: [anAnswer({ content: { value: words } })] })] });
    expect(textsUnmarked([file], ['Gomatown'])).toEqual([{ statementId: id(31), text: 'original' }]);
    expect(textsUnmarked([file], ['Gomatown', 'i Goma'])).toEqual([]);
    expect(textsUnmarked([file], [])).toEqual([]);
  });
});

describe('what stands marked', () => {
  const marking = (type: Marking['type'], passages: readonly string[], n = 51): Marking =>
    ({ type, id: id(n), passages, statements: [id(31)], reason: 'A mistake.' }) as Marking;

  it('is what was marked and not withdrawn since, however it is spelt, for each person apart', () => {
    const markings = [
      marking('MARK_PASSAGES', ['Mill Town', 'the mill']),
      marking('MARK_PASSAGES', ['Mill Town'], 52),
      marking('WITHDRAW_PASSAGES', ['mill  TOWN']),
      marking('APPROVE_WHEREABOUTS', [], 52),
    ];
    expect(standingMarks(markings)).toEqual([
      { id: id(51), passages: ['the mill'], statements: [id(31)] },
      { id: id(52), passages: ['Mill Town'], statements: [id(31)] },
    ]);
    const anew = [...markings, marking('MARK_PASSAGES', ['Mill Town'])];
    expect(standingMarks(anew)[0]).toMatchObject({ passages: ['the mill', 'Mill Town'] });
  });

  it('is told by a text in which it stands, of whomever', () => {
    const withheld = [of(51, 'Mill Town'), of(52, 'Goma Lake')];
    expect(personsTold('She went to mill\ntown.', withheld)).toEqual([id(51)]);
    expect(personsTold('A mill in a town.', withheld)).toEqual([]);
  });
});

describe('whose whereabouts are withheld', () => {
  const person = (n: number, more: object = {}) => ({
    ...{ id: id(n), whereaboutsApprovedAt: null, withdrawn: false, content: { whereabouts: 'Hidden Town' } },
    ...more,
  });
  const mark = (n: number, ...passages: string[]) => ({ id: id(n), passages, statements: [id(31)] });

  it('is everybody whose are not approved, by recorded words and marked ones', () => {
    expect(
      withheldWhereabouts([person(51), person(52, { whereaboutsApprovedAt: AT })], [mark(51, 'the mill')]),
    ).toEqual([{ personId: id(51), passages: ['Hidden Town', 'the mill'], lookedThrough: [id(31)] }]);
  });

  it('is also somebody withdrawn, but for words that were approved for the record made anew', () => {
    const withdrawn = person(51, { withdrawn: true });
    expect(withheldWhereabouts([withdrawn], [])[0]).toMatchObject({ passages: ['Hidden Town'], lookedThrough: null });
    const anew = person(52, { whereaboutsApprovedAt: AT, content: { whereabouts: 'hidden  town' } });
    expect(withheldWhereabouts([withdrawn, anew], [mark(51, 'the mill')])[0]).toMatchObject({ passages: ['the mill'] });
  });

  it('is asked about by the gate until somebody looked through what was said, and again after more was', () => {
    const file = aFileThatSays('Nothing.', []);
    const looked = (lookedThrough: readonly string[] | null) =>
      gapsOf(
        { ...file, whereaboutsWithheld: [{ personId: id(51), passages: [], lookedThrough }] },
        { kind: 'exclusion', allegationIds: [] },
      ).filter(({ code }) => code === 'whereaboutsNotLookedFor');
    const all = statementsOf(file).map((one) => one.id);
    expect(looked([])).toMatchObject([{ subject: id(51), hinders: true }]);
    expect(looked(all)).toEqual([]);
    expect(looked(all.slice(1))).toHaveLength(1);
    expect(looked(null)).toEqual([]);
  });
});
