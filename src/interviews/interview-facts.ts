import type { InterviewFacts } from '../domain/workflow/vocabulary/interview.js';
import type { Actor } from '../platform/http/actor.js';
import { circumstancesAfter, type InterviewContent, type InterviewInstruction } from './interview-content.js';
import { CURRENT_NOTICE, findNotice } from './notice-of-purpose/texts.js';

export interface InterviewSituation {
  readonly actor: Actor;
  readonly interviewerId: string;
  readonly content: InterviewContent;
  /** The actor may hold an interview of this purpose today. */
  readonly certified: boolean;
  readonly applicantIsChild: boolean;
  readonly openRequiredQuestions: number;
}

/** The facts on which the interview chart decides one command; without an instruction, those on which it lists what is allowed. */
export function interviewFacts(situation: InterviewSituation, instruction?: InterviewInstruction): InterviewFacts {
  const { actor, interviewerId, content } = situation;
  const circumstances = circumstancesAfter(content, instruction);
  return {
    actorRoles: actor.roles,
    actorConductsInterview: actor.id === interviewerId,
    actorCertified: situation.certified,
    noticeComplete: instruction?.type === 'GIVE_NOTICE' && isComplete(instruction),
    recordingAnnounced: circumstances?.recordingAnnounced ?? false,
    interpreterConfirmed: circumstances?.interpreter?.confirmed ?? true,
    applicantIsChild: situation.applicantIsChild,
    representativePresent: circumstances?.representativePresent ?? false,
    openRequiredQuestions: situation.openRequiredQuestions,
    readBackDone: instruction?.type === 'SEAL_INTERVIEW' && instruction.readBack,
    confirmation: instruction?.type === 'SEAL_INTERVIEW' ? confirmationOf(instruction) : 'none',
  };
}

/** The texts say what is recorded and to whom facts may go; the officer states that this was told, and how it was taken. */
const isComplete = (notice: Extract<InterviewInstruction, { type: 'GIVE_NOTICE' }>): boolean =>
  findNotice(notice.version ?? CURRENT_NOTICE.version) !== undefined &&
  notice.transmissionTold &&
  (notice.acknowledged || notice.refusalReason !== undefined);

function confirmationOf({
  confirmation,
  reasons,
}: Extract<InterviewInstruction, { type: 'SEAL_INTERVIEW' }>): InterviewFacts['confirmation'] {
  if (confirmation === 'confirmed') return 'confirmed';
  return reasons === undefined ? 'none' : 'refusedWithReasons';
}
