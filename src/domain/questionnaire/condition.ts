import { prepareComparison } from './comparisons.js';
import { groupTest, leafTest, quantifierTest } from './condition-tests.js';
import { OPERATORS, type Condition, type Leaf, type Operator } from './format.js';
import { STATUS_OPERATORS, prepareLeaf } from './operators.js';
import type { Compiled, CompiledLeaf, PlanNode, QuestionNode, RepeatNode } from './plan.js';
import { at, didYouMean, type Place, type Problems } from './problems.js';
import type { ReferenceData } from './reference.js';

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

/** Where a condition or a calculation stands, and what it may look at. */
export interface Use {
  names: Names;
  /** The repeats around the clause, outermost first. */
  chain: readonly number[];
  /** Clauses may look only at nodes before this one. */
  before: number;
  /** In an indicator: whether the clause counts towards it (true) or against it (false); undefined elsewhere. */
  towards?: boolean;
  /** In a calculation: it looks only at what was said. */
  saidOnly?: true;
  allItems: boolean;
  reads: Read[];
  /** Named conditions being compiled, to find circles. */
  open: readonly string[];
}

const KEYS = ['all', 'any', 'none', 'condition', 'some', 'every', 'count', 'question'] as const;

const OPERATOR_NAMES: ReadonlySet<string> = new Set(OPERATORS);
const isOperator = (key: string): key is Operator => OPERATOR_NAMES.has(key);

/** Compiles conditions of one plan; what is wrong goes to `problems` and the clause is then undefined. */
export class ConditionCompiler {
  constructor(private readonly around: Surroundings) {}

  /** A condition that opens a node: it looks only at what is asked before. */
  forNode(condition: Condition, place: Place, names: Names, node: Pick<PlanNode, 'chain' | 'index'>) {
    return this.start(condition, place, { names, chain: node.chain, before: node.index });
  }

  /** A check: it also looks at what it stands on. */
  forCheck(condition: Condition, place: Place, names: Names, reach: Pick<Use, 'chain' | 'before'>) {
    return this.start(condition, place, { names, ...reach });
  }

  /** A condition that raises an indicator: it looks at anything, but silence cannot count towards it. */
  forIndicator(condition: Condition, place: Place, names: Names) {
    return this.start(condition, place, { names, chain: [], before: Infinity, towards: true });
  }

  private start(condition: Condition, place: Place, use: Omit<Use, 'reads' | 'open' | 'allItems'>) {
    const reads: Read[] = [];
    return { compiled: this.compile(condition, place, { ...use, reads, open: [], allItems: false }), reads };
  }

  /** A condition inside something else, for example a calculation. */
  compile(condition: Condition, place: Place, use: Use): Compiled | undefined {
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
    const found = this.repeat(id, at(place, key), use);
    if (!found) return undefined;
    const { repeat, within } = found;
    const bounds = condition as { atLeast?: number; atMost?: number; where?: Condition };
    const kind = key !== 'count' ? key : bounds.atLeast !== undefined ? 'atLeast' : 'atMost';
    // "At most" and its like count a clause against the indicator.
    const towards = kind === 'atMost' && use.towards !== undefined ? !use.towards : use.towards;
    const inner: Use = { ...within, ...(towards !== undefined && { towards }) };
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
    const operators: Operator[] = [];
    const stray: string[] = [];
    for (const key of Object.keys(leaf))
      if (isOperator(key)) operators.push(key);
      else if (key !== 'question') stray.push(key);
    if (operators.length !== 1 || stray.length > 0) {
      problems.add(
        place,
        `a clause about a question carries exactly one operator (${OPERATORS.join(', ')}); here: ${[...operators, ...stray].join(', ') || 'none'}`,
      );
      return undefined;
    }
    const operator = operators[0]!;
    const question = this.question(leaf.question, at(place, 'question'), use);
    if (!question) return undefined;
    const status = STATUS_OPERATORS.includes(operator) && this.wrongStatus(question, operator, use);
    if (status) {
      problems.add(at(place, operator), status);
      return undefined;
    }
    const right = leaf[operator]!;
    if (typeof right === 'object' && !Array.isArray(right))
      return this.comparison(question, operator, right.question, at(place, operator), use);
    const prepared = prepareLeaf(question, operator, right, reference, (id) => use.names.reference(id));
    if ('wrong' in prepared) {
      problems.add(at(place, operator), prepared.wrong);
      return undefined;
    }
    use.reads.push({ node: question.index, allItems: use.allItems });
    const { literal, test } = prepared;
    return { kind: 'leaf', question: question.index, operator, literal, test: leafTest(question, test) };
  }

  /** Why the clause may not look at what was not said. */
  private wrongStatus({ id, definition }: QuestionNode, operator: Operator, use: Use): string | undefined {
    if (use.saidOnly)
      return 'a calculated value rests on what was said; compare with an answer, or put the status into the condition that uses it';
    if (definition.calculate && operator !== 'answered')
      return `"${id}" is calculated and never asked; the only status it has is "answered": it has a value`;
    return use.towards !== undefined && use.towards !== (operator === 'answered')
      ? 'silence raises no indicator: that something was not said cannot count towards one; compare with an answer instead'
      : undefined;
  }

  /** A clause whose right side is another question. */
  private comparison(
    question: QuestionNode,
    operator: Operator,
    id: string,
    place: Place,
    use: Use,
  ): CompiledLeaf | undefined {
    const other = this.question(id, at(place, 'question'), use);
    if (!other) return undefined;
    const prepared = prepareComparison(question, operator, other, this.around.reference);
    if ('wrong' in prepared) {
      this.around.problems.add(place, prepared.wrong);
      return undefined;
    }
    for (const { index } of [question, other]) use.reads.push({ node: index, allItems: use.allItems });
    return { kind: 'leaf', question: question.index, operator, literal: [], other: other.index, test: prepared.test };
  }

  /** A question that may be looked at from there, or nothing and a problem. */
  question(id: string, place: Place, use: Use): QuestionNode | undefined {
    const question = this.lookUp(id, 'question', place, use);
    return question && this.reachable(question, id, place, use) ? question : undefined;
  }

  /** A repeat that may be ranged over from there, read from now on, and how things stand in one of its items. */
  repeat(id: string, place: Place, use: Use): { repeat: RepeatNode; within: Use } | undefined {
    const repeat = this.lookUp(id, 'repeat', place, use);
    if (!repeat || !this.reachable(repeat, id, place, use)) return undefined;
    const allItems = use.allItems || use.chain.includes(repeat.index);
    use.reads.push({ node: repeat.index, allItems });
    return { repeat, within: { ...use, chain: [...repeat.chain, repeat.index], allItems } };
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
