import type { Condition, QuestionnaireBody } from '../format.js';
import type { Plan } from '../plan.js';
import { at } from '../problems.js';
import { clauseFindings } from './clauses.js';
import type { Finding } from './finding.js';
import { Model } from './model.js';
import type { PlanFacts } from './plan-facts.js';
import { clausesOf, writtenGates, type Clause, type Written } from './written.js';

/** What the clauses of each named condition are good for, once for all its uses. */
export function proveNamed(facts: PlanFacts, dead: ReadonlySet<number>): Finding[] {
  return [...namedIn(facts.plan).values()].flatMap(({ condition, written, place, repeats }) => {
    const model = new Model(facts, { conditions: [condition], chain: repeats, compared: true });
    const path = repeats.map(() => 0);
    return clauseFindings(
      facts,
      { condition, written, place },
      {
        model,
        chain: repeats,
        context: model.inItems(repeats, path),
        dead,
        outcome: (without) => model.truth(condition, path, without),
      },
    );
  });
}

/** Each named condition as it is first used. */
function namedIn(plan: Plan): Map<string, Clause> {
  const found = new Map<string, Clause>();
  const look = (root: Written, chain: readonly number[]): void => {
    for (const clause of clausesOf(plan, root, chain)) {
      if (clause.condition.kind !== 'named') continue;
      const { condition: name } = clause.written as { condition: string };
      const place = at({ file: clause.place.file, pointer: '' }, 'conditions', name);
      const written = writtenIn(plan, place.file, name);
      const key = `${place.file}#${place.pointer}`;
      if (!written || found.has(key)) continue;
      const named = { ...clause, condition: clause.condition.part, written, place };
      found.set(key, named);
      look(named, clause.repeats);
    }
  };
  for (const node of plan.nodes) {
    for (const gate of writtenGates(plan, node)) look(gate, node.chain);
    if (node.kind !== 'question' && node.kind !== 'repeat') continue;
    const chain = node.kind === 'question' ? node.chain : [...node.chain, node.index];
    for (const [index, { condition, definition }] of node.checks.entries())
      look({ condition, written: definition.must, place: at(node, 'checks', index, 'must') }, chain);
  }
  for (const indicator of plan.indicators)
    look({ condition: indicator.condition, written: indicator.definition.when, place: at(indicator, 'when') }, []);
  return found;
}

const writtenIn = (plan: Plan, file: string, name: string): Condition | undefined =>
  (plan.files.find((one) => one.file === file)?.content as QuestionnaireBody | undefined)?.conditions?.[name];
