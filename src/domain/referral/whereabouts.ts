import type { CaseFile, Content, InterviewInFile, WhereaboutsWithheld } from './file.js';
import { followUpsOf } from './package-facts.js';
import { packageSchema } from './schema/package.js';

/** What people do about the words that tell where a third person is, as the chain of the case names it. */
export const markingTypes = ['MARK_PASSAGES', 'WITHDRAW_PASSAGES', 'APPROVE_WHEREABOUTS'] as const;

/** One of them, as its event says it: of the person `id`. */
export type Marking =
  | {
      readonly type: 'MARK_PASSAGES';
      readonly id: string;
      readonly passages: readonly string[];
      readonly statements: readonly string[];
    }
  | {
      readonly type: 'WITHDRAW_PASSAGES';
      readonly id: string;
      readonly passages: readonly string[];
      readonly reason: string;
    }
  | { readonly type: 'APPROVE_WHEREABOUTS'; readonly id: string; readonly reason: string };

/** What is marked of one person, and what was looked through for it. */
export interface Marked {
  readonly id: string;
  readonly passages: readonly string[];
  readonly statements: readonly string[];
}

/** How many passages about one person were withheld. */
export interface WithheldOf extends Content {
  readonly thirdPersonId: string;
  readonly passages: number;
}

const FEWEST_LETTERS = 3;

/** Written or not, the word is the same: joiners and marks of direction, the Arabic tatweel and short vowels. */
const SILENT = String.raw`\p{Cf}\u0640\u064B-\u0652`;

/** Ids, references by id, hashes, instants, days and countries are no words of anybody. */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FIXED = new RegExp(
  `^(?:${UUID}(?:#\\w+)?|[0-9a-f]{64}|-?\\d{4,6}-\\d\\d-\\d\\d(?:T[\\d:.]+Z)?|[A-Z]{2}|stateless)$`,
);

/** Members that name questions and rules of a questionnaire, which nobody said. */
const NAMES_OF_OURS: readonly string[] = ['questionId', 'indicatorId'];

/** Says too little to be looked for: it would be found in half the words of a file. */
export const isTooShort = (passage: string): boolean => (passage.match(/\p{L}/gu)?.length ?? 0) < FEWEST_LETTERS;

/** The same words, however they are spaced, composed or capitalised. */
function matcherOf(passage: string): RegExp {
  const words = passage
    .normalize('NFC')
    .replace(new RegExp(`[${SILENT}]`, 'gu'), '')
    .trim()
    .split(/\s+/u);
  const spelt = words.map((word) =>
    [...word].map((sign) => sign.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')).join(`[${SILENT}]*`),
  );
  return new RegExp(spelt.join(`[\\s${SILENT}]+`), 'giu');
}

/** Every passage that may not leave, ready to be looked for. */
function sought(withheld: readonly WhereaboutsWithheld[]): { personId: string; matcher: RegExp }[] {
  return withheld.flatMap(({ personId, passages }) =>
    passages.filter((one) => !isTooShort(one)).map((one) => ({ personId, matcher: matcherOf(one) })),
  );
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly of: readonly string[];
}

/** Where one passage stands, also where it overlaps itself. */
function stretchesOf(text: string, { personId, matcher }: { personId: string; matcher: RegExp }): Stretch[] {
  const found: Stretch[] = [];
  matcher.lastIndex = 0;
  for (let match = matcher.exec(text); match; match = matcher.exec(text)) {
    found.push({ from: match.index, to: match.index + match[0].length, of: [personId] });
    matcher.lastIndex = match.index + (text.codePointAt(match.index)! > 0xffff ? 2 : 1);
  }
  return found;
}

/** Stretches that touch or overlap leave nothing between them. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = [];
  for (const one of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (!last || one.from > last.to) whole.push(one);
    else {
      const of = [...new Set([...last.of, ...one.of])];
      whole.splice(-1, 1, { from: last.from, to: Math.max(last.to, one.to), of });
    }
  }
  return whole;
}

/** What stands where a passage stood. */
export const withheldMark = (personIds: readonly string[]): string =>
  `[Withheld: whereabouts of ${[...personIds].sort().join(' and ')}; ask us.]`;

/**
 * `value` with every marked passage in any of its texts replaced, and how many were, by person. Ids, hashes, times and words of the
 * schema itself stay.
 */
export function withoutWhereabouts<T>(
  value: T,
  withheld: readonly WhereaboutsWithheld[],
): { readonly value: T; readonly withheld: readonly WithheldOf[] } {
  const passages = sought(withheld);
  if (passages.length === 0) return { value, withheld: [] };
  const counts = new Map<string, number>();
  const clean = (text: string): string => {
    if (FIXED.test(text) || wordsOfOurs().has(text)) return text;
    const composed = text.normalize('NFC');
    const stretches = merged(passages.flatMap((passage) => stretchesOf(composed, passage)));
    if (stretches.length === 0) return text;
    let at = 0;
    let told = '';
    for (const { from, to, of } of stretches) {
      told += composed.slice(at, from) + withheldMark(of);
      at = to;
      for (const one of of) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    return told + composed.slice(at);
  };
  const cleaned = mapTexts(value, clean) as T;
  const found = [...counts].map(([thirdPersonId, passages]) => ({ thirdPersonId, passages }));
  return { value: cleaned, withheld: found.sort((a, b) => (a.thirdPersonId < b.thirdPersonId ? -1 : 1)) };
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      NAMES_OF_OURS.includes(name) && typeof one === 'string' ? one : mapTexts(one, change),
    ]),
  );
}

