import type { Compiled, CompiledLeaf, Plan, PlanCheck, PlanNode, QuestionNode, RepeatNode } from '../plan.js';
import type { Trit } from '../trit.js';
import { LeafTable, candidates, type Candidate } from './domain.js';

/** Answers that all clauses of one proof treat alike; `answer` is one of them. */
export interface AnswerClass {
  answer: Candidate;
  /** Contains "nothing recorded". */
  nothing: boolean;
  hasValue: boolean;
  /** Of the clauses that look at no other question. */
  outcomes: ReadonlyMap<CompiledLeaf, Trit>;
}

interface Table {
  candidates: readonly Candidate[];
  column: ReadonlyMap<CompiledLeaf, number>;
  /** By candidate, then by clause: one outcome, or those for every answer to the other question. */
  outcomes: readonly string[][];
}

/** The clauses directly inside one. */
export function partsOf(condition: Compiled): readonly Compiled[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
    case 'none':
      return condition.parts;
    case 'named':
      return [condition.part];
    case 'leaf':
      return [];
    case 'some':
    case 'every':
    case 'atLeast':
    case 'atMost':
      return condition.where ? [condition.where] : [];
  }
}

/** All clauses about single questions in a condition. */
export function leavesOf(condition: Compiled): CompiledLeaf[] {
  return condition.kind === 'leaf' ? [condition] : partsOf(condition).flatMap(leavesOf);
}

/** The questions a clause looks at. */
export const questionsOf = ({ question, other }: CompiledLeaf): number[] =>
  other === undefined ? [question] : [question, other];

/** All conditions of a plan. */
const conditionsOf = ({ nodes, indicators }: Plan): Compiled[] => [
  ...nodes.flatMap((node) => [
    ...node.gates.map(({ condition }) => condition),
    ...(node.kind === 'question' || node.kind === 'repeat' ? node.checks.map(({ condition }) => condition) : []),
  ]),
  ...indicators.map(({ condition }) => condition),
];

/** What proofs about one plan share: which clauses look at which question, and how answers come out under them. */
export class PlanFacts {
  private readonly leaves = new Map<number, CompiledLeaf[]>();
  private readonly listed = new Map<number, readonly Candidate[] | undefined>();
  private readonly tables = new Map<number, Table | undefined>();
  private readonly table: LeafTable;

  constructor(readonly plan: Plan) {
    this.table = new LeafTable(plan);
    for (const leaf of conditionsOf(plan).flatMap(leavesOf))
      for (const question of questionsOf(leaf)) {
        const known = this.leaves.get(question);
        if (known) known.push(leaf);
        else this.leaves.set(question, [leaf]);
      }
  }

  question(index: number): QuestionNode {
    return this.plan.nodes[index] as QuestionNode;
  }

  /** What stands in one item of a repeat. */
  inside(repeat: number): PlanNode[] {
    const { itemScope } = this.plan.nodes[repeat] as RepeatNode;
    return this.plan.scopes[itemScope]!.map((index) => this.plan.nodes[index]!);
  }

  /** The node and everything it stands in, innermost first. */
  around(index: number): PlanNode[] {
    const node = this.plan.nodes[index];
    return node ? [node, ...this.around(node.container)] : [];
  }

  /** How a clause comes out while its question is closed, whatever is recorded. */
  closed(leaf: CompiledLeaf): Trit {
    return this.table.outcome(leaf, false, undefined);
  }

  /** How a clause comes out when this is the answer to its open question. */
  outcome(leaf: CompiledLeaf, answer: Candidate): Trit {
    return this.table.outcome(leaf, true, answer);
  }

  /** What may be recorded for a question, as far as the clauses of the plan tell it apart. */
  answersTo(question: number): readonly Candidate[] {
    return this.tableOf(question)?.candidates ?? [];
  }

  /** How a clause comes out for these answers to the two questions it compares. */
  compared(leaf: CompiledLeaf, answer: Candidate, other: Candidate): Trit {
    return this.table.outcome(leaf, true, answer, other);
  }

