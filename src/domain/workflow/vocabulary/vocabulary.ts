/** Everybody who may send a command; `system` stands for deadlines, receipts and releases. */
export const roles = [
  'caseOfficer',
  'officer1F',
  'reviewer',
  'legalAdviser',
  'decisionMaker',
  'prosecutor',
  'author',
  'auditor',
  'operator',
  'system',
] as const;
export type Role = (typeof roles)[number];

/** Every clock a chart can start; length and legal source of each kind are configuration. */
export const deadlineKinds = [
  'triage',
  'examinationLimit',
  'assessment',
  'stayReview',
  'intentionReply',
  'review',
  'decision',
  'service',
  'appeal',
  'appealFollowUp',
  'suspicionReview',
  'correctionReview',
  'correctionDecision',
  'prosecutionTrackReview',
  'accountReview',
  'interview',
  'refer',
  'acknowledge',
  'feedback',
  'correctionAnswer',
  'questionnaireReview',
] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

/** What a state can say about itself; law attaches to these, never to a state's name. */
export const tags = {
  exclusionApplied: 'Article 1F is applied: at least one allegation stands.',
  examinationEnded: 'The examination has ended, with or without a decision.',
  quashed: 'A court has set the exclusion aside.',
  correctionUndecided:
    'Recipients were told of a correction, and whether suspicion remains has not been decided for each allegation.',
  prosecutionOpen: 'An excluded person cannot be removed, and must be extradited or prosecuted.',
  settled: 'Nothing is awaited in this state, so it needs no deadline.',
} as const;
export type Tag = keyof typeof tags;

/** Facts about the person (or the system) sending the command; every lifecycle needs them. */
export interface ActorFacts {
  /** The roles the actor holds now; `['system']` for deadlines, receipts and releases. */
  readonly actorRoles: readonly Role[];
}

/** A pure statement over facts. */
export interface Guard<Facts> {
  /** The requirement as a full sentence; a refusal repeats it to the person who was refused. */
  readonly says: string;
  readonly test: (facts: Facts) => boolean;
  /** Only the command itself tells whether it holds; before one is sent it is held against nobody. */
  readonly about?: 'command';
}

/** A guard that names the facts its test looks at, so that only these need be read before it is asked. */
export interface AskingGuard<Facts> extends Guard<Facts> {
  readonly asks: readonly (keyof Facts & string)[];
}

/** The state each region is in, by region name (`workflow` for a chart without regions). */
export type Regions = Readonly<Record<string, string>>;

/** A JSON Schema fragment for the parameters of an effect. */
export interface ParamsSchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

/** An effect is data: the service writes the rows it stands for, nothing runs here. */
export interface EffectDefinition {
  readonly says: string;
  readonly params: ParamsSchema;
}

export interface Effect {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The words one lifecycle's charts may use; a chart naming anything else is refused at load. */
export interface Vocabulary<Facts> {
  readonly guards: Readonly<Record<string, Guard<Facts> | AskingGuard<Facts>>>;
  /** Guards about the state of a region, taken from the snapshot and never from a table. */
  readonly stateGuards: Readonly<Record<string, Guard<Regions>>>;
  readonly effects: Readonly<Record<string, EffectDefinition>>;
  readonly commands: readonly string[];
}

/** Builds the schema of an effect's parameters; every named parameter is required. */
export function params(properties: Readonly<Record<string, object>>): ParamsSchema {
  return { type: 'object', additionalProperties: false, required: Object.keys(properties), properties };
}

/** The three effects on deadlines, the same in every lifecycle that has clocks. */
export type DeadlineEffect =
  | { readonly type: 'startDeadline'; readonly params: { readonly kind: DeadlineKind } }
  | { readonly type: 'meetDeadline'; readonly params: { readonly kind: DeadlineKind } }
  | { readonly type: 'endDeadlines'; readonly params: { readonly kinds: readonly DeadlineKind[] } };

export const deadlineEffects: Readonly<Record<DeadlineEffect['type'], EffectDefinition>> = {
  startDeadline: {
    says: 'Starts the deadline of this kind; one that is already running starts again.',
    params: params({ kind: { enum: deadlineKinds } }),
  },
  meetDeadline: {
    says: 'Records that what this deadline waited for has happened; nothing if it is not running.',
    params: params({ kind: { enum: deadlineKinds } }),
  },
  endDeadlines: {
    says: 'Ends running deadlines of these kinds because nothing is awaited any more; they count as neither met nor missed.',
    params: params({ kinds: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: deadlineKinds } } }),
  },
};
