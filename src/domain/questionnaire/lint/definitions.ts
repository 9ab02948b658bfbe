import type { SourceFile } from '../plan.js';
import { at } from '../problems.js';
import { partsIn } from './files.js';
import type { Finding } from './finding.js';
import { finding } from './report.js';

/** Code lists and named conditions that nothing in their file uses. Reference entries may go unused: they are offered anyway. */
export function unusedDefinitions(source: SourceFile): Finding[] {
  const { lists, conditions } = source.content as { lists?: object; conditions?: object };
  const parts = partsIn(source);
  const used = (key: string): Set<unknown> => new Set(parts.map(({ value }) => value[key]));
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
