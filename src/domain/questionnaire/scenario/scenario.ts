import type { AnswerInput } from '../session.js';

/**
 * Scenario files, format 1: `questionnaires/<PACK>/scenarios/*.json`. An account goes in, what is open and which indicators are
 * raised comes out. They are no part of a questionnaire's hash; `scenario.schema.json` says the same in JSON Schema.
 */
export interface ScenarioFile {
  format: 1;
  /** Id of the questionnaire; of its versions the newest is meant. */
  questionnaire: string;
  scenarios: WrittenScenario[];
}

export const ROLES = [
  'perpetrator',
  'bystander',
  'victimWitness',
  'contradictory',
  'child',
  'supportRole',
  'firing',
  'innocentTwin',
] as const;
export type Role = (typeof ROLES)[number];

/** One scenario as its author wrote it. */
export interface WrittenScenario {
  id: string;
  title: string;
  role: Role;
  /** innocentTwin only: the indicator it leaves silent. */
  twinOf?: string;
  /** Another scenario of the file, whose answers are taken first. */
  from?: string;
  applicant?: { child: Child };
  /** By question: a value, or `{ "status": ... }`; by repeat: one such object per item; null takes away what `from` brought. */
  answers?: Said;
  play?: Play;
  expect: Expectations;
}

export type Said = { [question: string]: unknown };
export type Child = 'no' | 'yes' | 'unclear';
export type Play = 'asGiven' | 'rest';
export type Severity = 'low' | 'medium' | 'high';

export interface Expectations {
  open?: string[];
  closed?: string[];
  /** Exactly these are raised. */
  indicators?: string[];
  /** At least these are raised. */
  raised?: string[];
  silent?: string[];
  noSeverity?: Severity[];
  /** With `"play": "rest"` only: the number of questions asked. */
  askedAtMost?: number;
}

/** One answer of an account, with where it is written. */
export type GivenAnswer = AnswerInput & { item: readonly number[]; pointer: string };

/** What an applicant says, by address (see `addressKey`). */
export interface Account {
  answers: ReadonlyMap<string, GivenAnswer>;
  /** How many items of each repeat are spoken of. */
  items: ReadonlyMap<string, number>;
}

/** A scenario ready to run: with what it takes from others, and checked against its plan. */
export interface Scenario {
  id: string;
  title: string;
  role: Role;
  twinOf?: string;
  file: string;
  /** JSON Pointer to it in its file. */
  pointer: string;
  child: Child;
  account: Account;
  play: Play;
  expect: Expectations;
}

/** A question or repeat in the items it stands in, as a key. */
export const addressKey = (id: string, item: readonly number[] = []): string =>
  item.length === 0 ? id : `${id}/${item.join('.')}`;
