import { describe, expect, it } from '@jest/globals';
import { ask, planOf, played, problemsOf, repeated, shown } from '../../../test/factories/one-section.js';
import type { Check } from './format.js';
import { answer, evaluate, record, start } from './session.js';
import { view } from './view.js';

const check = (more: Partial<Check> = {}): Check => ({
  id: 'order',
  must: { question: 'to', after: { question: 'from' } },
  ifUnclear: 'pass',
  severity: 'error',
  message: {
    en: 'The end must be after {from|the beginning}; correct one of the two.',
    fr: 'La fin suit {from|le début}.',
  },
  ...more,
});
const onQuestion = (more: Partial<Check> = {}) =>
  planOf([ask('from', 'date'), ask('to', 'date', { checks: [check(more)] })]);
const onItem = (more: Partial<Check> = {}) =>
  planOf([repeated('posting', [ask('from', 'date'), ask('to', 'date')], { checks: [check(more)] })]);
const context = { child: 'no', language: 'en' } as const;

describe('a check', () => {
  it('refuses an answer that breaks an error, at the answer and in words', () => {
    const session = played(onQuestion(), { from: '1994' });
    expect(answer(session, { questionId: 'to', value: '1993' })).toEqual({
      ok: false,
      code: 'checkFailed',
      pointer: '/value',
      message: 'The end must be after 1994; correct one of the two.',
    });
    const french = played(onQuestion(), { from: '1994' }, { child: 'no', language: 'fr' });
    expect(answer(french, { questionId: 'to', value: '1993' })).toMatchObject({ message: 'La fin suit 1994.' });
  });

  it('takes an answer that breaks a warning, and says so with it and in the view', () => {
    const session = played(onQuestion({ severity: 'warning' }), { from: '1994' });
    const taken = answer(session, { questionId: 'to', value: '1993' });
    const failed = { of: 'to', id: 'order', severity: 'warning', message: expect.stringContaining('after 1994') };
    expect(taken).toMatchObject({ ok: true, failed: [failed] });
    if (taken.ok) expect(view(taken.session).failed).toEqual([failed]);
  });

  it('never fails for something that was not said', () => {
    const plan = onQuestion({ ifUnclear: 'fail' });
    expect(answer(start(plan, context), { questionId: 'to', value: '1993' })).toMatchObject({ ok: true, failed: [] });
    const refused = answer(played(plan, { from: '1994' }), { questionId: 'to', status: 'refused' });
    expect(refused).toMatchObject({ ok: true, failed: [] });
  });

  it.each([
    ['pass', true],
    ['fail', false],
  ] as const)('with ifUnclear "%s" does so when uncertain dates leave it open', (ifUnclear, ok) => {
    const session = played(onQuestion({ ifUnclear }), { from: '1994' });
    expect(answer(session, { questionId: 'to', value: '1994-05' }).ok).toBe(ok);
  });

  it('shows an error that an earlier answer made, which nothing refuses', () => {
    const session = played(onQuestion(), { from: '1992', to: '1993' });
    const later = answer(session, { questionId: 'from', value: '1994' });
    expect(later).toMatchObject({ ok: true, failed: [] });
    if (later.ok) expect(shown(later.session, 'to').failed).toMatchObject([{ id: 'order', severity: 'error' }]);
  });

  it('keeps what was recorded: a resumed interview has the failing answer and shows it', () => {
    const plan = onQuestion();
    const kept = record(played(plan, { from: '1994' }), { questionId: 'to', value: '1993' });
    expect(kept).toMatchObject({ ok: true, failed: [{ id: 'order' }] });
    const resumed = evaluate(plan, context, [
      { questionId: 'from', value: '1994' },
      { questionId: 'to', value: '1993' },
    ]);
    expect(view(resumed).failed).toMatchObject([{ of: 'to', id: 'order' }]);
  });

  it('on a repeat looks at each item, whichever of its answers comes last', () => {
    const session = played(onItem(), [
      { questionId: 'to', item: 0, value: '1990' },
      { questionId: 'to', item: 1, value: '1993' },
    ]);
    expect(answer(session, { questionId: 'from', item: 0, value: '1992' })).toMatchObject({ code: 'checkFailed' });
    expect(answer(session, { questionId: 'from', item: 1, value: '1992' })).toMatchObject({ ok: true, failed: [] });
    const warned = played(onItem({ severity: 'warning' }), [
      { questionId: 'to', item: 1, value: '1990' },
      { questionId: 'from', item: 1, value: '1992' },
    ]);
    expect(view(warned).failed).toMatchObject([{ of: 'posting', id: 'order', item: [1] }]);
  });

  it('that already fails in an item does not stand in the way of its other answers', () => {
    const plan = planOf([
      repeated('posting', [ask('from', 'date'), ask('to', 'date'), ask('note', 'text')], { checks: [check()] }),
    ]);
    const failing = evaluate(plan, context, [
      { questionId: 'from', item: 0, value: '1994' },
      { questionId: 'to', item: 0, value: '1993' },
    ]);
    expect(answer(failing, { questionId: 'note', item: 0, value: 'He was not sure.' })).toMatchObject({ ok: true });
    expect(answer(failing, { questionId: 'to', item: 0, value: '1995' })).toMatchObject({ ok: true, failed: [] });
  });

  it('says nothing while its question is closed', () => {
    const plan = planOf([
      ask('from', 'date'),
      ask('ended', 'boolean'),
      ask('to', 'date', { checks: [check()], when: { question: 'ended', is: true }, ifUnclear: 'closed' }),
    ]);
    const session = evaluate(plan, context, [
      { questionId: 'from', value: '1994' },
      { questionId: 'to', value: '1993' },
    ]);
    expect(view(session).failed).toEqual([]);
  });

  it.each<[string, Partial<Check>, string]>([
    ['a later question', { must: { question: 'later', is: true } }, 'is not asked before this'],
    ['an unknown pipe', { message: { en: 'See {frm|it}.' } }, 'Did you mean "from"?'],
  ])('refuses %s', (_, more, message) => {
    const problems = problemsOf([
      ask('from', 'date'),
      ask('to', 'date', { checks: [check(more)] }),
      ask('later', 'boolean'),
    ]);
    expect(problems.map((one) => one.message).join(' ')).toContain(message);
  });

  it('has a name of its own', () => {
    const problems = problemsOf([ask('from', 'date'), ask('to', 'date', { checks: [check(), check()] })]);
    expect(problems).toMatchObject([{ pointer: '/sections/0/items/1/checks/1/id' }]);
  });
});
