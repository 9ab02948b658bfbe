import { describe, expect, it } from '@jest/globals';
import { smallPack, smallQuestionnaire } from '../../../test/factories/small-pack.js';
import { compile } from './compile.js';
import type { Condition, Question } from './format.js';
import { record, start } from './session.js';
import { NO, SILENT, UNCLEAR, YES, atLeast, atMost, not, toWord, type Trit } from './trit.js';

const question = (id: string, type: Question['type'], more: Partial<Question> = {}): Question => ({
  id,
  type,
  text: { en: `${id}?` },
  purpose: 'inclusion',
  basis: ['House rule'],
  ...more,
});
const kinds = [
  { code: 'army', text: { en: 'Army' } },
  { code: 'guard', text: { en: 'Guard' }, parent: 'army' },
  { code: 'police', text: { en: 'Police' } },
];
const items = [
  question('yesNo', 'boolean'),
  question('kind', 'choice', { list: 'kinds' }),
  question('kinds', 'multiChoice', { list: 'kinds' }),
  question('words', 'verbatim'),
  question('many', 'number'),
  question('day', 'date'),
  question('place', 'place'),
  question('unit', 'unit'),
  question('rank', 'rank'),
];

/** How a condition comes out when one question was answered like this. */
function outcome(condition: Condition, answer?: { questionId: string; value?: unknown; status?: string }): string {
  const content = {
    ...smallQuestionnaire,
    lists: { kinds },
    conditions: {},
    indicators: [],
    sections: [
      {
        id: 's',
        title: { en: 'S' },
        phase: 'open',
        items: [...items, question('probe', 'text', { when: condition, ifUnclear: 'open' })],
      },
    ],
    includes: [],
  };
  const result = compile(
    smallPack().map((one) => (one.file.endsWith('screening.v1.json') ? { ...one, content } : one)),
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { plan } = result;
  const taken = answer && record(start(plan, { child: 'no', language: 'en' }), answer);
  if (taken && !taken.ok) throw new Error(taken.message);
  const session = taken ? taken.session : start(plan, { child: 'no', language: 'en' });
  return toWord(plan.nodes[plan.byId['probe']!]!.gates[0]!.condition.test([session.root]));
}

describe('operators', () => {
  it.each<[string, string, unknown, unknown, string]>([
    ['yesNo', 'is', true, true, 'yes'],
    ['yesNo', 'isNot', true, true, 'no'],
    ['kind', 'is', 'army', 'guard', 'no'],
    ['kind', 'isNot', 'army', 'guard', 'yes'],
    ['kind', 'isOneOf', ['army', 'guard'], 'guard', 'yes'],
    ['kind', 'within', 'army', 'guard', 'yes'],
    ['kind', 'within', 'guard', 'army', 'no'],
    ['kinds', 'contains', 'army', ['army', 'police'], 'yes'],
    ['kinds', 'contains', 'guard', ['army', 'police'], 'no'],
    ['kinds', 'containsAny', ['guard', 'police'], ['army', 'police'], 'yes'],
    ['many', 'above', 3, 3, 'no'],
    ['many', 'atLeast', 3, 3, 'yes'],
    ['many', 'below', 3, 2, 'yes'],
    ['many', 'atMost', 3, 4, 'no'],
    ['day', 'before', '1994-04-06', '1993', 'yes'],
    ['day', 'before', '1994-04-06', '1994', 'unclear'],
    ['day', 'after', '1994-07-18', '1995', 'yes'],
    ['day', 'overlaps', '1994-04-06/1994-07-18', '1994-05', 'yes'],
    ['day', 'overlaps', '1994-04-06/1994-07-18', { edtf: '1994~', said: 'about then' }, 'unclear'],
    ['place', 'is', 'strelsau', { ref: 'oldGate' }, 'no'],
    ['place', 'within', 'strelsau', { ref: 'oldGate' }, 'yes'],
    ['place', 'within', 'strelsau', { said: 'by the gate' }, 'unclear'],
    ['place', 'isNot', 'strelsau', { said: 'by the gate' }, 'unclear'],
    ['unit', 'within', 'forces', { ref: 'guard1' }, 'yes'],
    ['rank', 'above', 'private', { ref: 'captain' }, 'yes'],
    ['rank', 'atMost', 'captain', { ref: 'captain' }, 'yes'],
    ['rank', 'below', 'private', { ref: 'captain' }, 'no'],
  ])('%s %s %j, answered %j: %s', (id, operator, literal, value, expected) => {
    expect(outcome({ question: id, [operator]: literal } as Condition, { questionId: id, value })).toBe(expected);
  });

  it.each<[string, string | undefined, string[]]>([
    ['with a value', undefined, ['yes', 'no', 'no', 'no']],
    ['not known', 'unknown', ['no', 'yes', 'no', 'no']],
    ['refused', 'refused', ['no', 'no', 'yes', 'no']],
    ['not asked', 'notAsked', ['no', 'no', 'no', 'yes']],
  ])('see how a question stands: %s', (_, status, expected) => {
    const answer = { questionId: 'words', ...(status ? { status } : { value: { original: 'x' } }) };
    const operators = ['answered', 'unknown', 'refused', 'notAsked'];
    expect(operators.map((operator) => outcome({ question: 'words', [operator]: true } as Condition, answer))).toEqual(
      expected,
    );
  });

  it.each(['unknown', 'refused', 'notAsked'])('leave a comparison unclear when the answer is "%s"', (status) => {
    expect(outcome({ question: 'yesNo', isNot: true }, { questionId: 'yesNo', status })).toBe('unclear');
    expect(outcome({ none: [{ question: 'yesNo', is: true }] }, { questionId: 'yesNo', status })).toBe('unclear');
  });
});

describe('three values, and silence', () => {
  it.each<[Trit[], number, Trit, Trit]>([
    [[YES, YES, NO], 2, YES, YES],
    [[YES, UNCLEAR, NO], 2, UNCLEAR, YES],
    [[YES, SILENT, NO], 2, SILENT, YES],
    [[YES, SILENT, UNCLEAR], 2, UNCLEAR, SILENT],
    [[YES, YES, YES], 2, YES, NO],
    [[NO, NO], 1, NO, YES],
  ])('%j: at least and at most %i', (values, bound, least, most) => {
    expect([atLeast(values, bound), atMost(values, bound)]).toEqual([least, most]);
  });

  it('turn over without silence becoming evidence', () => {
    expect([YES, UNCLEAR, SILENT, NO].map((one) => not(one as Trit))).toEqual([NO, UNCLEAR, SILENT, YES]);
  });
});
