import { describe, expect, it } from '@jest/globals';
import {
  aFile,
  anAllegation,
  anAnswer,
  anInterview,
  aPackageInput,
  AT,
  id,
} from '../../../test/factories/package-file.js';
import { packageProblems } from './package-check.js';
import { correctionPackage, HANDLING, referralPackage } from './package.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- packages are checked by what is expected of them */

const hash = (value: unknown): string => String(JSON.stringify(value).length % 10).repeat(64);
const sent = (file = aFile(), more: object = {}): any => referralPackage({ ...aPackageInput(file), ...more }, hash);

const robbery = anAllegation({
  id: id(12),
  ground: '1F(b)',
  crime: 'seriousNonPoliticalCrime',
  content: { act: { summary: 'robbery' } },
});

describe('a referral package', () => {
  it('fits the schema that recipients are given', () => {
    expect(packageProblems(sent())).toEqual([]);
  });

  it('carries only the allegations that the recipient has a legal basis for', () => {
    const text = JSON.stringify(sent(aFile({ allegations: [anAllegation(), robbery] })));
    expect(text).toContain(id(11));
    expect(text).not.toContain('robbery');
    expect(text).not.toContain(id(12));
  });

  it('keeps what was said among the facts and what an officer thought of it among the assessments', () => {
    const { facts, assessments } = sent();
    expect(JSON.stringify(facts)).toContain('At home');
    expect(JSON.stringify(facts)).not.toContain('hesitated');
    expect(assessments.remarks).toMatchObject([{ answerId: id(31), note: 'hesitated' }]);
  });

  it('shows an answer as spoken, as interpreted, by the label of its code, and its correction', () => {
    const answers = [
      anAnswer({
        content: { value: 'home', verbatim: { original: 'Mu rugo.', originalLanguage: 'rw', interpreted: 'At home.' } },
      }),
      anAnswer({ id: id(32), revision: 2, inWords: 'Hiding', content: { value: 'hiding' } }),
    ];
    const [first, second] = sent(aFile({ interviews: [anInterview({ answers })] })).facts.interviews[0].answers;
    expect(first).toMatchObject({
      question: 'Where were you?',
      inWords: 'At home',
      inForce: false,
      words: { original: 'Mu rugo.', originalLanguage: 'rw', interpreted: 'At home.' },
    });
    expect(second).toMatchObject({ inForce: true, correctionOf: id(31), words: null });
  });

  it('names the interpreter by a number in the register, and withholds anything that could be a name', () => {
    const held = (reference: string) =>
      anInterview({ content: { circumstances: { interpreter: { reference, confirmed: true } } } });
    const interpreterOf = (reference: string) =>
      sent(aFile({ interviews: [held(reference)] })).facts.interviews[0].interpreter;
    expect(interpreterOf('INT-204')).toMatchObject({ number: 'INT-204', understood: true });
    expect(interpreterOf('Jeanne Exemplaris')).toMatchObject({ number: null });
    expect(JSON.stringify(interpreterOf('Jeanne Exemplaris'))).not.toContain('Jeanne');
  });

  it('says to whom the number of the interpreter leads: to a court that orders it', () => {
    expect(sent().facts.interviews[0].interpreter).toMatchObject({ trace: expect.stringContaining('to a court') });
  });

  it('tells of counsel, comments, recordings with hash and marks, and which notice was given when', () => {
    const recording = {
      ...{ id: id(71), sha256: 'c'.repeat(64), bytes: 9, mediaType: 'audio/wav', addedAt: AT },
      content: { name: 'one.wav', source: 'the room', custody: 'sealed in the room' },
      marks: [{ questionId: 'where', item: '', atMs: 1_500 }],
    };
    const comment = {
      id: id(72),
      kind: 'commentOnRecord' as const,
      receivedAt: AT,
      content: { text: 'Not so.', interviewId: id(21) },
    };
    const file = aFile({ interviews: [anInterview({ recordings: [recording] })], submissions: [comment] });
    const { facts } = sent(file);
    expect(facts.interviews[0]).toMatchObject({
      counselPresent: true,
      comments: [id(72)],
      recordings: [{ sha256: 'c'.repeat(64), custody: 'sealed in the room', marks: recording.marks }],
      notices: [{ version: 1, givenAt: AT, language: 'rw' }],
    });
    expect(facts.submissions).toMatchObject([{ id: id(72), text: 'Not so.' }]);
  });

  it('keeps categories apart, marks relatives, and withholds whereabouts until they are approved', () => {
    const person = (
      n: number,
      category: 'victim' | 'witness' | 'suspected',
      approvedAt: string | null,
      relation = 'none',
    ) => ({
      id: id(n),
      category,
      relation: relation as never,
      recordedAt: AT,
      countries: [],
      whereaboutsApprovedAt: approvedAt,
      content: { name: `Invented ${n}`, whereabouts: `invented town ${n}` },
    });
    const body = sent(
      aFile({
        thirdPersons: [person(51, 'victim', null, 'sibling'), person(52, 'witness', AT), person(53, 'suspected', null)],
      }),
    );
    expect(body.persons.victims).toMatchObject([
      { id: id(51), mayRefuseTestimony: true, whereabouts: null, whereaboutsNote: expect.stringContaining('Withheld') },
    ]);
    expect(body.persons.witnesses).toMatchObject([
      { id: id(52), mayRefuseTestimony: false, whereabouts: 'invented town 52' },
    ]);
    expect(body.persons.underSuspicion.map(({ isApplicant }: any) => isApplicant)).toEqual([true, false]);
    expect(JSON.stringify(body)).not.toMatch(/invented town 5[13]/);
    expect(packageProblems(body)).toEqual([]);
  });

  it('shows an indicator with the answers it was raised from and why officers dispute it', () => {
    const indicator = {
      id: id(61),
      indicatorId: 'atBarrier',
      item: '',
      severity: 'high' as const,
      ground: '1F(a)',
      raisedAt: AT,
      clearedAt: null,
      questions: ['where'],
      content: {
        certainty: 'yes',
        reason: 'Stood at a barrier.',
        because: [{ sentence: 'the answer to where is home', outcome: 'yes' }],
        innocent: ['Everybody had to.'],
        disputed: [{ reason: 'A namesake.', by: id(99), at: AT }],
      },
    };
    const body = sent(aFile({ interviews: [anInterview({ indicators: [indicator] })] }));
    expect(body.assessments.indicators).toMatchObject([
      {
        indicatorId: 'atBarrier',
        raisedFrom: [{ answerId: id(31), question: 'Where were you?', inWords: 'At home' }],
        disputed: [{ reason: 'A namesake.', at: AT }],
      },
    ]);
    expect(body.exculpatory.disputedIndicators).toEqual([{ interviewId: id(21), id: id(61) }]);
    expect(packageProblems(body)).toEqual([]);
  });

  it('names each element with its law, and moves what speaks for the person into a part of its own', () => {
    const evidence = [
      { element: 'act', sourceKind: 'interview' as const, sourceRef: `${id(21)}#where`, exculpatory: false },
      { element: 'act', sourceKind: 'document' as const, sourceRef: id(71), exculpatory: true },
    ];
    const { allegations, exculpatory } = sent(aFile({ allegations: [anAllegation({ evidence })] }));
    const act = allegations[0].elements.find(({ element }: any) => element === 'act');
    expect(act.legalSource).toEqual(expect.any(String));
    expect(act.evidence).toEqual([{ sourceKind: 'interview', sourceRef: `${id(21)}#where` }]);
    expect(exculpatory).toMatchObject({
      assessed: [{ allegationId: id(11), assessment: 'was threatened' }],
      evidence: [{ allegationId: id(11), sourceRef: id(71) }],
    });
  });

  it('counts a required element that was not found for the person, and a defence only where it may be there', () => {
    const findings = {
      act: 'met',
      specialIntent: 'unclear',
      duress: 'notMet',
      superiorOrders: 'met',
      mistake: 'unclear',
    };
    const elements = Object.entries(findings).map(([element, finding]) => ({ element, finding, content: {} }));
    const { exculpatory } = sent(aFile({ allegations: [anAllegation({ elements: elements as any })] }));
    expect(exculpatory.elementsNotMet).toEqual([
      { allegationId: id(11), element: 'specialIntent', finding: 'unclear' },
      { allegationId: id(11), element: 'superiorOrders', finding: 'met' },
      { allegationId: id(11), element: 'mistake', finding: 'unclear' },
    ]);
  });

  it('says in words that nothing speaks for the person, instead of leaving the part out', () => {
    const { exculpatory } = sent(aFile({ allegations: [], interviews: [] }));
    expect(exculpatory).toMatchObject({
      statement: expect.stringContaining('nothing'),
      undisclosed: { exists: false },
    });
  });

  it('says that undisclosed exculpatory information exists where its source refused', () => {
    const { exculpatory } = sent(aFile({ undisclosedExculpatory: true }));
    expect(exculpatory.undisclosed).toMatchObject({ exists: true, statement: expect.stringContaining('refused') });
  });

  it('puts who gives an account among the witnesses, under no suspicion', () => {
    const file = aFile({ allegations: [], interviews: [] });
    const { persons, decision, exculpatory } = sent(file, { kind: 'account' });
    expect(persons.underSuspicion).toEqual([]);
    expect(persons.witnesses).toMatchObject([{ id: id(2), isApplicant: true }]);
    expect(decision.notice).toContain('no allegation');
    expect(exculpatory.statement).toContain('nothing is alleged');
  });

  it('forbids onward transfer, names the law, the countries it may never reach, the contact, and a hash for every part', () => {
    const body = sent();
    expect(body.handling).toEqual({ text: HANDLING, onwardTransfer: 'withOurLeaveOnly', neverTo: ['RW'] });
    expect(body.legalBasis).toBe('A law');
    expect(body.sender).toEqual({ country: 'BE', officer: 'Invented Decider', unit: 'central' });
    expect(Object.keys(body.manifest.parts)).toEqual([
      'decision',
      'status',
      'persons',
      'allegations',
      'facts',
      'assessments',
      'exculpatory',
      'completeness',
    ]);
  });

  it('is refused by the schema when a part is left out or something unknown is in it', () => {
    const { exculpatory: _, ...without } = sent();
    expect(packageProblems(without)).not.toEqual([]);
    expect(packageProblems({ ...sent(), interpreterName: 'Jeanne' })).not.toEqual([]);
  });
});

describe('a correction package', () => {
  it('says the cause, what it corrects, and what the recipient must answer', () => {
    const body = correctionPackage(
      {
        referralId: id(81),
        correctionId: id(82),
        reason: 'quashedFinal',
        explanation: 'set aside',
        findings: [],
        at: '2026-03-01T00:00:00.000Z',
        recipient: aPackageInput().recipient,
        caseReference: 'TEST-1',
        decisionId: id(92),
        corrected: [{ referralId: id(91), kind: 'exclusion', bodySha256: 'b'.repeat(64) }],
        suspended: false,
        whereaboutsWithheld: [],
      },
      hash,
    );
    expect(body).toMatchObject({
      kind: 'correction',
      correction: { reason: 'quashedFinal', explanation: 'set aside', answer: expect.stringContaining('erased') },
      corrects: [{ referralId: id(91), kind: 'exclusion', bodySha256: 'b'.repeat(64) }],
      handling: { text: HANDLING, onwardTransfer: 'withOurLeaveOnly' },
    });
    expect(packageProblems(body)).toEqual([]);
  });
});
