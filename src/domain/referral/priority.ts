import type { ReferralKind } from './file.js';

/** What makes one referral more urgent than another; null where it was not recorded. Nothing here says whom it is about. */
export interface PriorityFacets {
  /** The person under suspicion is known by name and nobody disputes the identity. */
  readonly suspectIdentified: boolean | null;
  /** That person is in the country. */
  readonly presentHere: boolean | null;
  /** A document supports an allegation that the recipient is told of, beside the person's own account. */
  readonly corroborated: boolean | null;
}

export const priorityLevels = ['high', 'medium', 'low'] as const;
export type PriorityLevel = (typeof priorityLevels)[number];

export const WEIGHTS = { suspectIdentified: 4, presentHere: 2, corroborated: 1 } as const;

/** 0 to 7; a correction comes before everything else, because what it corrects must no longer be relied on. */
export function priorityScore(kind: ReferralKind, facets: PriorityFacets): number {
  if (kind === 'correction') return 7;
  return (Object.keys(WEIGHTS) as (keyof PriorityFacets)[]).reduce(
    (sum, name) => sum + (facets[name] === true ? WEIGHTS[name] : 0),
    0,
  );
}

/** The least score of each level. */
export const LEAST_SCORE: Readonly<Record<PriorityLevel, number>> = { high: 6, medium: 4, low: 0 };

/** high: somebody identified who is here (or a correction); medium: identified and elsewhere, or not known where; else low. */
export const priorityLevel = (score: number): PriorityLevel =>
  priorityLevels.find((level) => score >= LEAST_SCORE[level]) ?? 'low';

/** Facts of the case as columns tell them. */
export interface PriorityFacts {
  readonly kind: ReferralKind;
  /** State of the person's chart, region by region; a grouped state is an object around its name. */
  readonly person: { readonly identity?: unknown; readonly whereabouts?: unknown };
  /** Grounds of allegations for which a document is named as evidence against the person. */
  readonly documentedGrounds: readonly string[];
  /** What this recipient is told about. */
  readonly grounds: readonly string[];
}

/** The facets of one referral. An account names no suspect that we know; a correction has none of its own. */
export function priorityFacets({ kind, person, documentedGrounds, grounds }: PriorityFacts): PriorityFacets {
  if (kind === 'correction') return { suspectIdentified: null, presentHere: null, corroborated: null };
  const told = kind !== 'account';
  const identity = innermost(person.identity);
  return {
    suspectIdentified: told && (identity === 'claimed' || identity === 'verified'),
    presentHere: told && ['present', 'detained'].includes(innermost(person.whereabouts)),
    corroborated: told && grounds.some((ground) => documentedGrounds.includes(ground)),
  };
}

function innermost(state: unknown): string {
  if (typeof state === 'string') return state;
  const inner: unknown = Object.values((state ?? {}) as object)[0];
  return inner === undefined ? '' : innermost(inner);
}
