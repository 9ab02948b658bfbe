import type { ReferenceEntry, Source } from '../questionnaire/format-reference.js';
import { ancestors, type ReferenceData, type ReferenceItem } from '../questionnaire/reference.js';
import { Distances } from './distance.js';
import { HOUSE_RULES, type TimelineSettings } from './format.js';
import { firmEntries } from './independent-sources.js';
import { readDate, type UncertainDate } from './uncertain-date.js';

/** A reference entry something rests on. */
export interface ReferenceCited {
  readonly id: string;
  readonly type: ReferenceItem['type'];
  readonly name: string;
  readonly sources: readonly Source[];
}

export type Settings = TimelineSettings & Record<keyof typeof HOUSE_RULES, number>;

/** What is known beside the answers: the pinned reference data with the measures to compare by. */
export class Knowledge {
  readonly settings: Settings;
  private readonly firm: ReadonlySet<string>;
  private readonly distances: Distances;

  constructor(
    readonly data: ReferenceData,
    settings: TimelineSettings,
  ) {
    this.settings = { ...HOUSE_RULES, ...settings };
    this.firm = firmEntries(data);
    this.distances = new Distances(data, settings.placeRadiusKm ?? {});
  }

  /** Whether checks may rest on all of these entries. */
  isFirm(...ids: readonly string[]): boolean {
    return ids.every((id) => this.firm.has(id));
  }

  /** All entries of a type, in the order of their ids. */
  all(type: ReferenceItem['type']): ReferenceItem[] {
    return Object.values(this.data)
      .filter((item) => item.type === type)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  find<E extends ReferenceEntry>(id: string | undefined): E | undefined {
    return id === undefined ? undefined : (this.data[id]?.entry as E | undefined);
  }

  /** The id by which the plan knows an entry that `from` names: entries name only others of their own file. */
  linked(from: string, id: string): string {
    const prefix = from.slice(0, from.length - (this.data[from]?.entry.id.length ?? from.length));
    return prefix + id;
  }

  /** A date of a reference entry, read as if somebody had said it: uncertainty is nobody's burden. */
  dateOf(id: string, key: 'date' | 'active'): UncertainDate | undefined {
    const text = (this.find(id) as { date?: string; active?: string } | undefined)?.[key];
    const read = text === undefined ? undefined : readDate(text);
    return read?.ok ? read.date : undefined;
  }

  /** Whether an entry is another one or below it. */
  isWithin(inner: string, outer: string): boolean {
    return inner === outer || ancestors(this.data, inner).has(outer);
  }

  /** Whether one of two entries is the other or above it. */
  related(a: string, b: string): boolean {
    return this.isWithin(a, b) || this.isWithin(b, a);
  }

  /** The firm entries from which follows that two places are at most `km` apart. */
  near(a: string, b: string, km: number): readonly string[] | undefined {
    return this.distances.atMost(a, b).find((bound) => bound.km <= km && this.isFirm(...bound.rests))?.rests;
  }

  /** The firm entries from which follows that two places are at least `km` apart. */
  apart(a: string, b: string, km: number): readonly string[] | undefined {
    const bound = this.distances.atLeast(a, b);
    return bound && bound.km >= km && this.isFirm(...bound.rests) ? bound.rests : undefined;
  }

  cite(...ids: readonly string[]): ReferenceCited[] {
    return [...new Set(ids)].flatMap((id) => {
      const item = this.data[id];
      return item ? [{ id, type: item.type, name: item.entry.name, sources: item.entry.sources }] : [];
    });
  }
}
