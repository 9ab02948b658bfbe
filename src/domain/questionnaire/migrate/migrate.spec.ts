import { describe, expect, it } from '@jest/globals';
import { compile } from '../compile.js';
import type { QuestionnaireFile } from '../format.js';
import type { Plan } from '../plan.js';
import { checkMapping, type Mapping, readMapping } from './mapping.js';
import { moveAnswers, type Standing } from './move-answers.js';
import { moveBack, type Revision } from './move-back.js';

const text = { en: 'Invented.' };
const asked = { text, purpose: 'exclusion', basis: ['Invented'] };
type Items = QuestionnaireFile['sections'][number]['items'];

/** A questionnaire of these questions, with the codes of its one list. */
function aPlan(version: number, codes: readonly string[], items: object[]): Plan {
  const content = {
    format: 1,
    id: 'XX-screening',
    version,
    purpose: 'screening',
    title: text,
    languages: ['en'],
    lists: { jobs: codes.map((code) => ({ code, text })) },
    sections: [{ id: 'all', title: text, phase: 'open', items: items as unknown as Items }],
  };
  const result = compile([{ file: `XX/screening.v${version}.json`, content }]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

const former = aPlan(
  1,
  ['soldier', 'guard', 'cook'],
  [
    { id: 'job', type: 'choice', list: 'jobs', ...asked },
    { id: 'jobs', type: 'multiChoice', list: 'jobs', ...asked },
    { id: 'since', type: 'date', ...asked },
    { id: 'alone', type: 'boolean', ...asked },
    { id: 'posting', repeat: true, title: text, itemTitle: text, items: [{ id: 'where', type: 'text', ...asked }] },
  ],
);
const next = aPlan(
  2,
  ['soldier', 'warden'],
  [
    { id: 'work', type: 'choice', list: 'jobs', ...asked },
    { id: 'jobs', type: 'multiChoice', list: 'jobs', ...asked },
    { id: 'since', type: 'text', ...asked },
    { id: 'posting', repeat: true, title: text, itemTitle: text, items: [{ id: 'where', type: 'text', ...asked }] },
  ],
);
const codes = { guard: 'warden', cook: { dropped: 'Cooks are asked elsewhere.' } };
const mapping: Mapping = {
  questions: {
    job: { to: 'work', codes },
    jobs: { to: 'jobs', codes },
    since: { dropped: 'Asked in words now.' },
    alone: { dropped: 'Not asked any more.' },
  },
};
const said = (questionId: string, value: unknown, item: readonly number[] = []): Standing => ({
  questionId,
  item,
  value,
});

describe('a mapping from one version to the next', () => {
  it('is whole when every answer has somewhere to go', () => {
    expect(checkMapping(former, next, mapping)).toEqual([]);
    expect(checkMapping(former, former, { questions: {} })).toEqual([]);
  });

  it.each<[string, Mapping['questions'], string, RegExp]>([
    [
      'a question that is gone',
      { job: undefined as never },
      '/questions/job',
      /no question "job" to take answers; name another/,
    ],
    [
      'another type',
      { since: { to: 'since' } },
      '/questions/since',
      /of the type text now, and "since" was of the type date/,
    ],
    [
      'a code that is gone',
      { jobs: { to: 'jobs', codes: { guard: 'warden' } } },
      '/questions/jobs',
      /no code "cook" any more/,
    ],
    [
      'a code that never was',
      { job: { to: 'work', codes: { ...codes, spy: 'soldier' } } },
      '/questions/job/codes/spy',
      /had no code/,
    ],
    [
      'a misspelt code',
      { job: { to: 'work', codes: { ...codes, guard: 'wardn' } } },
      '/questions/job/codes/guard',
      /Did you mean "warden"/,
    ],
    ['a misspelt question', { jobb: { to: 'work' } }, '/questions/jobb', /Did you mean "job"/],
    ['a question outside the repeat', { where: { to: 'since' } }, '/questions/where', /not asked in the same repeats/],
    [
      'two questions into one',
      { jobs: { to: 'jobs', codes }, job: { to: 'jobs', codes } },
      '/questions/jobs',
      /already; drop one/,
    ],
  ])('names %s', (_what, change, pointer, message) => {
    const questions = Object.fromEntries(Object.entries({ ...mapping.questions, ...change }).filter(([, one]) => one));
    const found = checkMapping(former, next, { questions });
    expect(found).toContainEqual({ pointer, message: expect.stringMatching(message) });
  });

  it('is read strictly, and says how to write it', () => {
    expect(readMapping({ questions: mapping.questions })).toEqual({ mapping });
    for (const wrong of [
      { to: 1 },
      { dropped: ' ' },
      { to: 'a', dropped: 'b' },
      { to: 'a', codes: { b: 1 } },
      { too: 'a' },
      'a',
    ])
      expect(readMapping({ questions: { job: wrong } })).toMatchObject({ problems: [{ pointer: '/questions/job' }] });
    expect(readMapping({ question: {} })).toMatchObject({ problems: [{ pointer: '/question' }] });
  });
});

describe('moving answers', () => {
  const standing = [
    said('job', 'guard'),
    said('jobs', ['soldier', 'cook']),
    said('since', { edtf: '1994' }),
    said('alone', true),
    said('where', 'The market', [0]),
    said('left', 'behind by an earlier move'),
  ];

  it('repeats them under their new question and codes, keeps what fits, and says what is lost and why', () => {
    expect(moveAnswers(former, next, mapping, standing)).toEqual({
      kept: 1,
      recorded: [
        { questionId: 'work', item: [], value: 'warden', source: standing[0] },
        { questionId: 'jobs', item: [], value: ['soldier'], source: standing[1] },
        { questionId: 'since', item: [], status: 'notAsked' },
      ],
      dropped: [
        { questionId: 'jobs', item: [], reason: 'Cooks are asked elsewhere.' },
        { questionId: 'since', item: [], reason: 'Asked in words now.' },
        { questionId: 'alone', item: [], reason: 'Not asked any more.' },
      ],
      refused: [],
    });
  });

  it('takes statuses along, and refuses what the next version would not take', () => {
    const unknown: Standing = { questionId: 'job', item: [], status: 'unknown' };
    expect(moveAnswers(former, next, mapping, [unknown]).recorded).toEqual([
      { questionId: 'work', item: [], status: 'unknown', source: unknown },
    ]);
    const strict = aPlan(3, ['soldier'], [{ id: 'alone', type: 'boolean', ...asked }]);
    const loose = { questions: { job: { dropped: 'x' }, alone: { to: 'alone' } } };
    expect(moveAnswers(former, strict, loose, [said('alone', 'perhaps')])).toMatchObject({
      kept: 0,
      refused: [{ questionId: 'alone', reason: expect.stringContaining('drop it with a reason') }],
    });
  });

  it('gives back every answer when it is taken back at once', () => {
    const { recorded } = moveAnswers(former, next, mapping, standing);
    const revisions: Revision[] = [
      ...standing.map((one) => ({ ...one, when: 'before' as const })),
      ...recorded.map((one) => ({ ...one, when: 'move' as const })),
    ];
    const back = moveBack(former, mapping, revisions);
    const now = new Map(
      [...revisions, ...back.recorded].map((one) => [`${one.questionId}#${one.item.join('.')}`, one]),
    );
    for (const { questionId, item, value } of standing.slice(0, 5))
      expect({ questionId, value: now.get(`${questionId}#${item.join('.')}`)?.value }).toEqual({ questionId, value });
    expect(back.dropped).toEqual([]);
  });

  it('brings back what was answered since in the words of the former version, and says what that cannot hold', () => {
    const back = moveBack(former, mapping, [
      { ...said('job', 'guard'), when: 'before' },
      { ...said('work', 'warden'), when: 'move' },
      { ...said('work', 'soldier'), when: 'since' },
      { ...said('since', 'Long ago'), when: 'since' },
    ]);
    expect(back.recorded).toContainEqual(expect.objectContaining({ questionId: 'job', value: 'soldier' }));
    expect(back.dropped).toEqual([{ questionId: 'since', item: [], reason: expect.any(String) }]);
  });
});
