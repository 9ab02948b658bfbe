import type { Literal } from '../format.js';
import { candidates } from '../lint/domain.js';
import type { Witness, WitnessAnswer } from '../lint/finding.js';
import { leavesOf } from '../lint/plan-facts.js';
import type { Compiled, CompiledLeaf, Plan, QuestionNode } from '../plan.js';
import { saidBy } from '../scenario/coverage.js';
import { goalId, goalsOf, type Goal } from '../scenario/goals.js';
import { Finder, interviewOf } from '../scenario/reach-answers.js';
import { addressKey } from '../scenario/scenario.js';
import type { Session } from '../session.js';
import { findQuestion, readAnswer } from '../values.js';
import type { Example, Outcome } from './change.js';

/** How something comes out in two interviews with the same answers; undefined where it cannot be compared. */
export type Compare = (before: Session, after: Session) => { before: Outcome; after: Outcome } | undefined;

/** At most this many interviews are tried for one change; fewer once an example is there and only its opposite is looked for. */
const MOST_TRIED = 1000;
const MOST_TRIED_AFTER = 60;
const MOST_EXAMPLES = 2;

/** One version, with what is found out about it once. */
export class Side {
  readonly goals: readonly Goal[];
  private readonly finder: Finder;

  constructor(readonly plan: Plan) {
    this.goals = goalsOf(plan);
    this.finder = new Finder(plan);
  }

  /** The answers that reach each of the goals, where some do. */
  witnesses(wanted: (goal: Goal) => boolean): Witness[] {
    return this.goals.filter(wanted).flatMap((goal) => {
      const found = this.finder.find(goal);
      return found.reach === 'possible' ? [found.witness] : [];
    });
  }
}

/**
 * Looks for answers for which something comes out differently: first those that decide its conditions in either version, then one
 * and two answers away from them. Every example has been run in both versions, and none of its answers can be left out.
 */
export function examplesOf(
  sides: readonly [Side, Side],
  id: string,
  conditions: readonly [readonly Compiled[], readonly Compiled[]],
  compare: Compare,
): Example[] {
  return new Search(sides, compare).run(id, conditions);
}

class Search {
  private left = MOST_TRIED;
  private readonly tried = new Set<string>();
  private readonly found = new Map<Outcome, Example>();

  constructor(
    private readonly sides: readonly [Side, Side],
    private readonly compare: Compare,
  ) {}

  run(id: string, conditions: readonly [readonly Compiled[], readonly Compiled[]]): Example[] {
    const looked = this.questionsIn(conditions);
    const opening = this.opening(looked);
    const answers = looked.map((one) => this.answersTo(one));
    const seeds: Witness[] = [];
    // Proofs take longest: what decides the conditions is looked up only while nothing simpler was found.
    const groups = [
      () => [{ answers: [] }, opening],
      ...this.sides.map((side) => () => this.deciding(side, id, opening)),
    ];
    for (const group of groups) {
      if (this.found.size > 0) break;
      const added = group();
      seeds.push(...added);
      for (const seed of added) this.attempt(seed);
      for (const seed of added) for (const one of answers.flat()) this.attempt(withAnswer(seed, one));
    }
    for (const seed of seeds)
      for (const [at, first] of answers.entries())
        for (const one of first)
          for (const two of answers.slice(at + 1).flat()) this.attempt(withAnswer(withAnswer(seed, one), two));
    return [...this.found.values()];
  }

  /** All answers together that open the questions the conditions look at. */
  private opening(looked: readonly Looked[]): Witness {
    const asked = new Set(looked.map(({ id }) => id));
    const wanted = (goal: Goal) => goal.kind === 'question' && asked.has(goal.node.id);
    const answers = this.sides.flatMap((side) => side.witnesses(wanted)).flatMap((one) => one.answers);
    return answers.reduce<Witness>(withAnswer, { answers: [] });
  }

  /** What decides the conditions in one version, alone and with what opens all they look at. */
  private deciding(side: Side, id: string, opening: Witness): Witness[] {
    const found = side.witnesses((goal) => goalId(goal) === id);
    return [...found, ...found.map((one) => one.answers.reduce(withAnswer, opening))];
  }

