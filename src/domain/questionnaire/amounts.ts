import type { Operator } from './format.js';
import { NO, SILENT, UNCLEAR, YES, fromBoolean, type Trit } from './trit.js';

/** A number of which only bounds are known: an age between uncertain dates. `silent`: the doubt rests on something not said. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly silent?: true;
}
/** A number, or the bounds of one. */
export type Amount = number | Bounds;

export const leastOf = (amount: Amount): number => (typeof amount === 'number' ? amount : amount.least);
export const mostOf = (amount: Amount): number => (typeof amount === 'number' ? amount : amount.most);
export const isSilent = (amount: Amount): boolean => typeof amount !== 'number' && amount.silent === true;

/** The number when the bounds meet, else the bounds. */
export function amount(least: number, most: number, silent = false): Amount {
  // Plus zero: a product may be minus zero, which is no number to show.
  return least === most ? least + 0 : { least, most, ...(silent && { silent: true as const }) };
}

type Order = Extract<Operator, 'is' | 'isNot' | 'above' | 'below' | 'atLeast' | 'atMost'>;

/** Compares two numbers or bounds; what the bounds do not settle is unclear, or silent when the doubt is. */
export function compareAmounts(operator: Order, a: Amount, b: Amount): Trit {
  if (typeof a === 'number' && typeof b === 'number') return fromBoolean(holds(operator, a - b));
  // The difference lies anywhere between these two; each operator changes its outcome only at zero.
  const [low, high] = [leastOf(a) - mostOf(b), mostOf(a) - leastOf(b)];
  const ends = [holds(operator, low), holds(operator, high)];
  const crosses = low < 0 && high > 0 && (operator === 'is' || operator === 'isNot');
  if (ends[0] === ends[1] && !crosses) return ends[0] ? YES : NO;
  return isSilent(a) || isSilent(b) ? SILENT : UNCLEAR;
}

function holds(operator: Order, difference: number): boolean {
  switch (operator) {
    case 'is':
      return difference === 0;
    case 'isNot':
      return difference !== 0;
    case 'above':
      return difference > 0;
    case 'below':
      return difference < 0;
    case 'atLeast':
      return difference >= 0;
    case 'atMost':
      return difference <= 0;
  }
}
