import type { ReferenceEntry } from './format-reference.js';

/**
 * Aliases carry no mark of their language, so only a language whose letters tell it from its neighbours is served: پ, ڤ, ێ, ک and ی
 * (Kurdish, Persian, Urdu) are no letters of Arabic. Ukrainian and Russian, say, cannot be told apart this way.
 */
const WRITTEN_IN: Readonly<Partial<Record<string, RegExp>>> = {
  ar: /^(?=.*[\u0621-\u064a])[\u0621-\u063a\u0641-\u0652\u0660-\u0669\d\s.,،()/'’-]+$/u,
};

/** The name of an entry for readers of a language: their own name for it with the main one in brackets, else the main one. */
export function nameOf({ name, aliases = [] }: Pick<ReferenceEntry, 'name' | 'aliases'>, language: string): string {
  const written = WRITTEN_IN[language];
  const own = written && !written.test(name) ? aliases.find((alias) => written.test(alias)) : undefined;
  return own === undefined ? name : `${own} (${name})`;
}
