import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { framesAt } from '../domain/questionnaire/replay.js';
import { findOpen } from '../domain/questionnaire/session.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { refused } from './answers.service.js';
import type { FollowUpDto, RecordedFollowUpView } from './follow-up.dto.js';
import { InterviewCommands, type InterviewOutcome, lockedInterview } from './interview-commands.js';
import type { FollowUp, InterviewContent } from './interview-content.js';
import { interviewFacts } from './interview-facts.js';
import { InterviewSessions } from './interview-sessions.js';
import { InterviewStore, type LockedInterview } from './interview.store.js';

/** Keeps what the officer asks beyond the questionnaire, word for word and in order, under the question it follows up. */
@Injectable()
export class FollowUpsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly store: InterviewStore,
    private readonly sessions: InterviewSessions,
    private readonly commands: InterviewCommands,
  ) {}

  /** Whoever may record an answer now may ask on. Throws as `AnswersService.record` does. */
  async record(
    actor: Actor,
    interviewId: string,
    said: FollowUpDto,
    asked: Preconditions,
  ): Promise<RecordedFollowUpView> {
    if ((said.answer === undefined) === (said.status === undefined))
      throw new InvalidInput([{ pointer: '', detail: 'send either "answer" or "status", not both' }]);
    const followUpId = randomUUID();
    const result = { id: interviewId, followUpId };
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result };
    const lock = { aggregate: 'interview' as const, id: interviewId };
    const done = await this.database.once({ ...claim, lock }, async (tx, locked) => {
      const record = lockedInterview(locked, asked);
      return { before: record.event_seq, ...(await this.recordInTx(tx, actor, record, said, followUpId)) };
    });
    if (done.repeated) return this.recorded(actor, interviewId, done.result['followUpId'] ?? '');
    const { before, outcome, followUp } = done.value;
    this.sessions.moveOn(interviewId, before, outcome.eventSeq);
    return { followUp, version: outcome.version };
  }

  private async recordInTx(
    tx: Tx,
    actor: Actor,
    record: LockedInterview,
    said: FollowUpDto,
    id: string,
  ): Promise<{ outcome: InterviewOutcome; followUp: FollowUp }> {
    const key = this.dataKeys.ofLocked(record);
    const situation = await this.store.getSituationInTx(tx, record.id, !this.sessions.knows(record));
    const { session } = await this.sessions.ofInTx(tx, record, key, situation);
    const content = key.open<InterviewContent>(record.sealed, `interview:${record.id}`);
    const facts = interviewFacts({
      actor,
      interviewerId: record.interviewer_id,
      content,
      // As for an answer: the chart asks for these at the start and at the end.
      certified: true,
      applicantIsChild: session.context.child !== 'no',
      openRequiredQuestions: 0,
    });
    const step = { tx, record, key, actor, content, countryOfOrigin: situation.country_of_origin };
    const followUp = followUpOf(said, id, tx.now);
    const outcome = await this.commands.applyInTx(step, 'RECORD_ANSWER', facts, () => {
      const found = findOpen(session, said);
      if (!found.ok) throw refused(session, said, found);
      if (!framesAt(session.plan, session.root, found.question, found.item))
        throw new InvalidInput([
          { pointer: '/item', detail: 'nothing is recorded in this item yet; record an answer in it first' },
        ]);
      return {
        event: 'ASK_FOLLOW_UP',
        payload: { followUp, version: record.version + 1 },
        content: { ...content, followUps: [...(content.followUps ?? []), followUp] },
      };
    });
    return { outcome, followUp };
  }

  /** What the first request was answered with. */
  private recorded(actor: Actor, interviewId: string, id: string): Promise<RecordedFollowUpView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, interviewId);
      if (!record) throw new NotFound('interview');
      const key = await this.dataKeys.getInTx(tx, record.case_id);
      const events = await this.store.followUpEventsInTx(tx, record.id);
      const told = events.map(({ seq, payload }) =>
        key.open<RecordedFollowUpView>(payload, `event:${record.id}:${seq}`),
      );
      const found = told.find(({ followUp }) => followUp.id === id);
      if (!found) throw new Error(`the event of follow-up ${id} is gone`);
      return found;
    });
  }
}

const followUpOf = ({ questionId, item, asked, answer, status }: FollowUpDto, id: string, at: Date): FollowUp => ({
  id,
  questionId,
  ...(item !== undefined && { item: [item].flat() }),
  asked,
  ...(answer !== undefined && { answer: { ...answer } }),
  ...(status !== undefined && { status }),
  at: at.toISOString(),
});
