import type { Edtf } from '../questionnaire/format.js';

/**
 * `questionnaires/<PACK>/timeline.json`: where the answers to a pack's questionnaires stand in a person's life, and with which
 * measures they are compared with the reference data. It is no part of any questionnaire's hash, so it serves versions that were
 * published before it was written, and it may be improved at any time: it changes what is put to the applicant next, never what
 * was asked or said. `questionnaires/schema/timeline.schema.json` says the same in JSON Schema.
 */
export interface TimelineFile {
  format: 1;
  /** The pack it belongs to. */
  timeline: string;
  settings?: TimelineSettings;
  /** By id of a questionnaire of this pack; one mapping serves all its versions. */
  questionnaires?: Record<string, TimelineMapping>;
  /** By name of a module of this pack; it serves every questionnaire that includes the module. */
  modules?: Record<string, TimelineMapping>;
}

export interface TimelineMapping {
  entries?: EntryMapping[];
  facts?: FactMapping[];
}

export const ENTRY_KINDS = ['residence', 'service', 'detention', 'incident'] as const;
/** `detention`: the applicant was held. Guarding others is service. */
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Who says so: the applicant, or a paper the officer has read and whose content was recorded as answers. */
export type EntryBasis = 'statement' | 'document';

/** A reference entry, answered by itself or meant by a code of a choice; null: something that has no reference entry. */
export type Named = string | { question: string; codes: Record<string, string | null> };

/** Codes of a choice or multiChoice question. */
export interface Codes {
  question: string;
  codes: string[];
}

/** One entry of the timeline, or one per item when its questions stand in a repeat. */
export interface EntryMapping {
  /** Its own in the file. */
  id: string;
  kind: EntryKind;
  /** `statement` when it is not said. */
  basis?: EntryBasis;
  /** There is an entry only when one of these codes was answered. */
  only?: Codes;
  /** A date question: the day or the whole period. Or two date questions: its first and its last day. */
  period?: string;
  from?: string;
  to?: string;
  /** When the question itself says when ("in the days after 6 April 1994"). Read as if the applicant had said it. */
  during?: Edtf;
  place?: Named;
  unit?: Named;
  organisation?: Named;
  rank?: string;
  event?: string;
  /** Who gave the orders, in words. */
  superior?: string;
  /** How old the applicant was then, as the applicant says. */
  age?: string;
  /** The codes that stand for an act of the applicant's own. */
  act?: Codes;
}

/** An answer that may be compared with the answer to another question about the same fact, in another interview of the case. */
export interface FactMapping {
  /** Its name; the same fact has the same name everywhere. `birthDate` is compared with the particulars of the case, too. */
  fact: string;
  question: string;
  basis?: EntryBasis;
  /** multiChoice: the codes that stand alone ("none of these"). Only they contradict another answer; lists may be incomplete. */
  exclusive?: string[];
}

/** Measures. Those of the pack of the interview's first questionnaire hold; what it does not state is a house rule. */
export interface TimelineSettings {
  /** A gap in a period of conflict is asked about when it is certainly longer than this many days. */
  gapDays?: number;
  /** The same for one period, by its reference id. */
  gapDaysInPeriod?: Record<string, number>;
  /** Two entries that exclude each other are asked about when they certainly overlap by more than this many days. */
  overlapDays?: number;
  /** A place is near an event up to this distance ... */
  nearKm?: number;
  /** ... and a time up to this many days before or after it. */
  nearDays?: number;
  /** Two places are apart from this distance on. */
  apartKm?: number;
  /** Kinds of events about which presence is asked; all when not said. */
  eventKinds?: string[];
  /** Kind of place -> how far it reaches at most from its middle, in km; an entry's own `radiusKm` prevails. */
  placeRadiusKm?: Record<string, number>;
  /** Presence and gaps are asked about only from this age on. */
  fromAge?: number;
}

/** House rules: no law sets them. */
export const HOUSE_RULES = {
  gapDays: 30,
  overlapDays: 30,
  nearKm: 20,
  nearDays: 2,
  apartKm: 50,
  fromAge: 14,
} as const;
