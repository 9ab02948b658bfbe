import { describe, expect, it } from '@jest/globals';
import { CODES, ask, findingsOf, indicator, questionnaire } from '../../../../test/factories/lint-pack.js';

const check = (must: unknown, severity = 'error', ifUnclear = 'pass') => ({
  checks: [{ id: 'fits', must, ifUnclear, severity, message: { en: 'Look again.' } }],
});
const gated = (when: unknown) => ask('last', 'text', { when, ifUnclear: 'closed' });
const codes = (...files: Parameters<typeof findingsOf>) => findingsOf(...files).map(({ code }) => code);
const adult = { question: 'age', atLeast: 18 };
const child = { question: 'age', below: 10 };

describe('answers that a check refuses', () => {
  it('open nothing and raise nothing', () => {
    const age = ask('age', 'integer', check(adult));
    expect(codes(questionnaire([age, gated(child)]))).toEqual(['unreachable']);
    expect(codes(questionnaire([age], { indicators: [indicator(child)] }))).toEqual(['indicatorNeverRaised']);
  });

  it('are those that a warning tells of no more than those that other questions decide', () => {
    expect(codes(questionnaire([ask('age', 'integer', check(adult, 'warning')), gated(child)]))).toEqual([]);
    const both = { any: [adult, { question: 'held', is: true }] };
    expect(codes(questionnaire([ask('held', 'boolean'), ask('age', 'integer', check(both)), gated(child)]))).toEqual(
      [],
    );
  });

  it('leave what was not answered alone', () => {
    const answered = { question: 'age', answered: true };
    const age = ask('age', 'integer', check({ all: [adult, answered] }));
    expect(codes(questionnaire([age, gated({ none: [answered] })]))).not.toContain('unreachable');
    expect(codes(questionnaire([age, gated({ question: 'age', unknown: true })]))).not.toContain('unreachable');
  });

  it('are known code by code', () => {
    const role = ask('role', 'multiChoice', {
      list: 'codes',
      ...check({ none: [{ question: 'role', contains: 'cook' }] }),
    });
    expect(codes(questionnaire([role, gated({ question: 'role', contains: 'cook' })], CODES))).toEqual(['unreachable']);
    expect(codes(questionnaire([role, gated({ question: 'role', contains: 'guard' })], CODES))).toEqual([]);
  });
});

describe('a calculated value', () => {
  const born = ask('born', 'date');
  const age = ask('age', 'integer', { calculate: { years: { from: { answer: 'born' }, to: { date: '1994' } } } });
  const over = (years: number) => ({ question: 'age', above: years });
  const under = (years: number) => ({ question: 'age', below: years });

  it('is not above and below at once, certainly or perhaps', () => {
    expect(codes(questionnaire([born, age, gated({ all: [over(20), under(10)] })]))).toEqual(['unreachable']);
    const raised = indicator({ all: [over(20), { none: [over(10)] }] }, { ifUnclear: 'silent' });
    expect(codes(questionnaire([born, age], { indicators: [raised] }))).toEqual(['indicatorNeverRaised']);
  });

  it('may lie on either side of what it is compared with', () => {
    expect(codes(questionnaire([born, age, gated({ all: [over(10), under(20)] })]))).toEqual([]);
    const doubt = { when: { all: [over(15), under(15)] }, ifUnclear: 'open' };
    expect(codes(questionnaire([born, age, ask('last', 'text', doubt)]))).toEqual([]);
  });
});
