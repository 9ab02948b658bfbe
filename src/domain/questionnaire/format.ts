/**
 * The file format of country packs, format 1. `questionnaires/schema/*.schema.json` says the same in JSON Schema and is what
 * files are checked against; what a schema cannot say (references, operators against types, cycles) `compile` checks.
 *
 * Room is left on purpose: new question types, operators and keys may be added to format 1; the meaning of what is written
 * here never changes, because published files are never republished.
 */

/** A BCP 47 language tag such as `en`, `fr`, `rw`, `ar`. */
export type Language = string;

/** A calendar date or period in EDTF (ISO 8601-2): `1994`, `1994-04`, `1994~`, `1994-04-06/1994-07-18`, `1990/..`. */
export type Edtf = string;

/** One translation: the words alone, or the words with the state of the translation. */
export type Translation = string | { text: string; status: 'draft' | 'verified'; by?: string };

/** The same text in several languages; `en` is always there and is the fallback. */
export type Text = { en: Translation } & { [language: Language]: Translation };

/** Where a question or an entry comes from. A bare string is a citation whose verification is not claimed. */
export type Basis = string | { source: string; verified: boolean; url?: string };

// ---------------------------------------------------------------------------------------------------------------- pack

/** `questionnaires/<PACK>/pack.json`: all of one country's questionnaires and its reference data. */
export interface PackFile {
  format: 1;
  /** Short name, the name of its folder: `RW`, `base`. */
  pack: string;
  title: Text;
  /** ISO 3166-1 alpha-2 codes, `XK`, or `stateless`. Empty only in `base`, which serves countries without a pack. */
  countries: string[];
  languages: Language[];
  /** Questionnaire files, relative to the pack's folder. */
  questionnaires: string[];
  /** The reference file, relative to the pack's folder. */
  reference: string;
}

// ------------------------------------------------------------------------------------------------- questionnaire, module

/** What questionnaires and modules share. */
export interface QuestionnaireBody {
  format: 1;
  version: number;
  title: Text;
  languages: Language[];
  /** Code lists by name, for choice and multiChoice questions of this file. */
  lists?: Record<string, Code[]>;
  /** Named conditions, reused by `{"condition": name}` in this file. */
  conditions?: Record<string, Condition>;
  sections: Section[];
  indicators?: Indicator[];
}

/** `questionnaires/<PACK>/<name>.v<version>.json`: what one interview asks. */
export interface QuestionnaireFile extends QuestionnaireBody {
  /** Stable name, for example `RW-screening`; a new version keeps it. */
  id: string;
  purpose: 'screening' | 'exclusion' | 'witness';
  /** Module files, relative to `questionnaires/`, each perhaps under a condition on this questionnaire's questions. */
  includes?: Include[];
}

export type Include = string | { module: string; when: Condition; ifUnclear: VisibilityIfUnclear };

/**
 * `questionnaires/base/modules/<module>.v<version>.json`: sections any questionnaire may include. Every id and condition name in
 * it begins with `<module>.` (`militaryService.branch`), and it refers only to its own questions.
 */
export interface ModuleFile extends QuestionnaireBody {
  module: string;
}

/**
 * Sections are asked phase by phase in this order, whatever file they come from; inside a phase the questionnaire's own come
 * first, then the modules' in the order of `includes`.
 */
export const PHASES = ['introduction', 'freeAccount', 'open', 'probing', 'inconsistencies', 'closing'] as const;
export type Phase = (typeof PHASES)[number];

/** What an unclear condition does to a section or question. */
export type VisibilityIfUnclear = 'open' | 'closed';

/** `when` and `ifUnclear` always come together. */
export interface Gate {
  when?: Condition;
  ifUnclear?: VisibilityIfUnclear;
}

export interface Section extends Gate {
  id: string;
  title: Text;
  /** How to conduct this section; for the interviewer, never read out. */
  note?: Text;
  phase: Phase;
  items: Item[];
}

export type Item = Question | Repeat;

export const QUESTION_TYPES = [
  'boolean',
  'choice',
  'multiChoice',
  'text',
  'verbatim',
  'number',
  'integer',
  'decimal',
  'date',
  'place',
  'unit',
  'rank',
  'organisation',
  'event',
  'person',
  'document',
] as const;
export type QuestionType = (typeof QUESTION_TYPES)[number];

/** `number` is the older word: whole or not as its key `integer` says. */
export const NUMBER_TYPES = ['number', 'integer', 'decimal'] as const;

