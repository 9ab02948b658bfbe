import type { Edtf } from './format.js';

/** The reference data of a pack, in the file format of `format.ts`. */

/** `questionnaires/<PACK>/reference.json`: organisations, units, ranks, places, events and periods, each with its sources. */
export interface ReferenceFile {
  format: 1;
  /** The pack it belongs to. */
  reference: string;
  organisations?: OrganisationEntry[];
  units?: UnitEntry[];
  ranks?: RankEntry[];
  places?: PlaceEntry[];
  events?: EventEntry[];
  /** Periods of conflict with their classification. */
  periods?: PeriodEntry[];
  /** Who held which command or office, and when. */
  posts?: PostEntry[];
}

export interface Source {
  source: string;
  url?: string;
  /** Published by or close to a state or party to the conflict. */
  stateAligned?: boolean;
  /** Who published it, when that is not what stands before the first comma of `source`. */
  publisher?: string;
  /** The judgment of a court. */
  judgment?: boolean;
}

export interface ReferenceEntry {
  /** Unique in the whole file, across all its lists. */
  id: string;
  name: string;
  /** Other spellings and names, in any language or script. */
  aliases?: string[];
  /** Free word of the pack, for example `prefecture`, `camp`, `militia`. */
  kind?: string;
  note?: string;
  sources: Source[];
  /** True only when somebody has seen it in the named sources. */
  verified: boolean;
}

export interface OrganisationEntry extends ReferenceEntry {
  parent?: string;
  /** When it existed. */
  active?: Edtf;
}

export interface UnitEntry extends ReferenceEntry {
  organisation: string;
  /** The unit above it. */
  parent?: string;
  active?: Edtf;
  /** Places it was stationed or operated in. */
  area?: string[];
}

export interface RankEntry extends ReferenceEntry {
  organisation: string;
  /** Higher is more senior; compared only inside one organisation. */
  order: number;
  /** When there was this rank. */
  active?: Edtf;
  /** The fewest years of service in the organisation before which it was not given. */
  yearsOfService?: number;
}

export interface PlaceEntry extends ReferenceEntry {
  /** The place around it. */
  parent?: string;
  latitude?: number;
  longitude?: number;
  /** How far it reaches at most from these coordinates, in km. */
  radiusKm?: number;
}

export interface EventEntry extends ReferenceEntry {
  date: Edtf;
  places?: string[];
  /** Organisations that took part. */
  parties?: string[];
}

export interface PeriodEntry extends ReferenceEntry {
  date: Edtf;
  classification:
    'international' | 'nonInternational' | 'genocide' | 'crimesAgainstHumanity' | 'belowThreshold' | 'disputed';
  parties?: string[];
}

/** A command or office; living persons are named from judgments only. */
export interface PostEntry extends ReferenceEntry {
  holder: string;
  /** Other spellings and names of the holder. */
  holderAliases?: string[];
  /** The unit commanded, or the organisation. */
  unit?: string;
  organisation?: string;
  /** When the holder held it. */
  date: Edtf;
}
