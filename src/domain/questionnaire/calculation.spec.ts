import { describe, expect, it } from '@jest/globals';
import { ask, planOf, played, problemsOf, repeated, shown } from '../../../test/factories/one-section.js';
import type { Calculation, Condition, Item, QuestionType } from './format.js';
import { answer, answersOf, evaluate, remove } from './session.js';
import { view } from './view.js';

const inputs: Item[] = [
  ask('born', 'date'),
  ask('served', 'date'),
  ask('children', 'integer'),
  ask('weight', 'decimal'),
  ask('armed', 'boolean'),
  repeated('posting', [ask('days', 'integer'), ask('from', 'date'), ask('commanded', 'boolean')]),
];
const planWith = (calculate: Calculation, type: QuestionType = 'integer', after: Item[] = []) =>
  planOf([...inputs, ask('result', type, { calculate }), ...after]);
const result = (calculate: Calculation, answers: Parameters<typeof played>[1], type: QuestionType = 'integer') =>
  shown(played(planWith(calculate, type), answers), 'result').answer?.value;

const born = { answer: 'born' };
const age: Calculation = { years: { from: born, to: { startOf: { answer: 'served' } } } };
const posted = (...days: (number | undefined)[]) =>
  days.map((value, item) => ({
    questionId: 'days',
    item,
    ...(value === undefined ? { status: 'unknown' } : { value }),
  }));

