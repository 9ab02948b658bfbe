import type { Condition, Literal, Operator as OurOperator, VisibilityIfUnclear } from '../format.js';
import { isNumber } from '../operators.js';
import { allOf, anyOf, known, type Known, type Scope } from './xpath-names.js';
import { parseXPath, XPathRefused, type Operator, type XPath } from './xpath-syntax.js';

/** An imported condition: always, never, or a clause tree with what an unclear result does. */
export type Imported = boolean | { when: Condition; ifUnclear: VisibilityIfUnclear };

/**
 * One clause, with what it is when a question in it has no answer. XPath has no third value: `${a} = 'x'` is then false and
 * `${a} != 'x'` true; ours is unclear in both cases.
 */
interface Clause {
  condition: Condition;
  whenEmpty: 'no' | 'yes' | 'decided';
  questions: string[];
}
type Tree = boolean | Clause | { and: Tree[] } | { or: Tree[] };

/** Reads an XPath condition. Throws XPathRefused with the reason why it cannot be said in ours. */
export function importCondition(source: string, scope: Scope): Imported {
  return conditionOf(parseXPath(source), scope);
}

/** The same for an expression that is parsed already. */
export function conditionOf(expression: XPath, scope: Scope): Imported {
  const tree = simplified(read(expression, scope, true));
  if (typeof tree === 'boolean') return tree;
  const kinds = new Set(clausesOf(tree).map(({ whenEmpty }) => whenEmpty));
  // As long as all clauses agree, "unclear" is what XPath makes of a missing answer; else the exceptions say so themselves.
  if (!kinds.has('no') && kinds.has('yes')) return { when: written(tree, false), ifUnclear: 'open' };
  return { when: written(tree, true), ifUnclear: 'closed' };
}

const clausesOf = (tree: Tree): Clause[] => {
  if (typeof tree === 'boolean') return [];
  if ('condition' in tree) return [tree];
  return ('and' in tree ? tree.and : tree.or).flatMap(clausesOf);
};

function written(tree: Exclude<Tree, boolean>, sayEmpty: boolean): Condition {
  if ('and' in tree) return allOf(tree.and.map((part) => written(part as Exclude<Tree, boolean>, sayEmpty)));
  if ('or' in tree) return anyOf(tree.or.map((part) => written(part as Exclude<Tree, boolean>, sayEmpty)));
  if (!sayEmpty || tree.whenEmpty !== 'yes') return tree.condition;
  return anyOf([
    tree.condition,
    ...tree.questions.map((question): Condition => ({ none: [{ question, answered: true }] })),
  ]);
}

function simplified(tree: Tree): Tree {
  if (typeof tree === 'boolean' || 'condition' in tree) return tree;
  const isAnd = 'and' in tree;
  const parts = (isAnd ? tree.and : tree.or).map(simplified);
  if (parts.includes(!isAnd)) return !isAnd;
  const kept = parts
    .filter((part) => part !== isAnd)
    .flatMap((part) =>
      typeof part === 'object' && isAnd && 'and' in part
        ? part.and
        : typeof part === 'object' && !isAnd && 'or' in part
          ? part.or
          : [part],
    );
  if (kept.length === 0) return isAnd;
  return kept.length === 1 ? kept[0]! : isAnd ? { and: kept } : { or: kept };
}

/** `wanted`: whether the expression is to hold, or not to. */
function read(expression: XPath, scope: Scope, wanted: boolean): Tree {
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression;
    if (operator === 'and' || operator === 'or') {
      const parts = [read(left, scope, wanted), read(right, scope, wanted)];
      return (operator === 'and') === wanted ? { and: parts } : { or: parts };
    }
    return comparison(operator, left, right, scope, wanted);
  }
  if (expression.kind === 'call') return call(expression.name, expression.args, scope, wanted);
  throw new XPathRefused('this is a value, not a condition; compare it with something');
}

function call(name: string, args: XPath[], scope: Scope, wanted: boolean): Tree {
  if (name === 'not' && args.length === 1) return read(args[0]!, scope, !wanted);
  if (name === 'boolean' && args.length === 1) return read(args[0]!, scope, wanted);
  if ((name === 'true' || name === 'false') && args.length === 0) return (name === 'true') === wanted;
  if (name === 'selected' && args.length === 2) return selected(args[0]!, args[1]!, scope, wanted);
  throw new XPathRefused(`there is no clause for ${name}(); write the condition with the operators of the format`);
}

