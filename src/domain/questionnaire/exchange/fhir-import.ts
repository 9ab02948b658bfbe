import {
  REFERENCE_TYPES,
  type Code,
  type Item,
  type Question,
  type QuestionnaireFile,
  type QuestionType,
  type Repeat,
  type Section,
  type Text,
} from '../format.js';
import { isNumber } from '../operators.js';
import { EXTENSION_ADVICE, importEnableWhen } from './fhir-conditions.js';
import {
  EXTENSIONS,
  type FhirElement,
  type FhirExtension,
  type FhirItem,
  type FhirQuestionnaire,
} from './fhir-format.js';
import { JsonParts } from './fhir-parts.js';
import { wrongShape } from './fhir-shape.js';
import {
  draftOf,
  PLACEHOLDER_BASIS,
  PLACEHOLDER_PURPOSE,
  reportOf,
  type Draft,
  type DraftOptions,
  type ToFill,
} from './import-report.js';
import { codeOf, idOf, SourceNames } from './source-names.js';
import type { Known } from './xpath-names.js';
import { XPathRefused } from './xpath-syntax.js';

/** A FHIR R4 Questionnaire as a draft pack of our own; what it cannot say is listed by JSON Pointer. Throws XPathRefused for no questionnaire. */
export function importFhir(document: unknown, options: DraftOptions): Draft {
  const content = document as FhirQuestionnaire | null;
  if (content?.resourceType !== 'Questionnaire' || !Array.isArray(content.item))
    throw new XPathRefused(
      'this is no FHIR Questionnaire with "resourceType": "Questionnaire" and a list "item"; read are these and the .xlsx of an XLSForm. For another format, a SurveyJS survey for example, write it as one of the two, or copy docs/examples/first-questionnaire',
    );
  const wrong = wrongShape(content as unknown as Readonly<Record<string, unknown>>);
  if (wrong) throw new XPathRefused(`this is no FHIR Questionnaire that can be read: ${wrong}`);
  return new FhirReader(content, options).draft();
}

const TYPES: Readonly<Record<string, { type: QuestionType; todo?: string }>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  decimal: { type: 'decimal' },
  date: { type: 'date' },
  dateTime: {
    type: 'date',
    todo: 'a date question keeps the day; ask for the time in a question of its own where it matters',
  },
  string: { type: 'text' },
  text: { type: 'text' },
  choice: { type: 'choice' },
  'open-choice': {
    type: 'choice',
    todo: 'other words than the codes cannot be answered; add a code "other" with a follow-up question',
  },
  attachment: { type: 'document' },
  quantity: { type: 'decimal', todo: 'the unit is not asked; say it in the text of the question' },
  time: { type: 'text', todo: 'there is no time of day; it was imported as a text' },
  url: { type: 'text', todo: 'there are no addresses; it was imported as a text' },
  reference: { type: 'text', todo: 'there are no references to records; it was imported as a text' },
};

class FhirReader {
  private readonly names = new SourceNames();
  private readonly toFill: ToFill[] = [];
  private readonly parts: JsonParts;
  private readonly known = new Map<string, Known>();
  private readonly lists: Record<string, Code[]> = {};
  private readonly languages = new Set(['en']);

  constructor(
    private readonly source: FhirQuestionnaire,
    private readonly options: DraftOptions,
  ) {
    this.parts = new JsonParts(source);
  }

  draft(): Draft {
    const { source, parts } = this;
    for (const key of ['resourceType', 'language', 'title', '_title', 'name', 'status']) parts.take(`/${key}`);
    const version = Number(source.version);
    const usable = Number.isSafeInteger(version) && version > 0;
    if (usable) parts.take('/version');
    else parts.list('/version', 'a version is a whole number from 1; the draft has 1');
    const title = this.text(source.title ?? source.name ?? this.options.pack, source._title, '');
    const sections = this.sections();
    if (sections.length === 0) throw new XPathRefused('the questionnaire asks nothing that can be imported');
    const questionnaire: QuestionnaireFile = {
      format: 1,
      id: idOf(source.name ?? this.options.pack),
      version: usable ? version : 1,
      purpose: 'screening',
      title,
      languages: [...this.languages],
      ...(Object.keys(this.lists).length > 0 && { lists: this.lists }),
      sections,
    };
    return draftOf(questionnaire, this.options, this.toFill, () =>
      reportOf(parts.parts, this.toFill, this.names.renamed),
    );
  }

  /** Groups at the top are sections; what stands outside them goes into sections of its own. */
  private sections(): Section[] {
    const sections: Section[] = [];
    let loose: Section | undefined;
    for (const [index, item] of this.source.item.entries()) {
      const pointer = `/item/${index}`;
      if (item.type === 'group' && !item.repeats) {
        loose = undefined;
        this.head(item, pointer);
        const gate = importEnableWhen(item, pointer, this.site([]));
        const id = this.names.id(item.linkId);
        const title = this.text(item.text ?? id, item._text, pointer);
        const note = this.noteIn(item, pointer);
        const items = this.items(item.item ?? [], `${pointer}/item`, []);
        if (items.length > 0) sections.push({ id, title, ...note, phase: 'probing', ...gate, items });
        else this.parts.list(pointer, 'a group without questions was left out');
        continue;
      }
      const items = this.items([item], '/item', [], index);
      if (items.length === 0) continue;
      loose ??= this.looseSection(sections);
      loose.items.push(...items);
    }
    return sections;
  }

