import type { SourceFile } from '../plan.js';

/** Something an author wrote, at its JSON Pointer; `path` names elements by their id or code, so that versions can be compared. */
export interface Part {
  file: string;
  pointer: string;
  path: string;
  /** It is the text of a question, as asked. */
  readOut: boolean;
  value: Readonly<Record<string, unknown>>;
}

/** Whether something written is a question. */
export const isQuestion = (value: Part['value']): boolean =>
  typeof value['type'] === 'string' && typeof value['id'] === 'string';

/** Every object in a file, outermost first, whatever its shape: a file that does not compile is still worth reading. */
export function partsIn({ file, content }: SourceFile): Part[] {
  const found: Part[] = [];
  const walk = (value: unknown, pointer: string, path: string, readOut: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) found.push({ file, pointer, path, readOut, value: value as Part['value'] });
    for (const [name, inner] of Object.entries(value)) {
      const step = name.replaceAll('~', '~0').replaceAll('/', '~1');
      const { id, code } = (inner ?? {}) as { id?: unknown; code?: unknown };
      const isText = name === 'text' && isQuestion(value as Part['value']);
      walk(inner, `${pointer}/${step}`, `${path}/${String(id ?? code ?? step)}`, isText);
    }
  };
  walk(content, '', '', false);
  return found;
}

/** The words of a text by language, with the state of each translation. */
export type Words = ReadonlyMap<string, { words: string; draft: boolean }>;

/** The part as a text in several languages; undefined when it is something else. */
export function wordsOf(value: Part['value']): Words | undefined {
  if (value['en'] === undefined) return undefined;
  const words = new Map<string, { words: string; draft: boolean }>();
  for (const [language, translation] of Object.entries(value)) {
    const { text, status } = (typeof translation === 'string' ? { text: translation } : (translation ?? {})) as {
      text?: unknown;
      status?: unknown;
    };
    if (typeof text !== 'string') return undefined;
    words.set(language, { words: text, draft: status === 'draft' });
  }
  return words;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** The languages a file declares. */
export const languagesOf = ({ content }: SourceFile): string[] =>
  strings((content as { languages?: unknown } | null)?.languages);
