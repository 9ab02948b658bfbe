import type { AnswerCited, StatedFact, TimelineEntry } from './entry.js';
import type { Knowledge, ReferenceCited } from './knowledge.js';
import type { Span } from './spans.js';
import type { UncertainDate } from './uncertain-date.js';

/** In the order in which they are listed. */
export const CHECK_CODES = [
  'ageAtAct',
  'documentDiffers',
  'interviewsDiffer',
  'overlap',
  'gap',
  'unitNotExisting',
  'unitElsewhere',
  'rankTooEarly',
  'superiorNotInPost',
  'nearEvent',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

/** A point to put to the applicant. It finds nothing and decides nothing. */
export interface OpenQuestion {
  /** Stable: code and what it is about. */
  readonly id: string;
  readonly code: CheckCode;
  /** To be put as it is, or in the officer's own open words. */
  readonly question: string;
  /** What was said, and what the sources say. For the officer. */
  readonly why: string;
  /** What would explain it innocently. */
  readonly innocent: readonly string[];
  /** The answers it rests on. */
  readonly answers: readonly AnswerCited[];
  /** The reference entries it rests on. */
  readonly references: readonly ReferenceCited[];
  /** The days it is about, where it is about days. */
  readonly days?: Span;
  /** The applicant was or may have been a child then. */
  readonly mayHaveBeenChild: boolean;
}

/** All that is compared: the interviews of one case, its papers and particulars, and what is known beside. */
export interface CaseTold {
  readonly entries: readonly TimelineEntry[];
  readonly facts: readonly StatedFact[];
  /** By interview, in the order held; the last one's measures hold for the case as a whole. */
  readonly knowledge: ReadonlyMap<string, Knowledge>;
  /** Everything told or registered as the birth date, taken together. */
  readonly birth?: UncertainDate;
}

/** Which of its answers an open question rests on, without repetition, in the order of the interviews. */
export function answersOf(entries: readonly TimelineEntry[]): AnswerCited[] {
  const all = entries.flatMap(({ answers }) => answers);
  return [
    ...new Map(all.map((one) => [[one.interviewId, one.questionId, ...(one.item ?? [])].join('/'), one])).values(),
  ];
}

/** In doubt a child. */
export const mayHaveBeenChild = (entries: readonly TimelineEntry[]): boolean =>
  entries.some(({ child }) => child !== 'no');