  private looseSection(sections: Section[]): Section {
    const section: Section = {
      id: this.names.id('questions'),
      title: { en: this.source.title ?? 'Questions' },
      phase: 'probing',
      items: [],
    };
    sections.push(section);
    return section;
  }

  private site(chain: readonly string[]) {
    return { parts: this.parts, known: this.known, chain };
  }

  private items(items: readonly FhirItem[], pointer: string, chain: readonly string[], offset = 0): Item[] {
    return items.flatMap((item, index): Item[] => {
      const own = `${pointer}/${index + offset}`;
      if (item.type === 'display') {
        if (!isNote(item)) this.parts.list(own, 'words to be shown; write them into the note of a question or section');
        return [];
      }
      if (item.type === 'group') return item.repeats ? this.repeat(item, own, chain) : this.group(item, own, chain);
      const question = this.question(item, own, chain);
      return question ? [question] : [];
    });
  }

  /** A group inside a group dissolves; its condition would be lost, so it is listed. */
  private group(item: FhirItem, pointer: string, chain: readonly string[]): Item[] {
    const todo = 'a group inside a group dissolves; make it a section, or write its condition on its questions';
    for (const key of ['text', '_text', 'enableWhen', 'enableBehavior', 'required', 'extension'])
      this.parts.list(`${pointer}/${key}`, todo);
    this.parts.take(`${pointer}/linkId`);
    this.parts.take(`${pointer}/type`);
    this.parts.take(`${pointer}/repeats`);
    return this.items(item.item ?? [], `${pointer}/item`, chain);
  }

  private repeat(item: FhirItem, pointer: string, chain: readonly string[]): Item[] {
    this.head(item, pointer);
    const gate = importEnableWhen(item, pointer, this.site(chain));
    const id = this.names.id(item.linkId);
    this.known.set(item.linkId, { id, type: 'repeat', chain });
    const title = this.text(item.text ?? id, item._text, pointer);
    const { min, max } = this.bounds(item, pointer, EXTENSIONS.minOccurs, EXTENSIONS.maxOccurs);
    for (const [index, extension] of (item.extension ?? []).entries())
      if (extension.url === EXTENSIONS.variable) this.parts.take(`${pointer}/extension/${index}`);
    const items = this.items(item.item ?? [], `${pointer}/item`, [...chain, id]);
    if (items.length === 0) {
      this.parts.list(pointer, 'a repeat without questions was left out');
      return [];
    }
    if (item.required) this.parts.take(`${pointer}/required`);
    this.toFill.push({
      pointer: `/${id}/itemTitle`,
      what: 'the title of one item; the title of the whole stands there',
    });
    const least = min ?? (item.required ? 1 : undefined);
    const repeat: Repeat = {
      id,
      repeat: true,
      title,
      itemTitle: title,
      ...(least !== undefined && { min: least }),
      ...(max !== undefined && { max }),
      ...gate,
      items,
    };
    return [repeat];
  }

  private question(item: FhirItem, pointer: string, chain: readonly string[]): Question | undefined {
    const read = this.typeOf(item, pointer);
    if (!read) {
      this.parts.list(
        pointer,
        `there is no type "${item.type}" with answers that can be imported; write the question anew`,
      );
      return undefined;
    }
    this.head(item, pointer);
    const type = read;
    const gate = importEnableWhen(item, pointer, this.site(chain));
    const id = this.names.id(item.linkId);
    const list = type === 'choice' || type === 'multiChoice' ? this.list(item, pointer, id) : undefined;
    this.known.set(item.linkId, { id, type, chain, ...(list && { codes: list }) });
    const limits = isNumber(type)
      ? this.bounds(item, pointer, EXTENSIONS.minValue, EXTENSIONS.maxValue)
      : type === 'multiChoice'
        ? this.bounds(item, pointer, EXTENSIONS.minOccurs, EXTENSIONS.maxOccurs)
        : {};
    const note = this.noteIn(item, pointer);
    const followUps = this.items(item.item ?? [], `${pointer}/item`, chain).flatMap((inner) => {
      if (!('repeat' in inner)) return [inner];
      this.parts.list(`${pointer}/item`, 'a repeat cannot follow up a question; put it beside the question');
      return [];
    });
    this.toFill.push({ pointer: `/${id}`, what: 'purpose and basis' });
    return {
      id,
      type,
      text: this.text(item.text ?? item.linkId, item._text, pointer),
      ...note,
      purpose: PLACEHOLDER_PURPOSE,
      basis: [PLACEHOLDER_BASIS],
      ...(list && { list: id }),
      ...limits,
      ...(item.required && { required: true }),
      ...gate,
      ...(followUps.length > 0 && { followUps }),
    };
  }

