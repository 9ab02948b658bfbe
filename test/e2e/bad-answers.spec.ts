import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import type { Question, QuestionnaireFile } from '../../src/domain/questionnaire/format.js';
import { compilePack } from '../../src/domain/questionnaire/pack.js';
import { publishQuestionnaires } from '../../src/questionnaires/publish-questionnaires.js';
import { aCaseAt, anInterviewUnderWay } from '../factories/case-walk.js';
import { smallPackFile, smallReference } from '../factories/small-pack.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';
import { pointersIn } from '../support/refusals.js';

const TYPES = [
  'boolean',
  'choice',
  'multiChoice',
  'text',
  'verbatim',
  'number',
  'date',
  'place',
  'unit',
  'rank',
  'organisation',
  'event',
] as const;
type Type = (typeof TYPES)[number];

const MORE: Partial<Record<Type, object>> = {
  choice: { list: 'colours' },
  multiChoice: { list: 'colours', max: 2 },
  number: { integer: true, min: 0, max: 100 },
};

/** One open question of each type there is. */
const EVERY_TYPE: QuestionnaireFile = {
  format: 1,
  id: 'every-type',
  version: 1,
  purpose: 'screening',
  title: { en: 'Every type' },
  languages: ['en'],
  lists: {
    colours: [
      { code: 'red', text: { en: 'Red' } },
      { code: 'green', text: { en: 'Green' } },
      { code: 'blue', text: { en: 'Blue' } },
    ],
  },
  sections: [
    {
      id: 'all',
      title: { en: 'All' },
      phase: 'freeAccount',
      items: TYPES.map(
        (type) =>
          ({
            id: type,
            type,
            text: { en: `A question of the type ${type}?` },
            purpose: 'identity',
            basis: ['House rule'],
            ...MORE[type],
          }) as unknown as Question,
      ),
    },
  ],
};

const GOOD: Readonly<Record<Type, unknown>> = {
  boolean: true,
  choice: 'red',
  multiChoice: ['red', 'green'],
  text: 'Words.',
  verbatim: { original: 'Amagambo.', originalLanguage: 'rw' },
  number: 7,
  date: '1994-04~',
  place: { ref: 'strelsau' },
  unit: { said: 'the second battalion' },
  rank: { ref: 'captain' },
  organisation: { ref: 'guard', said: 'the guard' },
  event: { ref: 'fire' },
};

const ANY_REFERENCE = [
  true,
  7,
  '',
  'strelsau',
  [],
  ['strelsau'],
  {},
  { ref: 'nowhere' },
  { ref: 7 },
  { said: ' ' },
  { ref: 'private', x: 1 },
];

const BAD: Readonly<Record<Type, readonly unknown[]>> = {
  boolean: ['true', 1, 0, '', [], {}, [true]],
  choice: [true, 7, '', 'purple', 'RED', ['red'], {}, '__proto__', 'constructor'],
  multiChoice: ['red', [], ['purple'], ['red', 'red'], ['red', 'green', 'blue'], [7], {}, [['red']]],
  text: [true, 7, '', '   ', [], {}, ['Words.'], 'x'.repeat(50_001)],
  verbatim: [
    'Words.',
    7,
    {},
    { original: '' },
    { original: 7 },
    { original: 'a', language: 'rw' },
    { original: 'a', originalLanguage: 'Kinyarwanda' },
    { original: 'a', interpreterUnsure: 'no' },
    [],
  ],
  number: ['7', true, 7.5, -1, 101, 1e300, [], {}],
  date: [
    1994,
    true,
    '',
    '1994-13',
    '1994-02-30',
    '30.04.1994',
    'in spring',
    '1994/1990',
    [],
    {},
    { edtf: '1994-13' },
    { said: 'in spring' },
    { edtf: 1994 },
  ],
  place: [...ANY_REFERENCE, { ref: 'captain' }],
  unit: [...ANY_REFERENCE, { ref: 'strelsau' }],
  rank: [...ANY_REFERENCE, { ref: 'guard1' }],
  organisation: [...ANY_REFERENCE, { ref: 'fire' }],
  event: [...ANY_REFERENCE, { ref: 'guard' }],
};

