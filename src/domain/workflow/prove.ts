import type { Chart, Problem } from './chart.js';
import { deadlineProblems, sharedDeadlines } from './deadlines.js';
import type { Duty, Memory, Step } from './duties.js';
import { duties, nothingYet, remember, watchedGuards } from './duties.js';
import type { Configuration, Outcome } from './graph.js';
import { Explorer } from './graph.js';
import type { Leaf, Model, Transition } from './model.js';
import { singleRegion } from './model.js';
import { mostGuardsPerCommand } from './prove-names.js';
import type { Vocabulary } from './vocabulary/vocabulary.js';

interface Node {
  readonly configuration: Configuration;
  readonly memory: Memory;
  readonly cameFrom: Node | null;
  readonly command: string;
}

/** Walks everything a chart can do, breadth first, so that the first path found to a fault is a shortest one. */
export function proofProblems(chart: Chart, model: Model, vocabulary: Vocabulary<never>, file: string): Problem[] {
  return new Proof(chart, model, vocabulary, file).run();
}

class Proof {
  private readonly problems = new Map<string, Problem>();
  private readonly explorer: Explorer;
  private readonly reached = new Map<Leaf, Node>();
  private readonly left = new Set<Leaf>();
  private readonly taken = new Set<string>();
  private readonly judged = new Map<Leaf, Set<string>>();
  private readonly tags = new Map<Configuration, string>();
  private readonly dutiful = new Map<Outcome['taken'], Set<string>>();
  private readonly duties: readonly Duty[];

  constructor(
    chart: Chart,
    private readonly model: Model,
    vocabulary: Vocabulary<never>,
    private readonly file: string,
  ) {
    this.duties = duties.filter(({ since = 1 }) => chart.version >= since);
    const ownerOf = (command: string): string => chart.commands[command]?.region ?? singleRegion;
    this.explorer = new Explorer(model, vocabulary, ownerOf, watchedGuards, mostGuardsPerCommand);
  }

  run(): Problem[] {
    for (const { pointer, message } of sharedDeadlines(this.model)) this.report(pointer, message);
    this.walk();
    this.reportShape();
    return [...this.problems.values()];
  }

  private walk(): void {
    const start: Node = {
      configuration: this.explorer.start,
      memory: nothingYet,
      cameFrom: null,
      command: '',
    };
    const queue = [start];
    const seen = new Map([[start.configuration, new Set([keyOf(start.memory)])]]);
    for (const node of queue) {
      for (const leaf of node.configuration) if (!this.reached.has(leaf)) this.reached.set(leaf, node);
      const { outcomes, overloaded } = this.explorer.possibleIn(node.configuration);
      for (const { pointer, command } of overloaded) {
        const message = `“${command}” meets more than ${mostGuardsPerCommand} guards here: split the command.`;
        this.report(pointer, message, node);
      }
      for (const outcome of outcomes) {
        const next = this.step(node, outcome);
        const memories = seen.get(next.configuration) ?? new Set();
        seen.set(next.configuration, memories);
        if (memories.has(keyOf(next.memory))) continue;
        memories.add(keyOf(next.memory));
        queue.push(next);
      }
    }
  }

  private step(node: Node, outcome: Outcome): Node {
    const { effects } = outcome;
    const remembered = remember(node.memory, outcome, effects, node.configuration);
    const next: Node = { configuration: outcome.after, memory: remembered, cameFrom: node, command: outcome.command };
    this.judge(node.configuration, outcome, next);
    if (this.isDutiful(node, outcome)) return next;
    const step: Step = { before: node.configuration, outcome, effects, memory: node.memory, remembered };
    for (const duty of this.duties) {
      if (duty.broken(step)) this.report(faultOf(outcome, duty.about).pointer, duty.message, next);
    }
    return next;
  }

  /** A duty asks what is done, what is remembered and which tags are left and entered: the same again needs no second look. */
  private isDutiful({ configuration, memory }: Node, { taken, after }: Outcome): boolean {
    const known = this.dutiful.get(taken) ?? new Set();
    this.dutiful.set(taken, known);
    const asked = `${this.tagsOf(configuration)} > ${this.tagsOf(after)} ${keyOf(memory)}`;
    const isKnown = known.has(asked);
    known.add(asked);
    return isKnown;
  }

  private tagsOf(configuration: Configuration): string {
    const known = this.tags.get(configuration);
    if (known !== undefined) return known;
    const tags = configuration.map((leaf) => [...leaf.tags].join(' ')).join(' | ');
    this.tags.set(configuration, tags);
    return tags;
  }

  /** What a transition does to the deadlines of its state does not depend on the way here, and is looked at once. */
  private judge(before: Configuration, outcome: Outcome, next: Node): void {
    for (const transition of outcome.taken) {
      this.taken.add(transition.pointer);
      const index = before.findIndex(({ region }) => region === transition.region);
      const [leaf, after] = [before[index], outcome.after[index]];
      if (!leaf || !after) continue;
      const judged = this.judged.get(leaf) ?? new Set();
      this.judged.set(leaf, judged);
      if (judged.has(transition.pointer)) continue;
      judged.add(transition.pointer);
      if (after !== leaf) this.left.add(leaf);
      for (const fault of deadlineProblems(leaf, after, transition)) this.report(fault.pointer, fault.message, next);
    }
  }

  private reportShape(): void {
    for (const leaf of this.model.regions.flatMap((region) => [...region.leaves.values()])) {
      const node = this.reached.get(leaf);
      if (!node) {
        this.report(leaf.pointer, `The state “${leaf.name}” cannot be reached.`);
        continue;
      }
      if (!leaf.final && !this.left.has(leaf)) {
        this.report(
          leaf.pointer,
          `The state “${leaf.name}” is a dead end: no command leaves it, and it is not final.`,
          node,
        );
      }
      const settled = leaf.final || leaf.tags.has('settled');
      if (!settled && leaf.deadlines.size === 0) {
        this.report(leaf.pointer, `The state “${leaf.name}” waits without a deadline.`, node);
      }
      if (settled && leaf.deadlines.size > 0) {
        this.report(leaf.pointer, `The state “${leaf.name}” is settled and yet has a deadline running.`, node);
      }
    }
    this.reportNeverTaken();
  }

  private reportNeverTaken(): void {
    const leaves = [...this.reached.keys()];
    for (const transition of leaves.flatMap((leaf) => [...leaf.transitions.values()].flat())) {
      if (this.taken.has(transition.pointer)) continue;
      this.report(transition.pointer, `“${transition.command}” can never be carried out this way.`);
    }
  }

  private report(pointer: string, message: string, node?: Node): void {
    const key = `${pointer} ${message}`;
    if (this.problems.has(key)) return;
    this.problems.set(key, { file: this.file, pointer, message, ...(node ? { path: pathTo(node) } : {}) });
  }
}

function keyOf({ reviewed, suspicionDecided }: Memory): string {
  return `${reviewed ? 'reviewed' : '-'} ${suspicionDecided ? 'decided' : '-'}`;
}

function pathTo(node: Node): string[] {
  return node.cameFrom ? [...pathTo(node.cameFrom), node.command] : [];
}

function faultOf(outcome: Outcome, effect: string | undefined): Transition {
  const { taken } = outcome;
  const fault =
    taken.find((transition) => transition.effects.some(({ type }) => type === effect)) ??
    taken.find((transition) => transition.target !== null) ??
    taken[0];
  if (!fault) throw new Error('an outcome takes at least one transition');
  return fault;
}
