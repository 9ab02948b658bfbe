import type { ActorFacts, DeadlineEffect, EffectDefinition, Guard, Regions, Vocabulary } from './vocabulary.js';
import { deadlineEffects, params } from './vocabulary.js';

/** What the interview chart may ask about one sitting. */
export interface InterviewFacts extends ActorFacts {
  /** The actor is the officer who conducts this interview. */
  readonly actorConductsInterview: boolean;
  /** The actor holds a certificate, valid today, for this interview's purpose. */
  readonly actorCertified: boolean;
  /** The notice names what is recorded, that facts may be transmitted, to whom and why, and was acknowledged or its refusal noted. */
  readonly noticeComplete: boolean;
  /** The applicant was told beforehand that the interview is audio-recorded. */
  readonly recordingAnnounced: boolean;
  /** No interpreter is needed, or one is present and the applicant understands them. */
  readonly interpreterConfirmed: boolean;
  /** The applicant is, or in doubt must be taken to be, a child today. */
  readonly applicantIsChild: boolean;
  /** The child's representative is present. */
  readonly representativePresent: boolean;
  /** Questions that must be answered or marked unknown, refused or not asked, and are open. */
  readonly openRequiredQuestions: number;
  /** The record was read back to the applicant. */
  readonly readBackDone: boolean;
  /** Of the command: `refused` needs reasons. */
  readonly confirmation: 'none' | 'confirmed' | 'refusedWithReasons';
}

const guards = {
  actorConductsInterview: {
    says: 'Only the officer who conducts the interview may do this.',
    test: (f) => f.actorConductsInterview,
  },
  actorCertified: {
    says: 'You must hold a certificate for this kind of interview that is valid today.',
    test: (f) => f.actorCertified,
  },
  noticeComplete: {
    says: 'The notice must say what is recorded, that facts may be transmitted, to whom and why, and be acknowledged or its refusal noted.',
    about: 'command',
    test: (f) => f.noticeComplete,
  },
  recordingAnnounced: {
    says: 'The applicant must be told that the interview is audio-recorded before it starts.',
    about: 'command',
    test: (f) => f.recordingAnnounced,
  },
  interpreterConfirmed: {
    says: 'The applicant and the interpreter must understand each other, or no interpreter be needed.',
    about: 'command',
    test: (f) => f.interpreterConfirmed,
  },
  representativePresentForChild: {
    says: 'The child’s representative must be present.',
    test: (f) => !f.applicantIsChild || f.representativePresent,
  },
  noRequiredQuestionOpen: {
    says: 'Every required question must be answered or marked unknown, refused or not asked.',
    test: (f) => f.openRequiredQuestions === 0,
  },
  readBackDone: {
    says: 'The record must be read back to the applicant first.',
    about: 'command',
    test: (f) => f.readBackDone,
  },
  confirmedOrRefusedWithReasons: {
    says: 'The applicant must confirm the record, or the refusal be noted with its reasons.',
    about: 'command',
    test: (f) => f.confirmation !== 'none',
  },
} as const satisfies Record<string, Guard<InterviewFacts>>;

/** An officer who cannot come must not block the case: before the interview starts nothing heard can be lost. */
const stateGuards = {
  interviewNotStarted: {
    says: 'The interview must not have started.',
    test: (r) => r['workflow'] === 'planned' || r['workflow'] === 'noticeGiven',
  },
} as const satisfies Record<string, Guard<Regions>>;

export type InterviewEffect =
  | DeadlineEffect
  | { readonly type: 'recordNoticeOfPurpose'; readonly params: Record<string, never> }
  | { readonly type: 'appendAnswer'; readonly params: Record<string, never> }
  | { readonly type: 'recordCaution'; readonly params: Record<string, never> }
  | { readonly type: 'sealRecord'; readonly params: Record<string, never> }
  | { readonly type: 'appendComment'; readonly params: Record<string, never> };

const effects: Readonly<Record<InterviewEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  recordNoticeOfPurpose: { says: 'Records the notice of purpose, its version and language.', params: params({}) },
  appendAnswer: { says: 'Appends a revision of one answer.', params: params({}) },
  recordCaution: { says: 'Records that the interview was paused and the applicant cautioned.', params: params({}) },
  sealRecord: {
    says: 'Seals the record with its hash and the applicant’s confirmation or refusal.',
    params: params({}),
  },
  appendComment: { says: 'Appends a comment of the applicant on the record.', params: params({}) },
};

export const interviewCommands = [
  'GIVE_NOTICE',
  'START_INTERVIEW',
  'RECORD_ANSWER',
  'PAUSE_FOR_CAUTION',
  'RESUME_AFTER_CAUTION',
  'FINISH_QUESTIONS',
  'BACK_TO_QUESTIONS',
  'SEAL_INTERVIEW',
  'ADD_COMMENT',
  'ABANDON_INTERVIEW',
] as const;
export type InterviewCommandType = (typeof interviewCommands)[number];

export const interviewVocabulary: Vocabulary<InterviewFacts> = {
  guards,
  stateGuards,
  effects,
  commands: interviewCommands,
};