  /** Our own type where we wrote it, else what FHIR's comes nearest to. */
  private typeOf(item: FhirItem, pointer: string): QuestionType | undefined {
    const index = (item.extension ?? []).findIndex(({ url }) => url === EXTENSIONS.questionType);
    const ours = item.extension?.[index]?.['valueCode'] as QuestionType | undefined;
    const read = TYPES[item.type];
    const coded = ['choice', 'open-choice'].includes(item.type);
    if (ours && ['verbatim', 'person', 'document', 'number', ...REFERENCE_TYPES].includes(ours)) {
      this.parts.take(`${pointer}/extension/${index}`);
      this.parts.list(`${pointer}/answerOption`, 'entries belong into reference.json, each with its sources');
      return ours;
    }
    if (!read || (coded && !item.answerOption?.some((option) => option.valueCoding?.code !== undefined)))
      return undefined;
    if (read.todo) this.parts.list(`${pointer}/type`, read.todo);
    return coded && item.repeats ? 'multiChoice' : read.type;
  }

  private list(item: FhirItem, pointer: string, id: string): ReadonlyMap<string, string> {
    const byName = new Map<string, string>();
    const codes: Code[] = [];
    for (const [index, option] of (item.answerOption ?? []).entries()) {
      const own = `${pointer}/answerOption/${index}`;
      const coding = option.valueCoding;
      const code = coding?.code === undefined ? undefined : codeOf(coding.code);
      if (code === undefined || codes.some((one) => one.code === code)) {
        this.parts.list(own, 'an option is a code that stands once in its list; write it into the list');
        continue;
      }
      this.parts.take(`${own}/valueCoding/code`);
      const exclusive = (option.extension ?? []).findIndex(
        (one) => one.url === EXTENSIONS.optionExclusive && one['valueBoolean'] === true,
      );
      if (exclusive >= 0) this.parts.take(`${own}/extension/${exclusive}`);
      const text = this.text(coding.display ?? coding.code, coding._display, `${own}/valueCoding`, 'display');
      codes.push({ code, text, ...(exclusive >= 0 && { exclusive: true }) });
      byName.set(coding.code, code);
    }
    this.lists[id] = codes;
    return byName;
  }

  private bounds(item: FhirItem, pointer: string, least: string, most: string): { min?: number; max?: number } {
    const found: { min?: number; max?: number } = {};
    for (const [index, { url, ...value }] of (item.extension ?? []).entries()) {
      const number = value['valueInteger'] ?? value['valueDecimal'];
      if ((url !== least && url !== most) || typeof number !== 'number') continue;
      found[url === least ? 'min' : 'max'] = number;
      this.parts.take(`${pointer}/extension/${index}`);
    }
    return found;
  }

  /** What every item that is imported has; what is not named here is listed. */
  private head(item: FhirItem, pointer: string): void {
    for (const key of ['linkId', 'type', 'repeats']) this.parts.take(`${pointer}/${key}`);
    if (item.type !== 'group') this.parts.take(`${pointer}/required`);
    for (const [index, { url }] of (item.extension ?? []).entries())
      if (EXTENSION_ADVICE[url]) this.parts.list(`${pointer}/extension/${index}`, EXTENSION_ADVICE[url]);
  }

  private noteIn(item: FhirItem, pointer: string): { note?: Text } {
    const index = (item.item ?? []).findIndex(isNote);
    const note = item.item?.[index];
    if (note?.text === undefined) return {};
    const own = `${pointer}/item/${index}`;
    this.parts.take(`${own}/linkId`);
    this.parts.take(`${own}/type`);
    this.parts.take(`${own}/extension`);
    return { note: this.text(note.text, note._text, own) };
  }

  private text(words: string, element: FhirElement | undefined, pointer: string, key = 'text'): Text {
    const own = pointer === '' ? 'title' : key;
    if (/[{}]/.test(words))
      this.parts.list(`${pointer}/${own}`, 'braces pipe answers in our format; they were written as round brackets');
    this.parts.take(`${pointer}/${own}`);
    const text: Record<string, string> = { en: plain(words) };
    for (const [index, extension] of (element?.extension ?? []).entries()) {
      const { language, content } = translationOf(extension);
      if (language === undefined || content === undefined) continue;
      text[language] = plain(content);
      this.languages.add(language);
      this.parts.take(`${pointer}/_${own}/extension/${index}`);
    }
    return text as Text;
  }
}

const isNote = ({ type, extension }: FhirItem): boolean =>
  type === 'display' && (extension ?? []).some(({ url }) => url === EXTENSIONS.displayCategory);

const plain = (words: string): string => words.replaceAll('{', '(').replaceAll('}', ')');

function translationOf({ url, extension = [] }: FhirExtension): { language?: string; content?: string } {
  if (url !== EXTENSIONS.translation) return {};
  const part = (name: string, key: 'valueCode' | 'valueString') =>
    extension.find((one) => one.url === name)?.[key] as string | undefined;
  const [language, content] = [part('lang', 'valueCode'), part('content', 'valueString')];
  return language !== undefined && content !== undefined ? { language, content } : {};
}
