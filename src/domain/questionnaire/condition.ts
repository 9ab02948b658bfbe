import { OPERATORS, type Condition, type Leaf, type Literal } from './format.js';
import { STATUS_OPERATORS, prepareLeaf, type LeafTest } from './operators.js';
import type { Compiled, CompiledLeaf, Frames, PlanNode, RepeatNode } from './plan.js';
import { at, didYouMean, type Place, type Problems } from './problems.js';
import type { ReferenceData } from './reference.js';
import type { Scope } from './scope.js';
import { NO, SILENT, YES, atLeast, atMost, not, type Trit } from './trit.js';

/** How a file names things: modules and further questionnaires keep their own name space. */
export interface Names {
  /** The id under which the plan keeps a question, repeat or condition that the file names. */
  qualify(id: string): string;
  /** The id under which the plan keeps a reference entry that the file names. */
  reference(id: string): string;
}

/** Everything a condition may refer to. */
export interface Surroundings {
  nodes: readonly PlanNode[];
  byId: Readonly<Record<string, number>>;
  conditions: ReadonlyMap<string, { condition: Condition; place: Place; names: Names }>;
  reference: ReferenceData;
  problems: Problems;
}

/** What a compiled condition looks at; `allItems` when it ranges over a repeat that the condition itself stands in. */
export interface Read {
  node: number;
  allItems: boolean;
}

interface Use {
  names: Names;
  /** The repeats around the clause, outermost first. */
  chain: readonly number[];
  /** Clauses may look only at nodes before this one. */
  before: number;
  /** In an indicator: whether the clause counts towards it (true) or against it (false); undefined elsewhere. */
  towards?: boolean;
  allItems: boolean;
  reads: Read[];
  /** Named conditions being compiled, to find circles. */
  open: readonly string[];
}

const KEYS = ['all', 'any', 'none', 'condition', 'some', 'every', 'count', 'question'] as const;

/** Compiles conditions of one plan; what is wrong goes to `problems` and the clause is then undefined. */
export class ConditionCompiler {
  constructor(private readonly around: Surroundings) {}

  /** A condition that opens a node: it looks only at what is asked before. */
  forNode(condition: Condition, place: Place, names: Names, node: Pick<PlanNode, 'chain' | 'index'>) {
    return this.start(condition, place, { names, chain: node.chain, before: node.index });
  }

  /** A condition that raises an indicator: it looks at anything, but silence cannot count towards it. */
  forIndicator(condition: Condition, place: Place, names: Names) {
    return this.start(condition, place, { names, chain: [], before: Infinity, towards: true });
  }

  private start(condition: Condition, place: Place, use: Omit<Use, 'reads' | 'open' | 'allItems'>) {
    const reads: Read[] = [];
    return { compiled: this.compile(condition, place, { ...use, reads, open: [], allItems: false }), reads };
  }

  private compile(condition: Condition, place: Place, use: Use): Compiled | undefined {
    const found = KEYS.filter((key) => key in condition);
    if (found.length !== 1) {
      const what = found.length === 0 ? 'nothing it is about' : `both ${found.map((key) => `"${key}"`).join(' and ')}`;
      this.around.problems.add(place, `the clause names ${what}; write exactly one of ${KEYS.join(', ')}`);
      return undefined;
    }
    if ('all' in condition) return this.group('all', condition.all, place, use);
    if ('any' in condition) return this.group('any', condition.any, place, use);
    if ('none' in condition) return this.group('none', condition.none, place, use);
    if ('condition' in condition) return this.named(condition.condition, place, use);
    if ('question' in condition) return this.leaf(condition, place, use);
    return this.quantifier(condition, place, use);
  }

  private group(kind: 'all' | 'any' | 'none', conditions: Condition[], place: Place, use: Use): Compiled | undefined {
    const inner = kind === 'none' && use.towards !== undefined ? { ...use, towards: !use.towards } : use;
    const parts = conditions.map((one, index) => this.compile(one, at(place, kind, index), inner));
    if (!parts.every((part) => part !== undefined)) return undefined;
    return { kind, parts, test: groupTest(kind, parts) };
  }

