import canonicalize from 'canonicalize';
import type { Change } from './change.js';

/** What a definition says, by key. */
export type Properties = Readonly<Record<string, unknown>>;

/** The package is CommonJS under ESM typings: its default import is the function itself. */
const canonical = canonicalize as unknown as (input: unknown) => string;

/** The keys that say something else, leaving out those that are compared in their own way. */
export function changedProperties(
  before: Properties,
  after: Properties,
  elsewhere: readonly string[],
): NonNullable<Change['property']>[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !elsewhere.includes(name),
  );
  return names
    .filter((name) => canonical(before[name] ?? null) !== canonical(after[name] ?? null))
    .map((name) => ({
      name,
      ...(before[name] !== undefined && { before: before[name] }),
      ...(after[name] !== undefined && { after: after[name] }),
    }));
}

/** A property in words: `"max" was 20 and is 10`, `"sensitive" is new`. */
export function propertyInWords({ name, before, after }: NonNullable<Change['property']>): string {
  if (before === undefined) return `"${name}" is new: ${short(after)}`;
  if (after === undefined) return `"${name}" is gone; it was ${short(before)}`;
  return `"${name}" was ${short(before)} and is ${short(after)}`;
}

const MOST = 120;
function short(value: unknown): string {
  const words = JSON.stringify(value);
  return words.length > MOST ? `${words.slice(0, MOST)}...` : words;
}

/** Whether an answer that was taken before may be refused now. */
export function tightens({ name, before, after }: NonNullable<Change['property']>): boolean {
  switch (name) {
    case 'min':
      return after !== undefined && (before === undefined || (after as number) > (before as number));
    case 'max':
      return after !== undefined && (before === undefined || (after as number) < (before as number));
    case 'integer':
      return after === true;
    case 'pattern':
      return after !== undefined;
    case 'calculate':
      return before === undefined;
    default:
      return false;
  }
}
