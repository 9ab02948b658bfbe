import { describe, expect, it } from '@jest/globals';
import { ask, planOf, played, problemsOf, repeated, shown } from '../../../test/factories/one-section.js';
import type { Condition, QuestionType } from './format.js';
import { isAsked } from './session.js';

/** Whether `last` opens for certain, opens only in doubt, or stays closed. */
const outcome = (type: QuestionType, operator: string, answers: Record<string, unknown>, other = type) => {
  const when = { question: 'one', [operator]: { question: 'other' } } as Condition;
  const plan = planOf([
    ask('one', type),
    ask('other', other),
    ask('sure', 'boolean', { when, ifUnclear: 'closed' }),
    ask('perhaps', 'boolean', { when, ifUnclear: 'open' }),
  ]);
  const session = played(plan, answers);
  const open = (id: string) => shown(session, id).open;
  return open('sure') ? 'yes' : open('perhaps') ? 'unclear' : 'no';
};

describe('comparing two answers', () => {
  it.each<[QuestionType, string, unknown, unknown, string, QuestionType?]>([
    ['boolean', 'is', true, true, 'yes'],
    ['boolean', 'isNot', true, true, 'no'],
    ['choice', 'is', 'a', 'b', 'no'],
    ['choice', 'within', 'b', 'a', 'yes'],
    ['choice', 'within', 'a', 'b', 'no'],
    ['integer', 'above', 3, 2.5, 'yes', 'decimal'],
    ['number', 'atMost', 3, 2, 'no', 'integer'],
    ['date', 'before', '1994-04', '1994-05', 'yes'],
    ['date', 'before', '1994', '1994-05', 'unclear'],
    ['date', 'after', '1994-04', '1994-05', 'no'],
    ['date', 'overlaps', '1994-04/1994-06', '1994-05/1994-07', 'yes'],
    ['date', 'before', { calendar: 'solarHijri', date: '1372' }, '1994-04', 'yes'],
    ['place', 'within', { ref: 'oldGate' }, { ref: 'strelsau' }, 'yes'],
    ['place', 'within', { ref: 'strelsau' }, { ref: 'oldGate' }, 'no'],
    ['place', 'is', { said: 'the gate' }, { ref: 'oldGate' }, 'unclear'],
    ['unit', 'within', { ref: 'guard1' }, { ref: 'forces' }, 'yes', 'organisation'],
    ['rank', 'above', { ref: 'captain' }, { ref: 'private' }, 'yes'],
  ])('%s %s: %j beside %j is %s', (...[type, operator, one, other, expected, otherType]) => {
    expect(outcome(type, operator, { one, other }, otherType)).toBe(expected);
  });

  it('is unclear while either answer is missing', () => {
    expect(outcome('integer', 'above', { one: 3 })).toBe('unclear');
    expect(outcome('integer', 'above', { other: 3 })).toBe('unclear');
  });

  it('never raises an indicator while either answer is missing', () => {
    const items = [ask('one', 'date'), ask('other', 'date')];
    const indicator = {
      id: 'early',
      when: { question: 'one', before: { question: 'other' } },
      ifUnclear: 'raise' as const,
      severity: 'low' as const,
      ground: '1F(a)' as const,
      reason: { en: 'Early.' },
      innocent: [{ en: 'A slip.' }],
    };
    const plan = planOf(items, { indicators: [indicator] });
    expect(played(plan, { one: '1994' }).raised[0]).toBe(0);
    expect(played(plan, { one: '1994', other: '1994-05' }).raised[0]).not.toBe(0);
  });

  it('is looked at again when either side changes, in its own item', () => {
    const when: Condition = { question: 'to', before: { question: 'from' } };
    const plan = planOf([
      repeated('posting', [ask('from', 'date'), ask('to', 'date'), ask('why', 'text', { when, ifUnclear: 'closed' })]),
    ]);
    const session = played(plan, [
      { questionId: 'from', item: 0, value: '1994' },
      { questionId: 'to', item: 0, value: '1993' },
      { questionId: 'from', item: 1, value: '1990' },
      { questionId: 'to', item: 1, value: '1993' },
    ]);
    const why = plan.nodes[plan.byId['why']!]!;
    if (why.kind !== 'question') throw new Error('no question');
    expect([0, 1].map((item) => isAsked(session, why, [item]))).toEqual([true, false]);
  });

  it('reads as a sentence, in the language of the interview where there is one', () => {
    const when: Condition = { question: 'one', before: { question: 'other' } };
    const plan = planOf([ask('one', 'date'), ask('other', 'date'), ask('last', 'text', { when, ifUnclear: 'closed' })]);
    const answers = { one: '1993', other: '1994' };
    const why = (language: string) => shown(played(plan, answers, { child: 'no', language }), 'last').why.sentence;
    expect(why('en')).toBe('Asked because “Question one?” is before the answer to “Question other?”.');
    expect(why('fr-BE')).toBe(
      'Posée parce que la réponse à « Question one? » est antérieure à la réponse à « Question other? ».',
    );
    expect(why('ti')).toBe(why('en'));
  });

  it.each<[string, Condition, string]>([
    ['another type', { question: 'one', before: { question: 'number' } }, 'only answers of one type are compared'],
    ['itself', { question: 'one', before: { question: 'one' } }, 'is compared with itself'],
    ['a later question', { question: 'one', before: { question: 'later' } }, 'is not asked before this'],
    ['no question', { question: 'one', before: { question: 'othr' } }, 'there is no question "othr". Did you mean'],
    ['an operator of lists', { question: 'choice', isOneOf: { question: 'choice2' } }, 'does not compare two answers'],
    ['codes of two lists', { question: 'choice', is: { question: 'choice2' } }, 'have different lists'],
    ['an item from outside', { question: 'one', before: { question: 'inside' } }, 'is asked once per item of'],
  ])('refuses to compare with %s', (_, when, message) => {
    const items = [
      ask('one', 'date'),
      ask('other', 'date'),
      ask('number', 'integer'),
      ask('choice', 'choice'),
      ask('choice2', 'choice', { list: 'others' }),
      repeated('many', [ask('inside', 'date')]),
      ask('last', 'text', { when, ifUnclear: 'closed' }),
      ask('later', 'date'),
    ];
    const codes = [{ code: 'a', text: { en: 'A' } }];
    const problems = problemsOf(items, { lists: { codes, others: [...codes] } });
    // Schemas refuse a list operator's right side before the compiler sees it.
    expect(problems.map((one) => one.message).join(' ')).toMatch(
      message === 'does not compare two answers' ? /must be a list/ : message,
    );
  });
});