  private named(name: string, place: Place, use: Use): Compiled | undefined {
    const id = use.names.qualify(name);
    const found = this.around.conditions.get(id);
    if (!found) {
      this.around.problems.add(
        at(place, 'condition'),
        `there is no condition "${name}".${didYouMean(name, [...this.around.conditions.keys()])}`,
      );
      return undefined;
    }
    if (use.open.includes(id)) {
      this.around.problems.add(
        at(place, 'condition'),
        `"${name}" is defined by itself (${[...use.open, id].join(' -> ')}); break the circle`,
      );
      return undefined;
    }
    // Its mistakes are told where it is used as well: whether it may be used depends on where.
    const part = this.compile(found.condition, found.place, { ...use, names: found.names, open: [...use.open, id] });
    return part && { kind: 'named', part, test: part.test };
  }

  private quantifier(
    condition: Extract<Condition, { some: string } | { every: string } | { count: string }>,
    place: Place,
    use: Use,
  ): Compiled | undefined {
    const key = 'some' in condition ? 'some' : 'every' in condition ? 'every' : 'count';
    const shape = wrongQuantifier(key, condition as Record<string, unknown>);
    if (shape) {
      this.around.problems.add(place, shape);
      return undefined;
    }
    const id = (condition as unknown as Record<string, string>)[key]!;
    const repeat = this.lookUp(id, 'repeat', at(place, key), use);
    if (!repeat) return undefined;
    const inside = use.chain.includes(repeat.index);
    if (!this.reachable(repeat, id, at(place, key), use)) return undefined;
    const bounds = condition as { atLeast?: number; atMost?: number; where?: Condition };
    const kind = key !== 'count' ? key : bounds.atLeast !== undefined ? 'atLeast' : 'atMost';
    const allItems = use.allItems || inside;
    use.reads.push({ node: repeat.index, allItems });
    // "At most" and its like count a clause against the indicator.
    const towards = kind === 'atMost' && use.towards !== undefined ? !use.towards : use.towards;
    const inner: Use = {
      ...use,
      chain: [...repeat.chain, repeat.index],
      allItems,
      ...(towards !== undefined && { towards }),
    };
    const where = bounds.where && this.compile(bounds.where, at(place, 'where'), inner);
    if (bounds.where && !where) return undefined;
    const bound = bounds.atLeast ?? bounds.atMost ?? 0;
    return {
      kind,
      repeat: repeat.index,
      bound,
      ...(where && { where }),
      test: quantifierTest(kind, repeat, bound, where),
    };
  }

  private leaf(leaf: Leaf, place: Place, use: Use): CompiledLeaf | undefined {
    const { problems, reference } = this.around;
    const operators = OPERATORS.filter((name) => name in leaf);
    const stray = Object.keys(leaf).filter(
      (key) => key !== 'question' && !(OPERATORS as readonly string[]).includes(key),
    );
    if (operators.length !== 1 || stray.length > 0) {
      problems.add(
        place,
        `a clause about a question carries exactly one operator (${OPERATORS.join(', ')}); here: ${[...operators, ...stray].join(', ') || 'none'}`,
      );
      return undefined;
    }
    const operator = operators[0]!;
    const question = this.lookUp(leaf.question, 'question', at(place, 'question'), use);
    if (!question || !this.reachable(question, leaf.question, at(place, 'question'), use)) return undefined;
    if (use.towards !== undefined && STATUS_OPERATORS.includes(operator) && use.towards !== (operator === 'answered')) {
      problems.add(
        at(place, operator),
        'silence raises no indicator: that something was not said cannot count towards one; compare with an answer instead',
      );
      return undefined;
    }
    const prepared = prepareLeaf(question, operator, leaf[operator] as Literal | Literal[], reference, (id) =>
      use.names.reference(id),
    );
    if ('wrong' in prepared) {
      problems.add(at(place, operator), prepared.wrong);
      return undefined;
    }
    use.reads.push({ node: question.index, allItems: use.allItems });
    return {
      kind: 'leaf',
      question: question.index,
      operator,
      literal: prepared.literal,
      test: leafTest(question, prepared.test),
    };
  }

