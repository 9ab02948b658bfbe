import { describe, expect, it } from '@jest/globals';
import { type Defect, age, gated, held, is, said } from '../../../../test/factories/lint-defects.js';
import { CODES, ask, findingsOf, perItem, questionnaire } from '../../../../test/factories/lint-pack.js';

const role = ask('role', 'multiChoice', { list: 'codes' });
const has = (code: string) => ({ question: 'role', contains: code });
const born = ask('born', 'date');
const section = (id: string, items: unknown[], more = {}) => ({
  id,
  title: { en: id },
  phase: 'probing',
  items,
  ...more,
});

const defects: Defect[] = [
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
