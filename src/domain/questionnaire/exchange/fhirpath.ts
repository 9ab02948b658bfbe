import type { Literal } from '../format.js';
import { isReference } from '../operators.js';
import type { Plan, QuestionNode } from '../plan.js';
import { withoutOuterClauses } from './outer-clauses.js';
import type { Plain } from './two-valued.js';

/** The question by which a form asks whether the person is adult: what children are never asked depends on it. */
export const ADULT_LINK = 'applicantIsAdult';

/** The variable that stands for one item of a repeat, set on its group. */
export const itemVariable = (repeatId: string): string => `item_${repeatId.replace(/[.:-]/g, '_')}`;

/**
 * A condition in FHIRPath over a QuestionnaireResponse; inside a repeat it names the item by its variable. Throws
 * NotExpressible.
 */
export function fhirPath(plan: Plan, condition: Plain): string {
  return print(plan, withoutOuterClauses(plan, condition), undefined);
}

/** `row`: the repeat whose items are being counted; its answers are looked for in the item at hand. */
function print(plan: Plan, condition: Plain, row: number | undefined): string {
  const value = (question: number) => answersPath(plan, plan.nodes[question] as QuestionNode, row);
  switch (condition.kind) {
    case 'fixed':
      return String(condition.holds);
    case 'adult':
      return `%resource.descendants().where(linkId = '${ADULT_LINK}').answer.value.where($this = true).exists()`;
    case 'and':
    case 'or':
      return `(${condition.parts.map((part) => print(plan, part, row)).join(` ${condition.kind} `)})`;
    case 'not':
      return `(${print(plan, condition.part, row)}).not()`;
    case 'answered':
      return `${value(condition.question)}.exists()`;
    case 'is':
      return `${value(condition.question)}.where(${oneOf(plan, condition.question, condition.values)}).exists()`;
    case 'order': {
      const written = typeof condition.value === 'string' ? `@${condition.value}` : String(condition.value);
      return `${value(condition.question)}.where($this ${condition.order} ${written}).exists()`;
    }
    case 'compare': {
      const [one, other] = [value(condition.question), value(condition.other)];
      const code = isCoded(plan.nodes[condition.question] as QuestionNode) ? '.code' : '';
      return `(${one}.exists() and ${other}.exists() and ${one}${code} ${condition.order} ${other}${code})`;
    }
    case 'items': {
      const where = condition.where ? `.where(${print(plan, condition.where, condition.repeat)})` : '';
      return `${itemsPath(plan, condition.repeat, row)}${where}.count() >= ${condition.atLeast}`;
    }
  }
}

const isCoded = ({ type }: QuestionNode): boolean => type === 'choice' || type === 'multiChoice' || isReference(type);

/** The items of a repeat; `row` as below. */
export function itemsPath(plan: Plan, repeat: number, row?: number): string {
  const node = plan.nodes[repeat]!;
  return `${base(plan, node.chain, row)}.descendants().where(linkId = '${node.id}')`;
}

/** The answers to a question, in the item at hand where it stands in the repeat `row`, else in the item that the variable names. */
export function answersPath(plan: Plan, node: QuestionNode, row?: number): string {
  return `${base(plan, node.chain, row)}.descendants().where(linkId = '${node.id}').answer.value`;
}

function base(plan: Plan, chain: readonly number[], row: number | undefined): string {
  const inner = chain.at(-1);
  if (inner === undefined) return '%resource';
  return inner === row ? '$this' : `%${itemVariable(plan.nodes[inner]!.id)}`;
}

function oneOf(plan: Plan, question: number, values: readonly Literal[]): string {
  const left = isCoded(plan.nodes[question] as QuestionNode) ? 'code' : '$this';
  return values.map((value) => `${left} = ${literal(value)}`).join(' or ');
}

const literal = (value: Literal): string =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : String(value);
