import { fromWord, fromBoolean, SILENT, UNCLEAR, type Trit } from './trit.js';
import type { UncertainDate } from '../timeline/uncertain-date.js';
import { compareAmounts, type Amount } from './amounts.js';
import type { Operator } from './format.js';
import { COMPARE_DATES, compareRanks, isNumber, isReference, wrongOperator } from './operators.js';
import type { Frames, QuestionNode } from './plan.js';
import { ancestors, type ReferenceData } from './reference.js';
import type { Recorded } from './scope.js';

/** Operators whose right side may be another question. */
export const TAKES_QUESTION: readonly Operator[] = [
  'is',
  'isNot',
  'above',
  'below',
  'atLeast',
  'atMost',
  'before',
  'after',
  'overlaps',
  'within',
];

type Read = NonNullable<Recorded['read']>;
type Comparison = (one: Read, other: Read) => Trit;

/** Prepares the comparison of two answers, or says why they cannot be compared. */
export function prepareComparison(
  one: QuestionNode,
  operator: Operator,
  other: QuestionNode,
  data: ReferenceData,
): { test: (frames: Frames) => Trit } | { wrong: string } {
  if (!TAKES_QUESTION.includes(operator))
    return {
      wrong: `"${operator}" does not compare two answers; another question may stand right of ${TAKES_QUESTION.join(', ')}`,
    };
  const wrong = wrongOperator(one, operator) ?? wrongPair(one, operator, other);
  if (wrong) return { wrong };
  const compare = comparison(one, operator, other, data);
  return {
    test: (frames) => {
      const [a, b] = [said(one, frames), said(other, frames)];
      if (a === undefined || b === undefined) return SILENT;
      return a.read === undefined || b.read === undefined ? UNCLEAR : compare(a.read, b.read);
    },
  };
}

function said({ chain, slot }: QuestionNode, frames: Frames): Recorded | undefined {
  const scope = frames[chain.length]!;
  const recorded = scope.open[slot] === 1 ? scope.answers[slot] : undefined;
  return recorded?.status === undefined ? recorded : undefined;
}

function wrongPair(one: QuestionNode, operator: Operator, other: QuestionNode): string | undefined {
  if (one === other) return `"${one.id}" is compared with itself; name another question`;
  const same =
    one.type === other.type ||
    (isNumber(one.type) && isNumber(other.type)) ||
    (operator === 'within' && one.type === 'unit' && other.type === 'organisation');
  if (!same)
    return `"${one.id}" is a ${one.type} and "${other.id}" a ${other.type}; only answers of one type are compared`;
  return one.type === 'choice' && one.codes !== other.codes
    ? `"${one.id}" and "${other.id}" have different lists; only codes of one list are compared`
    : undefined;
}

function comparison(one: QuestionNode, operator: Operator, other: QuestionNode, data: ReferenceData): Comparison {
  switch (operator) {
    case 'is':
    case 'isNot':
      if (isNumber(one.type)) return (a, b) => compareAmounts(operator, a as Amount, b as Amount);
      return operator === 'is' ? (a, b) => fromBoolean(a === b) : (a, b) => fromBoolean(a !== b);
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost':
      return one.type === 'rank'
        ? (a, b) => compareRanks(operator, a as string, b as string, data)
        : (a, b) => compareAmounts(operator, a as Amount, b as Amount);
    case 'before':
    case 'after':
    case 'overlaps':
      return (a, b) => fromWord(COMPARE_DATES[operator](a as UncertainDate, b as UncertainDate));
    case 'within': {
      const above = isReference(one.type) ? (id: string) => ancestors(data, id) : codesAbove(other);
      return (a, b) => fromBoolean(a === b || above(a as string).has(b as string));
    }
    case 'isOneOf':
    case 'contains':
    case 'containsAny':
    case 'answered':
    case 'unknown':
    case 'refused':
    case 'notAsked':
      throw new Error(`${operator} does not compare two answers`);
  }
}

function codesAbove({ codes }: QuestionNode): (code: string) => ReadonlySet<string> {
  const parents = new Map(codes.map(({ code, parent }) => [code, parent]));
  return (code) => {
    const found = new Set<string>();
    for (let up = parents.get(code); up !== undefined; up = parents.get(up)) found.add(up);
    return found;
  };
}
