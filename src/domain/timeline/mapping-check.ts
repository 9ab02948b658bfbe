import type { Item, QuestionnaireBody, QuestionnaireFile, QuestionType } from '../questionnaire/format.js';
import type { ReferenceFile } from '../questionnaire/format-reference.js';
import { Problems, at, didYouMean, type Place, type Problem } from '../questionnaire/problems.js';
import { kindOf, schemaProblems } from '../questionnaire/schema-check.js';
import type { EntryMapping, Named, TimelineFile, TimelineMapping } from './format.js';
import { readDate } from './uncertain-date.js';

/** What a mapping needs to know of a question: read from the files, so that it also covers modules nobody includes yet. */
interface Asked {
  type: QuestionType;
  codes: readonly string[];
  /** The repeats it stands in, outermost first. */
  chain: readonly string[];
}
/** The questions of all versions of one questionnaire or module: ids are never reused, so one may stand in several. */
type Questions = ReadonlyMap<string, readonly Asked[]>;
interface File {
  file: string;
  content: unknown;
}

const NUMBERS: readonly string[] = ['number', 'integer', 'decimal'];
const WORDS: readonly string[] = ['text', 'verbatim', 'person'];
const CHOICES: readonly string[] = ['choice', 'multiChoice'];
/** What two answers can certainly contradict each other in; a multiChoice only by codes that stand alone. */
const COMPARABLE: readonly string[] = ['boolean', 'choice', 'date', 'unit', 'rank', 'organisation', ...NUMBERS];
/** Key of an entry -> the types its question may have. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  period: ['date'],
  from: ['date'],
  to: ['date'],
  place: ['place'],
  unit: ['unit'],
  organisation: ['organisation'],
  rank: ['rank'],
  event: ['event'],
  superior: WORDS,
  age: NUMBERS,
};

/** Everything an author must change in the timeline.json of a pack; nothing when it has none. */
export function timelineProblems(pack: string, files: readonly File[]): Problem[] {
  const own = files.filter(({ file }) => file.split('/')[0] === pack);
  const found = own.find(({ content }) => kindOf(content) === 'timeline');
  if (!found) return [];
  const problems = new Problems();
  const place = { file: found.file, pointer: '' };
  for (const { pointer, message } of schemaProblems('timeline', found.content))
    problems.add({ ...place, pointer }, message);
  if (problems.list.length > 0) return problems.list;
  const content = found.content as TimelineFile;
  if (found.file !== `${pack}/timeline.json`)
    problems.add(place, `the timeline of a pack is called timeline.json; this would not be read`);
  if (content.timeline !== pack)
    problems.add(at(place, 'timeline'), `the file stands in the folder "${pack}"; write the same name`);
  new MappingCheck(own, problems).check(content, place);
  return problems.list;
}

class MappingCheck {
  private readonly reference: ReadonlyMap<string, string>;
  private readonly ids = new Set<string>();

  constructor(
    private readonly files: readonly File[],
    private readonly problems: Problems,
  ) {
    this.reference = referenceOf(files);
  }

  check(content: TimelineFile, place: Place): void {
    for (const kind of ['questionnaires', 'modules'] as const) {
      const known = this.questionsOf(kind);
      for (const [name, mapping] of Object.entries(content[kind] ?? {})) {
        const questions = known.get(name);
        const here = at(place, kind, name);
        if (questions) this.mapping(mapping, questions, here);
        else this.problems.add(here, `this pack has no such file.${didYouMean(name, [...known.keys()])}`);
      }
    }
    for (const period of Object.keys(content.settings?.gapDaysInPeriod ?? {}))
      this.entryOfReference(period, 'periods', at(place, 'settings', 'gapDaysInPeriod', period));
  }

  private mapping({ entries = [], facts = [] }: TimelineMapping, questions: Questions, place: Place): void {
    for (const [index, entry] of entries.entries()) this.entry(entry, questions, at(place, 'entries', index));
    for (const [index, { question, exclusive }] of facts.entries()) {
      const here = at(place, 'facts', index);
      if (exclusive) this.codes(question, exclusive, questions, at(here, 'exclusive'));
      else this.question(question, questions, COMPARABLE, at(here, 'question'));
    }
  }

