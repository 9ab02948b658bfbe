import { describe, expect, it } from '@jest/globals';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import type { Calculation, Question, QuestionnaireFile } from '../format.js';
import { compilePack } from '../pack.js';
import type { Plan } from '../plan.js';
import { toFhir } from './fhir-export.js';
import { EXTENSIONS, type FhirItem } from './fhir-format.js';
import { importFhir } from './fhir-import.js';

const asked = (id: string, type: Question['type'], more: Partial<Question> = {}): Question => ({
  id,
  type,
  text: { en: `What is ${id}?` },
  purpose: 'identity',
  basis: [{ source: 'Invented for tests', verified: true }],
  ...more,
});

const planOf = (calculate: Calculation): Plan => {
  const file: QuestionnaireFile = {
    format: 1,
    id: 'invented',
    version: 1,
    purpose: 'screening',
    title: { en: 'Invented' },
    languages: ['en'],
    sections: [
      {
        id: 'first',
        title: { en: 'First' },
        phase: 'probing',
        items: [
          asked('born', 'date'),
          asked('sons', 'integer'),
          asked('daughters', 'integer'),
          {
            id: 'posts',
            repeat: true,
            title: { en: 'Posts' },
            itemTitle: { en: 'Post' },
            items: [asked('post', 'text')],
          },
          asked('result', 'integer', { calculate }),
        ],
      },
    ],
  };
  const pack = {
    format: 1,
    pack: 'ZZ',
    title: { en: 'Z' },
    countries: ['ZZ'],
    languages: ['en'],
    questionnaires: ['x.json'],
    reference: 'reference.json',
  };
  const compiled = compilePack('ZZ', [
    { file: 'ZZ/pack.json', content: pack },
    { file: 'ZZ/reference.json', content: { format: 1, reference: 'ZZ' } },
    { file: 'ZZ/x.json', content: file },
  ]);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.plans[0]!;
};

const resultOf = (item: readonly FhirItem[]): FhirItem =>
  item.flatMap((one) => [one, ...(one.item ?? [])]).find(({ linkId }) => linkId === 'result')!;
const expressionOf = (item: FhirItem) =>
  item.extension?.find(({ url }) => url === EXTENSIONS.calculatedExpression)?.['valueExpression'] as
    { expression: string } | undefined;

const children: Calculation = { sum: [{ answer: 'sons' }, { answer: 'daughters' }] };
const number = (linkId: string, valueInteger: number) => ({ linkId, answer: [{ valueInteger }] });
const post = { linkId: 'posts', item: [{ linkId: 'post', answer: [{ valueString: 'Gate' }] }] };

describe('a calculated value in the export to FHIR', () => {
  it.each([
    ['a sum', children, [number('sons', 2), number('daughters', 3)], [5]],
    ['nothing while an answer is missing', children, [number('sons', 2)], []],
    [
      'a difference of a product',
      { difference: [{ product: [{ answer: 'sons' }, { value: 4 }] }, { answer: 'daughters' }] },
      [number('sons', 2), number('daughters', 3)],
      [5],
    ],
    ['how many items there are', { count: 'posts' }, [post, post], [2]],
  ] as [string, Calculation, object[], number[]][])('says %s as it is worked out here', (_, calculate, item, value) => {
    const { content, differs } = toFhir(planOf(calculate), { en: 'Invented' });
    const response = { resourceType: 'QuestionnaireResponse', item: [{ linkId: 'first', item }] };
    const { expression } = expressionOf(resultOf(content.item))!;
    expect(fhirpath.evaluate(response, expression, { resource: response }, r4)).toEqual(value);
    expect(differs.filter(({ id }) => id === 'result')).toEqual([]);
  });

  it('lists what has no counterpart there', () => {
    const years: Calculation = { years: { from: { answer: 'born' }, to: { date: '2000' } } };
    const { content, differs } = toFhir(planOf(years), { en: 'Invented' });
    expect(expressionOf(resultOf(content.item))).toBeUndefined();
    expect(differs).toContainEqual({
      id: 'result',
      what: 'How it is worked out is left out: "years" has no counterpart there.',
    });
  });

  it('is listed with what to write when the file is imported', () => {
    const { content } = toFhir(planOf(children), { en: 'Invented' });
    const { report } = importFhir(content, { pack: 'ZZ', country: 'ZZ' });
    expect(JSON.stringify(report)).toContain('write this as \\"calculate\\" on the question');
  });
});