/** Types whose value is an entry of the reference file, or the words as said. */
export const REFERENCE_TYPES = ['place', 'unit', 'rank', 'organisation', 'event'] as const;
export type ReferenceType = (typeof REFERENCE_TYPES)[number];

export interface Question extends Gate {
  /** Letters and digits, beginning with a small letter; in a module prefixed: `militaryService.branch`. Never reused. */
  id: string;
  type: QuestionType;
  /** As asked. May pipe earlier answers: `{questionId|words to use when there is no answer}`. */
  text: Text;
  /** How to ask it; for the interviewer, never read out. */
  note?: Text;
  /** A follow-up may leave `purpose` and `basis` out: it then has its parent's. */
  purpose?: 'inclusion' | 'exclusion' | 'witness' | 'identity';
  basis?: Basis[];
  /** choice, multiChoice: the name of a code list of this file. The codes are the officer's, never read out. */
  list?: string;
  /** place, unit, rank, organisation, event: which reference entries are offered first. Others stay possible. */
  vocabulary?: Vocabulary;
  /** number, integer, decimal: bounds, both allowed values; multiChoice: how many codes. */
  min?: number;
  max?: number;
  /** number: whole numbers only. */
  integer?: boolean;
  /** text: how the whole answer must be written, for document numbers and the like. */
  pattern?: Pattern;
  /** What the answer must be beside other answers. They may look at this question and at earlier ones. */
  checks?: Check[];
  /** number, integer, decimal, date, boolean: worked out from earlier answers; nobody is asked. */
  calculate?: Calculation;
  /** The interview is not complete while it is open and has neither a value nor a status. */
  required?: boolean;
  /** Asked with care: torture, sexual violence, the dead. */
  sensitive?: boolean;
  /** Closed unless the applicant is certainly adult at the interview. */
  neverAskChild?: boolean;
  /** Follow-up only: the parent's answer opens it; short for `when` on the parent with `ifUnclear: "closed"`. */
  on?: Literal | Literal[];
  /** Open only while this question is open and their own `on` or `when` holds. */
  followUps?: Question[];
}

/** A regular expression (no look-around, no back-references, no quantifier inside a quantified group) for the whole text. */
export interface Pattern {
  matches: string;
  /** What to write instead. */
  message: Text;
}

/**
 * Cross-field validation. It fails when `must` does not hold; while one of the answers it looks at is missing it does not.
 * An answer that fails an error is refused: keep errors for slips of the pen. What an applicant may have said is a warning.
 */
export interface Check {
  /** Its own in the question or repeat. */
  id: string;
  must: Condition;
  /** What an unclear result does: uncertain dates that may or may not agree. Never said is never a failure. */
  ifUnclear: 'pass' | 'fail';
  severity: 'error' | 'warning';
  /** What is wrong and what to do. May pipe answers: `{questionId|words to use when there is no answer}`. */
  message: Text;
}

export interface Vocabulary {
  /** Reference organisations; entries that belong to one of them or to a part of it. */
  organisations?: string[];
  /** The `kind` of the entries. */
  kinds?: string[];
  /** Reference places; entries inside one of them. */
  within?: string[];
}

/** Questions asked once per item: postings, detentions, incidents. A repeat may stand in a repeat. */
export interface Repeat extends Gate {
  id: string;
  repeat: true;
  title: Text;
  /** Title of one item, for example "Posting". */
  itemTitle: Text;
  /** How many items a complete interview has. */
  min?: number;
  /** At most this many (100 when not said). */
  max?: number;
  /** What must hold in each item; they may look at everything in the item and before it. */
  checks?: Check[];
  items: Item[];
}

export interface Code {
  code: string;
  text: Text;
  /** The code above it in the same list; `within` follows it. */
  parent?: string;
  /** multiChoice: stands alone ("none of these"). */
  exclusive?: boolean;
}

// ------------------------------------------------------------------------------------------------------------ conditions

/** What a condition compares with: true/false, a number, a code, a reference id, an EDTF date. */
export type Literal = boolean | number | string;

/**
 * A typed clause tree, evaluated to yes, no or unclear. Not known, refused, not asked and closed make a comparison unclear; only
 * the status operators look at them. Inside a repeat a leaf means the same item; from outside, use `some`, `every` or `count`.
 */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { none: Condition[] }
  | { condition: string }
  | { some: string; where: Condition }
  | { every: string; where: Condition }
  | ({ count: string; where?: Condition } & ({ atLeast: number } | { atMost: number }))
  | Leaf;

