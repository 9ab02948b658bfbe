import { render } from '../explain.js';
import type { PlanIndicator, QuestionNode } from '../plan.js';
import { at } from '../problems.js';
import { clauseFindings } from './clauses.js';
import type { Finding } from './finding.js';
import { Model } from './model.js';
import type { PlanFacts } from './plan-facts.js';
import { firstItems, nameOf } from './reachability.js';
import { finding } from './report.js';
import type { Lit } from './solver.js';
import { smallestWitness } from './witness.js';

/** Whether each indicator can be raised, what its clauses are good for, and whether what it says to ask next can be asked then. */
export function proveIndicators(facts: PlanFacts, dead: ReadonlySet<number>): Finding[] {
  return facts.plan.indicators.flatMap((indicator) => {
    const model = new Model(facts, { conditions: [indicator.condition], compared: true });
    const place = at(indicator, 'when');
    const raised = model.circuit.solve([raisedIn(model, indicator)]).sat;
    if (raised === undefined)
      return [
        finding('notProven', place, `whether indicator "${indicator.id}" can be raised is too large to find out`),
      ];
    if (!raised)
      return [
        finding(
          'indicatorNeverRaised',
          place,
          `indicator "${indicator.id}" can never be raised: no answers make it so that ${render(facts.plan, indicator.condition)}`,
        ),
      ];
    const written = { condition: indicator.condition, written: indicator.definition.when, place };
    const [, unclear, yes] = [0, 1, 2] as const;
    return [
      ...clauseFindings(facts, written, {
        model,
        chain: [],
        context: [],
        dead,
        outcome: (without) => {
          const truth = model.truth(indicator.condition, [], without);
          return indicator.definition.ifUnclear === 'raise' ? [truth[unclear], truth[yes]] : [truth[yes]];
        },
      }),
      ...nextFindings(facts, indicator),
    ];
  });
}

/** Whether the indicator is raised, certainly or perhaps. */
export const raisedIn = (model: Model, { condition, definition }: PlanIndicator): Lit =>
  model.truth(condition, [])[definition.ifUnclear === 'raise' ? 1 : 2];

function nextFindings(facts: PlanFacts, indicator: PlanIndicator): Finding[] {
  return indicator.next.flatMap((id, position) => {
    const node = facts.plan.nodes[facts.plan.byId[id]!]!;
    if (facts.around(node.index).every(({ gates }) => gates.length === 0)) return [];
    const model = new Model(facts, { nodes: [node.index], conditions: [indicator.condition] });
    const path = firstItems(node);
    const raised = raisedIn(model, indicator);
    const asked = [model.open(node.index, path), ...model.inItems(node.chain, path)];
    if (model.circuit.solve([raised, ...asked]).sat !== false) return [];
    return [
      finding(
        'nextNeverAsked',
        at(indicator, 'next', position),
        `${nameOf(node)} is closed whenever indicator "${indicator.id}" is raised`,
        undefined,
        smallestWitness(model, [raised]),
      ),
    ];
  });
}

/** Texts that pipe an answer which is never there when they are read out. */
export function provePipes(facts: PlanFacts, dead: ReadonlySet<number>): Finding[] {
  const isDead = (index: number) => facts.around(index).some((node) => dead.has(node.index));
  return facts.plan.nodes.flatMap((node) =>
    node.kind === 'question' && !isDead(node.index) ? pipesOf(facts, node) : [],
  );
}

function pipesOf(facts: PlanFacts, node: QuestionNode): Finding[] {
  return Object.entries(node.pipes).flatMap(([name, target]) => {
    if (facts.around(target).every(({ gates }) => gates.length === 0)) return [];
    const model = new Model(facts, { nodes: [node.index, target] });
    const path = firstItems(node);
    const read = [model.open(node.index, path), ...model.inItems(node.chain, path)];
    if (model.circuit.solve([...read, model.open(target, path)]).sat !== false) return [];
    return [
      finding(
        'pipeNeverFilled',
        at(node, 'text'),
        `{${name}|...} is never filled: ${nameOf(facts.plan.nodes[target]!)} is closed whenever ${nameOf(node)} is open`,
        undefined,
        smallestWitness(model, read),
      ),
    ];
  });
}
