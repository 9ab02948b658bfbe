import type { PlanNode } from '../plan.js';
import type { Said } from './domain.js';
import type { Witness, WitnessAnswer } from './finding.js';
import { isAnswered, type Instance, type Model, type Path } from './model.js';
import { FALSE, TRUE, negate, type Lit, type Solution } from './solver.js';

/** The interview with the fewest answers in which the literals hold; undefined when there is none that can be written down. */
export function smallestWitness(model: Model, lits: readonly Lit[]): Witness | undefined {
  const { circuit } = model;
  const costs = costsOf(model);
  const first = circuit.solve(lits);
  if (!first.sat) return undefined;
  const most = costs.filter(first.holds).length;
  for (let count = 0; count < most; count++) {
    const found = circuit.solve([...lits, negate(circuit.atLeast(costs, count + 1))]);
    if (found.sat) return read(model, found);
  }
  return read(model, first);
}

/** What an example is made of: answers, chosen codes, items, a child. */
function costsOf(model: Model): Lit[] {
  const { circuit } = model;
  const costs = [...model.instances.values()].flatMap((instance) => {
    const here = model.inItems(model.facts.question(instance.question).chain, instance.path);
    const nothing = instance.classes.find((one) => one.class.nothing)?.lit ?? TRUE;
    const codes = [...instance.codes.values()].map((code) => circuit.and([code, negate(nothing)]));
    return [negate(nothing), ...codes].map((lit) => circuit.and([...here, lit]));
  });
  return [...costs, ...model.itemLits().map(({ lit }) => lit), model.child].filter((lit) => lit !== FALSE);
}

function read(model: Model, { holds }: Extract<Solution, { sat: true }>): Witness | undefined {
  const answers: { order: number; answer: WitnessAnswer }[] = [];
  const told = new Set<string>();
  const tell = ({ index, id, chain }: PlanNode, path: Path, said: Said) => {
    for (const [depth, repeat] of chain.entries()) told.add(`${repeat}/${path.slice(0, depth + 1).join('.')}`);
    answers.push({ order: index, answer: { questionId: id, ...itemOf(path), ...said } });
  };
  for (const instance of model.instances.values()) {
    const question = model.facts.question(instance.question);
    if (!model.inItems(question.chain, instance.path).every(holds)) continue;
    const said = saidIn(model, instance, holds);
    if (said === undefined) return undefined;
    if (said !== 'nothing') tell(question, instance.path, said);
  }
  // Items of which nothing is told but that they exist; those deepest inside first, for they make the items around them.
  const items = model.itemLits().sort((a, b) => b.path.length - a.path.length);
  for (const { repeat, path, lit } of items) {
    if (
      !holds(lit) ||
      told.has(`${repeat}/${path.join('.')}`) ||
      !model.inItems(outer(model, repeat), path).every(holds)
    )
      continue;
    const first = model.facts.inside(repeat).find(isAnswered);
    if (first) tell(first, path, { status: 'notAsked' });
  }
  answers.sort((a, b) => a.order - b.order);
  return { ...(holds(model.child) && { child: true as const }), answers: answers.map(({ answer }) => answer) };
}

const outer = (model: Model, repeat: number): readonly number[] => model.facts.plan.nodes[repeat]!.chain;

const itemOf = (path: readonly number[]): { item?: number | readonly number[] } =>
  path.length === 0 ? {} : { item: path.length === 1 ? path[0]! : path };

/** An answer of the class that holds; undefined when nobody could write it. */
function saidIn(model: Model, instance: Instance, holds: (lit: Lit) => boolean) {
  const chosen = instance.classes.find(({ lit }) => holds(lit))?.class;
  // Nobody is asked for what is worked out.
  if (!chosen || chosen.nothing || model.facts.question(instance.question).calculation) return 'nothing';
  const { answer } = chosen;
  if (!Array.isArray(answer.recorded?.read)) return answer.said;
  const { definition, codes: list } = model.facts.question(instance.question);
  const codes = [...instance.codes].filter(([, lit]) => holds(lit)).map(([code]) => code);
  const others = list
    .filter(({ code }) => !instance.codes.has(code))
    .sort((a, b) => Number(a.exclusive ?? false) - Number(b.exclusive ?? false))
    .map(({ code }) => code);
  const missing = Math.max(0, (definition.min ?? 1) - codes.length);
  return { value: [...codes, ...others.slice(0, missing)] };
}
