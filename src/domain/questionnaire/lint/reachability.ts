import { render } from '../explain.js';
import type { Compiled, PlanNode } from '../plan.js';
import type { Place } from '../problems.js';
import { clauseFindings } from './clauses.js';
import type { Finding } from './finding.js';
import { Model, type Path } from './model.js';
import { leavesOf, questionsOf, type PlanFacts } from './plan-facts.js';
import { finding, listed } from './report.js';
import { negate, type Lit } from './solver.js';
import { smallestWitness } from './witness.js';
import { writtenGates } from './written.js';

/** What is found about the conditions that open nodes, and the nodes that nothing opens. */
export interface Reachability {
  findings: Finding[];
  /** Nodes that can never be open; what stands in them is not listed. */
  dead: ReadonlySet<number>;
}

/** For every node with a condition: whether anything opens it, whether anything closes it, and what each clause is good for. */
export function proveNodes(facts: PlanFacts, nodes: readonly PlanNode[] = facts.plan.nodes): Reachability {
  const findings: Finding[] = [];
  const dead = new Set<number>();
  for (const node of nodes) {
    if (node.gates.length === 0 || facts.around(node.container).some(({ index }) => dead.has(index))) continue;
    const proof = new NodeProof(facts, node);
    const found = proof.findings(dead);
    if (found.some(({ code }) => code === 'unreachable')) dead.add(node.index);
    findings.push(...found);
  }
  return { findings, dead };
}

/** The first item of every repeat around a node: items are alike, so one stands for all. */
export const firstItems = (node: PlanNode): Path => node.chain.map(() => 0);

interface Demand {
  lit: Lit;
  condition: Compiled;
  /** The node whose condition it is, where that is not the one in question. */
  around?: PlanNode;
}

class NodeProof {
  private readonly model: Model;
  private readonly path: Path;
  private readonly place: Place;

  constructor(
    private readonly facts: PlanFacts,
    private readonly node: PlanNode,
  ) {
    this.path = firstItems(node);
    this.model = new Model(facts, { nodes: [node.index], compared: true });
    this.place = writtenGates(facts.plan, node)[0]?.place ?? node;
  }

  findings(dead: ReadonlySet<number>): Finding[] {
    const { model, node, path } = this;
    const inside = [model.open(node.container, path), ...model.inItems(node.chain, path)];
    const opens = model.circuit.solve([...inside, model.open(node.index, path)]);
    if (opens.sat === undefined)
      return [finding('notProven', this.place, `whether ${this.name()} can be open is too large to find out`)];
    if (!opens.sat) return [this.unreachable(inside)];
    const context = [...inside, model.mayBeAsked(node)];
    if (model.circuit.solve([...context, negate(model.passes(node, path))]).sat === false)
      return [
        finding('alwaysOpen', this.place, `${this.name()} is open whatever is answered; its condition closes nothing`),
      ];
    const gates = writtenGates(this.facts.plan, node);
    if (gates.length !== 1 || node.gates.length !== 1) return [];
    return clauseFindings(this.facts, gates[0]!, {
      model,
      chain: node.chain,
      context,
      dead,
      outcome: (without) => [model.passes(node, path, without)],
    });
  }

  private unreachable(inside: readonly Lit[]): Finding {
    const demands = this.demands();
    const core = smallestCore(this.model, demands, inside.slice(1));
    const sentences = core.map((demand) => this.sentence(demand));
    const visibility = this.visibility(core);
    const together = sentences.length + visibility.length > 1 ? 'these never hold together' : 'this never holds';
    return finding(
      'unreachable',
      this.place,
      `${this.name()} can never be open: ${listed([...sentences, ...visibility])}; ${together}`,
      `Change one of these, or take ${this.node.kind === 'question' ? 'the question' : `the ${this.node.kind}`} out.`,
      smallestWitness(this.model, inside),
    );
  }

  /** Everything that must hold for the node to be open, outermost first. */
  private demands(): Demand[] {
    const { facts, model, path } = this;
    const around = facts
      .around(this.node.container)
      .reverse()
      .flatMap((outer) => this.gatesOf(outer).map((demand) => ({ ...demand, around: outer })));
    const own = this.node.gates.length === 1 ? this.node.gates[0]! : undefined;
    const inner = own && (own.condition.kind === 'named' ? own.condition.part : own.condition);
    if (own && inner?.kind === 'all')
      return [
        ...around,
        ...inner.parts.map((part) => ({
          lit: model.truth(part, path)[own.ifUnclear === 'open' ? 0 : 2],
          condition: part,
        })),
      ];
    return [...around, ...this.gatesOf(this.node)];
  }

  private gatesOf(node: PlanNode): Demand[] {
    const first = node.gates[0];
    return first
      ? [{ lit: this.model.passes(node, this.path.slice(0, node.chain.length)), condition: first.condition }]
      : [];
  }

  private sentence({ condition, around }: Demand): string {
    const { plan } = this.facts;
    const words = render(plan, condition);
    return around ? `${nameOf(around)} around it opens only if ${words}` : `it opens only if ${words}`;
  }

  /** Where the clauses alone do not exclude each other: when the questions are asked that they look at. */
  private visibility(core: readonly Demand[]): string[] {
    const alone = new Model(this.facts, { nodes: [this.node.index], allOpen: true });
    const lits = core.map(({ condition, around }) => {
      const node = around ?? this.node;
      const open = node.gates.some((gate) => gate.ifUnclear === 'open');
      return alone.truth(condition, this.path.slice(0, node.chain.length))[open ? 0 : 2];
    });
    if (!alone.circuit.solve(lits).sat) return [];
    const asked = new Set(core.flatMap(({ condition }) => leavesOf(condition)).flatMap(questionsOf));
    const mentioned = new Set(core.map(({ condition }) => condition));
    return [...asked].flatMap((question) =>
      this.facts
        .around(question)
        .filter(({ gates }) => gates.length > 0 && !gates.some(({ condition }) => mentioned.has(condition)))
        .map((outer) => `${nameOf(outer)} is asked only if ${render(this.facts.plan, outer.gates[0]!.condition)}`),
    );
  }

  private name(): string {
    return nameOf(this.node);
  }
}

/** A node in words: its kind and id. */
export const nameOf = (node: PlanNode): string => `${node.kind === 'include' ? 'module' : node.kind} "${node.id}"`;

/** Of the demands that cannot hold together, as few as possible. */
function smallestCore(model: Model, demands: readonly Demand[], inside: readonly Lit[]): readonly Demand[] {
  let core = demands;
  for (const demand of demands) {
    const rest = core.filter((one) => one !== demand);
    if (model.circuit.solve([...inside, ...rest.map(({ lit }) => lit)]).sat === false) core = rest;
  }
  return core;
}
