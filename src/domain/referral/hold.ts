/** What a recipient may ask the authority to hold back, or to hold on to. `stops`: commands of the case that wait while it lives. */
export const holdKinds = {
  noAlert: {
    says: 'DO NOT ALERT: nobody outside this authority may learn that a prosecutor has asked about this case.',
    stops: [],
  },
  delayedNotice: {
    says: 'Notices wait: the notice of intention and the service of the decision are held back.',
    stops: ['SERVE_INTENTION', 'SERVE_DECISION'],
  },
  delayedDecision: {
    says: 'The decision on exclusion waits.',
    stops: ['DECIDE_EXCLUSION', 'DECIDE_NOT_EXCLUDED'],
  },
  stayOfRemoval: { says: 'Removal is stayed: tell whoever would carry it out, and nobody else.', stops: [] },
  preserve: { says: 'Everything in this file is kept: it is not erased while this lasts.', stops: [] },
} as const;
export type HoldKind = keyof typeof holdKinds;

/** The clocks of law past which no hold lasts, whatever it holds. */
export const LIMITS = ['examinationLimit', 'service'] as const;

/** The kinds of hold that would make this command wait. */
export function holdsThatStop(command: string): HoldKind[] {
  return (Object.keys(holdKinds) as HoldKind[]).filter((kind) =>
    (holdKinds[kind].stops as readonly string[]).includes(command),
  );
}

/** No rule lets a hold last longer. */
export const LONGEST_HOLD_DAYS = 30;

/**
 * Until when a hold lasts: as long as the rule lets it (`ruled`), at most until LONGEST_HOLD_DAYS are over (`most`), and never past a
 * clock of law that the step it delays must keep.
 */
export function holdUntil(kind: HoldKind, { ruled, most }: { ruled: Date; most: Date }, limits: readonly Date[]): Date {
  const ends = holdKinds[kind].stops.length === 0 ? [most] : [most, ...limits];
  return ends.reduce((soonest, end) => (end < soonest ? end : soonest), ruled);
}

/** What lies behind a case. */
export interface CaseStanding {
  /** It was taken, and no court set it aside. */
  readonly decided: boolean;
  /** It was, and nobody waits any more for it to be served. */
  readonly served: boolean;
  /** The examination ended without a decision. */
  readonly closed: boolean;
  /** How the person left, or that they are dead, as their whereabouts say; null: they are, or may be, here. */
  readonly gone: string | null;
}

/** Whereabouts of somebody whom nobody here removes any more. */
export const GONE = ['left', 'transferred', 'surrendered', 'removed', 'deceased'] as const;

/** Why a hold of this kind would hold nothing back any more, as a sentence; null where it would. */
export function delaysNothingBecause(kind: HoldKind, { decided, served, closed, gone }: CaseStanding): string | null {
  if (kind === 'delayedDecision' && closed) return 'The examination was closed without a decision.';
  if (kind === 'delayedNotice' && closed) return 'The examination was closed without a decision, and no notice is due.';
  if (kind === 'stayOfRemoval' && gone !== null) return `The person is no longer here to be removed (${gone}).`;
  if (kind === 'delayedDecision' && decided) return 'The decision was taken already, and stands.';
  if (kind === 'delayedNotice' && decided && served) return 'The decision was taken and served already, and stands.';
  return null;
}

export type HoldState = 'asked' | 'refused' | 'live' | 'over' | 'withdrawn';
/** Who ended a hold before its time but the authority itself: whoever asked for it, or a recall of its referral. */
export type HoldEnding = 'withdrawn' | 'recalled';

export interface HoldTimes {
  readonly granted: boolean | null;
  readonly validUntil: Date | null;
  readonly endedAt: Date | null;
  readonly endedBecause: HoldEnding | null;
}

export function holdStateAt({ granted, validUntil, endedAt, endedBecause }: HoldTimes, now: Date): HoldState {
  if (endedBecause === 'withdrawn') return 'withdrawn';
  if (granted === null) return endedAt === null ? 'asked' : 'over';
  if (!granted) return 'refused';
  return endedAt === null && validUntil !== null && validUntil > now ? 'live' : 'over';
}
