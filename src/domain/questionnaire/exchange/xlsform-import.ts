import type { Condition, Item, Question, QuestionnaireFile, Repeat, Section, Text } from '../format.js';
import {
  draftOf,
  PLACEHOLDER_BASIS,
  PLACEHOLDER_PURPOSE,
  reportOf,
  type Draft,
  type DraftOptions,
  type ToFill,
} from './import-report.js';
import { idOf, SourceNames } from './source-names.js';
import { listLeftovers, readChoices, type ChoiceList } from './xlsform-choices.js';
import { importChoiceFilter, importConstraint } from './xlsform-rules.js';
import { readForm, type Form, type FormRow, type Sheet } from './xlsform-sheets.js';
import { FormTexts, languageOf } from './xlsform-texts.js';
import { formType, METADATA, type FormType } from './xlsform-types.js';
import { importCalculation } from './xpath-calculation.js';
import { importCondition } from './xpath-condition.js';
import type { Known, Scope } from './xpath-names.js';
import { XPathRefused } from './xpath-syntax.js';

/** An XLSForm as a draft pack of our own; what it cannot say is listed cell by cell. Throws XPathRefused for no form at all. */
export function importXlsForm(sheets: readonly Sheet[], options: DraftOptions): Draft {
  return new FormReader(readForm(sheets), options).draft();
}

/** A group or repeat that is open while rows are read. */
interface Around {
  row: FormRow;
  kind: 'group' | 'repeat';
  /** Conditions of groups that our format has no place for: their questions carry them. */
  carried: string[];
  /** Where its rows go. */
  into: Item[];
  chain: readonly string[];
}

class FormReader {
  private readonly names = new SourceNames();
  private readonly toFill: ToFill[] = [];
  private readonly texts: FormTexts;
  private readonly lists: Map<string, ChoiceList>;
  private readonly known = new Map<string, Known>();
  private readonly usedColumns = new Set<string>();
  private readonly sections: { section: Section; rows: FormRow[] }[] = [];
  private readonly around: Around[] = [];
  private readonly notes: FormRow[] = [];
  private readonly settings: FormRow | undefined;

  constructor(
    private readonly form: Form,
    private readonly options: DraftOptions,
  ) {
    if (form.survey.length === 0) throw new XPathRefused('there is no sheet "survey" with rows: this is no XLSForm');
    this.settings = form.settings[0];
    const language = languageOf(this.settings?.cell('default_language')?.take() ?? 'en') ?? 'en';
    this.texts = new FormTexts(language, this.toFill);
    this.lists = readChoices(form.choices, this.texts, this.names.renamed);
  }

  draft(): Draft {
    const title: Text = { en: this.settings?.cell('form_title')?.take() ?? this.options.pack };
    const id = this.settings?.cell('form_id')?.take() ?? this.options.pack;
    const version = this.version();
    for (const row of this.form.survey) this.row(row);
    const sections = this.sections.filter(({ section }) => section.items.length > 0);
    const kept = new Set(sections.flatMap(({ rows }) => rows));
    for (const row of this.sections.flatMap(({ rows }) => rows))
      if (!kept.has(row)) row.list('no question stands in this group itself, so its title and its name were left out');
    listLeftovers(this.form.choices, this.usedColumns);
    for (const note of this.notes) note.list('write this note into the note of a question or section');
    const questionnaire: QuestionnaireFile = {
      format: 1,
      id: idOf(id),
      version,
      purpose: 'screening',
      title,
      languages: [...this.texts.languages],
      ...(this.lists.size > 0 && {
        lists: Object.fromEntries([...this.lists.values()].map(({ name, codes }) => [name, codes])),
      }),
      sections: sections.map(({ section }) => section),
    };
    if (sections.length === 0) throw new XPathRefused('the form asks no question that can be imported');
    return draftOf(questionnaire, this.options, this.toFill, () =>
      reportOf(this.form.parts, this.toFill, this.names.renamed),
    );
  }

  private version(): number {
    const part = this.settings?.cell('version');
    const number = Number(part?.text);
    if (!part || !Number.isSafeInteger(number) || number < 1) {
      part?.list('a version is a whole number from 1; the draft has 1');
      return 1;
    }
    part.take();
    return number;
  }

