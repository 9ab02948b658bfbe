import { describe, expect, it } from '@jest/globals';
import { CODES, ask, findingsOf, indicator, perItem, questionnaire } from '../../../../test/factories/lint-pack.js';
import type { SourceFile } from '../plan.js';
import type { FindingCode } from './codes.js';
import type { Witness } from './finding.js';

interface Case {
  title: string;
  code: FindingCode;
  pointer: string;
  witness?: Witness;
  defective: SourceFile;
  mended: SourceFile;
}

const age = ask('age', 'number', { min: 0, max: 120, integer: true });
const held = ask('held', 'boolean');
const role = ask('role', 'multiChoice', { list: 'codes' });
const gated = (when: unknown, more = {}) => ask('last', 'text', { when, ifUnclear: 'closed', ...more });
const is = (question: string, value: unknown) => ({ question, is: value });
const has = (code: string) => ({ question: 'role', contains: code });
const born = ask('born', 'date');
const section = (id: string, items: unknown[], more = {}) => ({
  id,
  title: { en: id },
  phase: 'probing',
  items,
  ...more,
});
const check = (must: unknown, more = {}) => ({
  id: 'fits',
  must,
  ifUnclear: 'pass',
  severity: 'error',
  message: { en: 'Look again.' },
  ...more,
});
const said = (answers: Record<string, unknown>): Witness => ({
  answers: Object.entries(answers).map(([questionId, value]) => ({ questionId, value })),
});

const cases: Case[] = [
  {
    title: 'a condition that contradicts itself',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([
      age,
      gated({
        all: [
          { question: 'age', below: 10 },
          { question: 'age', above: 20 },
        ],
      }),
    ]),
    mended: questionnaire([
      age,
      gated({
        any: [
          { question: 'age', below: 10 },
          { question: 'age', above: 20 },
        ],
      }),
    ]),
  },
  {
    title: 'a number beyond its bounds',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([age, gated({ question: 'age', above: 120 })]),
    mended: questionnaire([age, gated({ question: 'age', atLeast: 120 })]),
  },
  {
    title: 'a whole number between two neighbours',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([
      age,
      gated({
        all: [
          { question: 'age', above: 17 },
          { question: 'age', below: 18 },
        ],
      }),
    ]),
    mended: questionnaire([
      age,
      gated({
        all: [
          { question: 'age', above: 17 },
          { question: 'age', below: 19 },
        ],
      }),
    ]),
  },
  {
    title: 'dates that cannot be',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([
      born,
      gated({
        all: [
          { question: 'born', before: '1976-04-07' },
          { question: 'born', after: '1976-04-05' },
          { none: [{ question: 'born', overlaps: '1976-04-06' }] },
        ],
      }),
    ]),
    mended: questionnaire([
      born,
      gated({
        all: [
          { question: 'born', before: '1976-04-08' },
          { question: 'born', after: '1976-04-05' },
          { none: [{ question: 'born', overlaps: '1976-04-06' }] },
        ],
      }),
    ]),
  },
  {
    title: 'a code that stands alone beside another',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([role, gated({ all: [has('none'), has('cook')] })], CODES),
    mended: questionnaire([role, gated({ all: [has('guard'), has('cook')] })], CODES),
  },
  {
    title: 'more codes than may be chosen',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([{ ...role, max: 1 }, gated({ all: [has('guard'), has('cook')] })], CODES),
    mended: questionnaire([{ ...role, max: 2 }, gated({ all: [has('guard'), has('cook')] })], CODES),
  },
  {
    title: 'a contradiction with the section around',
    code: 'unreachable',
    pointer: '/sections/1/items/0/when',
    witness: said({ held: true }),
    defective: questionnaire([], {
      sections: [
        section('first', [held]),
        section('second', [gated(is('held', false)), ask('other', 'text')], {
          when: is('held', true),
          ifUnclear: 'closed',
        }),
      ],
    }),
    mended: questionnaire([], {
      sections: [
        section('first', [held]),
        section('second', [gated(is('held', false)), ask('other', 'text')], {
          when: { question: 'held', answered: true },
          ifUnclear: 'closed',
        }),
      ],
    }),
  },
  {
    title: 'a follow-up of an answer that closes the question it looks at',
    code: 'unreachable',
    pointer: '/sections/0/items/2/when',
    witness: said({}),
    defective: questionnaire([
      held,
      ask('how', 'boolean', { when: is('held', true), ifUnclear: 'closed' }),
      gated({ all: [is('how', true), is('held', false)] }),
    ]),
    mended: questionnaire([
      held,
      ask('how', 'boolean', { when: { question: 'held', answered: true }, ifUnclear: 'closed' }),
      gated({ all: [is('how', true), is('held', false)] }),
    ]),
  },
  {
    title: 'more items than a repeat may have',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([
      perItem('posting', [ask('unit', 'text')], { max: 2 }),
      gated({ count: 'posting', atLeast: 3 }),
    ]),
    mended: questionnaire([
      perItem('posting', [ask('unit', 'text')], { max: 3 }),
      gated({ count: 'posting', atLeast: 3 }),
    ]),
  },
  {
    title: 'a clause of one item against every item',
    code: 'unreachable',
    pointer: '/sections/0/items/1/when',
    witness: said({}),
    defective: questionnaire([
      perItem('posting', [ask('led', 'boolean')]),
      gated({
        all: [
          { some: 'posting', where: is('led', true) },
          { every: 'posting', where: is('led', false) },
        ],
      }),
    ]),
    mended: questionnaire([
      perItem('posting', [ask('led', 'boolean')]),
      gated({
        all: [
          { some: 'posting', where: is('led', true) },
          { some: 'posting', where: is('led', false) },
        ],
      }),
    ]),
  },
  {
    title: 'two answers compared in a circle',
    code: 'unreachable',
    pointer: '/sections/0/items/2/when',
    witness: said({}),
    defective: questionnaire([
      age,
      { ...age, id: 'then' },
      gated({
        all: [
          { question: 'age', above: { question: 'then' } },
          { question: 'then', above: { question: 'age' } },
        ],
      }),
    ]),
    mended: questionnaire([
      age,
      { ...age, id: 'then' },
      gated({
        any: [
          { question: 'age', above: { question: 'then' } },
          { question: 'then', above: { question: 'age' } },
        ],
      }),
    ]),
  },
  {
    title: 'a condition that closes nothing',
    code: 'alwaysOpen',
    pointer: '/sections/0/items/1/when',
    defective: questionnaire([
      held,
      gated({ any: [{ question: 'held', answered: true }, { none: [{ question: 'held', answered: true }] }] }),
    ]),
    mended: questionnaire([held, gated({ question: 'held', answered: true })]),
  },
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
  it.each(cases.map((one) => [one.title, one] as const))(
    'finds %s, and nothing once it is mended',
    (_, { code, pointer, witness, defective, mended }) => {
      expect(findingsOf(defective)).toEqual([{ code, pointer, ...(witness && { witness }) }]);
      expect(findingsOf(mended)).toEqual([]);
    },
  );
});
