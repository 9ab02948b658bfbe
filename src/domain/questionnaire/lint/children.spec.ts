import { describe, expect, it } from '@jest/globals';
import { type Defect, age, gated, held, is, said } from '../../../../test/factories/lint-defects.js';
import { ask, findingsOf, indicator, questionnaire } from '../../../../test/factories/lint-pack.js';

const defects: Defect[] = [
  {
    title: 'sexual violence asked of a child',
    code: 'childAskedIntimate',
    pointer: '/sections/0/items/1',
    witness: { child: true, ...said({ held: true }) },
    defective: questionnaire([
      held,
      gated(is('held', true), { text: { en: 'What do you know about rape in the camp?' } }),
    ]),
    mended: questionnaire([
      held,
      gated(is('held', true), { text: { en: 'What do you know about rape in the camp?' }, neverAskChild: true }),
    ]),
  },
  {
    title: 'a high indicator about a small child',
    code: 'childAccused',
    pointer: '/indicators/0/when',
    witness: said({ killed: true, age: 0 }),
    defective: questionnaire([ask('killed', 'boolean'), age], {
      indicators: [indicator({ all: [is('killed', true), { question: 'age', isNot: 18 }] }, { severity: 'high' })],
    }),
    mended: questionnaire([ask('killed', 'boolean'), age], {
      indicators: [indicator({ all: [is('killed', true), { question: 'age', atLeast: 18 }] }, { severity: 'high' })],
    }),
  },
  {
    title: 'a high indicator that looks at no age',
    code: 'ageNotLookedAt',
    pointer: '/indicators/0/when',
    witness: said({ killed: true }),
    defective: questionnaire([ask('killed', 'boolean')], {
      indicators: [indicator(is('killed', true), { severity: 'high' })],
    }),
    mended: questionnaire([ask('killed', 'boolean'), age], {
      indicators: [indicator(is('killed', true), { severity: 'high', age: ['age'] })],
    }),
  },
  {
    title: 'a medium indicator that looks at no age',
    code: 'ageNotLookedAt',
    pointer: '/indicators/0/when',
    defective: questionnaire([ask('killed', 'boolean'), age], {
      indicators: [indicator(is('killed', true), { severity: 'medium' })],
    }),
    mended: questionnaire([ask('killed', 'boolean'), age], {
      indicators: [indicator(is('killed', true), { severity: 'medium', age: ['age'] })],
    }),
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
