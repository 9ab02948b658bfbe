import { render } from '../explain.js';
import type { PlanCheck, PlanNode, QuestionNode, RepeatNode } from '../plan.js';
import { at } from '../problems.js';
import { clauseFindings } from './clauses.js';
import type { Finding } from './finding.js';
import { Model } from './model.js';
import type { PlanFacts } from './plan-facts.js';
import { nameOf } from './reachability.js';
import { finding } from './report.js';
import { negate } from './solver.js';
import { smallestWitness } from './witness.js';

/** Checks that no answer fails, and checks that no answer passes. */
export function proveChecks(facts: PlanFacts, dead: ReadonlySet<number>): Finding[] {
  const isDead = (node: PlanNode) => facts.around(node.index).some(({ index }) => dead.has(index));
  return facts.plan.nodes.flatMap((node) =>
    (node.kind === 'question' || node.kind === 'repeat') && !isDead(node)
      ? node.checks.flatMap((check, position) => checkFindings(facts, node, check, position, dead))
      : [],
  );
}

function checkFindings(
  facts: PlanFacts,
  node: QuestionNode | RepeatNode,
  check: PlanCheck,
  position: number,
  dead: ReadonlySet<number>,
): Finding[] {
  const { condition, definition } = check;
  const valued = node.kind === 'question' ? [node.index] : [];
  const chain = node.kind === 'question' ? node.chain : [...node.chain, node.index];
  const model = new Model(facts, {
    nodes: [node.index],
    conditions: [condition],
    chain,
    valued,
    compared: true,
    unchecked: node.index,
  });
  const path = chain.map(() => 0);
  const context = [
    ...model.inItems(chain, path),
    model.open(node.index, path),
    ...valued.map((index) => model.answered(index, path)),
  ];
  const place = at(node, 'checks', position, 'must');
  const fails = model.fails(check, path);
  const says = `check "${definition.id}" of ${nameOf(node)}: ${render(facts.plan, condition)}`;
  if (model.circuit.solve([...context, fails]).sat === false)
    return [finding('checkNeverFails', place, `no answers fail ${says}`)];
  if (model.circuit.solve([...context, negate(fails)]).sat === false)
    return [
      finding('checkAlwaysFails', place, `every answer fails ${says}`, undefined, smallestWitness(model, context)),
    ];
  return clauseFindings(
    facts,
    { condition, written: definition.must, place },
    { model, chain, context, dead, outcome: (without) => [model.fails(check, path, without)] },
  );
}