  /**
   * The answers to a question, as far as these clauses tell them apart; undefined when they cannot be listed. `valued`: whether
   * there is a value at all counts as well.
   */
  classes(question: number, leaves: readonly CompiledLeaf[], valued: boolean): AnswerClass[] | undefined {
    const table = this.tableOf(question);
    if (!table) return undefined;
    const columns = leaves.map((leaf) => table.column.get(leaf)!);
    const found = new Map<string, AnswerClass>();
    for (const [row, answer] of table.candidates.entries()) {
      const outcomes = table.outcomes[row]!;
      const hasValue = answer.recorded !== undefined && answer.recorded.status === undefined;
      const key = `${columns.map((column) => outcomes[column]).join()}${valued && hasValue ? 'v' : ''}`;
      if (found.has(key)) continue;
      const single = leaves.flatMap((leaf, at): [CompiledLeaf, Trit][] =>
        leaf.other === undefined ? [[leaf, Number(outcomes[columns[at]!]) as Trit]] : [],
      );
      found.set(key, { answer, nothing: row === 0, hasValue, outcomes: new Map(single) });
    }
    return [...found.values()];
  }

  /** Checks by which an answer is refused whatever else was answered: errors that look at nothing but the question. */
  refusals(question: number): readonly PlanCheck[] {
    const alone = (condition: Compiled): boolean =>
      condition.kind === 'leaf'
        ? questionsOf(condition).every((one) => one === question)
        : !('repeat' in condition) && partsOf(condition).every(alone);
    return this.question(question).checks.filter(
      ({ definition, condition }) => definition.severity === 'error' && alone(condition),
    );
  }

  private tableOf(question: number): Table | undefined {
    if (!this.tables.has(question)) this.tables.set(question, this.makeTable(question));
    return this.tables.get(question);
  }

  private makeTable(question: number): Table | undefined {
    const leaves = this.leaves.get(question) ?? [];
    const all = this.candidatesOf(question);
    if (!all || leaves.some((leaf) => questionsOf(leaf).some((one) => !this.candidatesOf(one)))) return undefined;
    const rows = new Map<string, { candidate: Candidate; outcomes: string[] }>();
    for (const candidate of all) {
      const outcomes = leaves.map((leaf) => this.outcomes(leaf, question, candidate));
      const key = `${outcomes.join()}${candidate.recorded?.status === undefined}`;
      if (!rows.has(key)) rows.set(key, { candidate, outcomes });
    }
    return {
      candidates: [...rows.values()].map(({ candidate }) => candidate),
      column: new Map(leaves.map((leaf, at) => [leaf, at])),
      outcomes: [...rows.values()].map(({ outcomes }) => outcomes),
    };
  }

  /** How a clause comes out for one answer; where it compares two, for every answer to the other question. */
  private outcomes(leaf: CompiledLeaf, question: number, candidate: Candidate): string {
    if (leaf.other === undefined) return String(this.outcome(leaf, candidate));
    const first = leaf.question === question;
    const others = this.candidatesOf(first ? leaf.other : leaf.question)!;
    return others
      .map((one) => (first ? this.compared(leaf, candidate, one) : this.compared(leaf, one, candidate)))
      .join('');
  }

  private candidatesOf(question: number): readonly Candidate[] | undefined {
    if (!this.listed.has(question)) {
      const company = this.company(question);
      const leaves = [...new Set(company.flatMap((one) => this.leaves.get(one) ?? []))];
      const bounds = company.flatMap((one) => boundsOf(this.question(one)));
      this.listed.set(
        question,
        candidates(this.plan, this.question(question), { leaves, bounds, compared: company.length }),
      );
    }
    return this.listed.get(question);
  }

  /** The questions that are compared with this one, directly or through others, itself first. */
  private company(question: number): number[] {
    const found = new Set([question]);
    for (const one of found)
      for (const leaf of this.leaves.get(one) ?? []) for (const other of questionsOf(leaf)) found.add(other);
    return [...found];
  }
}

const boundsOf = ({ definition: { min, max } }: QuestionNode): number[] =>
  [min, max].filter((bound) => bound !== undefined);
