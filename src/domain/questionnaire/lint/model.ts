import type {
  Compiled,
  CompiledGate,
  CompiledLeaf,
  CompiledQuantifier,
  PlanCheck,
  PlanNode,
  RepeatNode,
} from '../plan.js';
import { YES } from '../trit.js';
import { Answers, type Instance, type Path } from './answers.js';
import { Circuit } from './circuit.js';
import { partsOf, questionsOf, type PlanFacts } from './plan-facts.js';
import { TRUE, negate, type Lit } from './solver.js';
import { CONSTANT, anyTruth, byLevel, opposite, type Truth } from './truth.js';

export type { Instance, Path } from './answers.js';

const isRepeat = (node: PlanNode): node is RepeatNode => node.kind === 'repeat';

/** An item exists while something is recorded in it: of such a question, or in an item of a repeat inside it. */
export const isAnswered = (node: PlanNode): boolean => node.kind === 'question' && !node.calculation;

/** How many items of a repeat are looked at, by how deep it stands; a clause that needs more is taken as free. */
const MOST_ITEMS = [12, 5, 3];

export interface Roots {
  nodes?: readonly number[];
  conditions?: readonly Compiled[];
  /** The repeats around the conditions. */
  chain?: readonly number[];
  /** Conditions will also be compared with themselves without some clause. */
  compared?: boolean;
  /** Questions of which it counts whether they have a value. */
  valued?: readonly number[];
  /** Every node counts as open: what conditions say on their own. */
  allOpen?: boolean;
  /** The question whose checks are looked at: they refuse no answer to it. */
  unchecked?: number;
}

/**
 * What an interview may come to, as far as it bears on some nodes and conditions, put into clauses of propositional logic: every
 * answer is free, a node is open as the engine has it, a clause comes out as the engine's own test does. Repeats have as many
 * items as could make a difference. It never leaves out an interview that can happen; it may admit more where a clause was taken
 * as free (`exact` is then false).
 */
export class Model {
  readonly circuit = new Circuit();
  readonly child: Lit = this.circuit.variable();
  private readonly answers: Answers;
  private readonly allOpen: boolean;
  private readonly valued: Set<number>;
  /** By question looked at: the checks that refuse answers to it. */
  private readonly refusing = new Map<number, readonly PlanCheck[]>();
  private readonly refused = new Set<string>();
  private readonly cone = new Set<number>();
  private readonly wanted = new Map<number, number>();
  private readonly free = new Set<Compiled>();
  private readonly opened = new Map<string, Lit>();
  private readonly existing = new Map<string, Lit>();
  private readonly truths = new Map<Compiled, Map<string, Truth>>();

  constructor(
    readonly facts: PlanFacts,
    { nodes = [], conditions = [], chain = [], compared = false, valued = [], allOpen = false, unchecked }: Roots,
  ) {
    this.allOpen = allOpen;
    this.valued = new Set(valued);
    this.answers = new Answers(this.circuit, facts, this.valued);
    if (unchecked !== undefined) this.refusing.set(unchecked, []);
    const weight = compared ? 2 : 1;
    const around = [...chain, ...nodes.flatMap((index) => this.node(index).chain)];
    for (const repeat of around) this.wanted.set(repeat, (this.wanted.get(repeat) ?? 0) + 1);
    for (const index of nodes) this.reach(index, weight);
    for (const condition of conditions) this.reachCondition(condition, weight);
  }

  // ------------------------------------------------------------------------------------------- what bears on the question

  private reach(index: number, weight: number): void {
    if (index < 0 || this.cone.has(index)) return;
    this.cone.add(index);
    const { container, gates } = this.node(index);
    this.reach(container, weight);
    for (const { condition } of gates) this.reachCondition(condition, weight);
  }

  private reachCondition(condition: Compiled, weight: number): void {
    if (condition.kind === 'leaf') {
      this.answers.lookAt(condition);
      for (const question of questionsOf(condition)) {
        this.reach(question, weight);
        this.reachRefusals(question);
      }
    } else if ('repeat' in condition) this.reachQuantifier(condition, weight);
    for (const part of partsOf(condition)) this.reachCondition(part, weight);
  }

  private reachRefusals(question: number): void {
    if (this.refusing.has(question)) return;
    const checks = this.facts.refusals(question);
    this.refusing.set(question, checks);
    if (checks.length > 0) this.valued.add(question);
    for (const { condition } of checks) this.reachCondition(condition, 1);
  }