let closed: ReadonlySet<string> | undefined;

/** Values that the schema lists one by one. */
function wordsOfOurs(): ReadonlySet<string> {
  if (closed) return closed;
  const found = new Set<string>();
  const collect = (schema: unknown): void => {
    if (Array.isArray(schema)) schema.forEach(collect);
    if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return;
    const { enum: values = [], const: only, ...rest } = schema as { enum?: unknown[]; const?: unknown };
    for (const one of [...values, only]) if (typeof one === 'string') found.add(one);
    Object.values(rest).forEach(collect);
  };
  collect(packageSchema);
  return (closed = found);
}

/** Something said in an interview or about its record, and its texts: as spoken, as interpreted, translated. */
interface Statement {
  readonly id: string;
  readonly texts: Readonly<Record<string, unknown>>;
}

/** Everything that somebody must look through before a file leaves: answers, follow-ups, translations, submissions. */
export function statementsOf(file: Pick<CaseFile, 'interviews' | 'submissions'>): Statement[] {
  return [
    ...file.interviews.flatMap(saidIn),
    ...file.submissions.map(({ id, content }) => ({ id, texts: { text: content['text'] } })),
  ];
}

function saidIn(interview: InterviewInFile): Statement[] {
  const said = [
    ...interview.answers.map(({ id, content, inWords }) => ({ id, texts: textsOf(content, inWords) })),
    ...followUpsOf(interview).map((one) => ({ id: one.id, texts: textsOf(one) })),
  ];
  const translations = interview.translations.map(({ statementId, addedAt, content }) => ({
    id: `${statementId}@${addedAt}`,
    texts: { translation: content['text'] },
  }));
  return [...said, ...translations];
}

const SPOKEN = ['original', 'interpreted'] as const;

function textsOf({ value, verbatim, answer, note }: Content, inWords?: string): Statement['texts'] {
  const words = [verbatim, value, answer].find(
    (one) => one !== null && typeof one === 'object' && SPOKEN.some((name) => name in one),
  ) as Content | undefined;
  const spoken = words ? Object.fromEntries(SPOKEN.map((name) => [name, words[name]])) : { value: [value, inWords] };
  return { ...spoken, ...(note === undefined ? {} : { note }) };
}

const holds = (value: unknown, matchers: readonly RegExp[]): boolean => {
  if (typeof value === 'string')
    return matchers.some((matcher) => stretchesOf(value.normalize('NFC'), { personId: '', matcher }).length > 0);
  return value !== null && typeof value === 'object' && Object.values(value).some((one) => holds(one, matchers));
};

/** Whether these words stand anywhere in what was said, written or found in these files. */
export const standsIn = (files: readonly CaseFile[], passage: string): boolean => {
  const matchers = [matcherOf(passage)];
  return files.some(({ interviews, submissions, allegations, documents, notices, disclosures, person, thirdPersons }) =>
    holds(
      {
        ...{ interviews, submissions, allegations, documents, notices, disclosures },
        about: [person, ...thirdPersons.map(({ content }) => content['about'])],
      },
      matchers,
    ),
  );
};

