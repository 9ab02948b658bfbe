/**
 * Satisfiability of clauses, by conflict-driven clause learning: two watched literals, first-UIP learning, back-jumping, phase
 * saving. Problems here are small (some hundred variables each) and many, so decisions follow the order in which variables were
 * made instead of an activity heap.
 */

/** Twice the number of a variable, plus one when negated. */
export type Lit = number;
export const TRUE: Lit = 0;
export const FALSE: Lit = 1;
export const negate = (lit: Lit): Lit => lit ^ 1;

export type Solution =
  | { sat: true; holds: (lit: Lit) => boolean }
  /** `core`: assumptions that cannot hold together. */
  | { sat: false; core: Lit[] }
  /** Given up: too many conflicts. */
  | { sat: undefined };

type Clause = Lit[];

export class Solver {
  /** By literal: 1 true, -1 false, 0 open. */
  private values = new Int8Array(256);
  private readonly level: number[] = [];
  private readonly reason: (Clause | undefined)[] = [];
  private readonly phase: boolean[] = [];
  private readonly watches: Clause[][] = [];
  private readonly trail: Lit[] = [];
  private readonly limits: number[] = [];
  private readonly seen: boolean[] = [];
  private head = 0;
  private cursor = 0;
  private broken = false;

  /** Gives up after this many conflicts in one call of `solve`. */
  constructor(private readonly budget = 20_000) {
    this.variable();
    this.add([TRUE]);
  }

