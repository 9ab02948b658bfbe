import type { QuestionnaireBody } from '../format.js';
import type { SourceFile } from '../plan.js';
import { at } from '../problems.js';
import { isQuestion, partsIn, wordsOf, type Part } from './files.js';
import type { Finding } from './finding.js';
import { finding } from './report.js';

/** Texts, bases and sources that are there and say nothing. */
export function blankWords(source: SourceFile): Finding[] {
  return partsIn(source).flatMap((part) => [
    ...[...(wordsOf(part.value) ?? [])].flatMap(([language, { words }]) =>
      isBlank(words) ? [finding('schema', at(part, language), 'no words stand here', 'Write the words.')] : [],
    ),
    ...blankIn(part, 'basis').map((place) => finding('noPurposeOrBasis', place, 'this basis names nothing')),
    ...blankIn(part, 'sources').map((place) => finding('noSource', place, 'this source names no publication')),
  ]);
}

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

function blankIn(part: Part, key: 'basis' | 'sources') {
  const list = part.value[key];
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one, index) =>
    isBlank(one) || isBlank((one as { source?: unknown } | null)?.source) ? [at(part, key, index)] : [],
  );
}

/** Questions that want more codes than may be chosen together: nobody can answer them. */
export function unanswerable(source: SourceFile): Finding[] {
  const { lists = {} } = source.content as Partial<QuestionnaireBody>;
  return partsIn(source).flatMap((part) => {
    const { type, list, min } = part.value;
    if (!isQuestion(part.value) || type !== 'multiChoice' || typeof min !== 'number' || min < 2) return [];
    const together = (lists[String(list)] ?? []).filter(({ exclusive }) => !exclusive).length;
    if (min <= together) return [];
    const reason = `at least ${min} codes are wanted, and ${together} of "${String(list)}" can be chosen together`;
    return [finding('invalid', at(part, 'min'), reason, `Write ${together} or less, or leave "min" out.`)];
  });
}
