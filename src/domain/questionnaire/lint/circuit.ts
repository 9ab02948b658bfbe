import { FALSE, Solver, TRUE, negate, type Lit, type Solution } from './solver.js';

/** Boolean expressions over a solver's variables; each different expression is put into clauses once. */
export class Circuit {
  private readonly solver = new Solver();
  private readonly made = new Map<string, Lit>();

  variable(phase = false): Lit {
    return this.solver.variable(phase);
  }

  demand(...lits: Lit[]): void {
    this.solver.add(lits);
  }

  solve(assumptions: readonly Lit[]): Solution {
    return this.solver.solve(assumptions);
  }

  and(lits: readonly Lit[]): Lit {
    const parts = [...new Set(lits)].filter((lit) => lit !== TRUE).sort((a, b) => a - b);
    if (parts.includes(FALSE)) return FALSE;
    for (let at = 1; at < parts.length; at++) if (parts[at] === negate(parts[at - 1]!)) return FALSE;
    if (parts.length <= 1) return parts[0] ?? TRUE;
    const key = parts.join(',');
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const all = this.solver.variable();
    for (const part of parts) this.solver.add([negate(all), part]);
    this.solver.add([all, ...parts.map(negate)]);
    this.made.set(key, all);
    return all;
  }

  or(lits: readonly Lit[]): Lit {
    return negate(this.and(lits.map(negate)));
  }

  differ(a: Lit, b: Lit): Lit {
    return a === b ? FALSE : this.or([this.and([a, negate(b)]), this.and([negate(a), b])]);
  }

  /** Whether at least `bound` of the literals hold. */
  atLeast(lits: readonly Lit[], bound: number): Lit {
    // By how many are reached so far: reached[j] is "at least j of those before".
    let reached: Lit[] = [TRUE];
    for (const lit of lits) {
      const before = reached;
      reached = [TRUE];
      for (let count = 1; count <= Math.min(before.length, bound); count++)
        reached.push(this.or([before[count] ?? FALSE, this.and([lit, before[count - 1]!])]));
    }
    return bound <= 0 ? TRUE : (reached[bound] ?? FALSE);
  }

  /** Demands that exactly one of the literals holds. */
  exactlyOne(lits: readonly Lit[]): void {
    this.solver.add(lits);
    for (const [at, lit] of lits.entries())
      for (const other of lits.slice(at + 1)) this.solver.add([negate(lit), negate(other)]);
  }
}