function answerOf(expression: XPath, scope: Scope): Known | undefined {
  if (expression.kind === 'answer') return known(expression.name, scope);
  return expression.kind === 'self' ? scope.self : undefined;
}

function literalOf(expression: XPath, scope: Scope): string | number | undefined {
  if (expression.kind === 'number' || expression.kind === 'string') return expression.value;
  if (expression.kind === 'name') return scope.columns?.get(expression.name);
  const dated = expression.kind === 'call' && ['date', 'date-time', 'number', 'string'].includes(expression.name);
  return dated && expression.args.length === 1 ? literalOf(expression.args[0]!, scope) : undefined;
}

function selected(of: XPath, what: XPath, scope: Scope, wanted: boolean): Tree {
  const question = answerOf(of, scope);
  const code = literalOf(what, scope);
  if (!question?.codes || code === undefined)
    throw new XPathRefused('selected() is read with a choice question and a code');
  return equality(question, code, scope, wanted);
}

const FLIPPED: Partial<Record<Operator, Operator>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
const OPPOSITE: Partial<Record<Operator, Operator>> = {
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
  '=': '!=',
  '!=': '=',
};

function comparison(operator: Operator, left: XPath, right: XPath, scope: Scope, wanted: boolean): Tree {
  const counted = sizeOf(operator, left, right, scope, wanted);
  if (counted) return counted;
  const [one, other] = [answerOf(left, scope), answerOf(right, scope)];
  if (one && other) return pair(one, operator, other, wanted);
  const [a, b] = [literalOf(left, scope), literalOf(right, scope)];
  if (one && b !== undefined) return withLiteral(one, operator, b, scope, wanted);
  if (other && a !== undefined) return withLiteral(other, FLIPPED[operator] ?? operator, a, scope, wanted);
  if (a !== undefined && b !== undefined && (operator === '=' || operator === '!='))
    return ((String(a) === String(b)) === (operator === '=')) === wanted;
  throw new XPathRefused(
    'a clause compares one answer with a value or with another answer; make the rest a calculated question',
  );
}

/** How long a text or how many items there are; only what clauses can say of it. */
function sizeOf(operator: Operator, left: XPath, right: XPath, scope: Scope, wanted: boolean): Tree | undefined {
  const [of, bound, order] =
    left.kind === 'call' ? [left, right, operator] : [right, left, FLIPPED[operator] ?? operator];
  if (of.kind !== 'call' || bound.kind !== 'number' || of.args.length !== 1) return undefined;
  if (of.name === 'string-length' || of.name === 'count-selected') {
    const question = answerOf(of.args[0]!, scope);
    const some =
      (order === '>' && bound.value === 0) ||
      (order === '>=' && bound.value === 1) ||
      (order === '!=' && bound.value === 0);
    const none =
      (order === '=' && bound.value === 0) ||
      (order === '<' && bound.value === 1) ||
      (order === '<=' && bound.value === 0);
    if (!question || !(some || none))
      throw new XPathRefused(`there is no clause for how long or how many ${of.name}() gives`);
    return answered(question, some === wanted);
  }
  return of.name === 'count' ? countOf(of.args[0]!, order, bound.value, scope, wanted) : undefined;
}

function countOf(of: XPath, operator: Operator, bound: number, scope: Scope, wanted: boolean): Tree {
  const repeat = of.kind === 'answer' ? known(of.name, scope) : undefined;
  if (repeat?.type !== 'repeat') throw new XPathRefused('count() is read with the name of a repeat');
  const order = wanted ? operator : OPPOSITE[operator]!;
  const atLeast = (number: number): Tree =>
    number <= 0 ? true : { condition: { count: repeat.id, atLeast: number }, whenEmpty: 'no', questions: [] };
  // A repeat without items is unclear with us, and zero in XPath.
  const atMost = (number: number): Tree =>
    number < 0
      ? false
      : { condition: { none: [{ count: repeat.id, atLeast: number + 1 }] }, whenEmpty: 'yes', questions: [] };
  const upTo = atMost(order === '<' ? Math.ceil(bound) - 1 : Math.floor(bound));
  if (order === '>' || order === '>=') return atLeast(order === '>' ? Math.floor(bound) + 1 : Math.ceil(bound));
  if (order === '<' || order === '<=') return upTo;
  throw new XPathRefused('how many items is said with at least or at most, not with = or !=');
}

function answered({ id }: Known, wanted: boolean): Tree {
  const clause: Condition = { question: id, answered: true };
  return { condition: wanted ? clause : { none: [clause] }, whenEmpty: 'decided', questions: [id] };
}

