import type { CompiledLeaf } from '../plan.js';
import type { Circuit } from './circuit.js';
import { questionsOf, type AnswerClass, type PlanFacts } from './plan-facts.js';
import { FALSE, TRUE, negate, type Lit } from './solver.js';
import { LEVELS, anyTruth, byLevel, type Truth } from './truth.js';

/** The items a thing stands in, outermost first. */
export type Path = readonly number[];

/** What may be recorded for a question in one item. */
export interface Instance {
  readonly question: number;
  readonly path: Path;
  /** One of these holds. Empty when there are too many to list. */
  readonly classes: readonly { lit: Lit; class: AnswerClass }[];
  /** multiChoice: the codes that clauses mention. */
  readonly codes: ReadonlyMap<string, Lit>;
}

/** What may be answered, and how clauses come out then; whether questions are open is the model's matter. */
export class Answers {
  readonly instances = new Map<string, Instance>();
  /** False once a clause was taken as free. */
  exact = true;
  private readonly leaves = new Map<number, Set<CompiledLeaf>>();

  constructor(
    private readonly circuit: Circuit,
    private readonly facts: PlanFacts,
    private readonly valued: ReadonlySet<number>,
  ) {}

  /** Says that a clause will be asked about; all of them, before the first is. */
  lookAt(leaf: CompiledLeaf): void {
    for (const question of questionsOf(leaf))
      this.leaves.set(question, (this.leaves.get(question) ?? new Set()).add(leaf));
  }

  /** How a clause comes out while all it looks at is open. */
  truth(leaf: CompiledLeaf, path: Path): Truth {
    const [one, other] = questionsOf(leaf).map((question) => this.at(question, path));
    return other ? this.compared(leaf, one!, other) : this.asked(leaf, one!);
  }

  private at(question: number, path: Path): Instance {
    return this.instance(question, path.slice(0, this.facts.question(question).chain.length));
  }

  /** That a value was given, whatever it is. */
  answered(question: number, path: Path): Lit {
    const { classes } = this.at(question, path);
    return classes.length === 0
      ? this.circuit.variable()
      : this.circuit.or(classes.filter((one) => one.class.hasValue).map(({ lit }) => lit));
  }

  /** How the comparison of two answers comes out while both questions are open. */
  private compared(leaf: CompiledLeaf, one: Instance, other: Instance): Truth {
    if (one.classes.length === 0 || other.classes.length === 0) return anyTruth(this.circuit);
    const { circuit, facts } = this;
    const outcomes = one.classes.map((a) => ({
      lit: a.lit,
      others: other.classes.map((b) => ({ lit: b.lit, outcome: facts.compared(leaf, a.class.answer, b.class.answer) })),
    }));
    return byLevel((level) =>
      circuit.or(
        outcomes.map(({ lit, others }) =>
          circuit.and([lit, circuit.or(others.filter(({ outcome }) => outcome >= LEVELS[level]).map((b) => b.lit))]),
        ),
      ),
    );
  }

  /** How a clause comes out while its question is open. */
  private asked(leaf: CompiledLeaf, { classes, codes }: Instance): Truth {
    if (classes.length === 0) return anyTruth(this.circuit);
    const contained = ['contains', 'containsAny'].includes(leaf.operator)
      ? this.circuit.or([leaf.literal].flat().map((code) => codes.get(code as string)!))
      : undefined;
    return byLevel((level) =>
      this.circuit.or(
        classes.map(({ lit, class: { answer, outcomes } }) =>
          contained !== undefined && Array.isArray(answer.recorded?.read)
            ? this.circuit.and([lit, contained])
            : outcomes.get(leaf)! >= LEVELS[level]
              ? lit
              : FALSE,
        ),
      ),
    );
  }

  private instance(question: number, path: Path): Instance {
    const key = `${question}/${path.join('.')}`;
    const known = this.instances.get(key);
    if (known) return known;
    const leaves = [...(this.leaves.get(question) ?? [])];
    const classes = this.facts.classes(question, leaves, this.valued.has(question)) ?? [];
    if (classes.length === 0 || this.facts.question(question).calculation) this.exact = false;
    const single = classes.length === 1;
    const made: Instance = {
      question,
      path,
      classes: classes.map((one) => ({ class: one, lit: single ? TRUE : this.circuit.variable(one.nothing) })),
      codes: new Map(),
    };
    if (!single && classes.length > 0) this.circuit.exactlyOne(made.classes.map(({ lit }) => lit));
    if (this.facts.question(question).type === 'multiChoice') this.codes(made, leaves);
    this.instances.set(key, made);
    return made;
  }

  /** The codes of a multiChoice question, with how few and how many may be chosen. */
  private codes({ question, classes, codes }: Instance, leaves: readonly CompiledLeaf[]): void {
    const { circuit } = this;
    const { definition, codes: list } = this.facts.question(question);
    const mentioned = new Set(
      leaves.filter(({ literal }) => literal !== true).flatMap(({ literal }) => [literal].flat()),
    );
    const all = codes as Map<string, Lit>;
    for (const { code } of list) if (mentioned.has(code)) all.set(code, circuit.variable());
    const value = classes.find(({ class: { answer } }) => Array.isArray(answer.recorded?.read));
    if (!value) return;
    const { min = 1, max = list.length } = definition;
    const lits = [...codes.values()];
    const alone = list.filter(({ exclusive }) => exclusive).map(({ code }) => code);
    const unmentioned = list.filter(({ code }) => !codes.has(code));
    const others = unmentioned.filter(({ exclusive }) => !exclusive).length;
    const another = min <= 1 && others < unmentioned.length;
    circuit.demand(negate(value.lit), another ? TRUE : circuit.atLeast(lits, min - others));
    circuit.demand(negate(value.lit), negate(circuit.atLeast(lits, max + 1)));
    for (const [code, lit] of codes) {
      if (!alone.includes(code)) continue;
      if (min > 1) circuit.demand(negate(lit));
      for (const other of lits) if (other !== lit) circuit.demand(negate(lit), negate(other));
    }
  }
}
