import { describe, expect, it } from '@jest/globals';
import { type Defect, age, gated, held, is, said } from '../../../../test/factories/lint-defects.js';
import { ask, findingsOf, indicator, questionnaire } from '../../../../test/factories/lint-pack.js';

const check = (must: unknown, more = {}) => ({
  id: 'fits',
  must,
  ifUnclear: 'pass',
  severity: 'error',
  message: { en: 'Look again.' },
  ...more,
});

const defects: Defect[] = [
  {
    title: 'a clause that can never hold',
    code: 'neverHolds',
    pointer: '/sections/0/items/2/when/any/1',
    defective: questionnaire([age, held, gated({ any: [is('held', true), { question: 'age', above: 150 }] })]),
    mended: questionnaire([age, held, gated({ any: [is('held', true), { question: 'age', above: 15 }] })]),
  },
  {
    title: 'a clause that follows from another',
    code: 'redundantClause',
    pointer: '/sections/0/items/1/when/all/1',
    defective: questionnaire([
      age,
      gated({
        all: [
          { question: 'age', above: 20 },
          { question: 'age', above: 10 },
        ],
      }),
    ]),
    mended: questionnaire([
      age,
      gated({
        all: [
          { question: 'age', above: 20 },
          { question: 'age', below: 30 },
        ],
      }),
    ]),
  },
  {
    title: 'a clause of a named condition that follows from another',
    code: 'redundantClause',
    pointer: '/conditions/grown/all/1',
    defective: questionnaire(
      [age, gated({ condition: 'grown' }), ask('more', 'text', { when: { condition: 'grown' }, ifUnclear: 'open' })],
      {
        conditions: {
          grown: {
            all: [
              { question: 'age', above: 20 },
              { question: 'age', above: 10 },
            ],
          },
        },
      },
    ),
    mended: questionnaire([age, gated({ condition: 'grown' })], {
      conditions: { grown: { question: 'age', above: 20 } },
    }),
  },
  {
    title: 'an indicator on answers that exclude each other',
    code: 'indicatorNeverRaised',
    pointer: '/indicators/0/when',
    defective: questionnaire([held], { indicators: [indicator({ all: [is('held', true), is('held', false)] })] }),
    mended: questionnaire([held], { indicators: [indicator({ any: [is('held', true), is('held', false)] })] }),
  },
  {
    title: 'a question an indicator names although it is closed then',
    code: 'nextNeverAsked',
    pointer: '/indicators/0/next/0',
    witness: said({ held: true }),
    defective: questionnaire([held, gated(is('held', false))], {
      indicators: [indicator(is('held', true), { next: ['last'] })],
    }),
    mended: questionnaire([held, gated(is('held', true))], {
      indicators: [indicator(is('held', true), { next: ['last'] })],
    }),
  },
  {
    title: 'a piped answer that is never there',
    code: 'pipeNeverFilled',
    pointer: '/sections/0/items/2/text',
    witness: said({ held: false }),
    defective: questionnaire([
      held,
      ask('unit', 'text', { when: is('held', true), ifUnclear: 'closed' }),
      gated(is('held', false), { text: { en: 'Where was {unit|your unit}?' } }),
    ]),
    mended: questionnaire([
      held,
      ask('unit', 'text', { when: is('held', true), ifUnclear: 'closed' }),
      gated(is('held', true), { text: { en: 'Where was {unit|your unit}?' } }),
    ]),
  },
  {
    title: 'a check that nothing fails',
    code: 'checkNeverFails',
    pointer: '/sections/0/items/0/checks/0/must',
    defective: questionnaire([{ ...age, checks: [check({ question: 'age', atLeast: 0 })] }]),
    mended: questionnaire([{ ...age, checks: [check({ question: 'age', atLeast: 10 })] }]),
  },
  {
    title: 'a check that everything fails',
    code: 'checkAlwaysFails',
    pointer: '/sections/0/items/0/checks/0/must',
    witness: said({ age: 0 }),
    defective: questionnaire([{ ...age, checks: [check({ question: 'age', above: 120 })] }]),
    mended: questionnaire([{ ...age, checks: [check({ question: 'age', above: 12 })] }]),
  },
];

describe('what is proven of a questionnaire', () => {
  it.each(defects.map((one) => [one.title, one] as const))(
    'finds %s, and nothing once it is mended',
    (_, { code, pointer, witness, defective, mended }) => {
      expect(findingsOf(defective)).toEqual([{ code, pointer, ...(witness && { witness }) }]);
      expect(findingsOf(mended)).toEqual([]);
    },
  );
});