  private attempt(witness: Witness): void {
    const key = JSON.stringify([witness.child, [...witness.answers].sort(byAddress)]);
    if (this.left === 0 || this.tried.has(key)) return;
    this.tried.add(key);
    this.left -= 1;
    if (!this.differ(witness)) return;
    const smallest = this.shrink(witness);
    const outcomes = this.differ(smallest)!;
    // A second example is worth reading only when it differs the other way round.
    if (this.found.has(outcomes.before)) return;
    const answers = saidBy(this.planOf(smallest), smallest);
    this.left = this.found.size + 1 < MOST_EXAMPLES ? Math.min(this.left, MOST_TRIED_AFTER) : 0;
    this.found.set(outcomes.before, { answers, ...(smallest.child && { applicant: { child: 'yes' } }), ...outcomes });
  }

  private differ(witness: Witness): { before: Outcome; after: Outcome } | undefined {
    const [before, after] = this.sides.map(({ plan }) => interviewOf(plan, fitting(plan, witness))) as [
      Session,
      Session,
    ];
    const outcomes = this.compare(before, after);
    return outcomes && outcomes.before !== outcomes.after ? outcomes : undefined;
  }

  private shrink(witness: Witness): Witness {
    let smallest = witness;
    for (const one of [...witness.answers].reverse()) {
      const without = { ...smallest, answers: smallest.answers.filter((other) => other !== one) };
      if (this.differ(without)) smallest = without;
    }
    const { answers } = smallest;
    return smallest.child && this.differ({ answers }) ? { answers } : smallest;
  }

  /** The version that has all the questions of an example, to write repeats as lists. */
  private planOf({ answers }: Witness): Plan {
    const [before, after] = this.sides;
    return answers.every(({ questionId }) => findQuestion(before.plan, questionId)) ? before.plan : after.plan;
  }

  private questionsIn(conditions: readonly [readonly Compiled[], readonly Compiled[]]): Looked[] {
    const found = new Map<string, Looked>();
    for (const [side, { plan }] of this.sides.entries())
      for (const leaf of conditions[side as 0 | 1].flatMap(leavesOf)) {
        const question = plan.nodes[leaf.question] as QuestionNode;
        const known = found.get(question.id) ?? { id: question.id, plan, question, leaves: [] };
        found.set(question.id, { ...known, leaves: [...known.leaves, leaf] });
      }
    return [...found.values()];
  }

  private answersTo({ plan, question, leaves }: Looked): WitnessAnswer[] {
    const item = question.chain.map(() => 0);
    const at = { questionId: question.id, ...(item.length > 0 && { item }) };
    const bounds = [question.definition.min, question.definition.max].filter((one) => one !== undefined);
    const listed = question.type === 'multiChoice' ? codesOf(question, leaves).map((value) => ({ value })) : [];
    const others = (candidates(plan, question, { leaves, bounds, compared: 1 }) ?? []).flatMap(
      ({ said }) => said ?? [],
    );
    return [...listed, ...others].map((said) => ({ ...at, ...said }));
  }
}

interface Looked {
  id: string;
  plan: Plan;
  question: QuestionNode;
  leaves: CompiledLeaf[];
}

/** Each code that clauses mention, alone, and one they do not mention. */
function codesOf({ codes }: QuestionNode, leaves: readonly CompiledLeaf[]): string[][] {
  const mentioned = new Set(leaves.flatMap(({ literal }) => [literal].flat() as Literal[]));
  const other = codes.find(({ code }) => !mentioned.has(code));
  return [...codes.filter(({ code }) => mentioned.has(code)), ...(other ? [other] : [])].map(({ code }) => [code]);
}

/** The answers a version can take; what it does not know was never asked there. */
function fitting(plan: Plan, { child, answers }: Witness): Witness {
  const taken = answers.filter(({ questionId, item, value, status }) => {
    const question = findQuestion(plan, questionId);
    if (!question || question.chain.length !== [item ?? []].flat().length) return false;
    return readAnswer(plan, question, status === undefined ? { value } : { status }).ok;
  });
  return { ...(child && { child }), answers: taken };
}

const addressOf = ({ questionId, item }: WitnessAnswer): string => addressKey(questionId, [item ?? []].flat());
const byAddress = (one: WitnessAnswer, other: WitnessAnswer): number => (addressOf(one) < addressOf(other) ? -1 : 1);

/** The answers with one more, or with another in its place. */
function withAnswer(witness: Witness, answer: WitnessAnswer): Witness {
  const others = witness.answers.filter((one) => addressOf(one) !== addressOf(answer));
  return { ...witness, answers: [...others, answer] };
}
