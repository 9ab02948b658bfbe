import type { CompiledLeaf, PlanIndicator, QuestionNode } from '../plan.js';
import { at } from '../problems.js';
import { inLanguage } from '../texts.js';
import type { Finding, Witness } from './finding.js';
import { raisedIn } from './indicators.js';
import { Model, type Instance } from './model.js';
import { leavesOf, questionsOf, type PlanFacts } from './plan-facts.js';
import { firstItems, nameOf } from './reachability.js';
import { finding } from './report.js';
import type { Lit } from './solver.js';
import { smallestWitness } from './witness.js';

/** English words by which a question speaks of sexual violence. */
const INTIMATE =
  /\b(rap(e|ed|es|ing|ists?)|sex|sexual(ly|i[sz]ed)?|genitals?|private parts|intercourse|incest|molest\w*|prostitut\w*)\b/i;

/** Questions about sexual violence that can be open for a child. */
export function intimateQuestions(facts: PlanFacts, dead: ReadonlySet<number>): Finding[] {
  return facts.plan.nodes.flatMap((node) => {
    if (node.kind !== 'question' || !INTIMATE.test(inLanguage(node.definition.text, 'en'))) return [];
    const around = facts.around(node.index);
    if (around.some((one) => dead.has(one.index) || (one.kind === 'question' && one.definition.neverAskChild)))
      return [];
    const model = new Model(facts, { nodes: [node.index] });
    const path = firstItems(node);
    const open = [model.child, model.open(node.index, path), ...model.inItems(node.chain, path)];
    if (!model.circuit.solve(open).sat) return [];
    return [
      finding(
        'childAskedIntimate',
        node,
        `${nameOf(node)} speaks of sexual violence and can be open for a child`,
        undefined,
        smallestWitness(model, open),
      ),
    ];
  });
}

/** Indicators raised about acts of a small child: those that name an age are not, whatever their rule looks at. */
export function accusedChildren(facts: PlanFacts): Finding[] {
  return facts.plan.indicators
    .filter(({ ages }) => ages.length === 0)
    .flatMap((indicator) => {
      if (indicator.definition.severity === 'low') return [];
      if (indicator.definition.severity === 'medium')
        return looksAtAge(facts, indicator) ? [] : [withoutAge(indicator)];
      const model = new Model(facts, { conditions: [indicator.condition] });
      const raised = raisedIn(model, indicator);
      const young = youngestIn(model, facts, indicator);
      if (!young || !model.circuit.solve([raised, ...young]).sat) return [];
      const witness = smallestWitness(model, [raised, ...young]);
      if (young.length === 0) return [withoutAge(indicator, witness)];
      const reason = `indicator "${indicator.id}" of severity high is raised even where the applicant was a small child then`;
      return [finding('childAccused', at(indicator, 'when'), reason, undefined, witness)];
    });
}

function withoutAge(indicator: PlanIndicator, witness?: Witness): Finding {
  const { severity } = indicator.definition;
  const reason = `indicator "${indicator.id}" of severity ${severity} is raised at whatever age, for it names none and its rule looks at none`;
  return finding('ageNotLookedAt', at(indicator, 'when'), reason, undefined, witness);
}

const looksAtAge = (facts: PlanFacts, { condition }: PlanIndicator): boolean =>
  leavesOf(condition).some((leaf) => questionsOf(leaf).some((question) => isAge(facts.question(question))));

/** That every age and date of birth the rule looks at is as young as its clauses can tell; undefined when they cannot be listed. */
function youngestIn(model: Model, facts: PlanFacts, { condition }: PlanIndicator): Lit[] | undefined {
  const looked = new Set(leavesOf(condition).flatMap(questionsOf));
  const lits: Lit[] = [];
  for (const instance of model.instances.values()) {
    const question = facts.question(instance.question);
    if (!looked.has(instance.question) || !isAge(question)) continue;
    const lit = youngest(facts, instance, question);
    if (lit === undefined) return undefined;
    lits.push(lit);
  }
  return lits;
}

function isAge({ type, id, definition }: QuestionNode): boolean {
  const words = inLanguage(definition.text, 'en');
  if (type === 'date') return /\bborn\b|\bbirth\b/i.test(words) || /birth/i.test(id);
  return ['number', 'integer', 'decimal'].includes(type) && (/\b(old|age)\b/i.test(words) || /age/i.test(id));
}

function youngest(facts: PlanFacts, { classes, question }: Instance, { type }: QuestionNode): Lit | undefined {
  const leaves: readonly CompiledLeaf[] = [...(classes[0]?.class.outcomes.keys() ?? [])];
  const answers = facts
    .answersTo(question)
    .filter(({ said, recorded }) => said?.value !== undefined && recorded?.read !== undefined);
  const rank = (read: unknown): string | number =>
    type === 'date' ? (read as { earliest: string }).earliest : -(read as number);
  const best = answers.reduce<(typeof answers)[number] | undefined>(
    (found, one) => (!found || rank(one.recorded!.read) > rank(found.recorded!.read) ? one : found),
    undefined,
  );
  if (!best) return undefined;
  return classes.find((one) => leaves.every((leaf) => one.class.outcomes.get(leaf) === facts.outcome(leaf, best)))?.lit;
}
