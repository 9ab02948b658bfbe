import { after, before, overlaps, readPeriod, type UncertainDate } from '../timeline/uncertain-date.js';
import { compareAmounts, type Amount } from './amounts.js';
import { NUMBER_TYPES, REFERENCE_TYPES, type Literal, type Operator, type QuestionType } from './format.js';
import type { QuestionNode } from './plan.js';
import { didYouMean } from './problems.js';
import { within, type ReferenceData } from './reference.js';
import type { Recorded } from './scope.js';
import { NO, SILENT, UNCLEAR, fromBoolean, fromWord, type Trit } from './trit.js';

const EVERY_TYPE: readonly QuestionType[] = [
  'boolean',
  'choice',
  'multiChoice',
  'text',
  'verbatim',
  ...NUMBER_TYPES,
  'date',
  ...REFERENCE_TYPES,
  'person',
  'document',
];

/** Which operators a question of each type may be asked about. */
export const ALLOWED: Readonly<Record<Operator, readonly QuestionType[]>> = {
  is: ['boolean', 'choice', ...NUMBER_TYPES, ...REFERENCE_TYPES],
  isNot: ['boolean', 'choice', ...NUMBER_TYPES, ...REFERENCE_TYPES],
  isOneOf: ['choice', ...NUMBER_TYPES, ...REFERENCE_TYPES],
  contains: ['multiChoice'],
  containsAny: ['multiChoice'],
  within: ['choice', 'place', 'unit', 'organisation'],
  above: [...NUMBER_TYPES, 'rank'],
  below: [...NUMBER_TYPES, 'rank'],
  atLeast: [...NUMBER_TYPES, 'rank'],
  atMost: [...NUMBER_TYPES, 'rank'],
  before: ['date'],
  after: ['date'],
  overlaps: ['date'],
  answered: EVERY_TYPE,
  unknown: EVERY_TYPE,
  refused: EVERY_TYPE,
  notAsked: EVERY_TYPE,
};

const TAKES_LIST: readonly Operator[] = ['isOneOf', 'containsAny'];
export const STATUS_OPERATORS: readonly Operator[] = ['answered', 'unknown', 'refused', 'notAsked'];

type Read = NonNullable<Recorded['read']>;
/** Compares an answer that was given. */
type Comparison = (read: Read) => Trit;
/** Looks at whatever is recorded for a question, and whether it is open. */
export type LeafTest = (open: boolean, recorded: Recorded | undefined) => Trit;

export type LeafResult = { test: LeafTest; literal: Literal | Literal[] } | { wrong: string };

/**
 * Prepares one clause about a question, or says what is wrong with it. `resolve` gives the id under which the plan keeps a
 * reference entry the file names.
 */
export function prepareLeaf(
  question: QuestionNode,
  operator: Operator,
  literal: Literal | Literal[],
  data: ReferenceData,
  resolve: (id: string) => string,
): LeafResult {
  const unusable = wrongOperator(question, operator);
  if (unusable) return { wrong: unusable };
  if (STATUS_OPERATORS.includes(operator)) return { test: statusTest(operator), literal: true };
  if (Array.isArray(literal) !== TAKES_LIST.includes(operator))
    return {
      wrong: `"${operator}" compares with ${TAKES_LIST.includes(operator) ? 'a list: ["a", "b"]' : 'one value, not a list'}`,
    };
  const known = isReference(question.type)
    ? [literal].flat().map((one) => (typeof one === 'string' ? resolve(one) : one))
    : [literal].flat();
  const wrong = known
    .map((one) => wrongLiteral(question, operator, one, data))
    .find((message) => message !== undefined);
  if (wrong) return { wrong };
  const compare = comparison(question, operator, known, data);
  return {
    test: (open, recorded) => answeredTest(compare, open, recorded),
    literal: Array.isArray(literal) ? known : known[0]!,
  };
}

/** Why an operator cannot be asked of a question of this type. */
export function wrongOperator({ id, type }: QuestionNode, operator: Operator): string | undefined {
  if (ALLOWED[operator].includes(type)) return undefined;
  const usable = (Object.keys(ALLOWED) as Operator[]).filter((name) => ALLOWED[name].includes(type));
  return `"${operator}" cannot be asked of "${id}", which is a ${type}; use one of ${usable.join(', ')}`;
}

export const isReference = (type: QuestionType): boolean => (REFERENCE_TYPES as readonly string[]).includes(type);
export const isNumber = (type: QuestionType): boolean => (NUMBER_TYPES as readonly string[]).includes(type);

/** Nothing said is silent; said in words no comparison can read is unclear. */
export function answeredTest(compare: Comparison, open: boolean, recorded: Recorded | undefined): Trit {
  if (!open || recorded === undefined || recorded.status !== undefined) return SILENT;
  return recorded.read === undefined ? UNCLEAR : compare(recorded.read);
}

