import type { ActorFacts, DeadlineEffect, EffectDefinition, Guard, Regions, Vocabulary } from './vocabulary.js';
import { deadlineEffects, params } from './vocabulary.js';

/** What the referral chart may ask about one referral to one authority. */
export interface ReferralFacts extends ActorFacts {
  /** The actor works for the authority this referral is addressed to. */
  readonly actorBelongsToRecipient: boolean;
  /** Of the command: the receipt is signed by the recipient, or written by our own inbox, over the body that was sent. */
  readonly receiptVerified: boolean;
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
  | { readonly type: 'markCorrected'; readonly params: Record<string, never> }
  | { readonly type: 'suspendAccess'; readonly params: Record<string, never> }
  | { readonly type: 'restoreAccess'; readonly params: Record<string, never> };

const effects: Readonly<Record<ReferralEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  recordReceipt: { says: 'Records the machine proof of arrival.', params: params({}) },
  recordAcknowledgement: { says: 'Records the prosecutor’s acknowledgement and note.', params: params({}) },
  recordConclusion: { says: 'Records that the recipient has concluded the matter.', params: params({}) },
  markCorrected: { says: 'Marks the referral as corrected, with cause; it stays visible.', params: params({}) },
  suspendAccess: { says: 'Suspends the recipient’s access at once.', params: params({}) },
  restoreAccess: { says: 'Removes the mark and opens access again.', params: params({}) },
};

export const referralCommands = [
  'RECORD_RECEIPT',
  'ACKNOWLEDGE',
  'CONCLUDE_REFERRAL',
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
