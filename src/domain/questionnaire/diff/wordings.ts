import type { Text } from '../format.js';
import type { Wording } from './change.js';

/** Texts by the name of their field. */
export type Texts = Readonly<Record<string, Text | undefined>>;

/** What reads differently, field by field and language by language. */
export function rewordings(before: Texts, after: Texts): Wording[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap((field) => inField(field, before[field], after[field]));
}

function inField(field: string, before: Text | undefined, after: Text | undefined): Wording[] {
  const languages = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return languages.flatMap((language): Wording[] => {
    const [was, is] = [wordsIn(before, language), wordsIn(after, language)];
    if (was?.words !== is?.words)
      return [{ field, language, ...(was && { before: was.words }), ...(is && { after: is.words }) }];
    if (was && is && was.status !== is.status)
      return [{ field, language, status: { before: was.status, after: is.status } }];
    return [];
  });
}

/** A bare text does not say whether anybody verified it. */
function wordsIn(text: Text | undefined, language: string): { words: string; status: string } | undefined {
  const translation = text?.[language];
  if (translation === undefined) return undefined;
  return typeof translation === 'string'
    ? { words: translation, status: 'notStated' }
    : { words: translation.text, status: translation.status };
}

/** What was reworded, in words: `text (en, fr), note (en)`. */
export function wordingsInWords(wordings: readonly Wording[]): string {
  const fields = [...new Set(wordings.map(({ field }) => field))];
  return fields
    .map((field) => {
      const languages = wordings.filter((one) => one.field === field).map(({ language }) => language);
      return `${field} (${languages.join(', ')})`;
    })
    .join(', ');
}
