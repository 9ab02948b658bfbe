import type { ActorFacts, EffectDefinition, Guard, Vocabulary } from './vocabulary.js';
import { params } from './vocabulary.js';

/** What the person chart may ask; where a person is never decides about a duty. */
export interface PersonFacts extends ActorFacts {
  /** The actor recorded the identity as it stands. */
  readonly actorRecordedIdentity: boolean;
  /** Of the command: it names the document, record or authority it relies on. */
  readonly sourceNamed: boolean;
}

const guards = {
  sourceNamed: {
    says: 'You must name the document, record or authority you rely on.',
    about: 'command',
    test: (f) => f.sourceNamed,
  },
  verifierDidNotRecordIdentity: {
    says: 'Identities must be merged or split by somebody other than the person who recorded them.',
    test: (f) => !f.actorRecordedIdentity,
  },
} as const satisfies Record<string, Guard<PersonFacts>>;

export type PersonEffect =
  | { readonly type: 'recordWhereabouts'; readonly params: Record<string, never> }
  | { readonly type: 'recordIdentity'; readonly params: Record<string, never> };

/** No effect here touches a decision, an obligation, a correction or a deadline: death or departure ends no duty. */
const effects: Readonly<Record<PersonEffect['type'], EffectDefinition>> = {
  recordWhereabouts: { says: 'Records where the person is, since when and from which source.', params: params({}) },
  recordIdentity: { says: 'Records the change of identity and its source.', params: params({}) },
};

export const personCommands = [
  'MARK_PRESENT',
  'MARK_DETAINED',
  'MARK_UNKNOWN',
  'MARK_LEFT',
  'MARK_TRANSFERRED',
  'MARK_SURRENDERED',
  'MARK_REMOVED',
  'MARK_DECEASED',
  'VERIFY_IDENTITY',
  'DISPUTE_IDENTITY',
  'RETURN_TO_CLAIMED_IDENTITY',
  'MERGE_IDENTITY',
  'SPLIT_IDENTITY',
] as const;
export type PersonCommandType = (typeof personCommands)[number];

export const personVocabulary: Vocabulary<PersonFacts> = { guards, stateGuards: {}, effects, commands: personCommands };
