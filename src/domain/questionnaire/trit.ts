/**
 * Yes, no and unclear, with the two ways of being unclear kept apart: something was said but leaves it open, or nothing was said
 * at all (not asked, not known, refused, closed). Only the first may raise an indicator: silence is no evidence.
 */
export const NO = 0;
export const SILENT = 1;
export const UNCLEAR = 2;
export const YES = 3;
export type Trit = typeof NO | typeof SILENT | typeof UNCLEAR | typeof YES;

const OPPOSITE: readonly Trit[] = [YES, SILENT, UNCLEAR, NO];

/** The opposite; what is open stays open. */
export const not = (value: Trit): Trit => OPPOSITE[value]!;

export const fromBoolean = (value: boolean): Trit => (value ? YES : NO);

const WORDS = { yes: YES, no: NO, unclear: UNCLEAR } as const;
export const fromWord = (word: 'yes' | 'no' | 'unclear'): Trit => WORDS[word];

/** What a reader is told: both ways of being unclear are "unclear". */
export const toWord = (value: Trit): 'yes' | 'no' | 'unclear' =>
  value === YES ? 'yes' : value === NO ? 'no' : 'unclear';

/**
 * Whether at least `bound` of the items hold. Items left open decide only when they could tip it; it takes silence to tip it,
 * and the result is silent.
 */
export function atLeast(values: readonly Trit[], bound: number): Trit {
  const reach = (from: Trit) => values.filter((value) => value >= from).length >= bound;
  if (reach(YES)) return YES;
  if (reach(UNCLEAR)) return UNCLEAR;
  return reach(SILENT) ? SILENT : NO;
}

/** Whether at most `bound` of the items hold. */
export function atMost(values: readonly Trit[], bound: number): Trit {
  const holding = values.filter((value) => value === YES).length;
  const open = values.filter((value) => value === UNCLEAR || value === SILENT).length;
  if (holding > bound) return NO;
  if (holding + open <= bound) return YES;
  return values.includes(SILENT) ? SILENT : UNCLEAR;
}
