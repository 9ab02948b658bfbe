import type { Draft, Listed } from './import-report.js';

/** The report of an import as Markdown, to lie beside the draft until it is finished. */
export function reportInWords(source: string, { report }: Draft): string {
  const { total, mapped, listed, toFill, renamed } = report;
  return [
    `# Import of ${source}`,
    '',
    `${total} values were read: ${mapped} are in the draft, ${listed.length} are listed below. Nothing else was left out.`,
    '',
    ...section(
      'Not in the draft',
      listed.map((one) => `- **${placeOf(one)}** ${code(one.expression)}: ${one.todo}`),
    ),
    ...section(
      'To be filled',
      toFill.map(({ pointer, what }) => `- ${code(pointer)}: ${what}`),
    ),
    ...section(
      'Names written differently',
      renamed.map(({ from, to }) => `- ${code(from)} is ${code(to)}`),
    ),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title} (${lines.length})`, '', ...lines, ''];

/** Where it stands in the source. */
export const placeOf = ({ sheet, row, column, pointer }: Listed): string =>
  pointer ?? `${sheet}, row ${row}, ${column}`;

/** As it stands, on one line; backticks would end the quotation. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replace(/\s+/g, ' ').slice(0, 300)}\``;
