import { AGE_OF_RESPONSIBILITY, raisedFrom } from './age-at-act.js';
import type { Dependant, Frames, Plan, PlanNode, RepeatNode } from './plan.js';
import type { Recorded, Scope } from './scope.js';
import { NO, YES } from './trit.js';
import { sameValue } from './worth.js';

/** Where a question stands: its id, and the item of each repeat around it, outermost first (none outside repeats). */
export interface Address {
  questionId: string;
  item?: readonly number[];
}

/** What an interview is about beyond its answers. */
export interface Context {
  /** Whether the applicant is a child at the interview; "unclear" counts as a child. */
  child: 'no' | 'yes' | 'unclear';
  /** The language texts are shown in; English where a translation is missing. */
  language: string;
  /** Completed years from which acts may be held against somebody; `AGE_OF_RESPONSIBILITY` when not said. */
  responsibleFrom?: number;
  /** Completed years of the applicant at the interview, in doubt the fewest: no act was done at a later age. */
  ageNow?: number;
}

/**
 * What is to be looked at again, per node and indicator: 0 nothing; else one more than the number of leading item indexes of the
 * change that still limit which instances can be affected. 1 is every instance.
 */
type Marks = Uint8Array;
const EVERY_INSTANCE = 1;

/**
 * A change in the making: copies the scopes it touches, once each, and looks again only at what depends on what changed. Scopes
 * that a session already has are never written to.
 */
export class Replay {
  root: Scope;
  raised: Uint8Array;
  readonly opened: Address[] = [];
  readonly closed: Address[] = [];
  private readonly own = new Set<Scope>();

  constructor(
    private readonly plan: Plan,
    private readonly context: Context,
    root: Scope | undefined,
    raised: Uint8Array | undefined,
  ) {
    this.root = root ?? this.emptyScope(0);
    this.raised = raised ?? new Uint8Array(plan.indicators.length);
  }

  /** Writes answers without looking at anything; `evaluateAll` follows. */
  load(node: PlanNode, item: readonly number[], recorded: Recorded): void {
    const frames = this.writable(node, item);
    (frames.at(-1)!.answers as (Recorded | undefined)[])[node.slot] = recorded;
  }

  /** The full pass: everything in the order asked. */
  evaluateAll(): void {
    this.root = this.copyOf(this.root);
    for (const node of this.plan.nodes) this.evaluateNode(node, [], true);
    for (const indicator of this.plan.indicators) this.evaluateIndicator(indicator.index);
  }

  /** Records an answer, or removes it, and looks again at its dependants. */
  change(node: PlanNode, item: readonly number[], recorded: Recorded | undefined): void {
    const created = this.firstMissing(node, item);
    if (recorded === undefined && created !== undefined) return;
    const marks = this.noMarks();
    const frames = this.writable(node, item);
    if (created !== undefined) this.openNewItems(node, item, created, marks);
    (frames.at(-1)!.answers as (Recorded | undefined)[])[node.slot] = recorded;
    mark(marks, this.plan.dependants[node.index]!, item.length + 1);
    if (recorded === undefined) this.dropEmptyItems(node, item, marks);
    this.run(marks, node, item);
  }

  /** Makes the items on the way that do not exist yet, as if something were recorded in them; says whether the node is then open. */
  probe(node: PlanNode, item: readonly number[]): boolean {
    const created = this.firstMissing(node, item);
    if (created !== undefined) {
      const marks = this.noMarks();
      this.writable(node, item);
      this.openNewItems(node, item, created, marks);
      this.run(marks, node, item);
    }
    return this.framesAt(node, item)!.at(-1)!.open[node.slot] === 1;
  }

  private noMarks(): Marks {
    return new Uint8Array(this.plan.nodes.length + this.plan.indicators.length);
  }

  private run(marks: Marks, changed: PlanNode, item: readonly number[]): void {
    const { nodes, dependants, indicators } = this.plan;
    for (let index = 0; index < nodes.length; index++) {
      if (marks[index] === 0) continue;
      const node = nodes[index]!;
      // Indexes of the changed item mean something only to nodes in the same repeats, and what reads a wider change is as wide.
      const limit = Math.min(marks[index]! - 1, sharedRepeats(node.chain, changed.chain));
      if (this.evaluateNode(node, item.slice(0, limit), false)) mark(marks, dependants[index]!, limit + 1);
    }
    for (const { index } of indicators) if (marks[nodes.length + index] !== 0) this.evaluateIndicator(index);
  }

