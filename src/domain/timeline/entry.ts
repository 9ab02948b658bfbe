import type { EntryBasis, EntryKind } from './format.js';
import type { Knowledge } from './knowledge.js';
import type { UncertainDate, YesNoUnclear } from './uncertain-date.js';

/** An answer something rests on. */
export interface AnswerCited {
  readonly interviewId: string;
  readonly questionId: string;
  readonly item?: readonly number[];
  /** In words. */
  readonly said: string;
}

/** A place, unit, rank, organisation or event as it was answered; without `ref` only the words are known. */
export interface Mention {
  readonly ref?: string;
  readonly said: string;
}

/** One stretch or moment of a life, as somebody said it. */
export interface TimelineEntry {
  /** Stable while the interview is: interview, mapping, item. */
  readonly id: string;
  readonly interviewId: string;
  readonly kind: EntryKind;
  readonly basis: EntryBasis;
  /** From questions to a witness: it may keep a check from firing and makes none fire. */
  readonly witness: boolean;
  /** The applicant is asked for the time. Without `when` it is then not known, and may be any. */
  readonly dated: boolean;
  readonly when?: UncertainDate;
  readonly place?: Mention;
  readonly unit?: Mention;
  /** Any one of them; `undefined` among them stands for one the reference data does not have. */
  readonly organisations: readonly (Mention | undefined)[];
  readonly rank?: Mention;
  readonly event?: Mention;
  readonly superior?: string;
  readonly age?: number;
  /** An act of the applicant's own. */
  readonly act: boolean;
  readonly answers: readonly AnswerCited[];
  /** The answer that names the superior: one may stand for several postings. */
  readonly superiorAnswer?: AnswerCited;
  /** Whether the applicant was a child then; unclear counts as yes. */
  readonly child: YesNoUnclear;
  /** The reference data its interview is pinned to. */
  readonly knowledge: Knowledge;
}

/** A single answer that other interviews of the case, papers and the particulars may contradict. */
export interface StatedFact {
  readonly fact: string;
  /** The interview; undefined: the particulars of the case. */
  readonly interviewId?: string;
  readonly basis: EntryBasis;
  readonly witness: boolean;
  readonly value: boolean | number | string | readonly string[] | UncertainDate;
  /** What kind of answer it is: answers of different kinds are not compared. */
  readonly type: string;
  readonly exclusive: readonly string[];
  readonly answer: AnswerCited;
  /** The question as it is asked; undefined for the particulars. */
  readonly asked?: string;
  readonly knowledge?: Knowledge;
}
