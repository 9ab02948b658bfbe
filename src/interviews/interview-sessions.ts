import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { type Applicant, fewestYearsOn, isChildOn } from '../cases/applicant.js';
import type { AnswerValue, Status } from '../domain/questionnaire/scope.js';
import { type Context, start, type Session, withContext } from '../domain/questionnaire/session.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import { findQuestion } from '../domain/questionnaire/values.js';
import type { IndicatorView } from '../domain/questionnaire/indicator-view.js';
import { view } from '../domain/questionnaire/view.js';
import type { Tx } from '../platform/database/database.js';
import type { DataKey } from '../platform/database/sealing.js';
import { QuestionnairesService } from '../questionnaires/questionnaires.service.js';
import type { InterviewRow, SituationRow, StoredAnswer, StoredIndicator } from './interview.store.js';

/** What is sealed at `answer:<id>`. `note` is the officer's; everything else is what the applicant said. */
export interface AnswerContent {
  readonly value?: AnswerValue;
  readonly status?: Status;
  readonly verbatim?: object;
  readonly note?: string;
}

/** One interview as its answers make it. */
export interface Conversation {
  readonly session: Session;
  readonly indicators: readonly IndicatorView[];
  /** Ids of the revisions per question and item (`addressKey`), oldest first: the last one is in force. */
  readonly revisions: ReadonlyMap<string, readonly string[]>;
  /** Row of each indicator that stands raised. */
  readonly raisedRows: ReadonlyMap<string, string>;
  /** By row of an indicator: why officers disputed it. */
  readonly disputes: ReadonlyMap<string, readonly Dispute[]>;
}

/** Why an officer holds that an indicator says nothing of this person; it stays raised, and shows that it is disputed. */
export interface Dispute {
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

interface Remembered {
  readonly eventSeq: number;
  readonly conversation: Conversation;
}

const MOST = 200;

/**
 * Rebuilds the session of an interview from its answers. The last ones used stay in memory; one that is not at the event its
 * locked row names is never used, so any number of processes may each have their own.
 */
@Injectable()
export class InterviewSessions {
  private readonly recent = new Map<string, Remembered>();

  constructor(private readonly questionnaires: QuestionnairesService) {}

  /** Whether the session at this event is in memory, so that no answer need be read. */
  knows(record: InterviewRow): boolean {
    return this.recent.get(record.id)?.eventSeq === record.event_seq;
  }

  /** `situation` holds the answers unless `knows` said that they are not needed. */
  async ofInTx(tx: Tx, record: InterviewRow, key: DataKey, situation: SituationRow): Promise<Conversation> {
    const context = contextOf(record, key, situation);
    const known = this.recent.get(record.id);
    if (!situation.answers) {
      if (known?.eventSeq !== record.event_seq) throw new Error('the answers of this interview were not read');
      const { session } = known.conversation;
      if (isDeepStrictEqual(session.context, context)) return known.conversation;
      return { ...known.conversation, ...standing(withContext(session, context)) };
    }
    const plan = await this.questionnaires.planInTx(tx, situation.questionnaires);
    const latest = new Map(situation.answers.map((answer) => [storedKey(answer), answer]));
    const said = [...latest.values()].map((answer) => ({
      questionId: answer.question_id,
      item: answer.item,
      ...contentOf(answer, key),
    }));
    return {
      ...standing(sessionOf(plan, context, said)),
      revisions: revisionsIn(situation.answers),
      raisedRows: new Map((situation.raised ?? []).map(({ id, indicator_id }) => [indicator_id, id])),
      disputes: new Map((situation.raised ?? []).map((row) => [row.id, wordsOfIndicator(row, key).disputed ?? []])),
    };
  }

  /** Keeps what a committed command left; call it after the transaction. */
  remember(id: string, eventSeq: number, conversation: Conversation): void {
    this.recent.delete(id);
    this.recent.set(id, { eventSeq, conversation });
    const oldest = this.recent.keys().next().value;
    if (this.recent.size > MOST && oldest !== undefined) this.recent.delete(oldest);
  }

  /** After a command that recorded no answer: the same session stands at the next event. */
  moveOn(id: string, from: number, to: number): void {
    const known = this.recent.get(id);
    if (known?.eventSeq === from) this.remember(id, to, known.conversation);
  }
}

/** What an interview is about beside its answers. */
export function contextOf(record: InterviewRow, key: DataKey, situation: SituationRow): Context {
  const applicant = key.open<Applicant>(situation.person_sealed, `person:${situation.person_id}`);
  // Of the day on which the interview was opened: what is asked must not change under it.
  const child = childOn(applicant, record.created_at);
  const ageNow = fewestYearsOn(applicant, record.created_at);
  return {
    child,
    language: 'en',
    responsibleFrom: situation.responsible_from,
    ...(ageNow !== undefined && { ageNow }),
  };
}

/** One revision of an answer, opened. */
export interface AnswerSaid extends Pick<AnswerContent, 'value' | 'status'> {
  readonly questionId: string;
  /** As in `StoredAnswer`. */
  readonly item: string;
}

/** The session that these revisions make, oldest first: the last one of each answer is in force. */
export function sessionOf(plan: Plan, context: Context, said: readonly AnswerSaid[]): Session {
  const inForce = new Map(said.map((answer) => [`${answer.questionId}#${answer.item}`, answer]));
  // What was said to questions of a version that the interview was moved from stays on record, outside the interview.
  const asked = [...inForce.values()].filter(({ questionId }) => findQuestion(plan, questionId));
  const inputs = asked.map(({ questionId, item: at, value, status }) => {
    const item = itemOf(at);
    return { questionId, ...(item.length > 0 && { item }), ...(status ? { status } : { value }) };
  });
  return start(plan, context, inputs);
}

/** As the session asks it: of the day on which the interview was opened, in doubt a child. */
export const childOn = (applicant: Pick<Applicant, 'birthDate'>, day: Date): 'no' | 'unclear' =>
  isChildOn(applicant, day) ? 'unclear' : 'no';

const standing = (session: Session): Pick<Conversation, 'session' | 'indicators'> => ({
  session,
  indicators: view(session).indicators,
});

export const contentOf = (answer: StoredAnswer, key: DataKey): AnswerContent =>
  key.open<AnswerContent>(Buffer.from(answer.sealed, 'base64'), `answer:${answer.id}`);

/** What is sealed at `raised_indicator:<id>`. */
export interface IndicatorWords extends Pick<IndicatorView, 'certainty' | 'reason' | 'because' | 'innocent' | 'next'> {
  readonly disputed?: readonly Dispute[];
}

export const wordsOfIndicator = (row: StoredIndicator, key: DataKey): IndicatorWords =>
  key.open<IndicatorWords>(Buffer.from(row.sealed, 'base64'), `raised_indicator:${row.id}`);

export const addressKey = (questionId: string, item: readonly number[] = []): string =>
  `${questionId}#${item.join('.')}`;
const storedKey = ({ question_id, item }: StoredAnswer): string => `${question_id}#${item}`;

function revisionsIn(answers: readonly StoredAnswer[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const answer of answers) {
    const address = storedKey(answer);
    found.set(address, [...(found.get(address) ?? []), answer.id]);
  }
  return found;
}

export const itemOf = (item: string): number[] => (item === '' ? [] : item.split('.').map(Number));
