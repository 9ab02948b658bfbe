import type { Code } from '../format.js';
import { codeOf, idOf } from './source-names.js';
import type { FormRow } from './xlsform-sheets.js';
import type { FormTexts } from './xlsform-texts.js';

/** One list of choices. */
export interface ChoiceList {
  /** Its name with us. */
  name: string;
  codes: Code[];
  /** Name in the form -> our code. */
  byName: Map<string, string>;
  rows: FormRow[];
}

const OWN = ['list_name', 'name', 'label'];

/** Reads the sheet `choices`. Further columns stay open until a choice filter uses them. */
export function readChoices(
  rows: readonly FormRow[],
  texts: FormTexts,
  renamed: Map<string, string>,
): Map<string, ChoiceList> {
  const lists = new Map<string, ChoiceList>();
  for (const row of rows) {
    const [list, name] = [row.text('list_name'), row.text('name')];
    if (list === undefined || name === undefined) {
      row.list('a choice has a list_name and a name');
      continue;
    }
    if (!lists.has(list)) lists.set(list, { name: uniqueName(list, lists), codes: [], byName: new Map(), rows: [] });
    const into = lists.get(list)!;
    const code = codeOf(name);
    if (into.codes.some((one) => one.code === code)) {
      row.list(`the list has the code "${code}" already; write each choice once`);
      continue;
    }
    row.cell('list_name')!.take();
    row.cell('name')!.take();
    if (code !== name) renamed.set(`${list}: ${name}`, code);
    const pointer = `/lists/${into.name}/${into.codes.length}/text`;
    into.codes.push({ code, text: texts.read(row, 'label', pointer) ?? { en: name } });
    into.byName.set(name, code);
    into.rows.push(row);
  }
  return lists;
}

function uniqueName(list: string, lists: ReadonlyMap<string, ChoiceList>): string {
  const taken = new Set([...lists.values()].map(({ name }) => name));
  let name = idOf(list);
  while (taken.has(name)) name += '2';
  return name;
}

/** What choice filters look at beside the choices themselves. */
export const filterColumns = (row: FormRow): ReadonlyMap<string, string> =>
  new Map(
    [...row.cells].flatMap(([heading, part]) =>
      OWN.includes(heading.split('::')[0]!) ? [] : [[heading, part.text.trim()]],
    ),
  );

/** Columns that no filter used are listed. */
export function listLeftovers(rows: readonly FormRow[], used: ReadonlySet<string>): void {
  for (const row of rows)
    for (const [heading, part] of row.cells)
      if (used.has(heading)) part.take();
      else if (!OWN.includes(heading.split('::')[0]!)) part.list('no choice filter that was imported uses this column');
}