  private lookUp<K extends 'question' | 'repeat'>(
    id: string,
    kind: K,
    place: Place,
    use: Use,
  ): Extract<PlanNode, { kind: K }> | undefined {
    const { byId, nodes, problems } = this.around;
    const node = nodes[byId[use.names.qualify(id)] ?? -1];
    if (!node) {
      problems.add(place, `there is no ${kind} "${id}".${didYouMean(id, Object.keys(byId))}`);
      return undefined;
    }
    if (node.kind !== kind) {
      problems.add(place, `"${id}" is a ${node.kind}, not a ${kind}`);
      return undefined;
    }
    if (node.index >= use.before) {
      problems.add(
        place,
        `"${id}" is not asked before this; a condition looks only at what was asked earlier: move one of the two`,
      );
      return undefined;
    }
    return node as Extract<PlanNode, { kind: K }>;
  }

  /** From outside a repeat its items are seen through some, every or count only. */
  private reachable(node: PlanNode, id: string, place: Place, use: Use): boolean {
    if (node.chain.every((repeat, depth) => use.chain[depth] === repeat)) return true;
    const repeat = this.around.nodes[node.chain.find((one, depth) => use.chain[depth] !== one)!]!;
    this.around.problems.add(
      place,
      `"${id}" is asked once per item of "${repeat.id}"; write {"some": "${repeat.id}", "where": {...}}`,
    );
    return false;
  }
}

function wrongQuantifier(key: string, condition: Record<string, unknown>): string | undefined {
  const bounds = ['atLeast', 'atMost'].filter((bound) => bound in condition);
  if (key === 'count') {
    if (bounds.length !== 1) return '"count" needs exactly one of "atLeast" and "atMost"';
    const bound = condition[bounds[0]!];
    return Number.isInteger(bound) && (bound as number) >= 0
      ? undefined
      : `"${bounds[0]}" counts items: write a whole number from 0`;
  }
  if (bounds.length > 0) return `"${bounds[0]}" belongs to "count"`;
  return 'where' in condition ? undefined : `"${key}" needs "where": the clause each item is tested with`;
}

function groupTest(kind: 'all' | 'any' | 'none', parts: readonly Compiled[]): (frames: Frames) => Trit {
  const tests = parts.map((part) => part.test);
  if (kind === 'any')
    return (frames) => {
      let best: Trit = NO;
      for (const test of tests) {
        const value = test(frames);
        if (value > best) best = value;
        if (best === YES) break;
      }
      return best;
    };
  const negate = kind === 'none';
  return (frames) => {
    let worst: Trit = YES;
    for (const test of tests) {
      const value = negate ? not(test(frames)) : test(frames);
      if (value < worst) worst = value;
      if (worst === NO) break;
    }
    return worst;
  };
}

function leafTest({ chain, slot }: PlanNode, test: LeafTest): (frames: Frames) => Trit {
  const depth = chain.length;
  return (frames) => {
    const scope = frames[depth]!;
    return test(scope.open[slot] === 1, scope.answers[slot]);
  };
}

/** A repeat without an item has not been asked about: silent, not empty. */
function quantifierTest(
  kind: 'some' | 'every' | 'atLeast' | 'atMost',
  repeat: RepeatNode,
  bound: number,
  where: Compiled | undefined,
): (frames: Frames) => Trit {
  const depth = repeat.chain.length;
  return (frames) => {
    const scope = frames[depth]!;
    if (scope.open[repeat.slot] !== 1) return SILENT;
    const inner: Scope[] = frames.slice(0, depth + 1);
    const values: Trit[] = [];
    for (const item of scope.items[repeat.itemsAt]!) {
      if (!item) continue;
      inner[depth + 1] = item;
      values.push(where ? where.test(inner) : YES);
    }
    if (values.length === 0) return SILENT;
    if (kind === 'some') return Math.max(...values) as Trit;
    if (kind === 'every') return Math.min(...values) as Trit;
    return kind === 'atLeast' ? atLeast(values, bound) : atMost(values, bound);
  };
}
