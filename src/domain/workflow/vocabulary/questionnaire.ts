import type { ActorFacts, DeadlineEffect, EffectDefinition, Guard, Vocabulary } from './vocabulary.js';
import { deadlineEffects, params } from './vocabulary.js';

/** What the questionnaire chart may ask about one version of one questionnaire. */
export interface QuestionnaireFacts extends ActorFacts {
  /** The actor wrote or imported any part of this version. */
  readonly actorIsAuthor: boolean;
  /** The version compiles without a finding that forbids use. */
  readonly lintIsClean: boolean;
  /** Every scenario beside the pack ends as it says. */
  readonly scenariosPass: boolean;
  /** The approver has opened the difference to the published version, or there is none to differ from. */
  readonly differenceSeen: boolean;
  /** The hash of this version is in the signed release manifest, or the deployment accepts every shipped file. */
  readonly inRelease: boolean;
}

const guards = {
  approverIsNotAuthor: {
    says: 'The approver must not be an author of this version.',
    test: (f) => !f.actorIsAuthor,
  },
  lintIsClean: { says: 'The proof must show no finding that forbids use.', test: (f) => f.lintIsClean },
  scenariosPass: { says: 'Every scenario must end as it says.', test: (f) => f.scenariosPass },
  differenceSeen: {
    says: 'The difference to the published version must have been looked at.',
    test: (f) => f.differenceSeen,
  },
  inRelease: {
    says: 'Only a version whose hash is in the signed release manifest is published at start.',
    test: (f) => f.inRelease,
  },
} as const satisfies Record<string, Guard<QuestionnaireFacts>>;

export type QuestionnaireEffect =
  | DeadlineEffect
  | { readonly type: 'saveDraft'; readonly params: Record<string, never> }
  | { readonly type: 'recordApproval'; readonly params: { readonly outcome: 'approved' | 'returned' } }
  | { readonly type: 'publishVersion'; readonly params: Record<string, never> }
  | { readonly type: 'retireVersion'; readonly params: Record<string, never> };

const effects: Readonly<Record<QuestionnaireEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  saveDraft: { says: 'Stores the body of the draft.', params: params({}) },
  recordApproval: {
    says: 'Records the outcome of the approval, with reasons.',
    params: params({ outcome: { enum: ['approved', 'returned'] } }),
  },
  publishVersion: { says: 'Pins the body by its hash; it never changes again.', params: params({}) },
  retireVersion: { says: 'Takes the version out of use for new interviews.', params: params({}) },
};

export const questionnaireCommands = [
  'EDIT_DRAFT',
  'SUBMIT_FOR_APPROVAL',
  'APPROVE_QUESTIONNAIRE',
  'RETURN_QUESTIONNAIRE',
  'PUBLISH_QUESTIONNAIRE',
  'PUBLISH_RELEASE',
  'RETIRE_QUESTIONNAIRE',
] as const;
export type QuestionnaireCommandType = (typeof questionnaireCommands)[number];

export const questionnaireVocabulary: Vocabulary<QuestionnaireFacts> = {
  guards,
  stateGuards: {},
  effects,
  commands: questionnaireCommands,
};
