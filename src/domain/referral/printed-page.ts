import type { Content } from './file.js';
import type { Block, Line } from './printed-blocks.js';
import type { Reading } from './printed-reading.js';
import { recordOf } from './printed-records.js';
import { instantInWords, isNothing, isObject, isScalar, labelOf, oneOf } from './printed-values.js';

const SHORT = 44;
/** What was said: beneath each other however short, as spoken and as interpreted. */
const SAID = ['original', 'interpreted', 'inWords'];
const DEEPEST = 5;
const COLUMNS = 5;

/** What tells one item of a list from the next, where it has something that does. */
const TITLES = ['label', 'question', 'crimeInWords', 'name', 'reference', 'sentence', 'code', 'purpose', 'kind'];

/** Sets members of a package one after the other; it knows no list of fields, so that a new one is printed like the others. */
export class Page {
  private readonly blocks: Block[] = [];
  private fields: (Line & { readonly label: string })[] = [];
  /** Long parts that stand word for word in several places, by what they say: set once. */
  private readonly said = new Map<string, string>();

  constructor(private readonly reading: Reading) {}

  done(): Block[] {
    this.endFields();
    return this.blocks;
  }

  /** What an object holds: first what is short, then what is long, then what has parts of its own. What is empty is left out. */
  members(object: Content, level: number, before = ''): void {
    const owner = this.reading.references.isOwner(object);
    const entries = Object.entries(object).filter(
      ([key, value]) => !isNothing(value) && !(owner && (key === 'id' || key === 'sha256')),
    );
    const shown = entries.map(([key, value]) => ({ key, value, label: before + labelOf(key) }));
    const isLong = ({ key, value }: (typeof shown)[number]): boolean =>
      typeof value === 'string' && (value.length > SHORT || value.includes('\n') || SAID.includes(key));
    const scalars = shown.filter(({ value }) => isScalar(value));
    for (const one of scalars.filter((it) => !isLong(it))) this.fields.push(this.field(one));
    this.endFields();
    for (const { label, key, value } of scalars.filter(isLong)) this.text(label, key, value);
    for (const { label, key, value } of shown.filter((one) => !isScalar(one.value)))
      this.named(label, key, value, level);
  }

  /** A part, even when it is empty: it has its heading all the same, and says that it is empty. */
  part(key: string, value: unknown): void {
    const label = labelOf(key);
    if (isNothing(value) || isScalar(value)) this.heading(label, 1);
    if (isNothing(value)) this.blocks.push({ type: 'nothing', labels: [label] });
    else this.named(label, key, value, 1);
  }

  /** Labels of what is empty, where a reader must be told so. */
  nothing(labels: readonly string[]): void {
    if (labels.length > 0) this.blocks.push({ type: 'nothing', labels });
  }

  private named(label: string, key: string, value: unknown, level: number): void {
    if (isNothing(value)) return;
    const record = recordOf(key, value, this.reading);
    if (record !== undefined) {
      this.heading(label, Math.min(level, 4));
      this.blocks.push(...record);
    } else if (isScalar(value)) this.text(label, key, value);
    else if (Array.isArray(value) && value.every((one) => isScalar(one) || isNothing(one)))
      this.list(label, key, value);
    else if (isFlatList(value)) this.table(label, value, level);
    else if (this.saidBefore(label, value)) return;
    else if (level > DEEPEST) this.beneath(label, key, value);
    else {
      this.heading(this.calledInAnnex(label, value), level);
      if (Array.isArray(value)) value.forEach((one: unknown, at) => this.item(label, key, at, one, level + 1));
      else this.members(value as Content, level + 1);
    }
  }

  /** A thing whose id is in the annex is called on its page as it is there: "Questionnaire 2". */
  private calledInAnnex(label: string, value: unknown): string {
    if (!isObject(value) || !this.reading.references.isOwner(value)) return label;
    const name = this.reading.references.nameOf(String(value['id'])) ?? label;
    return name.startsWith(label) ? name : `${label}: ${name}`;
  }

