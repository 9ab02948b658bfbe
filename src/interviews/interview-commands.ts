import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CommandRefused } from '../workflows/command-refused.js';
import { clocksStarted } from '../deadlines/clocks-started.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { decide, type Snapshot } from '../domain/workflow/decide.js';
import type { InterviewCommandType, InterviewEffect, InterviewFacts } from '../domain/workflow/vocabulary/interview.js';
import type { LockedRow, Tx } from '../platform/database/database.js';
import { NotFound, StaleVersion } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { type DataKey } from '../platform/database/sealing.js';
import { json, Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { contentAfter, type InterviewContent, type InterviewInstruction, wordsOf } from './interview-content.js';
import { interviewAdvice } from './interview-advice.js';
import type { LockedInterview } from './interview.store.js';
import { CURRENT_NOTICE, findNotice } from './notice-of-purpose/texts.js';

/** One locked interview and who is acting on it. */
export interface InterviewStep {
  readonly tx: Tx;
  readonly record: LockedInterview;
  readonly key: DataKey;
  readonly actor: Actor;
  readonly content: InterviewContent;
  readonly countryOfOrigin: string;
}

/** What a command writes beyond the state: its event's content, and rows of its own. */
export interface Recording {
  readonly payload: object;
  readonly facets?: object;
  /** The name of its event where the chart has none of its own for it: a follow-up is recorded as answers are. */
  readonly event?: string;
  /** How the sitting was held, once this is recorded. */
  readonly content?: InterviewContent;
  readonly instruction?: InterviewInstruction;
  readonly rows?: (write: Write) => void;
}

export interface InterviewOutcome {
  readonly version: number;
  readonly eventSeq: number;
}

/** The one way in which an interview changes: decided by its chart, written in one statement, linked into its chain. */
@Injectable()
export class InterviewCommands {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Throws CommandRefused when the chart says no; `recording` is asked for only when it says yes. */
  async applyInTx(
    step: InterviewStep,
    type: InterviewCommandType,
    facts: InterviewFacts,
    recording: () => Recording,
    whatIsMissing: Readonly<Record<string, unknown>> = {},
  ): Promise<InterviewOutcome> {
    const { tx, record, key, actor } = step;
    const workflow = this.workflows.get('interview', record.workflow_hash);
    const decided = decide(workflow, record.snapshot as Snapshot, { type }, facts);
    if (!decided.ok)
      throw new CommandRefused(decided, whatIsMissing, interviewAdvice(workflow, record, decided, actor.id));
    const { payload, facets: told, instruction, rows, event: name = type, content: recorded } = recording();
    const write = new Write();
    rows?.(write);
    const set: Record<string, unknown> = {};
    for (const effect of decided.effects) await this.applyEffect(step, write, set, effect, instruction);
    const content = instruction ? contentAfter(step.content, instruction, tx.now) : (recorded ?? step.content);
    if (content !== step.content) set['sealed'] = key.seal(content, `interview:${record.id}`).bytes;
    const event = nextEvent(record, key, {
      aggregateKind: 'interview',
      caseId: record.case_id,
      type: name,
      actorId: actor.id,
      at: tx.now,
      facets: {
        state: decided.snapshot,
        purpose: record.purpose,
        country: step.countryOfOrigin,
        ...clocksStarted(write, record.id),
        ...told,
      },
      payload,
    });
    write
      .insert('event', event.row)
      .update(
        'interview',
        { id: record.id, version: record.version },
        { ...set, snapshot: json(decided.snapshot), version: record.version + 1, ...event.head },
      );
    write.runLast(tx);
    return { version: record.version + 1, eventSeq: event.head.event_seq };
  }

  private async applyEffect(
    step: InterviewStep,
    write: Write,
    set: Record<string, unknown>,
    effect: InterviewEffect,
    instruction: InterviewInstruction | undefined,
  ): Promise<void> {
    const { tx, record } = step;
    switch (effect.type) {
      case 'startDeadline': {
        const subject = { caseId: record.case_id, subjectId: record.id };
        await this.deadlines.startInTx(tx, write, subject, effect.params.kind);
        return;
      }
      case 'meetDeadline':
        return this.deadlines.meet(tx, write, record.id, effect.params.kind);
      case 'endDeadlines':
        return this.deadlines.end(tx, write, record.id, effect.params.kinds);
      case 'recordNoticeOfPurpose':
        return recordNotice(step, write, instruction);
      case 'sealRecord':
        set['sealed_at'] = tx.now;
        write.remove('interview_draft', { interview_id: record.id });
        return commentOf(instruction) === undefined ? undefined : recordComment(step, write, instruction);
      case 'appendComment':
        return recordComment(step, write, instruction);
      case 'appendAnswer':
      case 'recordCaution':
        return; // the rows of the answer come with its recording; a caution is in the content and in the event
      default:
        throw new Error(`no rows are known for the effect ${JSON.stringify(effect satisfies never)}`);
    }
  }
}

function recordNotice(step: InterviewStep, write: Write, instruction: InterviewInstruction | undefined): void {
  if (instruction?.type !== 'GIVE_NOTICE') throw unexpected(instruction);
  const { tx, record, key, actor } = step;
  const id = randomUUID();
  const text = findNotice(instruction.version ?? CURRENT_NOTICE.version);
  const content = { ...wordsOf(instruction), text };
  write.insert('notice', {
    id,
    case_id: record.case_id,
    interview_id: record.id,
    kind: 'purpose',
    sealed: key.seal(content, `notice:${id}`).bytes,
    served_at: tx.now,
    served_by: actor.id,
  });
}

/** Comments are submissions of the applicant's side: they are never changed, and travel with whatever cites the record. */
function recordComment(step: InterviewStep, write: Write, instruction: InterviewInstruction | undefined): void {
  const { tx, record, key, actor } = step;
  const comment = commentOf(instruction);
  if (!comment) throw unexpected(instruction);
  const id = randomUUID();
  const content = { id, kind: 'commentOnRecord', interviewId: record.id, ...comment };
  write.insert('submission', {
    id,
    case_id: record.case_id,
    kind: 'commentOnRecord',
    notice_id: null,
    sealed: key.seal(content, `submission:${id}`).bytes,
    received_at: tx.now,
    recorded_by: actor.id,
  });
}

function commentOf(instruction: InterviewInstruction | undefined): { text: string; from: string } | undefined {
  if (instruction?.type === 'ADD_COMMENT') return { text: instruction.text, from: instruction.from ?? 'applicant' };
  if (instruction?.type !== 'SEAL_INTERVIEW' || instruction.comments === undefined) return undefined;
  return { text: instruction.comments, from: 'applicant' };
}

const unexpected = (instruction: InterviewInstruction | undefined): Error =>
  new Error(`the chart gives this effect to ${instruction?.type ?? 'an answer'}`);

/** The locked interview, or the refusal that it is not to be seen or was decided on at another version. */
export function lockedInterview(locked: LockedRow | undefined, asked: Preconditions): LockedInterview {
  if (!locked) throw new NotFound('interview');
  const record = locked as LockedInterview;
  if (asked.version !== undefined && asked.version !== record.version)
    throw new StaleVersion(asked.version, record.version);
  return record;
}