describe('a calculated value', () => {
  it.each<[string, Calculation, Record<string, unknown>, unknown, QuestionType?]>([
    ['an age', age, { born: '1976-05-01', served: '1994-05-01' }, 18],
    ['an age a day earlier', age, { born: '1976-05-02', served: '1994-05-01' }, 17],
    ['an age between uncertain dates', age, { born: '1976', served: '1994-04/1999' }, { least: 17, most: 18 }],
    ['an age at a known event', { years: { from: born, to: { event: 'fire' } } }, { born: '1976-04-01' }, 18],
    ['months', { months: { from: born, to: { date: '1994-04-01' } } }, { born: '1994-01-15' }, 2],
    ['days', { days: { from: born, to: { date: '1994-04-01' } } }, { born: '1994-03-01' }, 31],
    [
      'how long a period was',
      { length: { answer: 'served' }, in: 'months' },
      { served: '1994-01/1994-03' },
      { least: 1, most: 3 },
    ],
    [
      'how long certain days were',
      { length: { answer: 'served' }, in: 'days' },
      { served: '1994-01-01/1994-01-31' },
      31,
    ],
    ['a sum', { sum: [{ answer: 'children' }, { value: 2 }] }, { children: 3 }, 5],
    ['a difference', { difference: [{ answer: 'children' }, { value: 5 }] }, { children: 3 }, -2],
    ['a product', { product: [{ answer: 'weight' }, { value: 2 }] }, { weight: 1.5 }, 3, 'decimal'],
    ['the greatest number', { greatest: [{ answer: 'children' }, { value: 2 }] }, { children: 3 }, 3],
    ['a date moved on', { shift: born, by: { years: 18 } }, { born: '1976-05' }, '[1994-05-01..1994-05-31]', 'date'],
    [
      'a birthday on 29 February',
      { shift: born, by: { years: 18 } },
      { born: '1976-02-29' },
      '[1994-02-28..1994-03-01]',
      'date',
    ],
    ['the earliest date', { least: [born, { date: '1980-01-01' }] }, { born: '1976-05-01' }, '1976-05-01', 'date'],
    ['whether something holds', { holds: { question: 'children', above: 2 } }, { children: 3 }, true, 'boolean'],
    [
      'one of two',
      { if: { question: 'armed', is: true }, then: { value: 1 }, else: { value: 0 } },
      { armed: false },
      0,
    ],
  ])('gives %s', (...[, calculate, answers, expected, type]) => {
    expect(result(calculate, answers, type)).toEqual(expected);
  });

  it('counts and adds up over items, each counted as far as it was said', () => {
    expect(result({ count: 'posting' }, posted(3, 4))).toBe(2);
    expect(result({ sumOver: 'posting', of: { answer: 'days' } }, posted(3, 4))).toBe(7);
    expect(result({ greatestOver: 'posting', of: { answer: 'days' } }, posted(3, 4))).toBe(4);
    const long: Condition = { question: 'days', above: 3 };
    expect(result({ count: 'posting', where: long }, posted(3, 4, undefined))).toEqual({
      least: 1,
      most: 2,
      silent: true,
    });
  });

  it('has no value while something it needs was not said', () => {
    expect(result(age, { born: '1976' })).toBeUndefined();
    expect(result({ sumOver: 'posting', of: { answer: 'days' } }, posted(3, undefined))).toBeUndefined();
    expect(result({ count: 'posting' }, {})).toBeUndefined();
    const either: Calculation = { if: { question: 'armed', is: true }, then: { value: 1 }, else: { value: 0 } };
    expect(result(either, {})).toEqual({ least: 0, most: 1, silent: true });
  });

  it('opens questions, and leaves it unclear when its bounds do not settle it', () => {
    const gate = (ifUnclear: 'open' | 'closed') => ({ when: { question: 'result', below: 18 }, ifUnclear });
    const plan = planWith(age, 'integer', [ask('sure', 'text', gate('closed')), ask('perhaps', 'text', gate('open'))]);
    const open = (bornOn: string) => {
      const session = played(plan, { born: bornOn, served: '1994-06-01' });
      return ['sure', 'perhaps'].map((id) => shown(session, id).open);
    };
    expect(open('1977')).toEqual([true, true]);
    expect(open('1976')).toEqual([false, true]);
    expect(open('1975')).toEqual([false, false]);
  });

  it('raises no indicator out of silence', () => {
    const calculate: Calculation = { count: 'posting', where: { question: 'commanded', is: true } };
    const indicator = {
      id: 'command',
      when: { question: 'result', atLeast: 1 },
      ifUnclear: 'raise' as const,
      severity: 'low' as const,
      ground: '1F(a)' as const,
      reason: { en: 'Commanded {result|some} times.' },
      innocent: [{ en: 'A title only.' }],
    };
    const plan = planOf([...inputs, ask('result', 'integer', { calculate })], { indicators: [indicator] });
    expect(view(played(plan, posted(1, 2))).indicators).toEqual([]);
    const told = played(plan, [...posted(1), { questionId: 'commanded', item: 0, value: true }]);
    expect(view(told).indicators.map(({ reason }) => reason)).toEqual(['Commanded 1 times.']);
  });

  it('is piped in words, bounds as from–to', () => {
    const plan = planWith(age, 'integer', [ask('next', 'text', { text: { en: 'At {result|that} years?' } })]);
    expect(shown(played(plan, { born: '1976', served: '1994-06' }), 'next').text).toBe('At 17–18 years?');
    expect(shown(played(plan, {}), 'next').text).toBe('At that years?');
  });

  it('follows its answers, is never among them, and cannot be answered', () => {
    const plan = planWith(age);
    const session = played(plan, { born: '1976-05-01', served: '1994-05-01' });
    expect(answersOf(session).map(({ questionId }) => questionId)).toEqual(['born', 'served']);
    expect(view(session)).toMatchObject({ answered: 2, open: 5 });
    const resumed = evaluate(plan, session.context, answersOf(session));
    expect(shown(resumed, 'result').answer).toEqual({ value: 18 });
    const without = remove(session, { questionId: 'born' });
    if (!without.ok) throw new Error(without.message);
    expect(shown(without.session, 'result')).toMatchObject({ open: true, calculated: true });
    expect(shown(without.session, 'result').answer).toBeUndefined();
    expect(answer(session, { questionId: 'result', value: 18 })).toMatchObject({ ok: false, code: 'calculated' });
    expect(remove(session, { questionId: 'result' })).toMatchObject({ ok: false, code: 'calculated' });
  });

  it('stands in each item, and makes no item exist by itself', () => {
    const inside = ask('long', 'boolean', { calculate: { holds: { question: 'days', above: 3 } } });
    const plan = planOf([
      repeated('posting', [ask('days', 'integer'), inside]),
      ask('total', 'integer', { calculate: { count: 'posting', where: { question: 'long', is: true } } }),
    ]);
    const session = played(plan, posted(3, 4));
    expect(shown(session, 'total').answer).toEqual({ value: 1 });
    const gone = remove(remove2(session), { questionId: 'days', item: 1 });
    expect(gone.ok && view(gone.session).sections[0]!.items[0]).toMatchObject({ items: [] });
  });

  it.each<[string, Calculation, QuestionType, string]>([
    ['another type than its question', born, 'integer', 'calculates a date, and the question is a integer'],
    ['a fraction for a whole number', { answer: 'weight' }, 'integer', 'may not be a whole number'],
    ['an unknown question', { answer: 'brn' }, 'date', 'there is no question "brn". Did you mean "born"?'],
    ['an unknown event', { event: 'fir' }, 'date', 'has no event or period "fir". Did you mean "fire"?'],
    ['dates added up', { sum: [born] } as Calculation, 'integer', 'this is a date; "sum" takes numbers'],
    ['a number as a date', { startOf: { value: 1 } }, 'date', 'this must be a date'],
    ['an item from outside', { answer: 'days' }, 'integer', 'is asked once per item of "posting"'],
    ['two forms at once', { value: 1, answer: 'born' } as Calculation, 'integer', 'write exactly one of'],
    ['nothing to add up', { sumOver: 'posting' } as Calculation, 'integer', '"sumOver" needs "of"'],
    [
      'a stray key',
      { value: 1, where: { question: 'armed', is: true } } as Calculation,
      'integer',
      '"where" does not belong to "value"',
    ],
    ['what was not said', { holds: { question: 'armed', notAsked: true } }, 'boolean', 'rests on what was said'],
    ['itself', { answer: 'result' }, 'integer', 'is not asked before this'],
  ])('refuses %s', (_, calculate, type, message) => {
    const problems = problemsOf([...inputs, ask('result', type, { calculate })]);
    expect(problems.map((one) => one.message).join(' ')).toContain(message);
  });

  it.each(['required', 'min', 'checks'] as const)('has no "%s"', (key) => {
    const more = { required: { required: true }, min: { min: 1 }, checks: { checks: [] } }[key];
    const problems = problemsOf([ask('result', 'integer', { calculate: { value: 1 }, ...more })]);
    expect(problems.map(({ pointer }) => pointer)).toEqual([`/sections/0/items/0/${key}`]);
  });
});

const remove2 = (session: Parameters<typeof remove>[0]) => {
  const gone = remove(session, { questionId: 'days', item: 0 });
  if (!gone.ok) throw new Error(gone.message);
  return gone.session;
};