  /** No answer stands that a check of its question alone refuses. */
  private demandAccepted(question: number, path: Path): void {
    const own = path.slice(0, this.node(question).chain.length);
    const key = `${question}/${own.join('.')}`;
    if (this.refused.has(key)) return;
    this.refused.add(key);
    for (const check of this.refusing.get(question) ?? [])
      this.circuit.demand(negate(this.answered(question, own)), negate(this.fails(check, own)));
  }

  /** Each clause about a repeat needs as many items as decide it; with all of them kept, further items change nothing. */
  private reachQuantifier(quantifier: CompiledQuantifier, weight: number): void {
    const { repeat, kind, bound } = quantifier;
    const deciding = weight * (kind === 'atLeast' ? bound : kind === 'atMost' ? bound + 1 : 1);
    const wanted = (this.wanted.get(repeat) ?? 0) + Math.max(1, deciding);
    const node = this.node(repeat) as RepeatNode;
    if (Math.min(wanted, node.max) > (MOST_ITEMS[node.chain.length] ?? 2)) this.free.add(quantifier);
    else this.wanted.set(repeat, wanted);
    this.reach(repeat, weight);
  }

  private node(index: number): PlanNode {
    return this.facts.plan.nodes[index]!;
  }

  private itemsOf(repeat: RepeatNode): number {
    return Math.min(repeat.max, Math.max(1, this.wanted.get(repeat.index) ?? 1));
  }

  // --------------------------------------------------------------------------------------------------------------- nodes

  /** Whether a node is open. */
  open(index: number, path: Path): Lit {
    if (index < 0 || this.allOpen) return TRUE;
    const node = this.node(index);
    const own = path.slice(0, node.chain.length);
    const key = `${index}/${own.join('.')}`;
    const known = this.opened.get(key);
    if (known !== undefined) return known;
    const made = this.circuit.and([this.open(node.container, own), this.mayBeAsked(node), this.passes(node, own)]);
    this.opened.set(key, made);
    return made;
  }

  /** Whether one of a node's own gates opens it. */
  passes(node: PlanNode, path: Path, without?: ReadonlySet<Compiled>): Lit {
    if (node.gates.length === 0) return TRUE;
    return this.circuit.or(node.gates.map((gate) => this.passesGate(gate, path, without)));
  }

  passesGate({ condition, ifUnclear }: CompiledGate, path: Path, without?: ReadonlySet<Compiled>): Lit {
    return this.truth(condition, path, without)[ifUnclear === 'open' ? 0 : 2];
  }

  mayBeAsked(node: PlanNode): Lit {
    return node.kind === 'question' && node.definition.neverAskChild ? negate(this.child) : TRUE;
  }

  /** Whether an item exists; items are numbered without holes. */
  exists(repeat: number, path: Path, item: number): Lit {
    const key = `${repeat}/${path.join('.')}/${item}`;
    const known = this.existing.get(key);
    if (known !== undefined) return known;
    const made = this.circuit.variable();
    this.existing.set(key, made);
    if (item > 0) this.circuit.demand(negate(made), this.exists(repeat, path, item - 1));
    const inside = this.facts.inside(repeat);
    if (!inside.some((node) => isAnswered(node)))
      this.circuit.demand(
        negate(made),
        ...inside.filter(isRepeat).map(({ index }) => this.exists(index, [...path, item], 0)),
      );
    return made;
  }

  /** Every item looked at, with whether it exists. */
  itemLits(): { repeat: number; path: Path; lit: Lit }[] {
    return [...this.existing].map(([key, lit]) => {
      const [repeat = '', path = '', item = ''] = key.split('/');
      return { repeat: Number(repeat), path: [...(path === '' ? [] : path.split('.')), item].map(Number), lit };
    });
  }

  /** That all items on the way to a thing exist. */
  inItems(chain: readonly number[], path: Path): Lit[] {
    return chain.map((repeat, depth) => this.exists(repeat, path.slice(0, depth), path[depth]!));
  }

  // ----------------------------------------------------------------------------------------------------------- conditions

  /** How a condition comes out; `without` some of its clauses, as if they were not written. */
  truth(condition: Compiled, path: Path, without?: ReadonlySet<Compiled>): Truth {
    if (without && condition.kind !== 'leaf') return this.compute(condition, path, without);
    const known = this.truths.get(condition) ?? new Map<string, Truth>();
    this.truths.set(condition, known);
    const key = path.join('.');
    const made = known.get(key) ?? this.compute(condition, path, without);
    known.set(key, made);
    return made;
  }

