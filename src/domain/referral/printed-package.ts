import type { Content } from './file.js';

/** Words as they are set: each character is one that the fonts can show. */
export interface Words {
  readonly text: string;
  /** Set from right to left. */
  readonly rtl: boolean;
}

/** What stands on the pages, in this order. */
export type Block =
  | { readonly type: 'heading'; readonly level: number; readonly words: Words }
  /** Short particulars, set side by side. */
  | { readonly type: 'fields'; readonly fields: readonly Field[] }
  /** Words with a paragraph of their own beneath their label. */
  | { readonly type: 'text'; readonly label: string; readonly words: Words }
  | { readonly type: 'list'; readonly label: string; readonly items: readonly Words[] }
  | {
      readonly type: 'table';
      /** Null where a heading says it. */
      readonly label: string | null;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Words[])[];
    }
  /** Labels under which the package holds nothing. */
  | { readonly type: 'nothing'; readonly labels: readonly string[] };

export interface Column {
  readonly label: string;
  /** Holds sentences: it takes what room there is. */
  readonly wide: boolean;
}

export interface Field {
  readonly label: string;
  readonly words: Words;
}

/** Whether the fonts have a picture for a code point. */
export type Covers = (codePoint: number) => boolean;

const SHORT = 44;
/** What was said: beneath each other however short, as spoken and as interpreted. */
const WORDS = ['original', 'interpreted', 'inWords'];
const DEEPEST = 5;

const MEANT: Readonly<Record<string, string>> = {
  id: 'Id',
  sha256: 'SHA-256',
  bodySha256: 'SHA-256 of the package',
  atMs: 'At (milliseconds)',
  elementsNotMet: 'Findings on elements that speak for the person',
};

/** Members whose values are words of ours that stand for more than a reader sees, such as `notMet`. */
const CODED = [
  'claim',
  'element',
  'finding',
  'kind',
  'onwardTransfer',
  'outcome',
  'reason',
  'relationToApplicant',
  'scope',
  'sourceKind',
  'whereabouts',
];

/** `caseReference` as people read it: "Case reference". */
export function labelOf(key: string): string {
  const meant = MEANT[key];
  if (meant !== undefined) return meant;
  if (!/^[a-z][a-zA-Z0-9]*$/.test(key)) return key;
  const words = key
    .replace(/Sha256/g, ' SHA-256')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One of what a list holds: "Allegations" holds an "Allegation". */
const oneOf = (label: string): string =>
  label.endsWith('ies') ? `${label.slice(0, -3)}y` : label.endsWith('s') ? label.slice(0, -1) : label;

/** What tells one item of a list from the next, where it has something that does. */
const TITLES = ['label', 'question', 'crimeInWords', 'name', 'reference', 'sentence', 'code', 'purpose', 'kind'];

const isObject = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

const scalarText = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value));

/** A code of ours spelt out, `notMet` as "not met"; whatever anybody wrote stays as it is. */
const inWords = (key: string, value: unknown): unknown =>
  CODED.includes(key) && typeof value === 'string' && /^[a-z]+([A-Z.][a-zA-Z]*)+$/.test(value)
    ? value.replace(/\./g, ', ').replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : value;

/**
 * A package as blocks to be set on pages: every part in its own order, and everything that it says. It has no list of the fields it
 * knows, so that a field which is new in a package is printed like the others. What the fonts cannot show, or what would show nothing
 * or turn the direction of what follows, is written as its code point, as in [U+202E].
 */
