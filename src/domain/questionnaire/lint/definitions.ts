import type { SourceFile } from '../plan.js';
import { at } from '../problems.js';
import type { QuestionnaireBody } from '../format.js';
import { inLanguage } from '../texts.js';
import { isQuestion, partsIn } from './files.js';
import type { Finding } from './finding.js';
import { finding } from './report.js';

/** Code lists and named conditions that nothing in their file uses. Reference entries may go unused: they are offered anyway. */
export function unusedDefinitions(source: SourceFile): Finding[] {
  const { lists, conditions } = source.content as { lists?: object; conditions?: object };
  const parts = partsIn(source);
  // A condition that only other conditions use is used where they are: those that use each other in a circle, nowhere.
  const named = (pointer: string) => /^\/conditions\/([^/]*)/.exec(pointer)?.[1];
  const used = (key: string): Set<unknown> => {
    const found = new Set(parts.filter(({ pointer }) => named(pointer) === undefined).map(({ value }) => value[key]));
    for (const name of found)
      for (const { pointer, value } of parts) if (named(pointer) === name) found.add(value['condition']);
    return found;
  };
  const unused = (names: object | undefined, key: string) => {
    const known = used(key);
    return Object.keys(names ?? {}).filter((name) => !known.has(name));
  };
  const root = { file: source.file, pointer: '' };
  return [
    ...unused(lists, 'list').map((name) =>
      finding('unusedList', at(root, 'lists', name), `no question of this file uses the list "${name}"`),
    ),
    ...unused(conditions, 'condition').map((name) =>
      finding('unusedCondition', at(root, 'conditions', name), `nothing in this file uses the condition "${name}"`),
    ),
  ];
}

const NONE = /^(none|no|never|neither|nothing)$/i;
const SAYS_NONE = /^(none|never|neither|nothing)\b/i;

/** Codes such as "none" that may be chosen beside others. */
export function nonesBesideOthers(source: SourceFile): Finding[] {
  const { lists = {} } = source.content as Partial<QuestionnaireBody>;
  const several = partsIn(source).flatMap(({ value }) =>
    isQuestion(value) && value['type'] === 'multiChoice' ? [value['list']] : [],
  );
  return Object.entries(lists)
    .filter(([name]) => several.includes(name))
    .flatMap(([name, codes]) =>
      codes.flatMap(({ code, text, exclusive }, index) =>
        exclusive || !(NONE.test(code) || SAYS_NONE.test(inLanguage(text, 'en')))
          ? []
          : [
              finding(
                'noneNotAlone',
                at({ file: source.file, pointer: '' }, 'lists', name, index),
                `the code "${code}" of "${name}" can be chosen beside others`,
              ),
            ],
      ),
    );
}

/** Questions whose basis an import left to the author. */
export const placeholders = (source: SourceFile): Finding[] =>
  partsIn(source).flatMap(({ value, ...place }) =>
    [value['basis']].flat().some((one) => typeof one === 'string' && one.startsWith(PLACEHOLDER))
      ? [finding('toBeFilled', at(place, 'basis'), 'this still holds the words of the import: "To be filled"')]
      : [],
  );

const PLACEHOLDER = 'To be filled';