  private compute(condition: Compiled, path: Path, without: ReadonlySet<Compiled> | undefined): Truth {
    switch (condition.kind) {
      case 'leaf':
        return this.leaf(condition, path);
      case 'named':
        return this.truth(condition.part, path, without);
      case 'all':
      case 'any':
      case 'none': {
        const parts = condition.parts
          .filter((part) => !without?.has(part))
          .map((part) => this.truth(part, path, without));
        if (condition.kind === 'any') return byLevel((level) => this.circuit.or(parts.map((part) => part[level])));
        const all = condition.kind === 'all' ? parts : parts.map((part) => opposite(this.circuit, part));
        return byLevel((level) => this.circuit.and(all.map((part) => part[level])));
      }
      case 'some':
      case 'every':
      case 'atLeast':
      case 'atMost':
        return this.free.has(condition) ? anyTruth(this.circuit) : this.quantifier(condition, path, without);
    }
  }

  private quantifier(
    { kind, repeat: index, where, bound }: CompiledQuantifier,
    path: Path,
    without: ReadonlySet<Compiled> | undefined,
  ): Truth {
    const { circuit } = this;
    const repeat = this.node(index) as RepeatNode;
    const own = path.slice(0, repeat.chain.length);
    const items = Array.from({ length: this.itemsOf(repeat) }, (_, item) => {
      const truth = where ? this.truth(where, [...own, item], without) : CONSTANT[YES];
      return { exists: this.exists(index, own, item), truth };
    });
    const holding = (level: 0 | 1 | 2) => items.map(({ exists, truth }) => circuit.and([exists, truth[level]]));
    const result = byLevel((level) => {
      if (kind === 'some') return circuit.or(holding(level));
      if (kind === 'every')
        return circuit.and(items.map(({ exists, truth }) => circuit.or([negate(exists), truth[level]])));
      return circuit.atLeast(holding(level), bound);
    });
    const counted = kind === 'atMost' ? this.atMost(holding(0), holding(1), holding(2), bound) : result;
    const asked = circuit.and([this.open(index, own), circuit.or(items.map(({ exists }) => exists))]);
    // Not asked about, or no item: silent.
    return [
      circuit.or([negate(asked), counted[0]]),
      circuit.and([asked, counted[1]]),
      circuit.and([asked, counted[2]]),
    ];
  }

  /** Yes when at most `bound` could hold, no when more do; left open, silence prevails. */
  private atMost(silent: readonly Lit[], unclear: readonly Lit[], yes: readonly Lit[], bound: number): Truth {
    const { circuit } = this;
    const sure = negate(circuit.atLeast(silent, bound + 1));
    const possible = negate(circuit.atLeast(yes, bound + 1));
    const someSilent = circuit.or(silent.map((lit, at) => circuit.and([lit, negate(unclear[at]!)])));
    return [possible, circuit.and([possible, circuit.or([sure, negate(someSilent)])]), sure];
  }

  // -------------------------------------------------------------------------------------------------------------- answers

  /** Nothing was taken as free: what holds here, some interview shows. */
  get exact(): boolean {
    return this.free.size === 0 && this.answers.exact;
  }

  /** Every question looked at, in every item. */
  get instances(): ReadonlyMap<string, Instance> {
    return this.answers.instances;
  }

  /** That a value was given, whatever it is. */
  answered(question: number, path: Path): Lit {
    return this.answers.answered(question, path);
  }

  /** That a check fails: not so, or unclear where that is to fail; what was never said fails nothing. */
  fails({ condition, definition }: PlanCheck, path: Path, without?: ReadonlySet<Compiled>): Lit {
    const { circuit } = this;
    const [silent, unclear, yes] = this.truth(condition, path, without);
    const open = circuit.and([unclear, negate(yes)]);
    return circuit.or([negate(silent), ...(definition.ifUnclear === 'fail' ? [open] : [])]);
  }

  private leaf(leaf: CompiledLeaf, path: Path): Truth {
    const { circuit } = this;
    for (const question of questionsOf(leaf)) this.demandAccepted(question, path);
    const open = circuit.and(questionsOf(leaf).map((question) => this.open(question, path)));
    const asked = this.answers.truth(leaf, path);
    const closed = CONSTANT[this.facts.closed(leaf)];
    return byLevel((level) =>
      circuit.or([circuit.and([open, asked[level]]), circuit.and([negate(open), closed[level]])]),
    );
  }
}
