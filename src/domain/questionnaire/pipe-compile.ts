import type { Names } from './condition.js';
import type { Text } from './format.js';
import type { Layout } from './layout.js';
import { at, didYouMean, type Place, type Problems } from './problems.js';
import { parsePipes, translations } from './texts.js';

/** The questions that the pipes of a text name, as written -> node index; `wrongTarget` says why one may not be piped there. */
export function pipesOf(
  text: Text,
  place: Place,
  names: Names,
  byId: Layout['byId'],
  problems: Problems,
  wrongTarget: (node: number) => string | undefined,
): Record<string, number> {
  const pipes: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const [language, words] of translations(text)) {
    const { parts, wrong } = parsePipes(words);
    if (wrong) problems.add(at(place, language), wrong);
    for (const part of parts) {
      if (typeof part === 'string') continue;
      const index = byId[names.qualify(part.question)];
      const why =
        index === undefined ? `does not exist.${didYouMean(part.question, Object.keys(byId))}` : wrongTarget(index);
      if (why) problems.add(at(place, language), `{${part.question}|...}: that question ${why}`);
      else pipes[part.question] = index!;
    }
  }
  return pipes;
}
