import type { Witness } from '../lint/finding.js';
import { Model } from '../lint/model.js';
import { PlanFacts } from '../lint/plan-facts.js';
import { TRUE, negate, type Lit } from '../lint/solver.js';
import { smallestWitness } from '../lint/witness.js';
import type { Plan, PlanNode } from '../plan.js';
import { start, type Session } from '../session.js';
import { readAnswer } from '../values.js';
import { decisionsIn } from './deciding.js';
import type { Goal } from './goals.js';
import { reachedBy } from './reached.js';

/** `possible` with the fewest answers that reach the goal; `impossible` is proven; `unknown` where proof was too large. */
export type Reach = { reach: 'possible'; witness: Witness } | { reach: 'impossible' | 'unknown' };

/** Finds answers that reach a goal of `goalsOf`, and proves them by running them. */
export class Finder {
  private readonly facts: PlanFacts;

  constructor(private readonly plan: Plan) {
    this.facts = new PlanFacts(plan);
  }

  find(goal: Goal): Reach {
    const { model, lits } = this.stated(goal);
    const solution = model.circuit.solve(lits);
    if (solution.sat === false) return { reach: 'impossible' };
    const smallest = solution.sat ? smallestWitness(model, lits) : undefined;
    const witness = smallest && [smallest, this.withItems(goal, smallest)].find((one) => this.reaches(one, goal));
    return witness ? { reach: 'possible', witness } : { reach: 'unknown' };
  }

  private reaches(witness: Witness, goal: Goal): boolean {
    const refused = witness.answers.some(({ questionId, value, status }) => {
      const node = this.plan.nodes[this.plan.byId[questionId]!]!;
      return node.kind !== 'question' || !readAnswer(this.plan, node, status === undefined ? { value } : { status }).ok;
    });
    return !refused && reachedBy(interviewOf(this.plan, witness), [goal]).has(goal);
  }

  /** An item that holds nothing but repeats begins with the first thing recorded in one of those. */
  private withItems(goal: Goal, witness: Witness): Witness {
    const chain = nodeOf(goal)?.chain ?? [];
    const inside = this.plan.nodes.find(
      ({ kind, chain: around }) => kind === 'question' && chain.every((repeat, depth) => around[depth] === repeat),
    );
    if (chain.length === 0 || !inside) return witness;
    const begun = { questionId: inside.id, item: inside.chain.map(() => 0), status: 'notAsked' as const };
    return { ...witness, answers: [begun, ...witness.answers] };
  }

  private stated(goal: Goal): { model: Model; lits: Lit[] } {
    if (goal.kind === 'indicator') {
      const { condition, definition } = goal.indicator;
      const model = new Model(this.facts, { conditions: [condition] });
      return { model, lits: [model.truth(condition, [])[definition.ifUnclear === 'raise' ? 1 : 2]] };
    }
    if (goal.kind === 'clause' && 'indicator' in goal.owner) {
      const model = new Model(this.facts, { conditions: [goal.condition] });
      return { model, lits: [this.decided(model, goal, [])] };
    }
    const node =
      goal.kind === 'clause' ? (goal.owner as Extract<typeof goal.owner, { node: unknown }>).node : goal.node;
    const path = node.chain.map(() => 0);
    const model = new Model(this.facts, { nodes: [node.index] });
    const inside = model.inItems(node.chain, path);
    if (goal.kind === 'question') return { model, lits: [...inside, model.open(node.index, path)] };
    const context = [...inside, model.open(node.container, path), model.mayBeAsked(node)];
    if (goal.kind === 'clause') return { model, lits: [...context, this.decided(model, goal, path)] };
    const passed = model.passesGate(goal.gate, path);
    return { model, lits: [...context, goal.passes ? passed : negate(passed)] };
  }

  private decided(model: Model, goal: Extract<Goal, { kind: 'clause' }>, path: readonly number[]): Lit {
    const decisions = decisionsIn(model, goal.condition, path, TRUE).get(goal.clause)!;
    return goal.holds ? decisions.holding : decisions.failing;
  }
}

const nodeOf = (goal: Goal): PlanNode | undefined =>
  goal.kind === 'indicator'
    ? undefined
    : goal.kind !== 'clause'
      ? goal.node
      : 'node' in goal.owner
        ? goal.owner.node
        : undefined;

/** The interview in which nothing but a witness is recorded. */
export function interviewOf(plan: Plan, { answers, child }: Witness): Session {
  return start(plan, { child: child ? 'yes' : 'no', language: 'en' }, answers);
}
