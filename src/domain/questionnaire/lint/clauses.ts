import { render } from '../explain.js';
import type { Compiled } from '../plan.js';
import type { Finding } from './finding.js';
import type { Model } from './model.js';
import { leavesOf, questionsOf, type PlanFacts } from './plan-facts.js';
import { finding } from './report.js';
import type { Lit } from './solver.js';
import { clausesOf, type Clause, type Written } from './written.js';

/** In what surroundings a condition is looked at. */
export interface Use {
  model: Model;
  /** The repeats around the condition. */
  chain: readonly number[];
  /** What holds wherever the condition matters. */
  context: readonly Lit[];
  /** What comes of the condition, perhaps without some of its clauses. */
  outcome: (without?: ReadonlySet<Compiled>) => readonly Lit[];
  /** Nodes that are never open: a clause about one is reported there. */
  dead: ReadonlySet<number>;
}

/** Clauses inside a condition that can never hold, and clauses without which it comes out the same. */
export function clauseFindings(facts: PlanFacts, root: Written, use: Use): Finding[] {
  const inner = clausesOf(facts.plan, root, use.chain).slice(1);
  if (inner.length === 0) return [];
  const never = neverHolding(facts, inner, use);
  return [
    ...never.map(({ condition, place }) =>
      finding(
        'neverHolds',
        place,
        `no answers make this clause true: ${render(facts.plan, condition)}`,
        'Correct the clause, or take it out.',
      ),
    ),
    ...redundant(inner, never, use).map(({ condition, place }) =>
      finding(
        'redundantClause',
        place,
        `the condition comes out the same without this clause: ${render(facts.plan, condition)}`,
        'Take the clause out, or write the one that was meant.',
      ),
    ),
  ];
}

function neverHolding(facts: PlanFacts, clauses: readonly Clause[], { model, context, dead }: Use): Clause[] {
  const found: Clause[] = [];
  const targets = clauses.map((clause) => {
    const items = clause.repeats.map(() => 0);
    return { clause, lits: [model.truth(clause.condition, items)[2], ...model.inItems(clause.repeats, items)] };
  });
  const pending = new Set(targets);
  for (const target of targets) {
    if (!pending.has(target) || inside(found, target.clause)) continue;
    const looked = leavesOf(target.clause.condition).flatMap(questionsOf);
    if (looked.some((question) => facts.around(question).some(({ index }) => dead.has(index)))) continue;
    const solution = model.circuit.solve([...context, ...target.lits]);
    if (solution.sat === false) found.push(target.clause);
    if (!solution.sat) continue;
    // One example shows many clauses at once.
    for (const other of pending) if (other.lits.every(solution.holds)) pending.delete(other);
  }
  return found;
}

/** Whether a clause stands inside one of these. */
const inside = (outer: readonly Clause[], { place }: Clause): boolean =>
  outer.some((one) => place.file === one.place.file && place.pointer.startsWith(`${one.place.pointer}/`));

function redundant(clauses: readonly Clause[], never: readonly Clause[], { model, context, outcome }: Use): Clause[] {
  const found: Clause[] = [];
  const without = new Set<Compiled>();
  for (const clause of clauses) {
    if (!clause.beside || inside([...found, ...never], clause) || never.includes(clause)) continue;
    // The last clause of a group is never taken out: an empty group would mean something else.
    const { parent } = clause;
    if (parent && 'parts' in parent && parent.parts.filter((part) => !without.has(part)).length < 2) continue;
    const trial = new Set([...without, clause.condition]);
    const before = outcome(without);
    const after = outcome(trial);
    const differs = model.circuit.or(before.map((lit, level) => model.circuit.differ(lit, after[level]!)));
    if (model.circuit.solve([...context, differs]).sat !== false) continue;
    found.push(clause);
    without.add(clause.condition);
  }
  return found;
}
