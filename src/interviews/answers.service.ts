import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { explain, type Why } from '../domain/questionnaire/explain.js';
import type { QuestionNode } from '../domain/questionnaire/plan.js';
import { type Address, framesAt } from '../domain/questionnaire/replay.js';
import { answer, type Refusal, type Session } from '../domain/questionnaire/session.js';
import type { Recorded } from '../domain/questionnaire/scope.js';
import { inLanguage } from '../domain/questionnaire/texts.js';
import { checkValue, findQuestion } from '../domain/questionnaire/values.js';
import type { IndicatorView } from '../domain/questionnaire/indicator-view.js';
import { type SessionView, view } from '../domain/questionnaire/view.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { AnswerDto } from './answer.dto.js';
import { type AddressView, questionsIn, raisedIndicator, type RecordedAnswerView } from './answer.view.js';
import { InterviewCommands, type InterviewOutcome, lockedInterview } from './interview-commands.js';
import type { InterviewContent } from './interview-content.js';
import { interviewFacts } from './interview-facts.js';
import {
  addressKey,
  type AnswerContent,
  type Conversation,
  type IndicatorWords,
  InterviewSessions,
} from './interview-sessions.js';
import { InterviewStore, type LockedInterview } from './interview.store.js';
import { tokenOfIndicator, tokenOfWords, type ToldIndicator, type ToldIndicators } from './told-indicator.js';

/** What one answer changes, before it is written. */
interface Prepared {
  readonly view: Omit<RecordedAnswerView, 'version'>;
  readonly content: AnswerContent;
  readonly changes: IndicatorChanges;
  readonly conversation: Conversation;
}

/** Records answers: each appends a revision, and opens, closes, raises and clears what follows from it. */
@Injectable()
export class AnswersService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly store: InterviewStore,
    private readonly sessions: InterviewSessions,
    private readonly commands: InterviewCommands,
  ) {}

  /**
   * What the answer opened, closed, raised and cleared. An answer that is not based on the latest one is kept and marked
   * concurrent. Throws InvalidInput for a value that does not fit, CommandRefused or `commandRefused` for what is not open.
   */
  async record(actor: Actor, interviewId: string, said: AnswerDto, asked: Preconditions): Promise<RecordedAnswerView> {
    const answerId = randomUUID();
    const result = { id: interviewId, answerId };
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result };
    const lock = { aggregate: 'interview' as const, id: interviewId };
    const done = await this.database.once({ ...claim, lock }, (tx, locked) =>
      this.recordInTx(tx, actor, lockedInterview(locked, asked), said, answerId),
    );
    if (done.repeated) return this.recorded(actor, interviewId, done.result['answerId'] ?? '');
    const { prepared, outcome } = done.value;
    this.sessions.remember(interviewId, outcome.eventSeq, prepared.conversation);
    return { ...prepared.view, version: outcome.version };
  }

  private async recordInTx(
    tx: Tx,
    actor: Actor,
    record: LockedInterview,
    said: AnswerDto,
    id: string,
  ): Promise<{ prepared: Prepared; outcome: InterviewOutcome }> {
    const key = this.dataKeys.ofLocked(record);
    const situation = await this.store.getSituationInTx(tx, record.id, !this.sessions.knows(record));
    const conversation = await this.sessions.ofInTx(tx, record, key, situation);
    const content = key.open<InterviewContent>(record.sealed, `interview:${record.id}`);
    const facts = interviewFacts({
      actor,
      interviewerId: record.interviewer_id,
      content,
      // The chart asks for these at the start and at the end, not of an answer.
      certified: true,
      applicantIsChild: conversation.session.context.child !== 'no',
      openRequiredQuestions: 0,
    });
    const step = { tx, record, key, actor, content, countryOfOrigin: situation.country_of_origin };
    await this.assertDocumentInTx(tx, record, conversation.session, said);
    let prepared: Prepared | undefined;
    const outcome = await this.commands.applyInTx(step, 'RECORD_ANSWER', facts, () => {
      const made = prepare(conversation, said, { id, recordedBy: actor.displayName, recordedAt: tx.now.toISOString() });
      prepared = made;
      return {
        payload: { ...made.view, version: record.version + 1 },
        facets: { indicators: toldIndicators(key, made) },
        rows: (write) => writeRows(write, { record, key, actor, now: tx.now }, made),
      };
    });
    return { prepared: prepared!, outcome };
  }

  /** A document that an answer names is one of the case. */
  private async assertDocumentInTx(tx: Tx, record: LockedInterview, session: Session, said: AnswerDto): Promise<void> {
    if (findQuestion(session.plan, said.questionId)?.type !== 'document') return;
    const { document } = Object(said.value) as { document?: unknown };
    if (typeof document !== 'string' || !checkValue(session.plan, said.questionId, said.value).ok) return;
    if (await this.store.hasDocumentInTx(tx, record.case_id, document)) return;
    const detail = 'is no document of this case; file it first, or leave it out';
    throw new InvalidInput([{ pointer: '/value/document', detail }]);
  }

  /** What the first request was answered with: its event holds it. */
  private recorded(actor: Actor, interviewId: string, answerId: string): Promise<RecordedAnswerView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, interviewId);
      if (!record) throw new DomainError('notFound', 'There is no such interview, or you may not see it.');
      const key = await this.dataKeys.getInTx(tx, record.case_id);
      const events = await this.store.answerEventsInTx(tx, record.id, answerId);
      const said = events.map(({ seq, payload }) => key.open<RecordedAnswerView>(payload, `event:${record.id}:${seq}`));
      const found = said.find(({ answer: one }) => one.id === answerId);
      if (!found) throw new Error(`the event of answer ${answerId} is gone`);
      return found;
    });
  }
}

