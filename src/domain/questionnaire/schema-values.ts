/** Schemas of what stands on questions beside the question itself: calculations, checks, patterns. */
import { arr, D, obj, ref, str, type Properties } from './schema-terms.js';

const part = (description: string) => ref(description, '#/$defs/calculation');
const parts = (description: string, count: { minItems: number; maxItems?: number }) =>
  arr(description, { $ref: '#/$defs/calculation' }, count);
const repeatId = (description: string) => str(`The id of a repeat: ${description}`);
const edtfDate = (description: string) => str(`${description} In EDTF: 1994, 1994-04, 1994-04-06/1994-07-18.`);

const span = (description: string) => ref(description, '#/$defs/span');
const count = (description: string) => D(description, { type: 'integer', minimum: -10_000, maximum: 10_000 });

const calculationProps: Properties = {
  value: D('A number or a truth value as it is.', { type: ['number', 'boolean'] }),
  date: edtfDate('A known date or period.'),
  event: str('The id of an event or period of the reference file: when it was.'),
  answer: str('The id of an earlier number, date or boolean question: its answer.'),
  years: span('Completed years from one date to another: an age.'),
  months: span('Completed months from one date to another.'),
  days: span('Days from one date to another.'),
  length: part('A date or period: how long it lasted, in the unit "in".'),
  in: D('The unit of length.', { enum: ['days', 'months', 'years'] }),
  startOf: part('A date or period: its beginning.'),
  endOf: part('A date or period: its end.'),
  shift: part('A date, moved on by "by".'),
  by: obj('How far a date is moved on; negative numbers move it back.', [], {
    years: count('How many years.'),
    months: count('How many months.'),
    days: count('How many days.'),
  }),
  sum: parts('Numbers added up.', { minItems: 1 }),
  difference: parts('The first number without the second.', { minItems: 2, maxItems: 2 }),
  product: parts('Numbers multiplied.', { minItems: 1 }),
  least: parts('The smallest of numbers, the earliest of dates.', { minItems: 1 }),
  greatest: parts('The greatest of numbers, the latest of dates.', { minItems: 1 }),
  count: repeatId('how many items it has, or for how many of them where holds.'),
  where: ref('The clause tested in each item that is counted.', '#/$defs/condition'),
  sumOver: repeatId('"of" added up over its items.'),
  leastOver: repeatId('the smallest or earliest "of" among its items.'),
  greatestOver: repeatId('the greatest or latest "of" among its items.'),
  of: part('What is worked out in each item.'),
  holds: ref('Whether the condition holds.', '#/$defs/condition'),
  if: ref('Which of "then" and "else" it is; while this is unclear, both stay possible.', '#/$defs/condition'),
  then: part('What it is when the condition holds.'),
  else: part('What it is when the condition does not hold.'),
};

export const calculation = obj(
  'A value worked out from earlier answers: exactly one of value, date, event, answer, years, months, days, length, startOf, endOf, shift, sum, difference, product, least, greatest, count, sumOver, leastOver, greatestOver, holds, if.',
  [],
  calculationProps,
  { minProperties: 1 },
);

export const spanSchema = obj('From one date to another.', ['from', 'to'], {
  from: part('The date counted from.'),
  to: part('The date counted to.'),
});

export const pattern = obj('How a whole text must be written.', ['matches', 'message'], {
  matches: str(
    'A regular expression for the whole text, without look-around, back-references and quantifiers inside quantified groups: [A-Z]{2}[0-9]{6}.',
  ),
  message: ref('What to write instead.', '#/$defs/text'),
});

export const check = obj(
  'What must hold beside other answers; it fails when it does not. While an answer it looks at is missing it does not fail.',
  ['id', 'must', 'ifUnclear', 'severity', 'message'],
  {
    id: str('Its own in the question or repeat.', { pattern: '^[a-z][A-Za-z0-9]*$' }),
    must: ref(
      'Fails when this does not hold. On a question it looks at that question and earlier ones, on a repeat at everything in the item and before it.',
      '#/$defs/condition',
    ),
    ifUnclear: D('What an unclear result does: pass, or fail. What was never said fails nothing.', {
      enum: ['pass', 'fail'],
    }),
    severity: D(
      'error: such an answer is refused, for slips of the pen; warning: it is taken and the warning shown, for what an applicant may have said.',
      { enum: ['error', 'warning'] },
    ),
    message: ref(
      'What is wrong and what to do. May pipe answers: {questionId|words to use when there is no answer}.',
      '#/$defs/text',
    ),
  },
);