  /** A new variable, and how it is decided first. */
  variable(phase = false): Lit {
    const variable = this.level.push(0) - 1;
    this.reason.push(undefined);
    this.phase.push(phase);
    this.seen.push(false);
    this.watches.push([], []);
    if (2 * variable + 1 >= this.values.length) {
      const grown = new Int8Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    return 2 * variable;
  }

  /** Demands that one of the literals holds. */
  add(literals: readonly Lit[]): void {
    this.backtrack(0);
    const clause: Clause = [];
    for (const lit of literals) {
      if (this.values[lit] === 1 || clause.includes(negate(lit))) return;
      if (this.values[lit] !== -1 && !clause.includes(lit)) clause.push(lit);
    }
    if (clause.length === 0) this.broken = true;
    else if (clause.length === 1) this.assign(clause[0]!, undefined);
    else this.attach(clause);
  }

  /** Whether everything demanded can hold together with the assumptions. */
  solve(assumptions: readonly Lit[] = []): Solution {
    this.backtrack(0);
    if (this.broken) return { sat: false, core: [] };
    for (let conflicts = 0; ;) {
      const conflict = this.propagate();
      if (conflict) {
        if (this.limits.length === 0) {
          this.broken = true;
          return { sat: false, core: [] };
        }
        if (++conflicts > this.budget) {
          this.backtrack(0);
          return { sat: undefined };
        }
        this.learn(conflict);
        continue;
      }
      const next = this.next(assumptions);
      if (next === undefined) {
        const model = this.values.slice();
        return { sat: true, holds: (lit) => model[lit] === 1 };
      }
      if (this.values[next] === -1) return { sat: false, core: this.core(next) };
      this.limits.push(this.trail.length);
      if (this.values[next] === 0) this.assign(next, undefined);
    }
  }

  /** The next assumption, else the next open variable; undefined when everything is assigned. */
  private next(assumptions: readonly Lit[]): Lit | undefined {
    if (this.limits.length < assumptions.length) return assumptions[this.limits.length];
    while (this.cursor < this.level.length && this.values[2 * this.cursor] !== 0) this.cursor++;
    if (this.cursor === this.level.length) return undefined;
    return 2 * this.cursor + (this.phase[this.cursor] ? 0 : 1);
  }

  private attach(clause: Clause): void {
    this.watches[clause[0]!]!.push(clause);
    this.watches[clause[1]!]!.push(clause);
  }

  private assign(lit: Lit, reason: Clause | undefined): void {
    this.values[lit] = 1;
    this.values[negate(lit)] = -1;
    this.level[lit >> 1] = this.limits.length;
    this.reason[lit >> 1] = reason;
    this.trail.push(lit);
  }

  private backtrack(level: number): void {
    if (this.limits.length <= level) return;
    const limit = this.limits[level]!;
    for (let at = this.trail.length - 1; at >= limit; at--) {
      const lit = this.trail[at]!;
      this.values[lit] = 0;
      this.values[negate(lit)] = 0;
      this.phase[lit >> 1] = (lit & 1) === 0;
      if (lit >> 1 < this.cursor) this.cursor = lit >> 1;
    }
    this.trail.length = limit;
    this.limits.length = level;
    this.head = limit;
  }

  /** Draws all conclusions; gives the clause that cannot hold any more, if there is one. */
  private propagate(): Clause | undefined {
    while (this.head < this.trail.length) {
      const gone = negate(this.trail[this.head++]!);
      const watching = this.watches[gone]!;
      let kept = 0;
      for (let at = 0; at < watching.length; at++) {
        const clause = watching[at]!;
        if (clause[0] === gone) [clause[0], clause[1]] = [clause[1]!, gone];
        if (this.values[clause[0]!] === 1 || !this.watchAnother(clause)) watching[kept++] = clause;
        else continue;
        if (this.values[clause[0]!] === 1) continue;
        if (this.values[clause[0]!] === -1) {
          while (++at < watching.length) watching[kept++] = watching[at]!;
          watching.length = kept;
          return clause;
        }
        this.assign(clause[0]!, clause);
      }
      watching.length = kept;
    }
    return undefined;
  }

  /** Moves the second watch to a literal that may still hold. */
  private watchAnother(clause: Clause): boolean {
    for (let at = 2; at < clause.length; at++) {
      const lit = clause[at]!;
      if (this.values[lit] === -1) continue;
      clause[at] = clause[1]!;
      clause[1] = lit;
      this.watches[lit]!.push(clause);
      return true;
    }
    return false;
  }

  /** Learns why a conflict came about (first unique implication point) and goes back to where that would have helped. */
  private learn(conflict: Clause): void {
    const learnt: Lit[] = [FALSE];
    const marked: number[] = [];
    let open = 0;
    let at = this.trail.length - 1;
    let clause: Clause | undefined = conflict;
    for (let uip: Lit | undefined; ;) {
      for (const lit of clause!) {
        const variable = lit >> 1;
        if (lit === uip || this.seen[variable] || this.level[variable] === 0) continue;
        this.seen[variable] = true;
        marked.push(variable);
        if (this.level[variable] === this.limits.length) open++;
        else learnt.push(lit);
      }
      while (!this.seen[this.trail[at]! >> 1]) at--;
      uip = this.trail[at--]!;
      clause = this.reason[uip >> 1];
      if (--open === 0) {
        learnt[0] = negate(uip);
        break;
      }
    }
    for (const variable of marked) this.seen[variable] = false;
    this.backjump(learnt);
  }

  private backjump(learnt: Lit[]): void {
    let second = 1;
    for (let at = 2; at < learnt.length; at++)
      if (this.level[learnt[at]! >> 1]! > this.level[learnt[second]! >> 1]!) second = at;
    if (learnt.length === 1) {
      this.backtrack(0);
      this.assign(learnt[0]!, undefined);
      return;
    }
    [learnt[1], learnt[second]] = [learnt[second]!, learnt[1]!];
    this.backtrack(this.level[learnt[1] >> 1]!);
    this.attach(learnt);
    this.assign(learnt[0]!, learnt);
  }

  /** The assumptions from which it follows that this one does not hold. */
  private core(failed: Lit): Lit[] {
    const core = [failed];
    const marked = new Set([failed >> 1]);
    for (let at = this.trail.length - 1; at >= 0; at--) {
      const lit = this.trail[at]!;
      const variable = lit >> 1;
      if (!marked.has(variable) || this.level[variable] === 0) continue;
      const reason = this.reason[variable];
      if (!reason) core.push(lit);
      else for (const other of reason) marked.add(other >> 1);
    }
    return core;
  }
}
