import { describe, expect, it } from '@jest/globals';
import { smallModule, smallPack, smallQuestionnaire, smallReference } from '../../../test/factories/small-pack.js';
import { compile, type CompileOptions } from './compile.js';
import type { Condition, Question, QuestionnaireFile, ReferenceType, Vocabulary } from './format.js';
import type { ReferenceFile } from './format-reference.js';
import { compilePack } from './pack.js';
import type { Plan, SourceFile } from './plan.js';
import { offered } from './reference.js';

const QUESTIONNAIRE = 'Ruritania/screening.v1.json';
const MODULE = 'base/modules/service.v1.json';

const compiled = (files: SourceFile[], options?: CompileOptions): Plan => {
  const result = compile(files, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.plan;
};
const problemsOf = (files: SourceFile[]) => {
  const result = compile(files);
  return result.ok ? [] : result.problems.map(({ file, pointer, message }) => `${file}#${pointer}: ${message}`);
};
const withFile = (file: string, content: unknown): SourceFile[] =>
  smallPack().map((one) => (one.file === file ? { file, content } : one));

const plain = (id: string, more: Partial<Question> = {}): Question => ({
  id,
  type: 'boolean',
  text: { en: `Question ${id}?` },
  purpose: 'inclusion',
  basis: ['House rule'],
  ...more,
});
/** The small questionnaire with a last question `last` that has the condition, and `q` before it. */
const asking = (when: Condition, more: Partial<QuestionnaireFile> = {}) =>
  withFile(QUESTIONNAIRE, {
    ...smallQuestionnaire,
    ...more,
    sections: [
      ...smallQuestionnaire.sections,
      {
        id: 'more',
        title: { en: 'More' },
        phase: 'closing',
        items: [plain('last', { when, ifUnclear: 'open' }), plain('after')],
      },
    ],
  });
const LAST = '/sections/1/items/0/when';

describe('compiling a questionnaire', () => {
  it('puts sections in the order of phases and ends in a frozen plan', () => {
    const plan = compiled(smallPack());
    expect(plan.nodes.map(({ id }) => id)).toEqual([
      'account',
      'account1',
      'languages',
      'leftOn',
      'leftFrom',
      'journeyDays',
      'served',
      'service',
      'service.postings',
      'service.posting',
      'service.unit',
      'service.rank',
      'service.when',
      'service.duty',
      'service.checkpointOrders',
    ]);
    expect(() => ((plan as { version: number }).version = 2)).toThrow(TypeError);
    expect(() => (plan.nodes as unknown[]).push(1)).toThrow(TypeError);
  });

  it('leaves the files it was given as they are', () => {
    compiled(smallPack());
    expect(Object.isFrozen(smallQuestionnaire.sections)).toBe(false);
  });

  it('has a hash of the content alone, which compiling its own files gives again', () => {
    const plan = compiled(smallPack());
    expect(plan.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(compiled([...plan.files]).hash).toBe(plan.hash);
    expect(compiled(smallPack().reverse()).hash).toBe(plan.hash);
    const reworded = { ...smallModule, title: { en: 'Service' } };
    expect(compiled(withFile(MODULE, reworded)).hash).not.toBe(plan.hash);
  });

  it('gives follow-ups the purpose and basis of their parent', () => {
    const node = compiled(smallPack()).nodes.find(({ id }) => id === 'service.checkpointOrders');
    expect(node).toMatchObject({
      definition: { purpose: 'exclusion', basis: [{ source: 'Rome Statute Art. 25(3)' }] },
    });
  });
});

describe('problems an author is told', () => {
  it.each<[string, Condition, string]>([
    [
      'an unknown question',
      { question: 'servd', is: true },
      `${LAST}/question: there is no question "servd". Did you mean "served"?`,
    ],
    ['a forward reference', { question: 'after', is: true }, `${LAST}/question: "after" is not asked before this`],
    ['a reference to itself', { question: 'last', is: true }, `${LAST}/question: "last" is not asked before this`],
    [
      'an operator of another type',
      { question: 'served', above: 3 },
      `${LAST}/above: "above" cannot be asked of "served", which is a boolean; use one of is, isNot, answered`,
    ],
    [
      'two operators',
      { question: 'served', is: true, isNot: false },
      `${LAST}: a clause about a question carries exactly one operator`,
    ],
    ['no operator', { question: 'served' }, 'here: none'],
    [
      'two kinds of clause',
      { all: [{ question: 'served', is: true }], any: [{ question: 'served', is: true }] } as Condition,
      `${LAST}: the clause names both "all" and "any"`,
    ],
    ['a literal of another type', { question: 'served', is: 'yes' }, 'compare with true or false, not "yes"'],
    ['an unknown code', { question: 'languages', contains: 'rru' }, 'has no code "rru". Did you mean "rur"?'],
    [
      'a list where one value belongs',
      { question: 'languages', contains: ['rur'] },
      '/contains: must be true or false or a number or a string',
    ],
    ['one value where a list belongs', { question: 'languages', containsAny: 'rur' }, '/containsAny: must be a list'],
    [
      'an impossible date',
      { question: 'leftOn', before: '2024-02-30' },
      `${LAST}/before: 2024-02-30 does not exist in the calendar`,
    ],
    [
      'an unknown place',
      { question: 'leftFrom', within: 'Strelsau' },
      'has no place "Strelsau". Did you mean "strelsau"?',
    ],
    ['a place that is an organisation', { question: 'leftFrom', is: 'guard' }, 'has no place "guard"'],
    ['a number against a word', { question: 'journeyDays', above: 'ten' }, 'compare with a number, not "ten"'],
    [
      'an unknown condition',
      { condition: 'leftDuringwar' },
      'there is no condition "leftDuringwar". Did you mean "leftDuringWar"?',
    ],
    [
      'an item seen from outside its repeat',
      { question: 'service.unit', answered: true },
      'write {"some": "service.posting", "where": {...}}',
    ],
    [
      'a repeat taken for a question',
      { question: 'service.posting', answered: true },
      '"service.posting" is a repeat, not a question',
    ],
    [
      'count without a bound',
      { count: 'service.posting' } as Condition,
      '"count" needs exactly one of "atLeast" and "atMost"',
    ],
    ['some without where', { some: 'service.posting' } as Condition, '"some" needs "where"'],
    [
      'a bound outside count',
      { some: 'service.posting', where: { question: 'service.when', answered: true }, atLeast: 2 } as Condition,
      '"atLeast" belongs to "count"',
    ],
  ])('%s', (_, condition, message) => {
    expect(problemsOf(asking(condition))).toEqual([expect.stringContaining(message)]);
  });

  it('conditions that define each other', () => {
    const conditions: Record<string, Condition> = { a: { condition: 'b' }, b: { any: [{ condition: 'a' }] } };
    expect(
      problemsOf(asking({ condition: 'a' }, { conditions: { ...smallQuestionnaire.conditions, ...conditions } })),
    ).toEqual([expect.stringContaining('(a -> b -> a); break the circle')]);
  });

  it.each<[string, Condition]>([
    ['a refusal', { question: 'served', refused: true }],
    ['what is not known', { question: 'served', unknown: true }],
    ['what was not asked', { all: [{ question: 'served', notAsked: true }] }],
    ['a missing answer', { none: [{ question: 'served', answered: true }] }],
    [
      'a missing answer inside a count',
      { count: 'service.posting', atMost: 1, where: { question: 'service.when', answered: true } },
    ],
  ])('an indicator raised by silence: %s', (_, when) => {
    const indicator = { ...smallQuestionnaire.indicators![0]!, when };
    expect(problemsOf(withFile(QUESTIONNAIRE, { ...smallQuestionnaire, indicators: [indicator] }))).toEqual([
      expect.stringContaining('silence raises no indicator'),
    ]);
  });

  it.each<[string, Partial<Question>, string]>([
    ['a choice without a list', { type: 'choice' }, '"list" is missing'],
    ['an unknown list', { type: 'choice', list: 'nothing' }, 'this file has no list "nothing"; lists: languages'],
    [
      'a list named like a property of objects',
      { type: 'choice', list: 'constructor' },
      'this file has no list "constructor"',
    ],
    ['a key another type has', { type: 'boolean', integer: true }, '"integer" has no meaning on a boolean'],
    ['bounds the wrong way round', { type: 'number', min: 3, max: 1 }, '"min" is greater than "max"'],
    ['a dot in an id', { id: 'a.b' }, '"a.b" has a dot'],
    ['a used id', { id: 'served' }, '"served" is used twice (also at Ruritania/screening.v1.json#/sections/0/items/5)'],
    ['a pipe without a fallback', { text: { en: 'Why {served}?' } }, 'write {served|words}'],
    ['a pipe to nothing', { text: { en: 'Why {servd|so}?' } }, 'that question does not exist. Did you mean "served"?'],
    ['a lone brace', { text: { en: 'Why }?' } }, 'a brace stands alone'],
    [
      'on with when',
      { followUps: [{ ...plain('f'), on: true, when: { question: 'served', is: true }, ifUnclear: 'open' }] },
      '"on" and "when" exclude each other',
    ],
    [
      'on below free text',
      { type: 'text', followUps: [{ ...plain('f'), on: 'x' }] },
      `the parent is a text; use "when"`,
    ],
    [
      'a vocabulary of nothing',
      { type: 'place', vocabulary: { within: ['Strelsau'] } },
      '/vocabulary/within/0: the reference file has no place "Strelsau". Did you mean "strelsau"?',
    ],
    ['a text without English', { text: { fr: 'Pourquoi ?' } as never }, '"en" is missing'],
  ])('a question with %s', (_, more, message) => {
    const section = { id: 'more', title: { en: 'More' }, phase: 'closing', items: [plain('last', more)] };
    expect(
      problemsOf(
        withFile(QUESTIONNAIRE, { ...smallQuestionnaire, sections: [...smallQuestionnaire.sections, section] }),
      ),
    ).toContainEqual(expect.stringContaining(message));
  });

  it.each<[string, Partial<ReferenceFile>, string]>([
    [
      'a parent that does not exist',
      { places: [{ id: 'x', name: 'X', parent: 'y', sources: [{ source: 'Z' }], verified: true }] },
      '/places/0/parent: there is no place "y"',
    ],
    [
      'a circle',
      { places: [{ id: 'x', name: 'X', parent: 'x', sources: [{ source: 'Z' }], verified: true }] },
      '"x" is above itself',
    ],
    [
      'an id used twice',
      { places: [{ id: 'guard', name: 'X', sources: [{ source: 'Z' }], verified: true }] },
      '"guard" is used twice',
    ],
    [
      'an impossible date',
      { events: [{ id: 'e', name: 'E', date: '1994-13', sources: [{ source: 'Z' }], verified: true }] },
      '/events/0/date: 1994-13 does not exist',
    ],
    ['no source', { places: [{ id: 'x', name: 'X', sources: [], verified: true }] }, '/places/0/sources'],
  ])('reference data with %s', (_, more, message) => {
    expect(problemsOf(withFile('Ruritania/reference.json', { ...smallReference, ...more }))).toContainEqual(
      expect.stringContaining(message),
    );
  });

  it('a module that names its things without its name', () => {
    expect(
      problemsOf(withFile(MODULE, { ...smallModule, sections: [{ ...smallModule.sections[0]!, id: 'postings' }] })),
    ).toEqual([expect.stringContaining('write "service.postings"')]);
  });

  it('an include that is not there, and a code list in a circle', () => {
    const lists = {
      languages: [...smallQuestionnaire.lists!['languages']!, { code: 'a', text: { en: 'A' }, parent: 'a' }],
    };
    expect(
      problemsOf(withFile(QUESTIONNAIRE, { ...smallQuestionnaire, lists, includes: ['base/modules/servce.v1.json'] })),
    ).toEqual([
      expect.stringContaining('Did you mean "base/modules/service.v1.json"?'),
      expect.stringContaining('"a" is above itself'),
    ]);
  });

  it.each([[null], [[]], [{}], ['text'], [{ id: 1 }], [{ module: {} }], [{ reference: [] }]])(
    'a file that is %j',
    (content) => {
      expect(problemsOf([...smallPack(), { file: 'x.json', content }]).length).toBeGreaterThan(0);
    },
  );
});

describe('the vocabulary of a question', () => {
  it('offers the entries it names, and all of the type when it names none', () => {
    const { reference } = compiled(smallPack());
    const ids = (...args: [ReferenceType, Vocabulary?]) => offered(reference, ...args).map(({ id }) => id);
    expect(ids('place', { kinds: ['city'] })).toEqual(['strelsau']);
    expect(ids('place', { within: ['strelsau'] })).toEqual(['strelsau', 'oldGate']);
    expect(ids('unit', { organisations: ['forces'] })).toEqual(['guard1']);
    expect(ids('rank')).toEqual(['private', 'captain']);
  });
});

describe('several packs in one interview', () => {
  const other = { ...smallQuestionnaire, id: 'Graustark-screening' };
  const files = [
    ...smallPack(),
    { file: 'Graustark/screening.v1.json', content: other },
    { file: 'Graustark/reference.json', content: smallReference },
  ];

  it('become one plan that asks each module once and keeps the names apart', () => {
    const plan = compiled(files, { questionnaires: ['Ruritania-screening', 'Graustark-screening'] });
    const ids = plan.nodes.map(({ id }) => id);
    expect(ids).toContain('served');
    expect(ids).toContain('Graustark-screening:served');
    expect(ids.filter((id) => id === 'service.unit')).toHaveLength(1);
    expect(plan.nodes.find(({ kind }) => kind === 'include')!.gates).toHaveLength(2);
    expect(plan.reference['Graustark:guard']).toMatchObject({ type: 'organisation', above: ['Graustark:forces'] });
  });

  it('must be named', () => {
    expect(compile(files)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('there are 2 questionnaires') }],
    });
  });
});

describe('compiling a pack', () => {
  it('gives a plan per questionnaire', () => {
    expect(compilePack('Ruritania', smallPack(), { knownCountries: ['RW'] })).toMatchObject({
      ok: true,
      plans: [{ id: 'Ruritania-screening' }],
    });
  });

  it.each([
    [{ countries: ['RX'] }, '"RX" is no country code'],
    [{ countries: [] }, 'only the pack "base" serves no country'],
    [{ questionnaires: ['other.json'] }, 'there is no questionnaire file "other.json"'],
    [{ reference: 'other.json' }, 'there is no reference file "other.json"'],
    [{ pack: 'Other' }, 'the pack stands in the folder "Ruritania"'],
  ])('refuses %j', (more, message) => {
    const files = smallPack().map(({ file, content }) => ({
      file,
      content: file.endsWith('pack.json') ? { ...(content as object), ...more } : content,
    }));
    expect(compilePack('Ruritania', files, { knownCountries: ['RW'] })).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining(message) }],
    });
  });
});
