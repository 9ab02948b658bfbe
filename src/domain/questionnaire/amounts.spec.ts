import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { amount, compareAmounts, type Amount } from './amounts.js';
import { NO, SILENT, UNCLEAR, YES } from './trit.js';
import { difference, product, sum } from './worth.js';

const OPERATORS = ['is', 'isNot', 'above', 'below', 'atLeast', 'atMost'] as const;
const small = fc.integer({ min: -3, max: 3 });
const amounts: fc.Arbitrary<Amount> = fc.tuple(small, small).map(([a, b]) => amount(Math.min(a, b), Math.max(a, b)));
const every = (one: Amount): number[] => {
  const [least, most] = typeof one === 'number' ? [one, one] : [one.least, one.most];
  return Array.from({ length: most - least + 1 }, (_, step) => least + step);
};

describe('numbers of which only bounds are known', () => {
  it('compare as all the numbers inside them do', () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPERATORS), amounts, amounts, (operator, a, b) => {
        const outcomes = new Set(
          every(a).flatMap((one) => every(b).map((other) => compareAmounts(operator, one, other))),
        );
        expect(compareAmounts(operator, a, b)).toBe(outcomes.size === 1 ? [...outcomes][0] : UNCLEAR);
      }),
    );
  });

  it('leave it silent when the doubt rests on something not said', () => {
    const age = amount(17, 18, true);
    expect(compareAmounts('below', age, 18)).toBe(SILENT);
    expect(compareAmounts('below', age, 19)).toBe(YES);
    expect(compareAmounts('above', age, 18)).toBe(NO);
  });

  it('calculate to bounds that hold every result', () => {
    const pairs = { sum, product: product, difference: ([a, b]: readonly Amount[]) => difference(a!, b!) };
    const plain = {
      sum: (a: number, b: number) => a + b,
      product: (a: number, b: number) => a * b,
      difference: (a: number, b: number) => a - b,
    };
    fc.assert(
      fc.property(fc.constantFrom('sum', 'product', 'difference'), amounts, amounts, (form, a, b) => {
        const values = every(a).flatMap((one) => every(b).map((other) => plain[form](one, other)));
        expect(pairs[form]([a, b])).toEqual(amount(Math.min(...values), Math.max(...values)));
      }),
    );
  });
});
