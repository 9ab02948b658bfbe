import { ageAtAct, factsDiffer, servicesDiffer } from './checks-of-person.js';
import { nearEvents } from './checks-of-events.js';
import { rankTooEarly, superiorNotInPost, unitElsewhere, unitNotExisting } from './checks-of-service.js';
import { gaps, overlaps } from './checks-of-time.js';
import type { StatedFact, TimelineEntry } from './entry.js';
import type { TimelineFile } from './format.js';
import { CHECK_CODES, type CaseTold, type OpenQuestion } from './open-question.js';
import { readAccount, type Account } from './statements.js';
import { anyOf, childAt, readDate, type UncertainDate } from './uncertain-date.js';

/** All that goes in: nothing of it is of another case. */
export interface CaseAccounts {
  /** In the order in which they were opened. Interviews of witnesses are left out by whoever calls. */
  readonly accounts: readonly Account[];
  /** The birth date among the particulars of the case, in EDTF. */
  readonly registeredBirth?: string;
  readonly mappings: readonly TimelineFile[];
}

export interface Timeline {
  /** In the order of time; what has no time stands at the end, in the order asked. */
  readonly entries: readonly TimelineEntry[];
  /** In the order of `CHECK_CODES`, then of time, then of what they are about. */
  readonly questions: readonly OpenQuestion[];
}

const CHECKS = [
  ageAtAct,
  factsDiffer,
  servicesDiffer,
  overlaps,
  gaps,
  unitNotExisting,
  unitElsewhere,
  rankTooEarly,
  superiorNotInPost,
  nearEvents,
];

/** The timeline of a case with the open questions it leaves. The same input always gives the same answer, in the same order. */
export function timelineOf(input: CaseAccounts): Timeline {
  const told = tellingOf(input);
  const { accounts } = input;
  const adult = accounts.at(-1)?.session.context.child === 'no';
  const questions = questionsIn(told).filter(({ references }) => adult || references.length === 0);
  return { entries: [...told.entries].sort(byTime), questions };
}

/** The open questions that the account leaves, in their order. */
export function questionsIn(told: CaseTold): OpenQuestion[] {
  return CHECKS.flatMap((check) => check(told)).sort(byCode);
}

/** What the interviews and the particulars say, brought together. */
export function tellingOf({ accounts, registeredBirth, mappings }: CaseAccounts): CaseTold {
  const told = accounts.map((account) => ({ account, ...readAccount(account, mappings) }));
  const registered = registeredBirth === undefined ? undefined : particularsOf(registeredBirth);
  const facts = [...(registered ? [registered] : []), ...told.flatMap((one) => one.facts)];
  const births = facts.filter(({ fact, type }) => fact === 'birthDate' && type === 'date');
  const birth = births.length > 0 ? anyOf(births.map(({ value }) => value as UncertainDate)) : undefined;
  const entries = told
    .flatMap((one) => one.entries)
    .map((entry) => ({ ...entry, child: childThen(birth, entry.when) }));
  const knowledge = new Map(told.map(({ account, knowledge }) => [account.interviewId, knowledge]));
  return { entries, facts, knowledge, ...(birth && { birth }) };
}

const childThen = (birth: UncertainDate | undefined, when: UncertainDate | undefined): TimelineEntry['child'] =>
  birth && when ? childAt(birth, when) : 'unclear';

/** The registered birth date speaks beside the interviews, as a paper does. */
function particularsOf(birthDate: string): StatedFact | undefined {
  const read = readDate(birthDate);
  if (!read.ok) return undefined;
  const answer = { interviewId: '', questionId: '', said: birthDate };
  return {
    fact: 'birthDate',
    basis: 'document',
    witness: false,
    value: read.date,
    type: 'date',
    exclusive: [],
    answer,
  };
}

const LAST = '~';

function byTime(a: TimelineEntry, b: TimelineEntry): number {
  const key = ({ when }: TimelineEntry) => (when ? `${when.earliest} ${when.latest}` : LAST);
  return compare(key(a), key(b));
}

function byCode(a: OpenQuestion, b: OpenQuestion): number {
  const key = ({ code, days, id }: OpenQuestion) =>
    `${String(CHECK_CODES.indexOf(code)).padStart(2, '0')} ${days?.from ?? LAST} ${id}`;
  return compare(key(a), key(b));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
