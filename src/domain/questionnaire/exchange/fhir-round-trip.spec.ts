import { describe, expect, it } from '@jest/globals';
import { compilePack } from '../pack.js';
import type { Question, QuestionnaireFile, Repeat } from '../format.js';
import type { Plan } from '../plan.js';
import { toFhir } from './fhir-export.js';
import { importFhir } from './fhir-import.js';

const source: QuestionnaireFile = {
  format: 1,
  id: 'invented',
  version: 3,
  purpose: 'screening',
  title: { en: 'Invented', ar: 'مثال' },
  languages: ['en', 'ar'],
  lists: {
    role: [
      { code: 'none', text: { en: 'None', ar: 'لا شيء' }, exclusive: true },
      { code: 'guard', text: { en: 'Guard' } },
      { code: 'cook', text: { en: 'Cook' } },
    ],
  },
  sections: [
    {
      id: 'first',
      title: { en: 'First' },
      note: { en: 'Take your time' },
      phase: 'probing',
      items: [
        question('served', 'boolean', { required: true, note: { en: 'Look up' } }),
        question('age', 'integer', { min: 0, max: 120, when: { question: 'served', is: true }, ifUnclear: 'closed' }),
        question('weight', 'decimal', { min: 0.5 }),
        question('since', 'date'),
        question('roles', 'multiChoice', { list: 'role', max: 2 }),
        question('main', 'choice', {
          list: 'role',
          when: { any: [{ question: 'roles', contains: 'guard' }, { question: 'age', above: 17 }] },
          ifUnclear: 'closed',
        }),
        question('words', 'verbatim', {
          when: { all: [{ question: 'main', isNot: 'none' }, { question: 'since', before: '1994-04-06' }, { question: 'weight', answered: true }] },
          ifUnclear: 'closed',
        }),
        question('where', 'place'),
      ],
    },
    {
      id: 'second',
      title: { en: 'Second' },
      phase: 'probing',
      when: { question: 'served', is: true },
      ifUnclear: 'closed',
      items: [
        {
          id: 'postings',
          repeat: true,
          title: { en: 'Postings' },
          itemTitle: { en: 'Postings' },
          min: 1,
          max: 5,
          items: [
            question('ordered', 'boolean'),
            question('name', 'text', { when: { question: 'ordered', is: true }, ifUnclear: 'closed' }),
          ],
        },
      ],
    },
  ],
}; // prettier-ignore

function question(id: string, type: Question['type'], rest: Partial<Question> = {}): Question {
  return { id, type, text: { en: `About ${id}?` }, purpose: 'exclusion', basis: ['House rule'], ...rest };
}

const planOf = (questionnaire: QuestionnaireFile): Plan => {
  const pack = { format: 1, pack: 'invented', title: { en: 'Invented' }, countries: ['RW'], languages: ['en'] };
  const result = compilePack('invented', [
    { file: 'invented/pack.json', content: { ...pack, questionnaires: ['q.json'], reference: 'reference.json' } },
    { file: 'invented/q.json', content: questionnaire },
    { file: 'invented/reference.json', content: { format: 1, reference: 'invented' } },
  ]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.plans[0]!;
};

/** What a round trip keeps; purpose and basis are placeholders in a draft. */
const kept = ({ sections }: QuestionnaireFile) =>
  JSON.parse(
    JSON.stringify(sections, (key, value: unknown) => (['purpose', 'basis', 'list'].includes(key) ? undefined : value)),
  ) as unknown;

const exported = toFhir(planOf(source), source.title);
const draft = importFhir(JSON.parse(JSON.stringify(exported.content)), { pack: 'invented', country: 'RW' });

describe('a FHIR Questionnaire', () => {
  it('comes back from an export with the same questions, types, codes and conditions', () => {
    expect(kept(draft.questionnaire)).toEqual(kept(source));
    expect(draft.questionnaire).toMatchObject({ version: 3, title: source.title, languages: ['en', 'ar'] });
    expect(draft.questionnaire.lists!['roles']).toEqual(source.lists!['role']);
    expect(draft.report).toMatchObject({ listed: [], mapped: draft.report.total });
    expect(planOf(draft.questionnaire).nodes).toHaveLength(planOf(source).nodes.length);
  });

  it('exports flat conditions as enableWhen, and says what it cannot carry', () => {
    const [, age] = exported.content.item[0]!.item!.filter(({ type }) => type !== 'display');
    expect(age).toMatchObject({
      linkId: 'age',
      enableWhen: [{ question: 'served', operator: '=', answerBoolean: true }],
    });
    expect(JSON.stringify(exported.content)).not.toContain('enableWhenExpression');
    expect(exported.differs.map(({ id }) => id)).toContain('words');
  });

  it('lists by JSON Pointer what the draft does not say', () => {
    const other = importFhir(
      {
        resourceType: 'Questionnaire',
        status: 'active',
        publisher: 'Nobody',
        item: [
          { linkId: '1.a', type: 'boolean', text: 'Yes {or} no?', initial: [{ valueBoolean: true }] },
          {
            linkId: '1.b',
            type: 'time',
            text: 'When?',
            enableWhen: [{ question: '9', operator: '=', answerBoolean: true }],
          },
          { linkId: '2', type: 'display', text: 'Read this' },
          { linkId: '3', type: 'choice', text: 'From a value set?', answerValueSet: 'http://example.org/set' },
          {
            linkId: '4',
            type: 'group',
            repeats: true,
            text: 'Each',
            item: [
              {
                linkId: '4.1',
                type: 'choice',
                repeats: true,
                answerOption: [{ valueCoding: { system: 'urn:x', code: 'a b' } }],
              },
            ],
          },
        ],
      },
      { pack: 'other' },
    );
    const { total, mapped, listed, renamed, toFill } = other.report;
    expect(mapped + listed.length).toBe(total);
    expect(listed.map(({ pointer }) => pointer)).toEqual([
      '/publisher',
      '/item/0/text',
      '/item/0/initial/0/valueBoolean',
      '/item/1/type',
      '/item/1/enableWhen/0/question',
      '/item/1/enableWhen/0/operator',
      '/item/1/enableWhen/0/answerBoolean',
      '/item/2/linkId',
      '/item/2/type',
      '/item/2/text',
      '/item/3/linkId',
      '/item/3/type',
      '/item/3/text',
      '/item/3/answerValueSet',
      '/item/4/item/0/answerOption/0/valueCoding/system',
    ]);
    expect(renamed).toContainEqual({ from: '1.a', to: 'q1A' });
    expect(toFill.map(({ pointer }) => pointer)).toContain('pack.json#/countries');
    const [loose] = other.questionnaire.sections;
    expect((loose!.items.at(-1) as Repeat).items).toMatchObject([{ type: 'multiChoice', list: 'q41' }]);
    expect(planOf(other.questionnaire).byId['q1B']).toBeDefined();
  });

  it('refuses what is no questionnaire', () => {
    expect(() => importFhir({ resourceType: 'Patient' }, { pack: 'x' })).toThrow('no FHIR Questionnaire');
    expect(() => importFhir(null, { pack: 'x' })).toThrow('no FHIR Questionnaire');
  });
});
