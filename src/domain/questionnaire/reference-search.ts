import anyAscii from 'any-ascii';
import { distance } from 'fastest-levenshtein';
import type { PostEntry } from './format-reference.js';
import type { Plan } from './plan.js';
import { offered, type ReferenceData, type ReferenceItem } from './reference.js';
import { findQuestion } from './values.js';

export const REFERENCE_KINDS = ['organisation', 'unit', 'rank', 'place', 'event', 'period', 'post'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

export interface ReferenceWanted {
  /** Of every kind when not said. */
  readonly kind?: ReferenceKind;
  /** Some of a name, in any spelling; without it all are listed. */
  readonly q?: string;
  /** What this question offers first comes before what matches equally well. */
  readonly question?: string;
}

/** How well a name fits, the lower the better: [way of matching, letters that differ, length]. */
type Fit = readonly [number, number, number];

/**
 * Entries whose name, alias or (of a post) holder matches: exact before beginnings before words before misspellings. Accents, case and
 * script do not count: names are compared in plain Latin letters. The same plan and words always give the same order.
 */
export function searchReference(plan: Plan, { kind, q = '', question }: ReferenceWanted): ReferenceItem[] {
  const wanted = spelled(q);
  const asked = question === undefined ? undefined : findQuestion(plan, question);
  const first = new Set(
    asked && kind !== undefined && asked.type === kind
      ? offered(plan.reference, kind, asked.vocabulary).map(({ id }) => id)
      : [],
  );
  return namesOf(plan.reference)
    .filter(({ item }) => kind === undefined || item.type === kind)
    .flatMap(({ item, names }) => {
      const fits = names.flatMap((name) => fitOf(wanted, name) ?? []);
      const best = fits.sort(compareFits)[0];
      return best ? [{ item, fit: best, later: first.has(item.id) ? 0 : 1 }] : [];
    })
    .sort(
      (a, b) =>
        a.fit[0] - b.fit[0] ||
        a.later - b.later ||
        (wanted.words.length > 0 ? compareFits(a.fit, b.fit) : 0) ||
        compareText(a.item.entry.name, b.item.entry.name) ||
        compareText(a.item.id, b.item.id),
    )
    .map(({ item }) => item);
}

interface Spelled {
  readonly words: readonly string[];
  /** Without anything between the words: al-Qasr is alqasr. */
  readonly whole: string;
}
interface Named {
  readonly item: ReferenceItem;
  readonly names: readonly Spelled[];
}

function spelled(name: string): Spelled {
  const words = anyAscii(name)
    .toLowerCase()
    .replaceAll(/['`’]/g, '')
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return { words, whole: words.join('') };
}

/** Worked out once for each plan, which never changes. */
const known = new WeakMap<ReferenceData, readonly Named[]>();
function namesOf(data: ReferenceData): readonly Named[] {
  const found = known.get(data) ?? Object.values(data).map((item) => ({ item, names: allNames(item).map(spelled) }));
  known.set(data, found);
  return found;
}

const allNames = ({ entry }: ReferenceItem): string[] => {
  const { holder, holderAliases = [] } = entry as Partial<PostEntry>;
  return [entry.name, ...(entry.aliases ?? []), ...(holder === undefined ? [] : [holder]), ...holderAliases];
};

function fitOf(wanted: Spelled, name: Spelled): [Fit] | undefined {
  const length = name.whole.length;
  if (wanted.words.length === 0) return [[0, 0, length]];
  if (name.whole === wanted.whole) return [[0, 0, length]];
  if (name.whole.startsWith(wanted.whole)) return [[1, 0, length]];
  if (wanted.words.every((word) => name.words.some((one) => one.startsWith(word)))) return [[2, 0, length]];
  if (wanted.whole.length > 2 && name.whole.includes(wanted.whole)) return [[3, 0, length]];
  let wrong = 0;
  for (const word of wanted.words) {
    const least = Math.min(...[...name.words, name.whole].map((one) => mistakes(word, one)));
    if (least > allowed(word)) return undefined;
    wrong += least;
  }
  return [[4, wrong, length]];
}

/** Between a word and a name, or as much of the name as was written yet. */
const mistakes = (word: string, name: string): number =>
  Math.min(distance(word, name), name.length > word.length ? distance(word, name.slice(0, word.length)) : Infinity);

const allowed = ({ length }: string): number => (length < 4 ? 0 : length < 8 ? 1 : 2);

const compareFits = (a: Fit, b: Fit): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
