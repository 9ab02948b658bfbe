/** What a recipient tells about a referral, and what each word means for the clock and for the person. */
interface Meaning {
  readonly says: string;
  /** Nothing more is awaited; without it the clock for the next word starts again. */
  readonly ends: boolean;
}

export const feedbackKinds = {
  received: { says: 'Received and registered.', ends: false },
  incomplete: { says: 'Something is missing from the file; the list says what.', ends: false },
  inScoping: { says: 'It is being examined whether to investigate.', ends: false },
  opened: { says: 'An investigation was opened.', ends: false },
  structuralUse: { says: 'Used in an investigation of a situation, not of this person.', ends: false },
  shelved: { says: 'Laid aside for now; it can be taken up again.', ends: false },
  disposed: { says: 'Disposed of; it will not be taken up.', ends: true },
  noJurisdiction: { says: 'There is no jurisdiction.', ends: true },
  noPresence: { says: 'The person is not here, and presence is required.', ends: true },
  extraditionAsked: { says: 'The prosecutor has been asked for, or has asked for, an extradition.', ends: false },
  extradited: { says: 'The person was extradited or surrendered to another state.', ends: true },
  transferred: { says: 'The matter or the person was transferred to an international tribunal.', ends: true },
  mutualLegalAssistance: { says: 'The prosecutor has asked another state for legal assistance.', ends: false },
  charged: { says: 'The person was charged.', ends: false },
  outcome: { says: 'The proceedings ended, with the outcome named.', ends: true },
} as const satisfies Record<string, Meaning>;
export type FeedbackKind = keyof typeof feedbackKinds;

export const feedbackOutcomes = {
  convicted: { says: 'Convicted.', clears: false },
  convictedInPart: { says: 'Convicted in part.', clears: false },
  discontinued: { says: 'Discontinued without a finding.', clears: false },
  acquitted: { says: 'Acquitted.', clears: true },
  noOffence: { says: 'What happened was no offence, or did not happen.', clears: true },
  mistakenIdentity: { says: 'It was somebody else.', clears: true },
} as const satisfies Record<string, { says: string; clears: boolean }>;
export type FeedbackOutcome = keyof typeof feedbackOutcomes;

export interface FeedbackGiven {
  readonly kind: FeedbackKind;
  readonly outcome?: FeedbackOutcome | undefined;
  /** What the file lacks. */
  readonly missing?: readonly string[] | undefined;
}

export interface FeedbackFault {
  /** JSON Pointer into what was given. */
  readonly pointer: string;
  readonly detail: string;
}

/** What does not fit together in a piece of feedback; none when it may be recorded. */
export function feedbackFaults({ kind, outcome, missing = [] }: FeedbackGiven): FeedbackFault[] {
  const faults: FeedbackFault[] = [];
  if (kind === 'outcome' && outcome === undefined) faults.push({ pointer: '/outcome', detail: 'say how it ended' });
  if (kind !== 'outcome' && outcome !== undefined)
    faults.push({ pointer: '/outcome', detail: 'belongs to feedback of kind outcome only' });
  if (kind === 'incomplete' && missing.length === 0)
    faults.push({ pointer: '/missing', detail: 'list what is missing, one entry each' });
  if (kind !== 'incomplete' && missing.length > 0)
    faults.push({ pointer: '/missing', detail: 'belongs to feedback of kind incomplete only' });
  return faults;
}

/** Whether nothing more is awaited after it, and whether it clears the person, which opens a reconsideration. */
export function consequencesOf({ kind, outcome }: FeedbackGiven): { ends: boolean; clears: boolean } {
  return { ends: feedbackKinds[kind].ends, clears: outcome !== undefined && feedbackOutcomes[outcome].clears };
}
