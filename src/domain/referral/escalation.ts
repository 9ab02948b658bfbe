/** How much of a deadline has passed when somebody is told, in percent of its running time. */
export const STEPS = [50, 80, 100] as const;
export type Step = (typeof STEPS)[number];

/** Clocks of what was asked, from outside or for a second person, and of what follows: whoever must act is told when they begin. */
export const TOLD_AT_ONCE = [
  'holdDecision',
  'requestAnswer',
  'personRequest',
  'reconsideration',
  'reopening',
  'correctionDecision',
  'unblocking',
  'letterConfirmation',
  'brokenStay',
  'blockedRecipient',
  'closingConfirmation',
] as const;

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
  /** Everybody of the unit who has one of the roles, for what needs a second person. */
  readonly colleagues: readonly string[];
}

export interface Addressee {
  readonly userId: string;
  /** Why this person. */
  readonly because: 'assigned' | 'leadsUnit' | 'decidesInUnit' | 'answers' | 'approves' | 'seconds';
}

/**
 * Whose list a step goes to: whoever is assigned for work of these roles, else the officers assigned, else the unit's lead; at the
 * end the lead as well, and from the first step where `theyAlone` can do it and none of them is assigned. As it begins (0), the lead
 * before officers who cannot do it; `leadToo`: the lead at every step. Nobody only when the unit has neither.
 */
export function addressees(
  step: 0 | Step,
  roles: readonly string[],
  staff: Staff,
  theyAlone = false,
  leadToo = false,
): Addressee[] {
  const having = (wanted: readonly string[]): string[] =>
    staff.assigned.filter(({ role }) => wanted.includes(role)).map(({ userId }) => userId);
  const fitting = having(roles);
  const above = superior(staff);
  if (step === 0 && fitting.length === 0 && above) return [above];
  const responsible = fitting.length > 0 ? fitting : having(['caseOfficer', 'officer1F']);
  const told = new Map(responsible.map((userId): [string, Addressee] => [userId, { userId, because: 'assigned' }]));
  const atOnce = told.size === 0 || (theyAlone && fitting.length === 0);
  if (above && (step === 100 || atOnce || leadToo) && !told.has(above.userId)) told.set(above.userId, above);
  return [...told.values()];
}

/**
 * Whose list it goes to that a second person is needed, `staff` being without the first: whoever is assigned for work of these roles,
 * else everybody of the unit who has one; at the end and for want of them the lead.
 */
export function seconders(step: 0 | Step, roles: readonly string[], staff: Staff): Addressee[] {
  const assigned = staff.assigned.filter(({ role }) => roles.includes(role));
  const told = new Map(assigned.map(({ userId }): [string, Addressee] => [userId, { userId, because: 'assigned' }]));
  if (told.size === 0) for (const userId of staff.colleagues) told.set(userId, { userId, because: 'seconds' });
  const above = superior(staff);
  if (above && (step === 100 || told.size === 0) && !told.has(above.userId)) told.set(above.userId, above);
  return [...told.values()];
}

/** Accounts that could be told of what belongs to no case. */
export interface Answering {
  readonly answer: readonly string[];
  /** Of every unit. */
  readonly leads: readonly string[];
}

/** Whose list a step of what belongs to no case goes to: whoever can do it, at the end and for want of them the leads. */
export function answerers(
  step: 0 | Step,
  { answer, leads }: Answering,
  because: 'answers' | 'approves' = 'answers',
): Addressee[] {
  const told = new Map(answer.map((userId): [string, Addressee] => [userId, { userId, because }]));
  if (step < 100 && told.size > 0) return [...told.values()];
  for (const userId of leads) if (!told.has(userId)) told.set(userId, { userId, because: 'leadsUnit' });
  return [...told.values()];
}

function superior({ assigned, lead, decisionMaker }: Staff): Addressee | undefined {
  if (lead !== null) return { userId: lead, because: 'leadsUnit' };
  const decides = assigned.find(({ role }) => role === 'decisionMaker')?.userId ?? decisionMaker;
  return decides === null ? undefined : { userId: decides, because: 'decidesInUnit' };
}