describe('an answer that cannot be', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let caseId: string;
  let path: string;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    officer = await application.as('officer');
    const files = [
      {
        file: 'Ruritania/pack.json',
        content: { ...smallPackFile, languages: ['en'], countries: ['stateless'], questionnaires: ['every.v1.json'] },
      },
      { file: 'Ruritania/every.v1.json', content: EVERY_TYPE },
      { file: 'Ruritania/reference.json', content: smallReference },
    ];
    const pack = compilePack('Ruritania', files, { knownCountries: ['RW'] });
    if (!pack.ok) throw new Error(JSON.stringify(pack.problems));
    await publishQuestionnaires(application.owner, [pack]);
    caseId = (await aCaseAt(cast, 'triage')).id;
    const chosen = { purpose: 'screening', questionnaire: 'every-type', reason: 'To try every type.' };
    const interview = await anInterviewUnderWay(withBody(chosen), caseId, 'screening');
    path = `/api/interviews/${interview}/answers`;
  });

  afterAll(() => application?.close());

  const answer = (said: object): Promise<Answer> => officer.post(path, said);

  const kept = (): Promise<object[]> =>
    application.rows(
      `SELECT version, event_seq, (SELECT count(*)::int FROM answer) AS answers, (SELECT count(*)::int FROM raised_indicator) AS indicators,
         (SELECT count(*)::int FROM command) AS commands FROM interview ORDER BY id`,
    );

  describe('is refused and not kept:', () => {
    let before: object[];

    beforeEach(async () => {
      before = await kept();
    });

    afterEach(async () => {
      expect(await kept()).toEqual(before);
    });

    it.each(TYPES)('a value of the wrong type for a %s', async (type) => {
      for (const value of BAD[type]) {
        const { status, body } = await answer({ questionId: type, value });
        expect({ type, value, status, code: body.code }).toEqual({ type, value, status: 400, code: 'invalidInput' });
        for (const { pointer, detail } of body.errors as { pointer: string; detail: string }[]) {
          expect(pointer).toMatch(/^\/value/);
          expect(detail.length).toBeGreaterThan(10);
        }
      }
    });

    it('both a value and a status, neither, or a status there is not', async () => {
      for (const said of [
        {},
        { value: null },
        { value: true, status: 'unknown' },
        { status: 'maybe' },
        { status: 7 },
      ]) {
        const refused = await answer({ questionId: 'boolean', ...said });
        expect({ said, status: refused.status, code: refused.body.code }).toEqual({
          said,
          status: 400,
          code: 'invalidInput',
        });
      }
    });

    it('an answer to a question there is not, of no item there can be, or based on no answer', async () => {
      for (const [said, pointer] of [
        [{ questionId: 'shoeSize', value: 43 }, '/questionId'],
        [{ questionId: 'constructor', value: 43 }, '/questionId'],
        [{ questionId: '', value: 43 }, '/questionId'],
        [{ questionId: 7, value: 43 }, '/questionId'],
        [{ value: 43 }, '/questionId'],
        [{ questionId: 'number', value: 43, item: 0 }, '/item'],
        [{ questionId: 'number', value: 43, item: -1 }, '/item'],
        [{ questionId: 'number', value: 43, item: 'first' }, '/item'],
        [{ questionId: 'number', value: 43, basedOn: 'x' }, '/basedOn'],
        [{ questionId: 'number', value: 43, basedOn: randomUUID() }, '/basedOn'],
        [{ questionId: 'number', value: 43, note: '' }, '/note'],
        [{ questionId: 'number', value: 43, verbatim: {} }, '/verbatim'],
        [{ questionId: 'number', value: 43, verbatim: [] }, '/verbatim'],
        [{ questionId: 'number', value: 43, verbatim: 7 }, '/verbatim'],
        [{ questionId: 'number', value: 43, colour: 'red' }, '/colour'],
      ] as const) {
        const refused = await answer(said);
        expect({ said, status: refused.status, code: refused.body.code }).toEqual({
          said,
          status: 400,
          code: 'invalidInput',
        });
        expect(pointersIn(refused)[0]).toMatch(new RegExp(`^${pointer}`));
      }
    });
  });

  it.each(TYPES)('but one that fits a %s is kept as it came', async (type) => {
    const done = await answer({ questionId: type, value: GOOD[type] });
    expect(done.status).toBe(201);
    const { body } = await officer.get(path.replace('/answers', ''));
    const questions = (body.sections as { items: { id: string; answer?: { value: unknown } }[] }[]).flatMap(
      ({ items }) => items,
    );
    expect(questions.find(({ id }) => id === type)?.answer?.value).toEqual(GOOD[type]);
  });

  it('to a question that is not open is refused, and says what to do', async () => {
    const interview = await anInterviewUnderWay(cast.officer, caseId, 'screening');
    const before = await kept();
    const said = { questionId: 'serviceRank', value: { said: 'a corporal' } };
    const refused = await officer.post(`/api/interviews/${interview}/answers`, said);
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'commandRefused' });
    expect(refused.body.detail).toMatch(/is not open\. Not asked because/);
    expect(await kept()).toEqual(before);
  });

  it('before the notice of purpose, or after the record is sealed, is refused', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    const opened = await officer.post(`/api/cases/${id}/interviews`, { purpose: 'screening' });
    const early = await officer.post(`/api/interviews/${opened.body.id as string}/answers`, {
      questionId: 'birthDate',
      value: '1970',
    });
    expect(early).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    const { interview } = await aCaseAt(cast, 'analysing');
    const interviewer = await application.as('interviewer');
    const before = await kept();
    const late = await interviewer.post(`/api/interviews/${interview}/answers`, {
      questionId: 'birthDate',
      value: '1970',
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'commandRefused', state: 'Sealed' } });
    const other = await officer.post(`/api/interviews/${interview}/commands`, { type: 'BACK_TO_QUESTIONS' });
    expect(other.status).toBeGreaterThanOrEqual(400);
    expect(await kept()).toEqual(before);
  });

  /** The officer, opening interviews of another questionnaire than the usual one. */
  function withBody(chosen: object): Cast['officer'] {
    return {
      ...cast.officer,
      post: (to, body) => cast.officer.post(to, to.endsWith('/interviews') ? chosen : body),
    };
  }
});