  private row(row: FormRow): void {
    const type = (row.text('type') ?? '').toLowerCase().replace(/_/g, ' ').trim();
    if (/^(yes|true)$/i.test(row.text('disabled') ?? '')) return row.list('the row is disabled');
    if (type === 'begin group') return this.beginGroup(row);
    if (type === 'begin repeat') return this.beginRepeat(row);
    if (type === 'end group' || type === 'end repeat') return this.end(row);
    if (type === 'note') return this.note(row);
    if (METADATA.includes((row.text('type') ?? '').toLowerCase()))
      return row.list(
        'what a device notes by itself is not asked; the record of the interview has who, when and where',
      );
    const written = row.text('type') ?? '';
    const calculated = /^calculate$/i.test(written);
    const read = formType(written);
    if (!calculated && !read) return row.list(`there is no type "${written}"; write the question anew if it is needed`);
    this.question(row, calculated ? undefined : read);
  }

  private get chain(): readonly string[] {
    return this.around.at(-1)?.chain ?? [];
  }

  private scope(): Scope {
    return { find: (name) => this.known.get(name), chain: this.chain };
  }

  /** Where a row goes: into its repeat, its group's section, or a section for what stands outside groups. */
  private into(): Item[] {
    const inner = this.around.at(-1);
    if (inner) return inner.into;
    const last = this.sections.at(-1);
    if (last && last.rows.length === 0) return last.section.items;
    const title = this.settings?.text('form_title') ?? this.options.pack;
    return this.section(this.names.id('questions'), { en: title }, []).items;
  }

  private section(id: string, title: Text, rows: FormRow[], gate: object = {}): Section {
    const section: Section = { id, title, phase: 'probing', ...gate, items: [] };
    this.sections.push({ section, rows });
    return section;
  }

  /** Outside repeats a group is a section, which carries the conditions of the groups around it; inside, it dissolves. */
  private beginGroup(row: FormRow): void {
    row.cell('type')!.take();
    const outer = this.around.at(-1);
    const carried = this.carriedWith(row, outer);
    if (outer && this.chain.length > 0) {
      for (const { part } of row.inLanguages('label'))
        part.list('a group inside a repeat has no title with us; its questions stand in the repeat');
      row.cell('name')?.take();
      this.around.push({ row, kind: 'group', carried, into: outer.into, chain: outer.chain });
      return;
    }
    const id = this.names.id(row.cell('name')?.take() ?? 'group');
    const title = this.texts.read(row, 'label', `/sections/${id}/title`, undefined) ?? { en: id };
    const section = this.section(id, title, [row], this.gate(undefined, carried));
    this.around.push({ row, kind: 'group', carried, into: section.items, chain: [] });
  }

  /** The conditions a group's questions stand under, its own among them when it can be imported. */
  private carriedWith(row: FormRow, outer: Around | undefined): string[] {
    const carried = outer?.kind === 'group' ? outer.carried : [];
    const own = row.cell('relevant');
    if (!own || this.tries(own, () => importCondition(own.text, this.scope())) === undefined) return carried;
    return [...carried, own.text];
  }

  private beginRepeat(row: FormRow): void {
    row.cell('type')!.take();
    const outer = this.around.at(-1);
    const name = row.cell('name')?.take() ?? 'repeat';
    const id = this.names.id(name);
    const title = this.texts.read(row, 'label', `/${id}/title`) ?? { en: id };
    const into = outer ? outer.into : this.section(this.names.id(`${id}Section`), title, [row]).items;
    const count = row.cell('repeat_count');
    const bound = Number(count?.text);
    if (count && Number.isSafeInteger(bound) && bound > 0 && bound <= 1000) count.take();
    else count?.list('items are added as they are told; set "min" and "max" where their number is known');
    const bounds = count && Number.isSafeInteger(bound) && bound > 0 && bound <= 1000 ? { min: bound, max: bound } : {};
    const gate = this.gate(row, outer?.carried ?? []);
    const repeat: Repeat = { id, repeat: true, title, itemTitle: title, ...bounds, ...gate, items: [] };
    this.toFill.push({
      pointer: `/${id}/itemTitle`,
      what: 'the title of one item; the title of the whole stands there',
    });
    into.push(repeat);
    this.known.set(name, { id, type: 'repeat', chain: this.chain });
    this.around.push({ row, kind: 'repeat', carried: [], into: repeat.items, chain: [...this.chain, id] });
  }

