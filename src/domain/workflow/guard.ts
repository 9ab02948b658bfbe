import type { GuardExpression } from './chart.js';

/** What is known about a guard: true, false, or not known before a command is sent. */
export type Truth = boolean | undefined;

/** Evaluates a guard; an undefined truth makes the result undefined only where it could change it. */
export function evaluate(expression: GuardExpression | undefined, truthOf: (guard: string) => Truth): Truth {
  if (expression === undefined) return true;
  if (typeof expression === 'string') return truthOf(expression);
  if ('all' in expression) return allOf(expression.all.map((part) => evaluate(part, truthOf)));
  if ('any' in expression) return negated(allOf(expression.any.map((part) => negated(evaluate(part, truthOf)))));
  return allOf(expression.none.map((part) => negated(evaluate(part, truthOf))));
}

const negated = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

/** Every guard named in an expression, in order of appearance, with its JSON Pointer below the expression. */
export function namedGuards(
  expression: GuardExpression | undefined,
  pointer = '',
): { readonly name: string; readonly pointer: string }[] {
  if (expression === undefined) return [];
  if (typeof expression === 'string') return [{ name: expression, pointer }];
  return Object.entries(expression).flatMap(([key, parts]: [string, readonly GuardExpression[]]) =>
    parts.flatMap((part, index) => namedGuards(part, `${pointer}/${key}/${index}`)),
  );
}

/** The sentences a person must make true before the expression holds. */
export function failing(
  expression: GuardExpression | undefined,
  truthOf: (guard: string) => Truth,
  sentenceOf: (guard: string) => string,
): string[] {
  if (expression === undefined || evaluate(expression, truthOf) !== false) return [];
  if (typeof expression === 'string') return [sentenceOf(expression)];
  if ('all' in expression) return expression.all.flatMap((part) => failing(part, truthOf, sentenceOf));
  if ('any' in expression) {
    return [expression.any.map((part) => failing(part, truthOf, sentenceOf).join(' ')).join(' Or: ')];
  }
  return expression.none
    .filter((part) => evaluate(part, truthOf) === true)
    .map(
      (part) =>
        `This must not hold: ${namedGuards(part)
          .map((guard) => sentenceOf(guard.name))
          .join(' ')}`,
    );
}
