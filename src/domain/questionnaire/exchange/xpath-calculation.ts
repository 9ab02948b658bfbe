import type { Calculation } from '../format.js';
import { isNumber } from '../operators.js';
import { conditionOf } from './xpath-condition.js';
import { known, type Scope } from './xpath-names.js';
import { parseXPath, XPathRefused, type XPath } from './xpath-syntax.js';

export interface ImportedCalculation {
  calculate: Calculation;
  type: 'integer' | 'decimal' | 'date' | 'boolean';
}

/** Reads an XPath calculation of a number, a date or a truth value. Throws XPathRefused with the reason why it cannot be said in ours. */
export function importCalculation(source: string, scope: Scope): ImportedCalculation {
  return calculation(parseXPath(source), scope);
}

function calculation(expression: XPath, scope: Scope): ImportedCalculation {
  switch (expression.kind) {
    case 'number':
      return {
        calculate: { value: expression.value },
        type: Number.isInteger(expression.value) ? 'integer' : 'decimal',
      };
    case 'answer':
      return answer(expression.name, scope);
    case 'call':
      return call(expression, scope);
    case 'binary':
      return ['+', '-', '*', 'div'].includes(expression.operator)
        ? arithmetic(expression, scope)
        : holds(expression, scope);
    case 'string':
      throw new XPathRefused(
        'a text is not calculated; write it into the texts that use it, with {question|words} for answers',
      );
    case 'self':
    case 'name':
      throw new XPathRefused('this is no value a calculation can rest on');
  }
}

function answer(name: string, scope: Scope): ImportedCalculation {
  const { id, type } = known(name, scope);
  if (type === 'integer' || type === 'decimal' || type === 'date' || type === 'boolean')
    return { calculate: { answer: id }, type };
  throw new XPathRefused(`the answer to "${id}" is a ${type}; numbers, dates and truth values are calculated with`);
}

function holds(expression: XPath, scope: Scope): ImportedCalculation {
  const condition = conditionOf(expression, scope);
  if (typeof condition === 'boolean') return { calculate: { value: condition }, type: 'boolean' };
  if (JSON.stringify(condition.when).includes('"answered"'))
    throw new XPathRefused(
      'whether something was answered is no part of a calculation; put it into the condition that uses it',
    );
  return { calculate: { holds: condition.when }, type: 'boolean' };
}

function arithmetic({ operator, left, right }: Extract<XPath, { kind: 'binary' }>, scope: Scope): ImportedCalculation {
  const [one, other] = [calculation(left, scope), calculation(right, scope)];
  if (operator === '-' && one.type === 'date' && other.type === 'date')
    return { calculate: { days: { from: other.calculate, to: one.calculate } }, type: 'integer' };
  for (const { type } of [one, other])
    if (!isNumber(type)) throw new XPathRefused(`"${operator}" is calculated with numbers, and this is a ${type}`);
  const type = one.type === 'integer' && other.type === 'integer' ? 'integer' : 'decimal';
  const parts: [Calculation, Calculation] = [one.calculate, other.calculate];
  if (operator === '+') return { calculate: { sum: parts }, type };
  if (operator === '-') return { calculate: { difference: parts }, type };
  if (operator === '*') return { calculate: { product: parts }, type };
  const divisor = right.kind === 'number' ? right.value : 0;
  if (divisor === 0) throw new XPathRefused('a calculation divides by a number other than 0 only');
  return { calculate: { product: [one.calculate, { value: 1 / divisor }] }, type: 'decimal' };
}

function call({ name, args }: Extract<XPath, { kind: 'call' }>, scope: Scope): ImportedCalculation {
  const [first, second, third] = args;
  if (name === 'if' && first && second && third) {
    const [condition, yes, no] = [conditionOf(first, scope), calculation(second, scope), calculation(third, scope)];
    if (typeof condition === 'boolean') return condition ? yes : no;
    if (JSON.stringify(condition.when).includes('"answered"'))
      throw new XPathRefused(
        'whether something was answered is no part of a calculation; put it into the condition that uses it',
      );
    if (yes.type !== no.type && !(isNumber(yes.type) && isNumber(no.type)))
      throw new XPathRefused(`if() gives a ${yes.type} or a ${no.type}; both must be the same`);
    const type = yes.type === no.type ? yes.type : 'decimal';
    return { calculate: { if: condition.when, then: yes.calculate, else: no.calculate }, type };
  }
  if ((name === 'date' || name === 'date-time') && first?.kind === 'string' && /^\d{4}-\d{2}-\d{2}/.test(first.value))
    return { calculate: { date: first.value.slice(0, 10) }, type: 'date' };
  if (name === 'number' && first) return calculation(first, scope);
  if (name === 'int' && first) return years(first, scope);
  if (name === 'count' && first?.kind === 'answer') {
    const repeat = known(first.name, scope);
    if (repeat.type === 'repeat') return { calculate: { count: repeat.id }, type: 'integer' };
  }
  if (name === 'sum' || name === 'min' || name === 'max') return many(name, args, scope);
  if (['not', 'true', 'false', 'selected', 'boolean'].includes(name)) return holds({ kind: 'call', name, args }, scope);
  throw new XPathRefused(`there is no calculation for ${name}()`);
}

/** `int((a - b) div 365.25)` is how forms count completed years. */
function years(of: XPath, scope: Scope): ImportedCalculation {
  if (
    of.kind === 'binary' &&
    of.operator === 'div' &&
    of.right.kind === 'number' &&
    of.left.kind === 'binary' &&
    of.left.operator === '-'
  ) {
    const [to, from] = [calculation(of.left.left, scope), calculation(of.left.right, scope)];
    const unit = { 365: 'years', 365.25: 'years', 365.24: 'years', 30: 'months', 30.4: 'months', 30.44: 'months' }[
      of.right.value
    ];
    if (unit !== undefined && to.type === 'date' && from.type === 'date') {
      const span = { from: from.calculate, to: to.calculate };
      return { calculate: unit === 'years' ? { years: span } : { months: span }, type: 'integer' };
    }
  }
  const inner = calculation(of, scope);
  if (inner.type === 'integer') return inner;
  throw new XPathRefused(
    'numbers are not rounded; int() is read around whole numbers and around (date - date) div 365.25',
  );
}

/** Over the items of a repeat, or over several values. */
function many(name: 'sum' | 'min' | 'max', args: XPath[], scope: Scope): ImportedCalculation {
  const only = args.length === 1 && args[0]!.kind === 'answer' ? scope.find(args[0]!.name) : undefined;
  if (only && only.chain.length === scope.chain.length + 1 && scope.chain.every((one, at) => only.chain[at] === one)) {
    const of: Calculation = { answer: only.id };
    const repeat = only.chain.at(-1)!;
    if (only.type !== 'integer' && only.type !== 'decimal')
      throw new XPathRefused(`${name}() is calculated with numbers`);
    const calculate: Calculation =
      name === 'sum'
        ? { sumOver: repeat, of }
        : name === 'min'
          ? { leastOver: repeat, of }
          : { greatestOver: repeat, of };
    return { calculate, type: only.type };
  }
  const parts = args.map((arg) => calculation(arg, scope));
  const number = parts.every(({ type }) => isNumber(type));
  if (parts.length === 0 || !number) throw new XPathRefused(`${name}() is calculated with numbers`);
  const of = parts.map(({ calculate }) => calculate);
  const type = parts.every((part) => part.type === 'integer') ? 'integer' : 'decimal';
  return { calculate: name === 'sum' ? { sum: of } : name === 'min' ? { least: of } : { greatest: of }, type };
}