function prepare(
  { session, indicators, revisions, raisedRows, disputes }: Conversation,
  said: AnswerDto,
  about: { id: string; recordedBy: string; recordedAt: string },
): Prepared {
  assertSaysWhatItMeans(session, said);
  const result = answer(session, said);
  if (!result.ok) throw refused(session, said, result);
  const { address } = result;
  const place = addressKey(address.questionId, address.item);
  const before = revisions.get(place) ?? [];
  if (said.basedOn !== undefined && !before.includes(said.basedOn))
    throw new InvalidInput([{ pointer: '/basedOn', detail: BASED_ON }]);
  const content = contentOf(result.recorded, said);
  const shown = view(result.session);
  const changes = indicatorChanges(indicators, shown.indicators, raisedRows);
  return {
    view: {
      answer: {
        ...about,
        ...address,
        ...content,
        revision: before.length + 1,
        // Nothing is put in order behind anybody's back: whoever did not see the revision before is told so.
        concurrent: said.basedOn !== before.at(-1),
        basedOn: said.basedOn ?? null,
      },
      ...reached(result.session, shown, result),
      raised: changes.raised.map((one) => raisedIndicator(one.indicator, textOf(result.session))),
      cleared: changes.cleared.map(({ id }) => id),
      failed: result.failed,
    },
    content,
    changes,
    conversation: {
      session: result.session,
      indicators: shown.indicators,
      revisions: new Map(revisions).set(place, [...before, about.id]),
      raisedRows: new Map(changes.standing.map(({ indicator, row }) => [indicator.id, row])),
      disputes,
    },
  };
}

/** The words as said stand beside a value, or are the value; alone they would say nothing to the questionnaire. */
function assertSaysWhatItMeans({ plan }: Session, { questionId, value, status, verbatim }: AnswerDto): void {
  if (value !== undefined || status !== undefined || verbatim === undefined) return;
  const detail =
    findQuestion(plan, questionId)?.type === 'verbatim'
      ? `this question asks for the words themselves: put them under "value", ${JSON.stringify({ value: { ...verbatim } })}`
      : 'these words go beside an answer: add the "value" that they mean, or a "status"';
  throw new InvalidInput([{ pointer: '/verbatim', detail }]);
}

const contentOf = (recorded: Recorded, { verbatim, note }: AnswerDto): AnswerContent => ({
  ...(recorded.status !== undefined ? { status: recorded.status } : { value: recorded.value! }),
  ...(verbatim ? { verbatim: { ...verbatim } } : {}),
  ...(note === undefined ? {} : { note }),
});

const BASED_ON =
  'is no answer to this question in this interview: send the "id" of the answer that the interview shows, or nothing where it shows none';

interface IndicatorChanges {
  readonly raised: readonly RaisedRow[];
  /** Still raised, but for a reason that the answer changed. */
  readonly reworded: readonly RaisedRow[];
  readonly cleared: readonly { readonly id: string; readonly row: string }[];
  readonly standing: readonly RaisedRow[];
}
interface RaisedRow {
  readonly indicator: IndicatorView;
  readonly row: string;
}

/** Measured against the rows there are, so that a context that changed meanwhile (a corrected birth date) is caught up with. */
function indicatorChanges(
  before: readonly IndicatorView[],
  now: readonly IndicatorView[],
  rows: ReadonlyMap<string, string>,
): IndicatorChanges {
  const earlier = new Map(before.map((one) => [one.id, one]));
  const standing = now.map((indicator) => ({ indicator, row: rows.get(indicator.id) ?? randomUUID() }));
  return {
    standing,
    raised: standing.filter(({ indicator }) => !rows.has(indicator.id)),
    reworded: standing.filter(
      ({ indicator }) => rows.has(indicator.id) && !isDeepStrictEqual(indicator, earlier.get(indicator.id)),
    ),
    cleared: [...rows].filter(([id]) => !now.some((one) => one.id === id)).map(([id, row]) => ({ id, row })),
  };
}

