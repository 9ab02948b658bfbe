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
  /** Its version number is higher than that of every published version of the questionnaire. */
  readonly numberIsNext: boolean;
  /** The last approval was of these very files, and of their difference to what is published now. */
  readonly approvalIsCurrent: boolean;
  /** Another published questionnaire serves the interviews that this one serves. */
  readonly anotherServes: boolean;
  /** What is known of moving running interviews to this version, or back. */
  readonly migration: MigrationFacts;
}

export interface MigrationFacts {
  /** A proposal waits to be approved or dropped. */
  readonly open: boolean;
  /** One was approved, and interviews are being moved. */
  readonly underWay: boolean;
  readonly actorProposed: boolean;
  /** Every live interview was gone through, and nothing stands in the way. */
  readonly tried: boolean;
  /** The command's mapping says for every question of the former version where its answers go. */
  readonly fits: boolean;
  /** The command takes an earlier migration back. */
  readonly goesBack: boolean;
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
  numberIsNext: {
    says: 'Its version must be higher than every published version of this questionnaire: raise "version" in its file.',
    test: (f) => f.numberIsNext,
  },
  approvalIsCurrent: {
    says: 'The approval must be of these files and of their difference to what is published now: return it, and have it approved anew.',
    test: (f) => f.approvalIsCurrent,
  },
  anotherServes: {
    says: 'Another published questionnaire must serve the same interviews: publish that one first.',
    test: (f) => f.anotherServes,
  },
  noMigrationOpen: {
    says: 'A proposal to move interviews is still open: drop it, or wait until it is carried out.',
    test: (f) => !f.migration.open && !f.migration.underWay,
  },
  migrationOpen: {
    says: 'There must be an open proposal to move interviews: propose one first.',
    test: (f) => f.migration.open,
  },
  migrationProposedByAnother: {
    says: 'Whoever approves the move of interviews must not have proposed it.',
    test: (f) => !f.migration.actorProposed,
  },
  migrationTried: {
    says: 'The trial run over all live interviews must have ended, with nothing in the way: look at the proposal.',
    test: (f) => f.migration.tried,
  },
  migrationFits: {
    says: 'The mapping must say for every question of the former version where its answers go.',
    about: 'command',
    test: (f) => f.migration.fits,
  },
  migrationGoesBack: {
    says: 'No interview is moved to a retired version: name the migration to take back.',
    about: 'command',
    test: (f) => f.migration.goesBack,
  },
} as const satisfies Record<string, Guard<QuestionnaireFacts>>;

export type QuestionnaireEffect =
  | DeadlineEffect
  | { readonly type: 'saveDraft'; readonly params: Record<string, never> }
  | { readonly type: 'recordApproval'; readonly params: { readonly outcome: 'approved' | 'returned' } }
  | { readonly type: 'publishVersion'; readonly params: Record<string, never> }
  | { readonly type: 'retireVersion'; readonly params: Record<string, never> }
  | { readonly type: 'proposeMigration'; readonly params: Record<string, never> }
  | { readonly type: 'approveMigration'; readonly params: Record<string, never> }
  | { readonly type: 'dropMigration'; readonly params: Record<string, never> };

const effects: Readonly<Record<QuestionnaireEffect['type'], EffectDefinition>> = {
  ...deadlineEffects,
  saveDraft: { says: 'Stores the body of the draft.', params: params({}) },
  recordApproval: {
    says: 'Records the outcome of the approval, with reasons.',
    params: params({ outcome: { enum: ['approved', 'returned'] } }),
  },
  publishVersion: { says: 'Pins the body by its hash; it never changes again.', params: params({}) },
  retireVersion: { says: 'Takes the version out of use for new interviews.', params: params({}) },
  proposeMigration: {
    says: 'Stores the plan by which running interviews are to be moved; a trial run over all of them follows.',
    params: params({}),
  },
  approveMigration: { says: 'Lets the plan be carried out, interview by interview.', params: params({}) },
  dropMigration: { says: 'Ends the plan; no interview was moved by it.', params: params({}) },
};

export const questionnaireCommands = [
  'EDIT_DRAFT',
  'DISCARD_DRAFT',
  'SUBMIT_FOR_APPROVAL',
  'APPROVE_QUESTIONNAIRE',
  'RETURN_QUESTIONNAIRE',
  'PUBLISH_QUESTIONNAIRE',
  'PUBLISH_RELEASE',
  'RETIRE_QUESTIONNAIRE',
  'PROPOSE_MIGRATION',
  'MIGRATE',
  'DROP_MIGRATION',
] as const;
export type QuestionnaireCommandType = (typeof questionnaireCommands)[number];

export const questionnaireVocabulary: Vocabulary<QuestionnaireFacts> = {
  guards,
  stateGuards: {},
  effects,
  commands: questionnaireCommands,
};
