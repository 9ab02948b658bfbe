import { describe, expect, it } from '@jest/globals';
import { aFile, anAllegation, anAnswer, anInterview, aPackageInput, id } from '../../../test/factories/package-file.js';
import { gapsOf } from './completeness.js';
import { accountOf } from './package-account.js';
import { packageProblems } from './package-check.js';
import { referralPackage } from './package.js';

const hash = (value: unknown): string => String(JSON.stringify(value).length % 10).repeat(64);
const agreed = { category: 'victim' as const, interviewId: id(21), questionIds: ['suffered'] };
const suffered = anAnswer({
  id: id(32),
  questionId: 'suffered',
  content: { value: { original: null, interpreted: 'We hid.' }, note: 'wept' },
});
const heard = anInterview({
  answers: [anAnswer(), suffered],
  content: { ...anInterview().content, cautions: ['told'] },
});
const whole = aFile({
  account: agreed,
  allegations: [anAllegation()],
  interviews: [heard, anInterview({ id: id(22), answers: [{ ...suffered, id: id(33) }] })],
});

describe('an own account', () => {
  it('is the answers to the questions agreed to, of the interview agreed to, without the remarks of the officer', () => {
    const { interviews, allegations } = accountOf(whole);
    expect(interviews.map(({ id: of, answers }) => [of, answers.map((one) => [one.id, one.content])])).toEqual([
      [id(21), [[id(32), { value: { original: null, interpreted: 'We hid.' } }]]],
    ]);
    expect(interviews[0]!.content).not.toHaveProperty('cautions');
    expect(allegations).toEqual([]);
  });

  it('tells neither what the interview was held for, nor by which questionnaire, nor the words of the notice before it', () => {
    const held = anInterview({ ...heard, purpose: 'exclusion' });
    expect(held.questionnaires).not.toEqual([]);
    const file = accountOf({ ...whole, interviews: [held] });
    const body = referralPackage({ ...aPackageInput(file), kind: 'account' }, hash);
    const [told] = (body['facts'] as { interviews: { purpose: unknown; questionnaires: unknown; notices: object[] }[] })
      .interviews;
    expect(told).toMatchObject({ purpose: null, questionnaires: [], notices: [{ text: null }] });
    expect(packageProblems(body)).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('exclusion');
  });

  it('is nothing without an agreement', () => {
    expect(accountOf({ ...whole, account: null }).interviews).toEqual([]);
  });

  it('leaves out the claim, its decisions, whereabouts and everybody else', () => {
    const { claim, decisions, person, thirdPersons, documents } = accountOf({ ...whole, claim: 'open.pending' });
    expect({ claim, decisions, thirdPersons, documents }).toEqual({
      claim: null,
      decisions: [],
      thirdPersons: [],
      documents: [],
    });
    expect(person).toMatchObject({ whereabouts: null, history: [] });
  });

  it('makes a package that fits the schema, in which a victim is among the victims', () => {
    const file = accountOf(whole);
    const body = referralPackage({ ...aPackageInput(file), kind: 'account' }, hash);
    expect(packageProblems(body)).toEqual([]);
    expect(body).toMatchObject({ persons: { underSuspicion: [], witnesses: [], victims: [{ isApplicant: true }] } });
  });

  it('lacks no whereabouts, recording or categories of others, and still lacks a record that nobody closed', () => {
    const open = { ...whole, interviews: [{ ...heard, sealedAt: null, state: 'held' }] };
    const codes = (file: typeof whole) => gapsOf(accountOf(file), { kind: 'account', allegationIds: [] });
    expect(codes(whole)).toEqual([]);
    expect(codes(open).map(({ code }) => code)).toContain('recordOpen');
  });
});