  /** Evaluates a node in every item that agrees with `item` as far as both go; says whether its openness changed anywhere. */
  private evaluateNode(node: PlanNode, item: readonly number[], silently: boolean): boolean {
    const depth = node.chain.length;
    if (depth === 0) return this.evaluateAt(node, [this.root], [], silently);
    let changed = false;
    const descend = (frames: Frames, path: readonly number[]): void => {
      if (path.length === depth) {
        changed = this.evaluateAt(node, frames, path, silently) || changed;
        return;
      }
      const repeat = this.repeatAt(node, path.length);
      const count = frames.at(-1)!.items[repeat.itemsAt]!.length;
      const only = item[path.length];
      for (let index = only ?? 0; index < (only === undefined ? count : Math.min(only + 1, count)); index++) {
        // Read again through the root: evaluating an earlier item may have replaced its scopes.
        const next = this.framesAt(node, [...path, index]);
        if (next) descend(next, [...path, index]);
      }
    };
    descend([this.root], []);
    return changed;
  }

  private evaluateAt(node: PlanNode, frames: Frames, path: readonly number[], silently: boolean): boolean {
    const open = isOpen(this.plan, node, frames, this.context) ? 1 : 0;
    const worked = this.workOut(node, frames, path, open === 1);
    if (frames.at(-1)!.open[node.slot] === open) return worked;
    const own = this.writable(node, path);
    own.at(-1)!.open[node.slot] = open;
    if (!silently) this.tell(node, path, open === 1);
    return true;
  }

  /** Works a calculated value out anew; says whether it is another one. */
  private workOut(node: PlanNode, frames: Frames, path: readonly number[], open: boolean): boolean {
    if (node.kind !== 'question' || !node.calculation) return false;
    const recorded = open ? node.calculation.work(frames) : undefined;
    if (sameValue(frames.at(-1)!.answers[node.slot], recorded)) return false;
    (this.writable(node, path).at(-1)!.answers as (Recorded | undefined)[])[node.slot] = recorded;
    return true;
  }

  private tell(node: PlanNode, path: readonly number[], open: boolean): void {
    if (node.kind !== 'question' || node.calculation) return;
    (open ? this.opened : this.closed).push({ questionId: node.id, ...(path.length > 0 && { item: [...path] }) });
  }

  private evaluateIndicator(index: number): void {
    const { responsibleFrom = AGE_OF_RESPONSIBILITY, ageNow } = this.context;
    const raised = raisedFrom(this.plan, this.plan.indicators[index]!, this.root, responsibleFrom, ageNow);
    if (this.raised[index] === raised) return;
    this.raised = this.raised.slice();
    this.raised[index] = raised;
  }

  // ------------------------------------------------------------------------------------------------------ items and scopes

  private emptyScope(scope: number): Scope {
    const nodes = this.plan.scopes[scope]!;
    const repeats = nodes.filter((index) => this.plan.nodes[index]!.kind === 'repeat').length;
    const made: Scope = {
      open: new Uint8Array(nodes.length),
      answers: new Array<undefined>(nodes.length).fill(undefined),
      items: Array.from({ length: repeats }, () => []),
    };
    this.own.add(made);
    return made;
  }

  private copyOf(scope: Scope): Scope {
    if (this.own.has(scope)) return scope;
    const copy: Scope = { open: scope.open.slice(), answers: scope.answers.slice(), items: scope.items.slice() };
    this.own.add(copy);
    return copy;
  }

  private repeatAt(node: PlanNode, depth: number): RepeatNode {
    return this.plan.nodes[node.chain[depth]!] as RepeatNode;
  }

  /** The scopes down to an item, copied so that this change may write to them; missing items are made. */
  private writable(node: PlanNode, item: readonly number[]): Scope[] {
    this.root = this.copyOf(this.root);
    const frames = [this.root];
    for (const [depth, index] of item.entries()) {
      const repeat = this.repeatAt(node, depth);
      const parent = frames[depth]!;
      const items = parent.items[repeat.itemsAt]!.slice();
      const scope = items[index] ? this.copyOf(items[index]) : this.emptyScope(repeat.itemScope);
      while (items.length < index) items.push(undefined);
      items[index] = scope;
      (parent.items as (readonly (Scope | undefined)[])[])[repeat.itemsAt] = items;
      frames.push(scope);
    }
    return frames;
  }

