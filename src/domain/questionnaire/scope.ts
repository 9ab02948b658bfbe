import type { OtherCalendar } from '../timeline/other-calendars.js';
import type { UncertainDate } from '../timeline/uncertain-date.js';
import type { Bounds } from './amounts.js';

export type Status = 'unknown' | 'refused' | 'notAsked';
export const STATUSES: readonly Status[] = ['unknown', 'refused', 'notAsked'];

/** What a question of any type may have as its value; `checkValue` says which shape belongs to which type. */
export type AnswerValue =
  | boolean
  | number
  | string
  | readonly string[]
  | {
      readonly original?: string;
      readonly originalLanguage?: string;
      readonly interpreted?: string;
      readonly interpreterUnsure?: boolean;
    }
  | { readonly edtf: string; readonly said?: string }
  | CalendarDate
  | { readonly ref?: string; readonly said?: string }
  | PersonValue
  | DocumentValue
  | Bounds;

/** A date as written in another calendar; `edtf` is ours: the same in the Gregorian calendar, where EDTF can say it. */
export interface CalendarDate {
  readonly calendar: OtherCalendar;
  readonly date: string;
  readonly said?: string;
  readonly edtf?: string;
}

/** Somebody the applicant names, in the parts that were said. */
export interface PersonValue {
  readonly given?: string;
  readonly family?: string;
  /** A nickname, a name of war, a father's name: whatever else they are called. */
  readonly known?: string;
  /** To the applicant. */
  readonly relationship?: string;
  readonly role?: string;
  readonly said?: string;
}

/** A document the applicant names or shows. */
export interface DocumentValue {
  readonly kind?: string;
  readonly number?: string;
  readonly issued?: string | { readonly edtf: string; readonly said?: string } | CalendarDate;
  readonly by?: string;
  readonly said?: string;
  /** The document of the case it is. */
  readonly document?: string;
}

/** What was recorded for one question: a value or a status. A calculation that is unclear has neither. */
export interface Recorded {
  readonly value?: AnswerValue;
  readonly status?: Status;
  /** What conditions compare: a date as days, a reference id (undefined when only words were said), the value itself. */
  readonly read?: boolean | number | string | readonly string[] | UncertainDate | Bounds;
}

/** The state of the interview, or of one item of a repeat. Never changed once another session can see it. */
export interface Scope {
  /** 1 when the node at this slot is open. */
  readonly open: Uint8Array;
  readonly answers: readonly (Recorded | undefined)[];
  /** Items of each repeat that stands in this scope; an item exists while anything is recorded in it. */
  readonly items: readonly (readonly (Scope | undefined)[])[];
}