  private end(row: FormRow): void {
    row.cell('type')!.take();
    row.cell('name')?.take();
    const closed = this.around.pop();
    if (!closed) return row.list('nothing is open that could end here');
    const outer = this.around.at(-1);
    if (closed.kind === 'repeat') {
      if (closed.into.length > 0) return;
      const into = outer?.into ?? this.sections.at(-1)!.section.items;
      into.splice(
        into.findIndex((item) => 'repeat' in item && item.items === closed.into),
        1,
      );
      return closed.row.list('a repeat without questions was left out');
    }
    if (outer?.kind !== 'group' || outer.chain.length > 0) return;
    // What follows a group inside a group goes on under the outer one's title and conditions.
    const before = this.sections.find(({ section }) => section.items === outer.into)!;
    const id = this.names.id(`${before.section.id}Continued`);
    outer.into = this.section(id, before.section.title, [outer.row], this.gate(undefined, outer.carried)).items;
  }

  private note(row: FormRow): void {
    row.cell('name')?.take();
    if (row.cell('relevant'))
      return row.list('a note under a condition; write it into the note of the question it belongs to');
    row.cell('type')!.take();
    this.notes.push(row);
  }

  /** Notes before a question are told to the interviewer with it. */
  private noteFor(row: FormRow, pointer: string): { note?: Text } {
    const own = this.texts.read(row, 'hint', `${pointer}/note`, undefined);
    const said = [
      ...this.notes.splice(0).flatMap((note) => this.texts.read(note, 'label', `${pointer}/note`, undefined) ?? []),
      ...(own ? [own] : []),
    ];
    if (said.length === 0) return {};
    const words = (text: Text, language: string) => {
      const translation = text[language] ?? text.en;
      return typeof translation === 'string' ? translation : translation.text;
    };
    const languages = new Set(said.flatMap((text) => Object.keys(text)));
    const joined = [...languages].map((language) => [language, said.map((text) => words(text, language)).join(' ')]);
    return { note: Object.fromEntries(joined) as Text };
  }

  private question(row: FormRow, type: FormType | undefined): void {
    const name = row.text('name');
    if (name === undefined) return row.list('a question has a name');
    if (this.known.has(name)) return row.list(`there is a question or repeat "${name}" already`);
    const calculation = row.cell('calculation');
    const scope = this.scope();
    const calculated = calculation && this.tries(calculation, () => importCalculation(calculation.text, scope));
    if (!type && !calculated)
      return row.list('it has no calculation that could be imported, so there is nothing to ask');
    const list = type?.list === undefined ? undefined : this.lists.get(type.list);
    if (type?.list !== undefined && !list) return row.list(`the sheet "choices" has no list "${type.list}"`);
    const used =
      calculated && ['integer', 'decimal', 'date', 'boolean'].includes(type?.type ?? 'integer')
        ? calculated
        : undefined;
    if (calculated && !used)
      calculation?.list(`a ${type?.type} is not calculated; only numbers, dates and truth values are`);
    const ours = used ? used.type : type!.type;
    row.cell('type')!.take();
    if (!used && type?.todo) row.cell('type')!.list(type.todo);
    row.cell('name')!.take();
    const id = this.names.id(name);
    const self: Known = { id, type: ours, chain: this.chain, ...(list && { codes: list.byName }) };
    const text = this.texts.read(row, 'label', `/${id}/text`, (piped) => this.pipeable(piped));
    if (!text && !used) this.toFill.push({ pointer: `/${id}/text`, what: 'how it is asked; its name stands there' });
    const question: Question = {
      id,
      type: ours,
      text: text ?? { en: name },
      ...this.noteFor(row, `/${id}`),
      purpose: PLACEHOLDER_PURPOSE,
      basis: [PLACEHOLDER_BASIS],
      ...(list && { list: list.name }),
      ...(used ? { calculate: used.calculate } : this.rules(row, self, list)),
      ...this.gate(row, this.around.at(-1)?.carried ?? []),
      ...(type?.orOther && list && { followUps: [this.other(id, list)] }),
    };
    this.toFill.push({ pointer: `/${id}`, what: 'purpose and basis' });
    this.into().push(question);
    this.known.set(name, self);
  }

