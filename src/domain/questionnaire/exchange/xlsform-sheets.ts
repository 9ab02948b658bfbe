import { SourcePart } from './import-report.js';

/** A sheet as a spreadsheet reader gives it: rows from the first, cells from the first column, blank where nothing stands. */
export interface Sheet {
  name: string;
  rows: readonly (readonly string[])[];
}

/** One row below the headings: its filled cells by heading. */
export class FormRow {
  constructor(
    readonly row: number,
    readonly cells: ReadonlyMap<string, SourcePart>,
  ) {}

  cell(column: string): SourcePart | undefined {
    return this.cells.get(column);
  }

  text(column: string): string | undefined {
    return this.cells.get(column)?.text.trim();
  }

  /** Lists everything in the row that nothing has been done with. */
  list(todo: string): void {
    for (const part of this.cells.values()) part.list(todo);
  }

  /** The cells of a column in its languages: `label`, `label::French (fr)`. */
  inLanguages(column: string): { language: string; part: SourcePart }[] {
    return [...this.cells].flatMap(([heading, part]) => {
      const [name, language = '', ...more] = heading.split('::');
      return name === column && more.length === 0 ? [{ language, part }] : [];
    });
  }
}

export interface Form {
  survey: FormRow[];
  choices: FormRow[];
  settings: FormRow[];
  /** Every filled cell of every sheet below its headings. */
  parts: SourcePart[];
}

const ALIASES: Readonly<Record<string, string>> = {
  list_name: 'list_name',
  'list name': 'list_name',
  caption: 'label',
  value: 'name',
  relevance: 'relevant',
  skippattern: 'relevant',
  constraint_msg: 'constraint_message',
  calculate: 'calculation',
  mandatory: 'required',
  id_string: 'form_id',
  title: 'form_title',
};

/** Headings and cells of the sheets survey, choices and settings; cells of other sheets are listed. */
export function readForm(sheets: readonly Sheet[]): Form {
  const parts: SourcePart[] = [];
  const form: Form = { survey: [], choices: [], settings: [], parts };
  for (const { name, rows } of sheets) {
    const known = (['survey', 'choices', 'settings'] as const).find((one) => one === name.trim().toLowerCase());
    const headings = (rows[0] ?? []).map((heading) => headingOf(heading, known));
    for (const [index, row] of rows.entries()) {
      if (index === 0 && known) continue;
      const cells = new Map<string, SourcePart>();
      for (const [column, text] of row.entries()) {
        if (text.trim() === '') continue;
        const heading = known && headings[column] ? headings[column] : letters(column);
        const part = new SourcePart({ sheet: name, row: index + 1, column: heading }, text);
        parts.push(part);
        if (!known) part.list('only the sheets survey, choices and settings are read');
        else if (cells.has(heading)) part.list('an earlier column has the same heading');
        else cells.set(heading, part);
      }
      if (known && cells.size > 0) form[known].push(new FormRow(index + 1, cells));
    }
  }
  return form;
}

function headingOf(written: string, sheet: string | undefined): string {
  // Not `\s*::?\s*`: of a heading full of blanks that takes the square of its length.
  const [name = '', ...language] = written.split(/::?/).map((part) => part.trim());
  const plain = name.toLowerCase();
  // In choices, "value" means the name; in settings "title" means the form's.
  const alias = plain === 'title' && sheet !== 'settings' ? undefined : ALIASES[plain];
  return [alias ?? plain, ...language].join('::');
}

/** A, B, ... Z, AA: as the spreadsheet names a column. */
function letters(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letters(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}