function statusTest(operator: Operator): LeafTest {
  if (operator === 'answered') return (open, recorded) => fromBoolean(open && recorded?.value !== undefined);
  if (operator === 'notAsked')
    return (open, recorded) => fromBoolean(!open || recorded === undefined || recorded.status === 'notAsked');
  return (open, recorded) => fromBoolean(open && recorded?.status === operator);
}

function wrongLiteral(
  question: QuestionNode,
  operator: Operator,
  literal: Literal,
  data: ReferenceData,
): string | undefined {
  const shown = JSON.stringify(literal);
  switch (question.type) {
    case 'boolean':
      return typeof literal === 'boolean'
        ? undefined
        : `"${question.id}" is answered yes or no; compare with true or false, not ${shown}`;
    case 'number':
    case 'integer':
    case 'decimal':
      return typeof literal === 'number'
        ? undefined
        : `"${question.id}" is a number; compare with a number, not ${shown}`;
    case 'choice':
    case 'multiChoice': {
      const codes = question.codes.map(({ code }) => code);
      if (typeof literal === 'string' && codes.includes(literal)) return undefined;
      return `the list "${question.definition.list}" has no code ${shown}.${didYouMean(String(literal), codes)}`;
    }
    case 'date': {
      const date = typeof literal === 'string' ? readPeriod(literal) : undefined;
      return date === undefined ? `compare with a date in EDTF, not ${shown}` : date.ok ? undefined : date.message;
    }
    case 'place':
    case 'unit':
    case 'rank':
    case 'organisation':
    case 'event':
      return wrongReference(question, operator, literal, data);
    case 'text':
    case 'verbatim':
    case 'person':
    case 'document':
      return `"${question.id}" is a ${question.type}; no operator compares it`;
  }
}

function wrongReference(
  question: QuestionNode,
  operator: Operator,
  literal: Literal,
  data: ReferenceData,
): string | undefined {
  const entry = typeof literal === 'string' ? data[literal] : undefined;
  const wanted = operator === 'within' && question.type === 'unit' ? ['unit', 'organisation'] : [question.type];
  if (entry && wanted.includes(entry.type)) return undefined;
  const known = Object.values(data)
    .filter((item) => wanted.includes(item.type))
    .map((item) => item.id);
  return `the reference file has no ${wanted.join(' or ')} ${JSON.stringify(literal)}.${didYouMean(String(literal), known)}`;
}

function comparison(question: QuestionNode, operator: Operator, literals: Literal[], data: ReferenceData): Comparison {
  const literal = literals[0]!;
  switch (operator) {
    case 'is':
    case 'isNot':
      if (isNumber(question.type)) return (read) => compareAmounts(operator, read as Amount, literal as number);
      return operator === 'is' ? (read) => fromBoolean(read === literal) : (read) => fromBoolean(read !== literal);
    case 'isOneOf':
      return isNumber(question.type)
        ? (read) => isOneOf(read as Amount, literals as number[])
        : (read) => fromBoolean(literals.includes(read as Literal));
    case 'contains':
      return (read) => fromBoolean((read as readonly Literal[]).includes(literal));
    case 'containsAny':
      return (read) => fromBoolean((read as readonly Literal[]).some((code) => literals.includes(code)));
    case 'within': {
      const below =
        question.type === 'choice'
          ? codesBelow(question, literal as string)
          : within(data, question.type as 'place', literal as string);
      return (read) => fromBoolean(below.has(read as string));
    }
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost':
      return question.type === 'rank'
        ? (read) => compareRanks(operator, read as string, literal as string, data)
        : (read) => compareAmounts(operator, read as Amount, literal as number);
    case 'before':
    case 'after':
    case 'overlaps':
      return dateComparison(operator, literal as string);
    case 'answered':
    case 'unknown':
    case 'refused':
    case 'notAsked':
      throw new Error(`${operator} compares nothing`);
  }
}

function isOneOf(read: Amount, numbers: readonly number[]): Trit {
  let best: Trit = NO;
  for (const number of numbers) best = Math.max(best, compareAmounts('is', read, number)) as Trit;
  return best;
}

/** Ranks of two organisations cannot be compared: unclear. */
export function compareRanks(operator: RankOperator, one: string, other: string, data: ReferenceData): Trit {
  const [a, b] = [data[one], data[other]];
  return a && b && a.organisation === b.organisation ? compareAmounts(operator, a.order!, b.order!) : UNCLEAR;
}

export type RankOperator = 'above' | 'below' | 'atLeast' | 'atMost';

/** How dates are compared. */
export const COMPARE_DATES = { before, after, overlaps } as const;

function dateComparison(operator: keyof typeof COMPARE_DATES, literal: string): Comparison {
  const period = readPeriod(literal);
  if (!period.ok) throw new Error(period.message);
  const compare = COMPARE_DATES[operator];
  return (read) => fromWord(compare(read as UncertainDate, period.date));
}

function codesBelow(question: QuestionNode, code: string): ReadonlySet<string> {
  const below = new Set([code]);
  for (let size = 0; size < below.size;) {
    size = below.size;
    for (const one of question.codes) if (one.parent !== undefined && below.has(one.parent)) below.add(one.code);
  }
  return below;
}
