import type { Plan, PlanNode, RepeatNode } from '../plan.js';
import { at, didYouMean, type Place, type Problems } from '../problems.js';
import { readAnswer } from '../values.js';
import { addressKey, type Account, type GivenAnswer } from './scenario.js';

/** Checks what an applicant says, by question and repeat, and lays it out by address; nulls have been taken away before. */
export function readAccount(
  plan: Plan,
  said: ReadonlyMap<string, { said: unknown; place: Place }>,
  problems: Problems,
): Account {
  const reader = new AccountReader(plan, problems);
  for (const [id, { said: value, place }] of said) reader.entry(id, value, undefined, [], place);
  return reader;
}

class AccountReader implements Account {
  readonly answers = new Map<string, GivenAnswer>();
  readonly items = new Map<string, number>();

  constructor(
    private readonly plan: Plan,
    private readonly problems: Problems,
  ) {}

  /** One key of the interview's answers, or of one item of `repeat`. */
  entry(id: string, said: unknown, repeat: RepeatNode | undefined, item: readonly number[], place: Place): void {
    const node = this.plan.nodes[this.plan.byId[id] ?? -1];
    if (!node) {
      const known = Object.keys(this.plan.byId);
      this.problems.add(place, `${this.plan.id} has no question or repeat "${id}".${didYouMean(id, known)}`);
    } else if (node.chain.at(-1) !== repeat?.index) this.misplaced(node, repeat, place);
    else if (node.kind === 'repeat') this.repeat(node, said, item, place);
    else this.answer(id, said, item, place);
  }

  private misplaced(node: PlanNode, repeat: RepeatNode | undefined, place: Place): void {
    const home = node.chain.length > 0 ? this.plan.nodes[node.chain.at(-1)!]!.id : undefined;
    this.problems.add(
      place,
      home === undefined
        ? `"${node.id}" is asked once, not per item of "${repeat!.id}"; write it beside "${repeat!.id}"`
        : `"${node.id}" is asked per item of "${home}"; write "${home}": [{ "${node.id}": ... }]`,
    );
  }

  private repeat(node: RepeatNode, said: unknown, item: readonly number[], place: Place): void {
    if (!Array.isArray(said)) {
      this.problems.add(place, `"${node.id}" is a repeat; write a list with one object per item`);
      return;
    }
    if (said.length > node.max) this.problems.add(place, `"${node.id}" has at most ${node.max} items`);
    this.items.set(addressKey(node.id, item), said.length);
    for (const [index, answers] of (said as unknown[]).entries()) {
      const here = at(place, index);
      if (typeof answers !== 'object' || answers === null || Array.isArray(answers))
        this.problems.add(here, `an item of "${node.id}" is an object of its answers: { "question": value }`);
      else
        for (const [id, value] of Object.entries(answers)) this.entry(id, value, node, [...item, index], at(here, id));
    }
  }

  private answer(questionId: string, said: unknown, item: readonly number[], place: Place): void {
    const node = this.plan.nodes[this.plan.byId[questionId]!]!;
    if (node.kind !== 'question') return;
    const input = isStatus(said) ? { status: said.status } : { value: said };
    const result = readAnswer(this.plan, node, input);
    if (result.ok) {
      this.answers.set(addressKey(questionId, item), { questionId, item, pointer: place.pointer, ...input });
      return;
    }
    const inside = isStatus(said) ? result.pointer : result.pointer.replace(/^\/value/, '');
    this.problems.add({ file: place.file, pointer: place.pointer + inside }, `"${questionId}": ${result.message}`);
  }
}

/** `{ "status": ... }` and nothing else: no value of any type looks like it. */
const isStatus = (said: unknown): said is { status: unknown } =>
  typeof said === 'object' && said !== null && Object.keys(said).join() === 'status';