  private entry(entry: EntryMapping, questions: Questions, place: Place): void {
    if (this.ids.has(entry.id)) this.problems.add(at(place, 'id'), `"${entry.id}" is used twice in this file`);
    this.ids.add(entry.id);
    const ways = [entry.period, entry.from ?? entry.to, entry.during].filter((one) => one !== undefined);
    if (ways.length > 1)
      this.problems.add(place, 'state the time in one way: "period", or "from" and "to", or "during"');
    const during = entry.during === undefined ? undefined : readDate(entry.during);
    if (during && !during.ok) this.problems.add(at(place, 'during'), during.message);
    const used: string[] = [];
    for (const [key, types] of Object.entries(TYPES)) {
      const named = entry[key as keyof EntryMapping] as Named | undefined;
      if (named === undefined) continue;
      used.push(typeof named === 'string' ? named : named.question);
      if (typeof named === 'string') this.question(named, questions, types, at(place, key));
      else this.codes(named.question, Object.keys(named.codes), questions, at(place, key));
      for (const [code, id] of typeof named === 'string' ? [] : Object.entries(named.codes))
        if (id !== null) this.entryOfReference(id, `${key}s`, at(place, key, 'codes', code));
    }
    for (const key of ['only', 'act'] as const) {
      const one = entry[key];
      if (!one) continue;
      used.push(one.question);
      this.codes(one.question, one.codes, questions, at(place, key));
    }
    if (!used.some((id) => id !== entry.only?.question))
      this.problems.add(place, 'this entry has nothing to show; name a date, a place, a unit or another question');
    this.oneChain(used, questions, place);
  }

  /** Questions of one entry stand in the same item, or around it. */
  private oneChain(used: readonly string[], questions: Questions, place: Place): void {
    const chains = used.flatMap((id) => (questions.get(id) ?? []).slice(0, 1).map(({ chain }) => chain));
    const longest = chains.reduce((one, other) => (other.length > one.length ? other : one), [] as readonly string[]);
    if (chains.some((chain) => chain.some((repeat, depth) => longest[depth] !== repeat)))
      this.problems.add(place, 'its questions stand in different repeats; make one entry of each');
  }

  private question(id: string, questions: Questions, types: readonly string[] | undefined, place: Place): void {
    const found = questions.get(id);
    if (!found) this.problems.add(place, `there is no question "${id}".${didYouMean(id, [...questions.keys()])}`);
    else if (types && !found.some(({ type }) => types.includes(type)))
      this.problems.add(
        place,
        `"${id}" is a ${found[0]!.type} question; a ${types.join(' or ')} question belongs here`,
      );
  }

  private codes(id: string, codes: readonly string[], questions: Questions, place: Place): void {
    this.question(id, questions, CHOICES, at(place, 'question'));
    const known = (questions.get(id) ?? []).flatMap((one) => one.codes);
    for (const code of known.length > 0 ? codes : [])
      if (!known.includes(code))
        this.problems.add(at(place, 'codes'), `the list of "${id}" has no code "${code}".${didYouMean(code, known)}`);
  }

  private entryOfReference(id: string, list: string, place: Place): void {
    if (this.reference.get(id) === list) return;
    const known = [...this.reference].flatMap(([one, its]) => (its === list ? [one] : []));
    this.problems.add(place, `the reference file has no "${id}" among its ${list}.${didYouMean(id, known)}`);
  }

  private questionsOf(kind: 'questionnaires' | 'modules'): ReadonlyMap<string, Questions> {
    const found = new Map<string, Map<string, Asked[]>>();
    for (const { content } of this.files) {
      const wanted = kind === 'modules' ? 'module' : 'questionnaire';
      if (kindOf(content) !== wanted || schemaProblems(wanted, content).length > 0) continue;
      const { id, module } = content as { id: string; module: string };
      const name = kind === 'modules' ? module : id;
      if (!found.has(name)) found.set(name, new Map());
      addQuestions(content as QuestionnaireFile, found.get(name)!);
    }
    return found;
  }
}

function addQuestions(body: QuestionnaireBody, into: Map<string, Asked[]>): void {
  const walk = (item: Item, chain: readonly string[]): void => {
    if ('repeat' in item) return item.items.forEach((inner) => walk(inner, [...chain, item.id]));
    const codes = (body.lists?.[item.list ?? ''] ?? []).map(({ code }) => code);
    into.set(item.id, [...(into.get(item.id) ?? []), { type: item.type, codes, chain }]);
    for (const followUp of item.followUps ?? []) walk(followUp, chain);
  };
  for (const item of (body.sections ?? []).flatMap(({ items = [] }) => items)) walk(item, []);
}

/** Reference id -> the list it stands in. */
function referenceOf(files: readonly File[]): ReadonlyMap<string, string> {
  const content = files.find((one) => kindOf(one.content) === 'reference')?.content as ReferenceFile | undefined;
  const lists = Object.entries(content ?? {}).filter((entry): entry is [string, { id: string }[]] =>
    Array.isArray(entry[1]),
  );
  return new Map(lists.flatMap(([list, entries]) => entries.map(({ id }) => [id, list] as const)));
}
