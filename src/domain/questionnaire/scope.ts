import type { UncertainDate } from '../timeline/uncertain-date.js';

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
  | { readonly ref?: string; readonly said?: string };

/** What was recorded for one question: a value or a status. */
export interface Recorded {
  readonly value?: AnswerValue;
  readonly status?: Status;
  /** What conditions compare: a date as days, a reference id (undefined when only words were said), the value itself. */
  readonly read?: boolean | number | string | readonly string[] | UncertainDate;
}

/** The state of the interview, or of one item of a repeat. Never changed once another session can see it. */
export interface Scope {
  /** 1 when the node at this slot is open. */
  readonly open: Uint8Array;
  readonly answers: readonly (Recorded | undefined)[];
  /** Items of each repeat that stands in this scope; an item exists while anything is recorded in it. */
  readonly items: readonly (readonly (Scope | undefined)[])[];
}