  /** "Or other" adds a code and asks for the words. */
  private other(id: string, list: ChoiceList): Question {
    const code = 'other';
    if (!list.byName.has(code)) {
      list.codes.push({ code, text: { en: 'Other' } });
      list.byName.set(code, code);
    }
    return { id: this.names.id(`${id}_other`), type: 'text', text: { en: 'Which other?' }, on: list.byName.get(code)! };
  }

  private pipeable(name: string): string | undefined {
    const found = this.known.get(name);
    if (!found || found.type === 'repeat') return undefined;
    return found.chain.every((repeat, depth) => this.chain[depth] === repeat) ? found.id : undefined;
  }

  private rules(row: FormRow, self: Known, list: ChoiceList | undefined): Partial<Question> {
    const scope = this.scope();
    const rules: Partial<Question> = { ...this.required(row), ...this.range(row) };
    const constraint = row.cell('constraint');
    if (constraint) {
      const said = this.texts.read(row, 'constraint_message', `/${self.id}/message`, undefined);
      const message = said ?? { en: 'This answer does not fit; look at it again.' };
      const found = this.tries(constraint, () => importConstraint(constraint.text, self, scope, message));
      if (found) Object.assign(rules, found.rules);
      if (!found?.said)
        for (const { part } of row.inLanguages('constraint_message'))
          part.list('bounds say themselves what is wrong; no message is needed');
      else if (!said)
        this.toFill.push({ pointer: `/${self.id}/message`, what: 'what to tell when the answer does not fit' });
    }
    const filter = row.cell('choice_filter');
    if (filter && list) {
      const message: Text = { en: 'This choice does not go with the earlier answers.' };
      const check = this.tries(filter, () => importChoiceFilter(filter.text, self, list, scope, message));
      if (check) rules.checks = [...(rules.checks ?? []), check];
      if (filter.listed === undefined)
        for (const word of filter.text.match(/[A-Za-z_][\w.-]*/g) ?? []) this.usedColumns.add(word);
    }
    return rules;
  }

  private required(row: FormRow): { required?: true } {
    const part = row.cell('required');
    const text = part?.text.trim().toLowerCase().replace('()', '');
    if (!part || text === undefined) return {};
    if (['yes', 'true', 'no', 'false'].includes(text)) part.take();
    else part.list('a question is required or not; put the condition on the question itself');
    return text === 'yes' || text === 'true' ? { required: true } : {};
  }

  /** `start=0 end=10 step=1` of a range. */
  private range(row: FormRow): { min?: number; max?: number } {
    const part = row.cell('parameters');
    const found = /^\s*start\s*=\s*(-?[\d.]+)[\s,;]+end\s*=\s*(-?[\d.]+)(?:[\s,;]+step\s*=\s*1)?\s*$/.exec(
      part?.text ?? '',
    );
    if (!part || !found || row.text('type') !== 'range') return {};
    part.take();
    return { min: Number(found[1]), max: Number(found[2]) };
  }

  /** The condition of a row together with those its groups could not carry themselves. */
  private gate(
    row: FormRow | undefined,
    around: readonly string[],
  ): { when?: Condition; ifUnclear?: 'open' | 'closed' } {
    const own = row?.cell('relevant');
    const usable =
      own && this.tries(own, () => importCondition(own.text, this.scope())) !== undefined ? [own.text] : [];
    const inSection = this.chain.length === 0 && row !== undefined;
    const sources = [...(inSection ? [] : around), ...usable];
    if (sources.length === 0) return {};
    const imported = importCondition(sources.map((source) => `(${source})`).join(' and '), this.scope());
    if (imported === true) return {};
    if (imported !== false) return imported;
    for (const part of this.form.parts)
      if (sources.includes(part.text))
        part.list('this never holds, so nothing would ever be asked; it was imported without the condition');
    return {};
  }

  /** Reads a cell, or lists it with the reason why it cannot be said in ours. */
  private tries<T>(part: { text: string; take(): string; list(todo: string): void }, read: () => T): T | undefined {
    try {
      const found = read();
      part.take();
      return found;
    } catch (error) {
      if (!(error instanceof XPathRefused)) throw error;
      part.list(error.message);
      return undefined;
    }
  }
}
