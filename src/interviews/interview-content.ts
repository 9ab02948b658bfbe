import type { InterviewCommandDto, SealInterview } from './interview-command.dto.js';

/** Sealed at `interview:<id>`: how the sitting was held. It travels with a referral as it is. */
export interface InterviewContent {
  /** Why another questionnaire than the one for the country of origin. */
  readonly questionnaireReason?: string;
  readonly circumstances?: Circumstances;
  readonly cautions?: readonly { readonly reason: string; readonly at: string }[];
  readonly confirmation?: { readonly outcome: 'confirmed' | 'refused'; readonly reasons?: string };
  /** What the officer asked beyond the questionnaire, in the order asked; nothing is ever taken out. */
  readonly followUps?: readonly FollowUp[];
  /** Over every revision of every answer and every follow-up, so that the record can be compared with what was read back. */
  readonly record?: RecordProof;
  readonly abandonedBecause?: string;
}

export interface Circumstances {
  readonly recordingAnnounced: boolean;
  /** Absent: none was needed. */
  readonly interpreter?: { readonly reference: string; readonly confirmed: boolean };
  readonly representativePresent: boolean;
  /** Absent: not noted. */
  readonly counselPresent?: boolean;
}

/** A question of the officer's own, under the question it follows up, and what was said. */
export interface FollowUp {
  readonly id: string;
  readonly questionId: string;
  readonly item?: readonly number[];
  /** The words in which it was asked. */
  readonly asked: string;
  /** The words as said; instead of them a status. */
  readonly answer?: object;
  readonly status?: 'unknown' | 'refused';
  readonly at: string;
}

export interface RecordProof {
  /** Hex, of the canonical JSON of all revisions; where there are follow-ups, of both. */
  readonly sha256: string;
  readonly revisions: number;
  readonly followUps?: number;
}

/** A command with what the server adds to it. */
export type InterviewInstruction = Exclude<InterviewCommandDto, SealInterview> | Sealing;
export type Sealing = SealInterview & { readonly record: RecordProof };

/** The circumstances as they stand once this command is done: said with the notice, or anew at the start. */
export function circumstancesAfter(
  content: InterviewContent,
  instruction: InterviewInstruction | undefined,
): Circumstances | undefined {
  if (instruction?.type !== 'GIVE_NOTICE' && instruction?.type !== 'START_INTERVIEW') return content.circumstances;
  const before = content.circumstances;
  const interpreter = instruction.interpreter ?? before?.interpreter;
  const counselPresent = instruction.counselPresent ?? before?.counselPresent;
  return {
    recordingAnnounced: instruction.recordingAnnounced ?? before?.recordingAnnounced ?? false,
    representativePresent: instruction.representativePresent ?? before?.representativePresent ?? false,
    ...(counselPresent === undefined ? {} : { counselPresent }),
    ...(interpreter ? { interpreter: { ...interpreter } } : {}),
  };
}

/** The content once this command is done; the same object when it says nothing about how the sitting was held. */
export function contentAfter(content: InterviewContent, instruction: InterviewInstruction, at: Date): InterviewContent {
  switch (instruction.type) {
    case 'GIVE_NOTICE':
    case 'START_INTERVIEW':
      return { ...content, circumstances: circumstancesAfter(content, instruction)! };
    case 'PAUSE_FOR_CAUTION': {
      const caution = { reason: instruction.reason, at: at.toISOString() };
      return { ...content, cautions: [...(content.cautions ?? []), caution] };
    }
    case 'SEAL_INTERVIEW': {
      const { confirmation: outcome, reasons, record } = instruction;
      return { ...content, confirmation: { outcome, ...(reasons ? { reasons } : {}) }, record };
    }
    case 'ABANDON_INTERVIEW':
      return { ...content, abandonedBecause: instruction.reason };
    case 'RESUME_AFTER_CAUTION':
    case 'FINISH_QUESTIONS':
    case 'BACK_TO_QUESTIONS':
    case 'ADD_COMMENT':
      return content;
  }
}

/** Everything the command says, but its type. */
export const wordsOf = (instruction: InterviewInstruction): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(instruction).filter(([name, value]) => name !== 'type' && value !== undefined));