  private framesAt(node: PlanNode, item: readonly number[]): Frames | undefined {
    return framesAt(this.plan, this.root, node, item);
  }

  /** The depth of the first item on the way that does not exist yet. */
  private firstMissing(node: PlanNode, item: readonly number[]): number | undefined {
    const depth = item.findIndex((_, index) => !this.framesAt(node, item.slice(0, index + 1)));
    return depth === -1 ? undefined : depth;
  }

  /** What stands in new items is evaluated whole; whatever ranges over their repeat is looked at again. */
  private openNewItems(node: PlanNode, item: readonly number[], from: number, marks: Marks): void {
    for (let depth = from; depth < item.length; depth++) {
      const repeat = this.repeatAt(node, depth);
      mark(marks, this.plan.dependants[repeat.index]!, depth + 1);
      for (const index of this.plan.scopes[repeat.itemScope]!) {
        const inside = this.plan.nodes[index]!;
        const path = item.slice(0, depth + 1);
        this.evaluateAt(inside, this.framesAt(node, path)!, path, false);
      }
    }
  }

  private dropEmptyItems(node: PlanNode, item: readonly number[], marks: Marks): void {
    for (let depth = item.length; depth > 0; depth--) {
      const path = item.slice(0, depth);
      const scope = this.framesAt(node, path)!.at(-1)!;
      const repeat = this.repeatAt(node, depth - 1);
      if (this.holdsSomething(scope, repeat.itemScope)) return;
      for (const index of this.plan.scopes[repeat.itemScope]!)
        if (scope.open[this.plan.nodes[index]!.slot] === 1) this.tell(this.plan.nodes[index]!, path, false);
      const parent = this.framesAt(node, path.slice(0, -1))!.at(-1)!;
      const items = parent.items[repeat.itemsAt]!.slice();
      items[path.at(-1)!] = undefined;
      while (items.length > 0 && items.at(-1) === undefined) items.pop();
      (parent.items as (readonly (Scope | undefined)[])[])[repeat.itemsAt] = items;
      mark(marks, this.plan.dependants[repeat.index]!, depth);
    }
  }

  /** Calculated values alone do not make an item. */
  private holdsSomething(scope: Scope, kind: number): boolean {
    const { nodes, scopes } = this.plan;
    const asked = (index: number): boolean => {
      const node = nodes[index]!;
      return scope.answers[node.slot] !== undefined && !(node.kind === 'question' && node.calculation);
    };
    return scopes[kind]!.some(asked) || scope.items.some((items) => items.length > 0);
  }
}

function mark(marks: Marks, dependants: readonly Dependant[], value: number): void {
  for (const { target, allItems } of dependants) {
    const wanted = allItems ? EVERY_INSTANCE : value;
    const present = marks[target]!;
    if (present === 0 || wanted < present) marks[target] = wanted;
  }
}

function sharedRepeats(one: readonly number[], other: readonly number[]): number {
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared++;
  return shared;
}

/** The scopes around an item, outermost first; undefined when the item does not exist. */
export function framesAt(plan: Plan, root: Scope, node: PlanNode, item: readonly number[]): Frames | undefined {
  const frames = [root];
  for (const [depth, index] of item.entries()) {
    const repeat = plan.nodes[node.chain[depth]!] as RepeatNode;
    const scope = frames[depth]!.items[repeat.itemsAt]![index];
    if (!scope) return undefined;
    frames.push(scope);
  }
  return frames;
}

/** Whether a node is open: its container is, nothing forbids asking a child, and a gate (if there is any) says so. */
export function isOpen(plan: Plan, node: PlanNode, frames: Frames, context: Context): boolean {
  if (node.container >= 0) {
    const container = plan.nodes[node.container]!;
    if (frames[container.chain.length]!.open[container.slot] !== 1) return false;
  }
  if (node.kind === 'question' && node.definition.neverAskChild && context.child !== 'no') return false;
  if (node.gates.length === 0) return true;
  return node.gates.some(({ condition, ifUnclear }) => {
    const value = condition.test(frames);
    return value === YES || (value !== NO && ifUnclear === 'open');
  });
}
