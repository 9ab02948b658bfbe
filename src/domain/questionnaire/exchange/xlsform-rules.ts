import type { Check, Condition, Question, Text } from '../format.js';
import { isNumber } from '../operators.js';
import { MAX_PATTERN_TEXT, readPattern } from '../pattern.js';
import { importCondition } from './xpath-condition.js';
import { allOf, anyOf, type Known, type Scope } from './xpath-names.js';
import { parseXPath, XPathRefused, type XPath } from './xpath-syntax.js';
import { filterColumns, type ChoiceList } from './xlsform-choices.js';

type Rules = Pick<Question, 'min' | 'max' | 'pattern' | 'checks'>;

/** A constraint as bounds, as a pattern, or as a check. Throws XPathRefused. */
export function importConstraint(
  source: string,
  self: Known,
  scope: Scope,
  message: Text,
): { rules: Rules; said: boolean } {
  const parts = conjuncts(parseXPath(source));
  const bounds = parts.map((part) => boundOf(part, self));
  if (bounds.every((bound) => bound !== undefined)) {
    const mins = bounds.flatMap(({ min }) => min ?? []);
    const maxs = bounds.flatMap(({ max }) => max ?? []);
    const rules = {
      ...(mins.length > 0 && { min: Math.max(...mins) }),
      ...(maxs.length > 0 && { max: Math.min(...maxs) }),
    };
    return { rules, said: false };
  }
  const matches = self.type === 'text' ? patternOf(parts) : undefined;
  if (matches !== undefined) {
    const pattern = { matches, message };
    const read = readPattern(pattern);
    if ('wrong' in read) throw new XPathRefused(read.wrong);
    return { rules: { pattern }, said: true };
  }
  const imported = importCondition(source, { ...scope, self });
  if (typeof imported === 'boolean') {
    if (imported) return { rules: {}, said: false };
    throw new XPathRefused('this never holds, so no answer could be given');
  }
  return { rules: { checks: [checkOf('constraint', imported.when, message)] }, said: true };
}

const checkOf = (id: string, must: Condition, message: Text): Check => ({
  id,
  must,
  ifUnclear: 'pass',
  severity: 'error',
  message,
});

const conjuncts = (expression: XPath): XPath[] =>
  expression.kind === 'binary' && expression.operator === 'and'
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression];

const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/** `. >= 0` on a number, `count-selected(.) <= 3` on a list. */
function boundOf(part: XPath, { type }: Known): { min?: number; max?: number } | undefined {
  if (part.kind !== 'binary') return undefined;
  const counts = (side: XPath) =>
    type === 'multiChoice' && side.kind === 'call' && side.name === 'count-selected' && side.args[0]?.kind === 'self';
  const is = (side: XPath) => (isNumber(type as 'integer') ? side.kind === 'self' : counts(side));
  const whole = type !== 'decimal';
  const [bound, operator] =
    is(part.left) && part.right.kind === 'number'
      ? [part.right.value, part.operator as string]
      : is(part.right) && part.left.kind === 'number'
        ? [part.left.value, FLIPPED[part.operator]]
        : [undefined, undefined];
  if (bound === undefined) return undefined;
  if (operator === '>=') return { min: whole ? Math.ceil(bound) : bound };
  if (operator === '<=') return { max: whole ? Math.floor(bound) : bound };
  if (operator === '>' && whole) return { min: Math.floor(bound) + 1 };
  return operator === '<' && whole ? { max: Math.ceil(bound) - 1 } : undefined;
}

/** `regex(., '...')`, or how long the text is. */
function patternOf(parts: readonly XPath[]): string | undefined {
  const [only] = parts;
  if (
    parts.length === 1 &&
    only?.kind === 'call' &&
    only.name === 'regex' &&
    only.args[0]?.kind === 'self' &&
    only.args[1]?.kind === 'string'
  )
    return only.args[1].value.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  let [least, most] = [1, Infinity];
  for (const part of parts) {
    if (
      part.kind !== 'binary' ||
      part.left.kind !== 'call' ||
      part.left.name !== 'string-length' ||
      part.right.kind !== 'number'
    )
      return undefined;
    const { operator, right } = part;
    if (part.left.args[0]?.kind !== 'self') return undefined;
    if (operator === '=' || operator === '>=') least = Math.max(least, right.value);
    if (operator === '=' || operator === '<=') most = Math.min(most, right.value);
    if (operator === '>') least = Math.max(least, right.value + 1);
    if (operator === '<') most = Math.min(most, right.value - 1);
    if (!['=', '>=', '<=', '>', '<'].includes(operator)) return undefined;
  }
  return most <= MAX_PATTERN_TEXT ? `[\\s\\S]{${least},${most}}` : undefined;
}

/**
 * A choice filter as a check: which codes go with which answers before. For every choice its columns are put into the filter;
 * choices under the same condition stand together. Throws XPathRefused.
 */
export function importChoiceFilter(
  source: string,
  self: Known,
  list: ChoiceList,
  scope: Scope,
  message: Text,
): Check | undefined {
  const groups = new Map<string, { when: Condition | true; codes: string[] }>();
  for (const row of list.rows) {
    const code = list.byName.get(row.text('name')!)!;
    const imported = importCondition(source, {
      ...scope,
      columns: new Map([...filterColumns(row), ['name', row.text('name')!]]),
    });
    if (imported === false) continue;
    const when = imported === true ? true : imported.when;
    const key = JSON.stringify(when);
    if (!groups.has(key)) groups.set(key, { when, codes: [] });
    groups.get(key)!.codes.push(code);
  }
  const codesOf = (codes: string[]): Condition =>
    self.type === 'choice' ? { question: self.id, isOneOf: codes } : { question: self.id, containsAny: codes };
  const all = [...groups.values()];
  if (all.length === 1 && all[0]!.when === true && all[0]!.codes.length === list.codes.length) return undefined;
  if (all.length === 0) throw new XPathRefused('no choice ever passes this filter');
  if (self.type === 'choice')
    return checkOf(
      'choiceFilter',
      anyOf(all.map(({ when, codes }) => (when === true ? codesOf(codes) : allOf([when, codesOf(codes)])))),
      message,
    );
  // Of several answers none may be one that the filter takes away.
  const wrong = all.flatMap(({ when, codes }): Condition[] =>
    when === true ? [] : [{ any: [{ none: [codesOf(codes)] }, when] }],
  );
  const never = list.codes.map(({ code }) => code).filter((code) => !all.some(({ codes }) => codes.includes(code)));
  if (never.length > 0) wrong.push({ none: [codesOf(never)] });
  return wrong.length === 0 ? undefined : checkOf('choiceFilter', allOf(wrong), message);
}
