import type { Content } from './file.js';
import type { Block, Covers } from './printed-blocks.js';
import { Page } from './printed-page.js';
import { Reading } from './printed-reading.js';
import { References } from './printed-references.js';
import { summaryOf } from './printed-summary.js';
import { countryNames, isNothing, isObject, labelOf } from './printed-values.js';

/** A package as blocks to be set on pages. */
export interface Printed {
  /** At most two pages; empty for a correction. */
  readonly summary: readonly Block[];
  /** Everything that the package says. */
  readonly parts: readonly Block[];
  /** What the parts call things, with their ids and hashes, and what codes stand for. */
  readonly annex: readonly Block[];
}

/**
 * A package as blocks to be set on pages: a summary, every part in the order in which it is read with everything that it says, and an
 * annex with the ids. It has no list of the fields it knows, so that a field which is new in a package is printed like the others.
 */
export function printedPackage(content: Content, covers: Covers): Printed {
  const references = new References(content);
  const reading = new Reading(references, countryNames(), covers);
  const summary = summaryOf(content, reading);
  return { summary, parts: partsOf(content, reading), annex: annexOf(reading) };
}

function partsOf(content: Content, reading: Reading): Block[] {
  const page = new Page(reading);
  const { manifest, ...rest } = content;
  const names = Object.keys(rest);
  const parts = names.filter((name) => isPart(name, manifest));
  page.members(Object.fromEntries(names.filter((name) => !parts.includes(name)).map((name) => [name, rest[name]])), 1);
  for (const name of [...parts].sort((one, other) => placeOf(one) - placeOf(other))) {
    const part = rest[name];
    page.part(name, part);
    if (name === 'exculpatory' && isObject(part)) page.nothing(emptyIn(part));
  }
  page.part('manifest', manifest);
  return page.done();
}

/** The order in which a prosecutor reads the parts; one that is not here stands after them. */
const ORDER = [
  'correction',
  'corrects',
  'decision',
  'status',
  'persons',
  'allegations',
  'exculpatory',
  'assessments',
  'facts',
];
const placeOf = (part: string): number => (ORDER.includes(part) ? ORDER.indexOf(part) : ORDER.length);

const isPart = (name: string, manifest: unknown): boolean =>
  isObject(manifest) && isObject(manifest['parts']) && name in manifest['parts'];

/** That the file holds nothing which speaks for the person is itself told. */
const emptyIn = (part: Content): string[] =>
  isNothing(part)
    ? []
    : Object.entries(part)
        .filter(([, value]) => isNothing(value))
        .map(([key]) => labelOf(key));

/** Names, codes, ids and hashes, so that whatever the pages call by name is found in the package, and the other way round. */
function annexOf(reading: Reading): Block[] {
  const set = (cells: readonly string[]): string[] => cells.map((cell) => reading.words(cell).text);
  const registered = reading.references.registered;
  const plain = registered.filter(({ code }) => code === '');
  const coded = registered.filter(({ code }) => code !== '');
  const codes = [...reading.codes].sort(([one], [other]) => (one < other ? -1 : 1));
  const indexes: { heading: string; across: number; columns: string[]; rows: string[][] }[] = [
    {
      heading: 'Ids and hashes',
      across: 1,
      columns: ['Here', 'Id', 'SHA-256'],
      rows: plain.map(({ name, id, sha256 }) => [name, id, sha256]),
    },
    {
      heading: 'Questions (interview.question), follow-ups and indicators',
      across: 2,
      columns: ['Here', 'Code', 'Id'],
      rows: coded.map(({ name, code, id }) => [shortOf(name), code, id]),
    },
    { heading: 'Codes in answers', across: 2, columns: ['Code', 'Stands for'], rows: codes },
  ];
  const filled = indexes.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) return [];
  return [
    { type: 'heading', level: 1, words: reading.words('Annex: ids, hashes and codes') },
    ...filled.flatMap(({ heading, across, columns, rows }): Block[] => [
      { type: 'heading', level: 2, words: reading.words(heading) },
      { type: 'index', across, columns, rows: rows.map(set) },
    ]),
  ];
}

/** "Interview 2, question 14" as 2.14. */
const shortOf = (name: string): string => name.replace(/^Interview (\d+), question (\d+)$/, '$1.$2');