/** One question and exactly one operator. */
export type Leaf = { question: string } & { [O in Operator]?: Literal | Literal[] | OtherQuestion };

/** The right side is the answer to another question; while that one is missing the clause is unclear. */
export interface OtherQuestion {
  question: string;
}

/**
 * Operator -> types it is allowed on and its right side.
 * - `is`, `isNot`, `isOneOf`: boolean (true/false), choice (code), number types, reference types (reference id)
 * - `contains` (code), `containsAny` (codes): multiChoice
 * - `within` (code or reference id): choice, place, unit, organisation: the same or below it
 * - `above`, `below`, `atLeast`, `atMost`: number types; rank (reference id, compared by `order` inside one organisation)
 * - `before`, `after`, `overlaps` (EDTF): date. `before` means wholly before, `overlaps` at least one day in common
 * - `answered`, `unknown`, `refused`, `notAsked` (true): every type. `notAsked` also holds while the question is closed
 *
 * `is`, `isNot`, `within`, the four of numbers and the three of dates also take `{"question": id}`: an answer of a type that can be
 * compared (the same type and, for codes, the same list; any number types; a unit is within a unit or an organisation).
 */
export const OPERATORS = [
  'is',
  'isNot',
  'isOneOf',
  'contains',
  'containsAny',
  'within',
  'above',
  'below',
  'atLeast',
  'atMost',
  'before',
  'after',
  'overlaps',
  'answered',
  'unknown',
  'refused',
  'notAsked',
] as const;
export type Operator = (typeof OPERATORS)[number];

// ---------------------------------------------------------------------------------------------------------- calculations

/**
 * A typed tree of numbers, dates and truth values, worked out from earlier answers. Without one of the answers it has no value;
 * uncertain dates give bounds ("17 or 18"), and a comparison that the bounds do not settle is unclear. Its conditions look only at
 * what was said: `answered`, `unknown`, `refused` and `notAsked` are not allowed in them.
 */
export type Calculation =
  | { value: number | boolean }
  /** A known date or period. */
  | { date: Edtf }
  /** When a reference event or period was. */
  | { event: string }
  /** The answer to a number, date or boolean question. */
  | { answer: string }
  /** Completed years (an age), completed months, or days from one date to another; below zero when they are the other way round. */
  | { years: Span }
  | { months: Span }
  | { days: Span }
  /** How long a date or period lasted. */
  | { length: Calculation; in: 'days' | 'months' | 'years' }
  /** The beginning or the end of a period. */
  | { startOf: Calculation }
  | { endOf: Calculation }
  /** A date moved on (or back, with negative numbers). */
  | { shift: Calculation; by: { years?: number; months?: number; days?: number } }
  | { sum: Calculation[] }
  /** The first without the second. */
  | { difference: [Calculation, Calculation] }
  | { product: Calculation[] }
  /** The smallest or greatest number, the earliest or latest date. */
  | { least: Calculation[] }
  | { greatest: Calculation[] }
  /** How many items a repeat has, or how many for which the clause holds. */
  | { count: string; where?: Condition }
  /** Over all items of a repeat. */
  | { sumOver: string; of: Calculation }
  | { leastOver: string; of: Calculation }
  | { greatestOver: string; of: Calculation }
  | { holds: Condition }
  /** While the condition is unclear, both stay possible. */
  | { if: Condition; then: Calculation; else: Calculation };

export interface Span {
  from: Calculation;
  to: Calculation;
}

// ------------------------------------------------------------------------------------------------------------ indicators

/** A rule over facts in the answers. It decides nothing, and silence never raises it. */
export interface Indicator {
  id: string;
  when: Condition;
  /** `raise`: also when an answer that was given leaves it open; never because something was not said. */
  ifUnclear: 'raise' | 'silent';
  severity: 'low' | 'medium' | 'high';
  ground: Ground;
  /** Why, built from answers: `{questionId|words to use when there is no answer}`. */
  reason: Text;
  /** What would explain it innocently. */
  innocent: Text[];
  /** Questions to ask next. */
  next?: string[];
  /**
   * Number questions, asked or calculated, that say how old the applicant was at the act. Below the age of criminal
   * responsibility it is not raised; what was told may then be the account of a victim. Uncertain ages are read as the youngest.
   */
  age?: string[];
  /** Indicators of the same ground and no higher severity about the same conduct: they do not stand beside this one. */
  replaces?: string[];
}

export type Ground = '1F(a)' | '1F(b)' | '1F(c)' | 'seriousCrimeSP';
