import type { Literal } from '../format.js';
import type { Plan, QuestionNode, RepeatNode } from '../plan.js';
import { NotExpressible, type Plain } from './two-valued.js';

/** SurveyJS reads a dot as a step into a value, so names have none. */
export const surveyName = (id: string): string => id.replaceAll('.', '_').replaceAll(':', '_');

/** The question by which a form asks whether the person is adult: what children are never asked depends on it. */
export const ADULT = 'applicantIsAdult';
/** In every panel, always answered: SurveyJS counts panels by an answered question. */
export const PRESENT = 'itemIsRecorded';

/** Where an expression stands: the repeats around it, and the repeat whose items are being counted. */
interface Site {
  chain: readonly number[];
  row?: number;
}

/** A condition in SurveyJS's expression language. Throws NotExpressible where that language has no words for it. */
export function surveyExpression(plan: Plan, condition: Plain, chain: readonly number[]): string {
  return print(plan, condition, { chain });
}

function print(plan: Plan, condition: Plain, site: Site): string {
  const name = (question: number) => variable(plan, question, site);
  switch (condition.kind) {
    case 'fixed':
      return condition.holds ? '1 = 1' : '1 = 2';
    case 'adult':
      return `{${ADULT}} = true`;
    case 'and':
    case 'or':
      return `(${condition.parts.map((part) => print(plan, part, site)).join(` ${condition.kind} `)})`;
    case 'not':
      return condition.part.kind === 'answered'
        ? `${name(condition.part.question)} empty`
        : `!(${print(plan, condition.part, site)})`;
    case 'answered':
      return `${name(condition.question)} notempty`;
    case 'is':
      return oneOf(plan.nodes[condition.question] as QuestionNode, name(condition.question), condition.values);
    case 'order':
      return `(${name(condition.question)} notempty and ${name(condition.question)} ${condition.order} ${literal(condition.value)})`;
    case 'compare': {
      const [one, other] = [name(condition.question), name(condition.other)];
      return `(${one} notempty and ${other} notempty and ${one} ${condition.order} ${other})`;
    }
    case 'items':
      return items(plan, condition, site);
  }
}

function oneOf({ type }: QuestionNode, name: string, values: readonly Literal[]): string {
  const clauses = values.map((value) => `${name} ${type === 'multiChoice' ? 'contains' : '='} ${literal(value)}`);
  return clauses.length === 1 ? clauses[0]! : `(${clauses.join(' or ')})`;
}

const literal = (value: Literal): string =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(value);

function variable(plan: Plan, index: number, { chain, row }: Site): string {
  const node = plan.nodes[index]!;
  const name = surveyName(node.id);
  const inner = node.chain.at(-1);
  if (inner === undefined) return `{${name}}`;
  if (inner === row) return `{${name}}`;
  if (row === undefined && inner === chain.at(-1)) return `{panel.${name}}`;
  if (row === undefined && inner === chain.at(-2) && chain.length === 2) return `{parentPanel.${name}}`;
  throw new NotExpressible(`it looks at "${node.id}" from an item inside another`);
}

/** Panels are counted by a value that each of them has. */
function items(plan: Plan, { repeat, where, atLeast }: Extract<Plain, { kind: 'items' }>, site: Site): string {
  const node = plan.nodes[repeat] as RepeatNode;
  if (site.row !== undefined) throw new NotExpressible(`it counts items of "${node.id}" inside other items`);
  if (node.chain.length > 0)
    throw new NotExpressible(`it counts items of "${node.id}", which stand inside other items`);
  const name = surveyName(node.id);
  if (!where) return `{${name}.length} >= ${atLeast}`;
  return `countInArray({${name}}, '${PRESENT}', ${print(plan, where, { ...site, row: repeat })}) >= ${atLeast}`;
}
