import type { Condition, QuestionType } from '../format.js';
import { XPathRefused } from './xpath-syntax.js';

/** A question or repeat of the form, as expressions see it. */
export interface Known {
  id: string;
  type: QuestionType | 'repeat';
  /** Codes of its list: name in the form -> our code. */
  codes?: ReadonlyMap<string, string>;
  /** The repeats it stands in, outermost first. */
  chain: readonly string[];
}

/** What an expression may refer to from where it stands. */
export interface Scope {
  find(name: string): Known | undefined;
  chain: readonly string[];
  /** What `.` means: constraints only. */
  self?: Known;
  /** Columns of one choice: choice filters only. */
  columns?: ReadonlyMap<string, string>;
}

/** The question or repeat with this name, when it may be looked at from here. Throws XPathRefused. */
export function known(name: string, scope: Scope): Known {
  const found = scope.find(name);
  if (!found)
    throw new XPathRefused(`\${${name}} was not imported or comes later; a condition looks only at earlier questions`);
  if (!found.chain.every((repeat, depth) => scope.chain[depth] === repeat))
    throw new XPathRefused(
      `\${${name}} is asked once per item of a repeat; say which items: {"some": ..., "where": ...}`,
    );
  return found;
}

export const allOf = (parts: readonly Condition[]): Condition => (parts.length === 1 ? parts[0]! : { all: [...parts] });
export const anyOf = (parts: readonly Condition[]): Condition => (parts.length === 1 ? parts[0]! : { any: [...parts] });
