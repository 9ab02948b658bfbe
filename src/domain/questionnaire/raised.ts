import type { Plan } from './plan.js';
import { NO, UNCLEAR } from './trit.js';

/** A raised indicator. */
export interface Raised {
  id: string;
  /** `unclear`: an answer leaves it open, and its author wants to know. */
  certainty: 'yes' | 'unclear';
}

/**
 * The indicators that stand, in the order of the plan: those raised, without those that another one replaces. What is certain is
 * not replaced by what is not.
 */
export function raisedIndicators({ plan, raised }: { plan: Plan; raised: Uint8Array }): Raised[] {
  const replaced = new Set(
    plan.indicators.flatMap(({ index, replaces }) =>
      raised[index] === NO ? [] : replaces.filter((other) => raised[index]! >= raised[other]!),
    ),
  );
  return plan.indicators
    .filter(({ index }) => raised[index] !== NO && !replaced.has(index))
    .map(({ id, index }) => ({ id, certainty: raised[index] === UNCLEAR ? 'unclear' : 'yes' }));
}
