import type { Text } from './format.js';

/** A piece of text: words, or an earlier answer with the words to use when there is none. */
export type TextPart = string | { question: string; fallback: string };

const PIPE = /\{([^{}|]*)(?:\|([^{}]*))?\}/g;

/** The words in a language, or in English when they are not translated. */
export function inLanguage(text: Text, language: string): string {
  const translation = text[language] ?? text[language.split('-')[0]!] ?? text.en;
  return typeof translation === 'string' ? translation : translation.text;
}

/** All translations of a text, by language. */
export function translations(text: Text): [language: string, words: string][] {
  return Object.entries(text).map(([language, t]) => [language, typeof t === 'string' ? t : t.text]);
}

/** Cuts words at their pipes, or says what is wrong with one. */
export function parsePipes(words: string): { parts: TextPart[]; wrong?: string } {
  if (!/[{}]/.test(words)) return { parts: [words] };
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of words.matchAll(PIPE)) {
    const [whole, question = '', fallback] = match;
    if (fallback === undefined || fallback.trim() === '')
      return {
        parts,
        wrong: `${whole} states no words for when there is no answer; write {${question.trim() || 'questionId'}|words}`,
      };
    if (match.index > from) parts.push(words.slice(from, match.index));
    parts.push({ question: question.trim(), fallback });
    from = match.index + whole.length;
  }
  if (from < words.length) parts.push(words.slice(from));
  if (parts.some((part) => typeof part === 'string' && /[{}]/.test(part)))
    return {
      parts,
      wrong: 'a brace stands alone; pipe an answer as {questionId|words to use when there is no answer}',
    };
  return { parts };
}

/** The words with every pipe replaced: by what `valueOf` says, or by the stated fallback. */
export function fillPipes(words: string, valueOf: (question: string) => string | undefined): string {
  return parsePipes(words)
    .parts.map((part) => (typeof part === 'string' ? part : (valueOf(part.question) ?? part.fallback)))
    .join('');
}
