import type { ActorFacts, DeadlineEffect, EffectDefinition, Guard, Regions, Vocabulary } from './vocabulary.js';
import { deadlineEffects, params } from './vocabulary.js';

/** What the referral chart may ask about one referral to one authority. */
export interface ReferralFacts extends ActorFacts {
  /** The actor works for the authority this referral is addressed to. */
  readonly actorBelongsToRecipient: boolean;
  /** Of the command: the receipt is signed by the recipient, or written by our own inbox, over the body that was sent. */
  readonly receiptVerified: boolean;
  /** It tells that earlier referrals no longer stand, and asks for an answer instead of feedback. */
  readonly isCorrection: boolean;
  /** Of the command: the SHA-256 of the package that was read is named in it. */
  readonly fileHashNamed?: boolean;
  /** Of the command: after this feedback nothing more is awaited. */
  readonly feedbackEndsMatter?: boolean;
  /** Of the command: the recipient has erased what was corrected. */
  readonly contentErased?: boolean;
}

const guards = {
  actorBelongsToRecipient: {
    says: 'Only the authority this referral is addressed to may do this.',
    test: (f) => f.actorBelongsToRecipient,
  },
  receiptVerified: {
    says: 'The receipt must be the recipient’s and match the body that was sent.',
    about: 'command',
    test: (f) => f.receiptVerified,
  },
  isCorrection: {
    says: 'Only a correction is answered.',
    test: (f) => f.isCorrection,
  },
  fileHashNamed: {
    says: 'The acknowledgement must name the SHA-256 of the package that was read (packageSha256).',
    about: 'command',
    test: (f) => f.fileHashNamed === true,
  },
  feedbackEndsMatter: {
    says: 'The feedback must end the matter.',
    about: 'command',
    test: (f) => f.feedbackEndsMatter === true,
  },
  contentErased: {
    says: 'The recipient must have erased what was corrected.',
    about: 'command',
    test: (f) => f.contentErased === true,
  },
} as const satisfies Record<string, Guard<ReferralFacts>>;

const stateGuards = {
  accessOpen: {
    says: 'Access to this referral must not be suspended.',
    test: (r) => r['standing'] !== 'suspended',
  },
} as const satisfies Record<string, Guard<Regions>>;

export type ReferralEffect =
  | DeadlineEffect
  | { readonly type: 'recordReceipt'; readonly params: Record<string, never> }
  | { readonly type: 'recordAcknowledgement'; readonly params: Record<string, never> }
  | { readonly type: 'recordConclusion'; readonly params: Record<string, never> }
  | { readonly type: 'recordFeedback'; readonly params: Record<string, never> }
  | { readonly type: 'recordCorrectionAnswer'; readonly params: Record<string, never> }
  | { readonly type: 'markCorrected'; readonly params: Record<string, never> }
  | { readonly type: 'suspendAccess'; readonly params: Record<string, never> }
  | { readonly type: 'restoreAccess'; readonly params: Record<string, never> };

const effects: Readonly<Record<ReferralEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  recordReceipt: { says: 'Records the machine proof of arrival.', params: params({}) },
  recordAcknowledgement: { says: 'Records the prosecutor’s acknowledgement and note.', params: params({}) },
  recordConclusion: { says: 'Records that the recipient has concluded the matter.', params: params({}) },
  recordFeedback: { says: 'Records what the recipient tells of the matter.', params: params({}) },
  recordCorrectionAnswer: {
    says: 'Records what the recipient did with what was corrected: erased, restricted, or retained as evidence.',
    params: params({}),
  },
  markCorrected: { says: 'Marks the referral as corrected, with cause; it stays visible.', params: params({}) },
  suspendAccess: { says: 'Suspends the recipient’s access at once.', params: params({}) },
  restoreAccess: { says: 'Removes the mark and opens access again.', params: params({}) },
};

export const referralCommands = [
  'RECORD_RECEIPT',
  'ACKNOWLEDGE',
  'CONCLUDE_REFERRAL',
  'GIVE_FEEDBACK',
  'ANSWER_CORRECTION',
  'MARK_CORRECTED',
  'SUSPEND_ACCESS',
  'MARK_REINSTATED',
] as const;
export type ReferralCommandType = (typeof referralCommands)[number];

export const referralVocabulary: Vocabulary<ReferralFacts> = {
  guards,
  stateGuards,
  effects,
  commands: referralCommands,
};
