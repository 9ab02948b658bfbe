import { Injectable } from '@nestjs/common';
import { type Applicant, isChildOn } from '../cases/applicant.js';
import { view } from '../domain/questionnaire/view.js';
import { CertificatesService } from '../identity/certificates.service.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { canonical, type DataKey, sha256 } from '../platform/database/sealing.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { InterviewCommands, type InterviewOutcome, lockedInterview } from './interview-commands.js';
import type { InterviewCommandDto } from './interview-command.dto.js';
import {
  type FollowUp,
  type InterviewContent,
  type InterviewInstruction,
  type RecordProof,
  wordsOf,
} from './interview-content.js';
import { interviewFacts } from './interview-facts.js';
import { type Conversation, InterviewSessions } from './interview-sessions.js';
import {
  type InterviewRow,
  InterviewStore,
  type LockedInterview,
  type SituationRow,
  type StoredAnswer,
} from './interview.store.js';
import { findNotice } from './notice-of-purpose/texts.js';

/** Carries interviews through their chart: notice, start, pause and caution, reading back, sealing, comments. */
@Injectable()
export class InterviewsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly certificates: CertificatesService,
    private readonly store: InterviewStore,
    private readonly sessions: InterviewSessions,
    private readonly commands: InterviewCommands,
  ) {}

  /** Applies one command to an interview: state, history and what it records commit together or not at all. */
  async execute(actor: Actor, id: string, command: InterviewCommandDto, asked: Preconditions): Promise<void> {
    assertNoticeExists(command);
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    const done = await this.database.once({ ...claim, lock: { aggregate: 'interview', id } }, async (tx, locked) => {
      const record = lockedInterview(locked, asked);
      const outcome = await this.executeInTx(tx, actor, record, command);
      return { before: record.event_seq, outcome };
    });
    if (!done.repeated) this.sessions.moveOn(id, done.value.before, done.value.outcome.eventSeq);
  }

  private async executeInTx(
    tx: Tx,
    actor: Actor,
    record: LockedInterview,
    command: InterviewCommandDto,
  ): Promise<InterviewOutcome> {
    const key = this.dataKeys.ofLocked(record);
    const seals = command.type === 'SEAL_INTERVIEW';
    const situation = await this.store.getSituationInTx(tx, record.id, seals || !this.sessions.knows(record));
    const content = key.open<InterviewContent>(record.sealed, `interview:${record.id}`);
    const conversation = await this.sessions.ofInTx(tx, record, key, situation);
    const instruction: InterviewInstruction = seals
      ? { ...command, record: proofOf(situation.answers ?? [], key, content.followUps) }
      : command;
    const facts = interviewFacts(
      await this.situationInTx(tx, actor, { record, key, situation, conversation, content }),
      instruction,
    );
    const step = { tx, record, key, actor, content, countryOfOrigin: situation.country_of_origin };
    // The questions that stand in the way are named for the command they stand in the way of.
    const more = command.type === 'FINISH_QUESTIONS' ? { missing: missingIn(conversation) } : {};
    return this.commands.applyInTx(
      step,
      command.type,
      facts,
      () => ({ payload: wordsOf(instruction), instruction }),
      more,
    );
  }

  /** What the chart is told of an interview and of who is acting on it. */
  async situationInTx(
    tx: Tx,
    actor: Actor,
    about: {
      record: InterviewRow;
      key: DataKey;
      situation: SituationRow;
      conversation: Conversation;
      content: InterviewContent;
    },
  ): Promise<Parameters<typeof interviewFacts>[0]> {
    const { record, key, situation, conversation, content } = about;
    const applicant = key.open<Applicant>(situation.person_sealed, `person:${situation.person_id}`);
    const focused = record.purpose === 'exclusion';
    return {
      actor,
      interviewerId: record.interviewer_id,
      content,
      certified: !focused || (await this.certificates.holdsInTx(tx, actor.id, 'interview1F', tx.now)),
      applicantIsChild: isChildOn(applicant, tx.now),
      openRequiredQuestions: view(conversation.session).missing.length,
    };
  }
}

const missingIn = ({ session }: Conversation): string[] => [
  ...new Set(view(session).missing.map(({ questionId }) => questionId)),
];

function assertNoticeExists(command: InterviewCommandDto): void {
  if (command.type !== 'GIVE_NOTICE' || command.version === undefined || findNotice(command.version)) return;
  const detail = 'there is no notice text of this version; the interview shows the one to give';
  throw new InvalidInput([{ pointer: '/version', detail }]);
}

/** Over every revision and follow-up, so that what was read back and confirmed can be told from anything else. */
export function proofOf(
  answers: readonly StoredAnswer[],
  key: DataKey,
  followUps: readonly FollowUp[] = [],
): RecordProof {
  const revisions = answers.map(({ sealed, ...answer }) => ({
    ...answer,
    content: key.open(Buffer.from(sealed, 'base64'), `answer:${answer.id}`),
  }));
  const proven = followUps.length > 0 ? { revisions, followUps } : revisions;
  return {
    sha256: sha256(canonical(proven)).toString('hex'),
    revisions: revisions.length,
    ...(followUps.length > 0 && { followUps: followUps.length }),
  };
}