function clause(question: Known, operator: OurOperator, right: Literal | { question: string }, holds: boolean): Clause {
  const questions = typeof right === 'object' ? [question.id, right.question] : [question.id];
  const leaf = { question: question.id, [operator]: right } as Condition;
  return { condition: leaf, whenEmpty: holds ? 'no' : 'yes', questions };
}

function withLiteral(question: Known, operator: Operator, value: string | number, scope: Scope, wanted: boolean): Tree {
  if (value === '' && (operator === '=' || operator === '!='))
    return answered(question, (operator === '!=') === wanted);
  if (operator === '=' || operator === '!=') return equality(question, value, scope, (operator === '=') === wanted);
  if (isNumber(question.type as 'integer')) return numberOrder(question, operator, Number(value), wanted);
  if (question.type === 'date') return dateOrder(question, operator, String(value), wanted);
  throw new XPathRefused(
    `the answer to "${question.id}" is a ${question.type}; "${operator}" compares numbers and dates`,
  );
}

function equality(question: Known, value: string | number, scope: Scope, wanted: boolean): Tree {
  if (question.codes) {
    const code = question.codes.get(String(value));
    if (code === undefined && scope.columns) return !wanted;
    if (code === undefined) throw new XPathRefused(`the list of "${question.id}" has no choice "${value}"`);
    if (question.type === 'choice') return clause(question, wanted ? 'is' : 'isNot', code, wanted);
    const contains = clause(question, 'contains', code, wanted);
    return wanted ? contains : { ...contains, condition: { none: [contains.condition] } };
  }
  if (isNumber(question.type as 'integer')) return clause(question, wanted ? 'is' : 'isNot', numberIn(value), wanted);
  if (question.type === 'boolean' && value === 'OK') return clause(question, wanted ? 'is' : 'isNot', true, wanted);
  if (question.type === 'date') {
    const same = clause(question, 'overlaps', dateIn(String(value)), wanted);
    return wanted ? same : { ...same, condition: { none: [same.condition] } };
  }
  throw new XPathRefused(
    `no clause compares words: the answer to "${question.id}" is a ${question.type}; make it a choice`,
  );
}

function numberIn(value: string | number): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new XPathRefused(`"${value}" is no number`);
  return number;
}

function dateIn(value: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0];
  if (day === undefined) throw new XPathRefused(`"${value}" is no date such as 1994-04-06`);
  return day;
}

const NUMBERS = { '<': 'below', '<=': 'atMost', '>': 'above', '>=': 'atLeast' } as const;
type Ordered = keyof typeof NUMBERS;

function numberOrder(question: Known, operator: Operator, value: number, wanted: boolean): Tree {
  const order = (wanted ? operator : OPPOSITE[operator]) as Ordered;
  return clause(question, NUMBERS[order], numberIn(value), wanted);
}

/** "From this day on" is "not before this day": the format knows before and after. */
function dateOrder(question: Known, operator: Operator, value: string, wanted: boolean): Tree {
  const order = (wanted ? operator : OPPOSITE[operator]) as Ordered;
  const strict = order === '<' || order === '<=' ? 'before' : 'after';
  if (order === '<' || order === '>') return clause(question, strict, dateIn(value), wanted);
  const opposite = clause(question, strict === 'before' ? 'after' : 'before', dateIn(value), wanted);
  return { ...opposite, condition: { none: [opposite.condition] } };
}

function pair(one: Known, operator: Operator, other: Known, wanted: boolean): Tree {
  const right = { question: other.id };
  const numbers = isNumber(one.type as 'integer') && isNumber(other.type as 'integer');
  const dates = one.type === 'date' && other.type === 'date';
  const order = (wanted ? operator : OPPOSITE[operator]!) as Ordered | '=' | '!=';
  if (numbers && order in NUMBERS) return clause(one, NUMBERS[order as Ordered], right, wanted);
  if (dates && (order === '<' || order === '>')) return clause(one, order === '<' ? 'before' : 'after', right, wanted);
  if (dates && (order === '<=' || order === '>=')) {
    const opposite = clause(one, order === '<=' ? 'after' : 'before', right, wanted);
    return { ...opposite, condition: { none: [opposite.condition] } };
  }
  const same = numbers || (one.type === 'choice' && other.type === 'choice' && one.codes === other.codes);
  if (same && (order === '=' || order === '!=')) return clause(one, order === '=' ? 'is' : 'isNot', right, wanted);
  throw new XPathRefused(
    `"${one.id}" and "${other.id}" cannot be compared by "${operator}": a ${one.type} and a ${other.type}`,
  );
}