export function printedPackage(content: Content, covers: Covers): Block[] {
  const page = new Page(covers);
  const { manifest, ...rest } = content;
  const names = Object.keys(rest);
  const parts = names.filter((name) => isPart(name, manifest));
  page.members(Object.fromEntries(names.filter((name) => !parts.includes(name)).map((name) => [name, rest[name]])), 1);
  for (const name of [...parts].sort((one, other) => placeOf(one) - placeOf(other)))
    page.part(labelOf(name), rest[name]);
  page.part(labelOf('manifest'), manifest);
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

class Page {
  private readonly blocks: Block[] = [];
  private fields: Field[] = [];

  constructor(private readonly covers: Covers) {}

  done(): Block[] {
    this.endFields();
    return this.blocks;
  }

  /** What an object holds: first what is short, then what is long, then what has parts of its own, then what is empty. */
  members(object: Content, level: number, before = ''): void {
    const entries = Object.entries(object).map(([key, value]): [string, unknown] => [
      before + labelOf(key),
      inWords(key, value),
    ]);
    const filled = entries.filter(([, value]) => !isNothing(value));
    const words = new Set(WORDS.map((key) => before + labelOf(key)));
    const isLong = ([label, value]: readonly [string, unknown]): boolean =>
      typeof value === 'string' && (value.length > SHORT || value.includes('\n') || words.has(label));
    for (const [label, value] of filled.filter((one) => isScalar(one[1]) && !isLong(one)))
      this.fields.push({ label, words: this.words(scalarText(value)) });
    this.endFields();
    for (const [label, value] of filled.filter(isLong)) this.text(label, value);
    for (const [label, value] of filled.filter(([, one]) => !isScalar(one))) this.named(label, value, level);
    const labels = entries.filter(([, value]) => isNothing(value)).map(([label]) => label);
    if (labels.length > 0) this.blocks.push({ type: 'nothing', labels });
  }

  /** A part, even when it is empty: it has its heading all the same. */
  part(label: string, value: unknown): void {
    if (isNothing(value) || isScalar(value)) this.heading(label, 1);
    this.named(label, value, 1);
  }

  private named(label: string, value: unknown, level: number): void {
    if (isNothing(value)) this.blocks.push({ type: 'nothing', labels: [label] });
    else if (isScalar(value)) this.text(label, value);
    else if (Array.isArray(value) && value.every(isScalar))
      this.blocks.push({ type: 'list', label, items: value.map((one) => this.words(scalarText(one))) });
    else if (isFlatList(value)) this.table(label, value, level);
    else if (level > DEEPEST) this.beneath(label, value);
    else {
      this.heading(label, level);
      if (Array.isArray(value))
        value.forEach((one: unknown, at) => this.item(`${oneOf(label)} ${at + 1} of ${value.length}`, one, level + 1));
      else this.members(value as Content, level + 1);
    }
  }

  private table(label: string, rows: readonly Content[], level: number): void {
    if (level <= DEEPEST) this.heading(label, level);
    const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const columns = keys.map((key) => ({ label: labelOf(key), wide: rows.some((row) => isWide(row[key])) }));
    const cells = rows.map((row) =>
      keys.map((key) => this.words(isNothing(row[key]) ? '–' : scalarText(inWords(key, row[key])))),
    );
    this.blocks.push({ type: 'table', label: level <= DEEPEST ? null : label, columns, rows: cells });
  }

  private item(number: string, value: unknown, level: number): void {
    const titled = isObject(value) && TITLES.find((key) => typeof value[key] === 'string' && value[key] !== '');
    if (!isObject(value) || titled === undefined || titled === false || level > DEEPEST)
      return this.named(number, value, level);
    const { [titled]: title, ...rest } = value;
    this.heading(`${number}: ${String(inWords(titled, title))}`, level);
    this.members(rest, level + 1);
  }

  /** So deep that a heading would say no more where one is: the label stands before each label beneath it. */
  private beneath(label: string, value: unknown): void {
    if (!Array.isArray(value)) return this.members(value as Content, DEEPEST + 1, `${label}: `);
    value.forEach((one: unknown, at) => this.named(`${label} ${at + 1}`, one, DEEPEST + 1));
  }

  private text(label: string, value: unknown): void {
    this.blocks.push({ type: 'text', label, words: this.words(scalarText(value)) });
  }

  private heading(text: string, level: number): void {
    this.endFields();
    this.blocks.push({ type: 'heading', level: Math.min(level, DEEPEST), words: this.words(text) });
  }

  private endFields(): void {
    if (this.fields.length > 0) this.blocks.push({ type: 'fields', fields: this.fields });
    this.fields = [];
  }

  private words(said: string): Words {
    const text = shown(said, this.covers);
    return { text, rtl: startsRightToLeft(said) };
  }
}

const COLUMNS = 5;
const isWide = (value: unknown): boolean => typeof value === 'string' && value.length > 22;

/** Items so plain that a table shows them best. */
const isFlatList = (value: unknown): value is Content[] =>
  Array.isArray(value) &&
  value.every(
    (one) =>
      isObject(one) && !isNothing(one) && Object.values(one).every((member) => isScalar(member) || isNothing(member)),
  ) &&
  new Set(value.flatMap((one) => Object.keys(one as Content))).size <= COLUMNS;

/** Line ends and tabs stay; a zero-width (non-)joiner stays, because Persian is spelt with it. */
const KEPT = new Set([0x0a, 0x09, 0x200c, 0x200d]);
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;

function shown(said: string, covers: Covers): string {
  return Array.from(said.replace(/\r\n?/g, '\n').normalize('NFC'), (character) => {
    const code = character.codePointAt(0) as number;
    if (KEPT.has(code)) return character;
    return HIDDEN.test(character) || !covers(code)
      ? `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
      : character;
  }).join('');
}

const STRONG = /\p{L}/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Whether its first letter belongs to a script that is written from right to left. */
function startsRightToLeft(said: string): boolean {
  const first = STRONG.exec(said)?.[0];
  return first !== undefined && RIGHT_TO_LEFT.test(first);
}