/**
 * Statements of which one text holds a marked passage and another one holds none: what was said is marked as interpreted and still
 * stands as spoken, or the other way round.
 */
export function textsUnmarked(
  files: readonly CaseFile[],
  passages: readonly string[],
): { readonly statementId: string; readonly text: string }[] {
  const matchers = passages.filter((one) => !isTooShort(one)).map(matcherOf);
  const byId = new Map<string, Record<string, unknown>>();
  for (const { id, texts } of files.flatMap(statementsOf)) {
    const [statementId = id, translated] = id.split('@');
    const named = translated === undefined ? texts : { [`translation of ${translated}`]: texts['translation'] };
    byId.set(statementId, { ...byId.get(statementId), ...named });
  }
  return [...byId].flatMap(([statementId, texts]) => {
    const told = Object.entries(texts).filter(([name, one]) => name !== 'note' && one !== undefined && one !== null);
    if (!told.some(([, one]) => holds(one, matchers))) return [];
    return told.filter(([, one]) => !holds(one, matchers)).map(([text]) => ({ statementId, text }));
  });
}

/**
 * What may not leave, by person. Whoever is withdrawn stays protected, or one person alone could let the words go; but words that
 * somebody else's approval let go are free, since a mistaken record is withdrawn and made anew.
 */
export function withheldWhereabouts(
  persons: readonly {
    readonly id: string;
    readonly whereaboutsApprovedAt: string | null;
    readonly withdrawn: boolean;
    readonly content: Content;
  }[],
  marks: readonly Marked[],
): WhereaboutsWithheld[] {
  const all = persons.map((person) => {
    const own = marks.filter(({ id }) => id === person.id);
    const recorded = person.content['whereabouts'];
    const passages = [...(typeof recorded === 'string' ? [recorded] : []), ...own.flatMap((one) => one.passages)];
    return { person, passages, lookedThrough: own.flatMap(({ statements }) => statements) };
  });
  const approved = all.filter(({ person }) => person.whereaboutsApprovedAt !== null);
  const free = new Set(approved.flatMap(({ passages }) => passages.map(alike)));
  return all
    .filter(({ person }) => person.whereaboutsApprovedAt === null)
    .map(({ person: { id, withdrawn }, passages, lookedThrough }) => ({
      personId: id,
      passages: withdrawn ? passages.filter((one) => !free.has(alike(one))) : passages,
      lookedThrough: withdrawn ? null : lookedThrough,
    }));
}

const alike = (passage: string): string => matcherOf(passage).source.toLowerCase();

/** Whether two passages are found at the same places. */
export const areAlike = (one: string, other: string): boolean => alike(one) === alike(other);

/** What stands marked after all that was done, oldest first; a mark that was withdrawn can be set anew. */
export function standingMarks(markings: readonly Marking[]): Marked[] {
  const byPerson = new Map<string, Marked>();
  for (const one of markings) {
    if (one.type === 'APPROVE_WHEREABOUTS') continue;
    const { passages, statements } = byPerson.get(one.id) ?? { passages: [], statements: [] };
    byPerson.set(one.id, {
      id: one.id,
      passages:
        one.type === 'MARK_PASSAGES'
          ? [...new Set([...passages, ...one.passages])]
          : passages.filter((passage) => !one.passages.some((withdrawn) => areAlike(passage, withdrawn))),
      statements: one.type === 'MARK_PASSAGES' ? [...new Set([...statements, ...one.statements])] : statements,
    });
  }
  return [...byPerson.values()];
}

/** Whose whereabouts a text would tell. */
export const personsTold = (text: string, withheld: readonly WhereaboutsWithheld[]): readonly string[] =>
  withoutWhereabouts(text, withheld).withheld.map((one) => one.thirdPersonId);

/** The persons for whom nobody looked through all that is in this file. */
export function notLookedThrough(file: CaseFile): readonly string[] {
  const statements = statementsOf(file).map(({ id }) => id);
  return file.whereaboutsWithheld
    .filter(({ lookedThrough }) => lookedThrough !== null && !statements.every((id) => lookedThrough.includes(id)))
    .map(({ personId }) => personId);
}
