import { SILENT, UNCLEAR, YES, type Trit } from '../trit.js';
import type { Circuit } from './circuit.js';
import { FALSE, TRUE, negate, type Lit } from './solver.js';

/** How a clause comes out: at least silent, at least unclear, yes (see trit.ts). */
export type Truth = readonly [silent: Lit, unclear: Lit, yes: Lit];

export const CONSTANT: Readonly<Record<Trit, Truth>> = [
  [FALSE, FALSE, FALSE],
  [TRUE, FALSE, FALSE],
  [TRUE, TRUE, FALSE],
  [TRUE, TRUE, TRUE],
];
export const LEVELS = [SILENT, UNCLEAR, YES] as const;

export const byLevel = (make: (level: 0 | 1 | 2) => Lit): Truth => [make(0), make(1), make(2)];

/** Yes and no change places; what is open stays open. */
export const opposite = (circuit: Circuit, [silent, unclear, yes]: Truth): Truth => [
  negate(yes),
  circuit.or([negate(silent), circuit.and([unclear, negate(yes)])]),
  negate(silent),
];

/** A clause that may come out in any way. */
export function anyTruth(circuit: Circuit): Truth {
  const [silent, unclear, yes] = [circuit.variable(), circuit.variable(), circuit.variable()];
  circuit.demand(negate(yes), unclear);
  circuit.demand(negate(unclear), silent);
  return [silent, unclear, yes];
}
