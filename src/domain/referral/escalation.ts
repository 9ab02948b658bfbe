/** How much of a deadline has passed when somebody is told, in percent of its running time. */
export const STEPS = [50, 80, 100] as const;
export type Step = (typeof STEPS)[number];

/** Epoch milliseconds. */
export interface RunningClock {
  readonly halfAt: number;
  readonly mostAt: number;
  readonly dueAt: number;
}

/** The last step a clock has reached; 0 before the first. Steps that passed while nobody looked are one. */
export function stepReached({ halfAt, mostAt, dueAt }: RunningClock, now: number): 0 | Step {
  if (now >= dueAt) return 100;
  if (now >= mostAt) return 80;
  return now >= halfAt ? 50 : 0;
}

/** Accounts that could be told, each list without those that are closed. */
export interface Staff {
  readonly assigned: readonly { readonly userId: string; readonly role: string }[];
  /** Named for the unit by the installation's settings. */
  readonly lead: string | null;
  /** The unit's decision-maker of longest standing, for a unit whose lead nobody named. */
  readonly decisionMaker: string | null;
}

export interface Addressee {
  readonly userId: string;
  /** Why this person. */
  readonly because: 'assigned' | 'leadsUnit' | 'decidesInUnit';
}

/**
 * Whose list a step goes to: whoever is assigned for work of these roles, else the officers assigned, else the unit's lead; at the
 * end the lead as well, and from the first step where `theyAlone` can do it and none of them is assigned. Nobody only when the unit
 * has neither.
 */
export function addressees(step: Step, roles: readonly string[], staff: Staff, theyAlone = false): Addressee[] {
  const having = (wanted: readonly string[]): string[] =>
    staff.assigned.filter(({ role }) => wanted.includes(role)).map(({ userId }) => userId);
  const fitting = having(roles);
  const responsible = fitting.length > 0 ? fitting : having(['caseOfficer', 'officer1F']);
  const told = new Map(responsible.map((userId): [string, Addressee] => [userId, { userId, because: 'assigned' }]));
  const above = superior(staff);
  const atOnce = told.size === 0 || (theyAlone && fitting.length === 0);
  if (above && (step === 100 || atOnce) && !told.has(above.userId)) told.set(above.userId, above);
  return [...told.values()];
}

function superior({ assigned, lead, decisionMaker }: Staff): Addressee | undefined {
  if (lead !== null) return { userId: lead, because: 'leadsUnit' };
  const decides = assigned.find(({ role }) => role === 'decisionMaker')?.userId ?? decisionMaker;
  return decides === null ? undefined : { userId: decides, because: 'decidesInUnit' };
}
