import type { Place } from '../problems.js';
import type { Child, Said } from '../scenario/scenario.js';

/** What kind of thing a change is about. */
export type Subject = 'questionnaire' | 'module' | 'section' | 'question' | 'repeat' | 'indicator' | 'reference';

/** One difference between two versions, by what it means. */
export interface Change {
  kind:
    | 'added'
    | 'removed'
    /** Other words, or another state of a translation. */
    | 'reworded'
    /** Another type of answer. */
    | 'retyped'
    /** Codes added, removed, or with another meaning. */
    | 'listChanged'
    /** When it is open, or when it is raised. */
    | 'conditionChanged'
    /** Asked elsewhere or in another order. */
    | 'moved'
    /** Anything else its definition says. */
    | 'propertyChanged';
  subject: Subject;
  id: string;
  /** Answers of running interviews would be lost or refused, so that moving them needs a mapping. */
  breaking: boolean;
  /** The change in a plain sentence. */
  sentence: string;
  /** Where it is defined in the earlier and in the later version. */
  before?: Place;
  after?: Place;
  /** reworded. */
  wordings?: Wording[];
  /** listChanged. */
  codes?: { added: string[]; removed: string[]; changed: string[] };
  /** conditionChanged: answers for which it comes out differently; empty when none were found. */
  examples?: Example[];
  /** propertyChanged, retyped: the key and what it said. */
  property?: { name: string; before?: unknown; after?: unknown };
}

/** One text in one language. */
export interface Wording {
  /** `text`, `note`, `title`, `reason`, `innocent/0`, `codes/none`. */
  field: string;
  language: string;
  before?: string;
  after?: string;
  /** The same words, but their translation is now in another state. */
  status?: { before: string; after: string };
}

/** Answers, as a scenario takes them, for which two versions differ. */
export interface Example {
  answers: Said;
  applicant?: { child: Child };
  before: Outcome;
  after: Outcome;
}
export type Outcome = 'open' | 'closed' | 'raised' | 'silent';

/** The place alone, of something that has more to it. */
export const placeOf = ({ file, pointer }: Place): Place => ({ file, pointer });