  /** Notices are given in the same words at every interview: they are set once. */
  private saidBefore(label: string, value: unknown): boolean {
    const said = JSON.stringify(value);
    if (said.length < 800) return false;
    const place = this.said.get(said);
    if (place === undefined) {
      this.said.set(said, this.place);
      return false;
    }
    this.blocks.push({ type: 'lines', lines: [this.reading.line(label, `word for word as above under “${place}”`)] });
    return true;
  }

  private place = '';

  private list(label: string, key: string, value: readonly unknown[]): void {
    const items = value.filter(isScalar).map((one) => this.reading.scalar(key, one));
    if (items.every((one) => one.length <= SHORT))
      this.blocks.push({ type: 'lines', lines: [this.reading.line(label, items.join(', '))] });
    else this.blocks.push({ type: 'list', label, items: items.map((one) => this.reading.words(one)) });
  }

  private table(label: string, rows: readonly Content[], level: number): void {
    if (level <= DEEPEST) this.heading(label, level);
    const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) =>
      rows.some((row) => !isNothing(row[key])),
    );
    const columns = keys.map((key) => ({ label: labelOf(key), wide: rows.some((row) => isWide(row[key])) }));
    const cells = rows.map((row) =>
      keys.map((key) => [this.reading.line(null, isNothing(row[key]) ? '–' : this.reading.inline(key, row[key]))]),
    );
    this.blocks.push({ type: 'table', label: level <= DEEPEST ? null : label, columns, rows: cells });
  }

  private item(list: string, key: string, at: number, value: unknown, level: number): void {
    const owns = isObject(value) && this.reading.references.isOwner(value);
    const name = owns ? (this.reading.references.nameOf(String(value['id'])) ?? '') : `${oneOf(list)} ${at + 1}`;
    const titled = isObject(value) && TITLES.find((one) => typeof value[one] === 'string' && value[one] !== '');
    if (!isObject(value) || isNothing(value) || level > DEEPEST) return this.named(name, key, value, level);
    if (titled === undefined || titled === false) {
      this.heading(name, level);
      return this.members(value, level + 1);
    }
    const { [titled]: title, ...others } = value;
    this.heading(`${name}: ${this.reading.scalar(titled, String(title))}${dayOf(value)}`, level);
    this.members(owns ? without(others, ['id', 'sha256']) : others, level + 1);
  }

  /** So deep that a heading would say no more where one is: the label stands before each label beneath it. */
  private beneath(label: string, key: string, value: unknown): void {
    if (!Array.isArray(value)) return this.members(value as Content, DEEPEST + 1, `${label}: `);
    value.forEach((one: unknown, at) => this.named(`${label} ${at + 1}`, key, one, DEEPEST + 1));
  }

  private text(label: string, key: string, value: unknown): void {
    if (isScalar(value))
      this.blocks.push({ type: 'text', label, words: this.reading.words(this.reading.scalar(key, value)) });
  }

  private field({ key, value, label }: { key: string; value: unknown; label: string }) {
    return { label, words: this.reading.words(this.reading.inline(key, value)) };
  }

  private heading(text: string, level: number): void {
    this.endFields();
    if (level <= 3) this.place = text;
    this.blocks.push({ type: 'heading', level: Math.min(level, DEEPEST), words: this.reading.words(text) });
  }

  private endFields(): void {
    if (this.fields.length > 0) this.blocks.push({ type: 'fields', fields: this.fields });
    this.fields = [];
  }
}

/** An interview is known by its day. */
const dayOf = ({ startedAt, openedAt }: Content): string => {
  const at = [startedAt, openedAt].find((one) => typeof one === 'string');
  const day = at === undefined ? undefined : instantInWords(String(at))?.split(', ')[0];
  return day === undefined ? '' : `, ${day}`;
};

const without = (object: Content, keys: readonly string[]): Content =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

const isWide = (value: unknown): boolean => typeof value === 'string' && value.length > 22;

/** Items so plain that a table shows them best. */
const isFlatList = (value: unknown): value is Content[] =>
  Array.isArray(value) &&
  value.every(
    (one) =>
      isObject(one) && !isNothing(one) && Object.values(one).every((member) => isScalar(member) || isNothing(member)),
  ) &&
  new Set(value.flatMap((one) => Object.keys(one as Content))).size <= COLUMNS;