function reached(
  session: Session,
  shown: SessionView,
  { opened, closed }: { opened: readonly Address[]; closed: readonly Address[] },
): { opened: AddressView[]; closed: AddressView[] } {
  const questions = new Map(questionsIn(shown).map((one) => [addressKey(one.id, one.item), one]));
  const viewOf = (address: Address): AddressView => {
    const question = questions.get(addressKey(address.questionId, address.item));
    const why = question?.why ?? { sentence: 'The item it belongs to does not exist any more.', clauses: [] };
    return { ...address, text: question?.text ?? textOf(session)(address.questionId), why };
  };
  return { opened: opened.map(viewOf), closed: closed.map(viewOf) };
}

const textOf =
  ({ plan, context }: Session) =>
  (questionId: string): string => {
    const text = findQuestion(plan, questionId)?.definition.text;
    return text ? inLanguage(text, context.language) : questionId;
  };

/** What to answer somebody who asked a question that is not open, or of whom something else was wrong. */
export function refused(
  session: Session,
  { questionId, item }: Pick<AnswerDto, 'questionId' | 'item'>,
  { code, pointer, message }: Refusal,
): DomainError {
  if (code !== 'notOpen') return new InvalidInput([{ pointer, detail: message }]);
  const question = findQuestion(session.plan, questionId);
  const why = question && whyClosed(session, question, item === undefined ? [] : [item].flat());
  return new DomainError(
    'commandRefused',
    `The question “${textOf(session)(questionId)}” is not open. ${why?.sentence ?? message} ` +
      'Record what opens it first; the interview shows the questions that are open.',
    {
      questionId,
      ...(item === undefined ? {} : { item }),
      because: why ? [why.sentence] : [message],
      why: why ?? null,
    },
  );
}

/** Of the question itself, or of the nearest repeat around it whose item does not exist. */
function whyClosed(
  { plan, context, root, raised }: Session,
  question: QuestionNode,
  item: readonly number[],
): Why | undefined {
  const session = { plan, context, root, raised };
  for (let depth = item.length; depth >= 0; depth--) {
    const node = depth === question.chain.length ? question : plan.nodes[question.chain[depth]!]!;
    const frames = framesAt(plan, root, question, item.slice(0, depth));
    if (!frames) continue;
    const closed = frames[node.chain.length]!.open[node.slot] !== 1;
    return closed ? explain(session, node, frames) : undefined;
  }
  return undefined;
}

function writeRows(
  write: Write,
  { record, key, actor, now }: { record: LockedInterview; key: DataKey; actor: Actor; now: Date },
  { view: { answer: said }, content, changes, conversation: { disputes } }: Prepared,
): void {
  const owned = { interview_id: record.id, case_id: record.case_id };
  write.insert('answer', {
    id: said.id,
    ...owned,
    question_id: said.questionId,
    item: (said.item ?? []).join('.'),
    revision: said.revision,
    based_on: said.basedOn,
    concurrent: said.concurrent,
    sealed: key.seal(content, `answer:${said.id}`).bytes,
    recorded_by: actor.id,
    recorded_at: now,
  });
  const sealed = (one: RaisedRow): Buffer => key.seal(wordsOf(one, disputes), `raised_indicator:${one.row}`).bytes;
  for (const one of changes.raised) {
    const { id, severity, ground } = one.indicator;
    const words = { severity, ground, sealed: sealed(one), raised_at: now };
    write.insert('raised_indicator', { id: one.row, ...owned, indicator_id: id, ...words });
  }
  for (const one of changes.reworded) write.update('raised_indicator', { id: one.row }, { sealed: sealed(one) });
  for (const { row } of changes.cleared) write.update('raised_indicator', { id: row }, { cleared_at: now });
}

function wordsOf({ indicator, row }: RaisedRow, disputes: Conversation['disputes']): IndicatorWords {
  const { certainty, reason, because, innocent, next } = indicator;
  const disputed = disputes.get(row) ?? [];
  const words: IndicatorWords = { certainty, reason, because, innocent, next };
  return disputed.length > 0 ? { ...words, disputed } : words;
}

function toldIndicators(key: DataKey, { changes, conversation: { disputes } }: Prepared): ToldIndicators {
  const says = (one: RaisedRow): string => tokenOfWords(key, wordsOf(one, disputes));
  return Object.fromEntries<ToldIndicator>([
    ...changes.raised.map(
      (one) => [one.row, { is: tokenOfIndicator(key, one.indicator), says: says(one) }] as [string, ToldIndicator],
    ),
    ...changes.reworded.map((one) => [one.row, { says: says(one) }] as [string, ToldIndicator]),
    ...changes.cleared.map(({ row }) => [row, null] as [string, ToldIndicator]),
  ]);
}
