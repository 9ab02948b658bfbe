import { readPeriod } from '../timeline/uncertain-date.js';
import type { ReferenceType, Vocabulary } from './format.js';
import type { ReferenceEntry, ReferenceFile } from './format-reference.js';
import { at, didYouMean, type Place, type Problems } from './problems.js';

/** One entry of the reference data of a plan. */
export interface ReferenceItem {
  /** As answers and conditions name it: the entry's id, before it `<pack>:` when it is not of the plan's first pack. */
  id: string;
  type: ReferenceType | 'period' | 'post';
  entry: ReferenceEntry;
  /** The entries directly above it: its parent, its organisation. */
  above: readonly string[];
  /** Ranks: seniority inside `organisation`. */
  order?: number;
  organisation?: string;
}

/** Reference data by id. */
export type ReferenceData = Readonly<Record<string, ReferenceItem>>;

const LISTS = [
  ['organisations', 'organisation'],
  ['units', 'unit'],
  ['ranks', 'rank'],
  ['places', 'place'],
  ['events', 'event'],
  ['periods', 'period'],
  ['posts', 'post'],
] as const;

/** Every key by which one entry may name another, and the type it must then have. */
const LINKS: Record<string, (own: ReferenceItem['type']) => ReferenceItem['type']> = {
  parent: (own) => own,
  organisation: () => 'organisation',
  unit: () => 'unit',
  area: () => 'place',
  places: () => 'place',
  parties: () => 'organisation',
};

export interface ReferenceSource {
  file: string;
  prefix: string;
  content: ReferenceFile;
}

/** Brings the reference files of a plan together and checks ids, links, cycles and dates. */
export function indexReference(sources: readonly ReferenceSource[], problems: Problems): ReferenceData {
  const data: Record<string, ReferenceItem> = Object.create(null) as Record<string, ReferenceItem>;
  for (const source of sources) addEntries(source, data, problems);
  for (const source of sources) checkLinks(source, data, problems);
  return data;
}

function addEntries(
  { file, prefix, content }: ReferenceSource,
  data: Record<string, ReferenceItem>,
  problems: Problems,
): void {
  for (const [list, type] of LISTS) {
    for (const [index, entry] of (content[list] ?? []).entries()) {
      const id = prefix + entry.id;
      if (data[id]) {
        problems.add(
          at({ file, pointer: '' }, list, index, 'id'),
          `"${entry.id}" is used twice; every entry needs an id of its own`,
        );
        continue;
      }
      const { parent, organisation, order } = entry as { parent?: string; organisation?: string; order?: number };
      const above = [parent, organisation].filter((link) => link !== undefined).map((link) => prefix + link);
      data[id] = {
        id,
        type,
        entry,
        above,
        ...(organisation && { organisation: prefix + organisation }),
        ...(order !== undefined && { order }),
      };
    }
  }
}

function checkLinks({ file, prefix, content }: ReferenceSource, data: ReferenceData, problems: Problems): void {
  for (const [list, type] of LISTS) {
    for (const [index, entry] of (content[list] ?? []).entries()) {
      const place = at({ file, pointer: '' }, list, index);
      const fields = entry as unknown as Record<string, string | string[] | undefined>;
      for (const [key, typeOf] of Object.entries(LINKS)) {
        const wanted = typeOf(type);
        for (const link of [fields[key] ?? []].flat()) {
          if (data[prefix + link]?.type === wanted) continue;
          const known = Object.values(data).filter((item) => item.type === wanted);
          const hint = didYouMean(
            link,
            known.map((item) => item.entry.id),
          );
          problems.add(at(place, key), `there is no ${wanted} "${link}" in this file.${hint}`);
        }
      }
      for (const key of ['date', 'active']) {
        const date = fields[key];
        const result = typeof date === 'string' ? readPeriod(date) : undefined;
        if (result && !result.ok) problems.add(at(place, key), result.message);
      }
      if (ancestors(data, prefix + entry.id).has(prefix + entry.id))
        problems.add(at(place, 'parent'), `"${entry.id}" is above itself; break the circle`);
    }
  }
}

/** Everything above an entry: parents, their parents, organisations. Contains the entry itself only when it stands in a circle. */
export function ancestors(data: ReferenceData, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...(data[id]?.above ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    pending.push(...(data[next]?.above ?? []));
  }
  return found;
}

/** All entries of a type that are this entry or below it. */
export function within(data: ReferenceData, type: ReferenceType, id: string): ReadonlySet<string> {
  return new Set(
    Object.values(data)
      .filter((item) => item.type === type && (item.id === id || ancestors(data, item.id).has(id)))
      .map((item) => item.id),
  );
}

/** The entries of a type that a vocabulary offers first; without a vocabulary all of them. */
export function offered(data: ReferenceData, type: ReferenceType, vocabulary: Vocabulary = {}): ReferenceItem[] {
  const { organisations, kinds, within: places } = vocabulary;
  const below = (roots: readonly string[] | undefined, { id }: ReferenceItem) =>
    roots === undefined || roots.some((root) => root === id || ancestors(data, id).has(root));
  return Object.values(data).filter(
    (item) =>
      item.type === type &&
      (kinds === undefined || kinds.includes(item.entry.kind ?? '')) &&
      below(organisations, item) &&
      below(places, item),
  );
}

/** What is wrong with the reference ids of a vocabulary. */
export function checkVocabulary(
  data: ReferenceData,
  { organisations, within: places }: Vocabulary,
  place: Place,
  problems: Problems,
): void {
  for (const [key, type, ids] of [
    ['organisations', 'organisation', organisations],
    ['within', 'place', places],
  ] as const) {
    for (const [index, id] of (ids ?? []).entries()) {
      const known = Object.values(data).filter((item) => item.type === type);
      if (data[id]?.type === type) continue;
      const hint = didYouMean(
        id,
        known.map((item) => item.id),
      );
      problems.add(at(place, key, index), `the reference file has no ${type} "${id}".${hint}`);
    }
  }
}
