import type { Calculation } from '../format.js';
import type { Plan, QuestionNode } from '../plan.js';
import { answersPath, itemsPath } from './fhirpath.js';
import { NotExpressible } from './two-valued.js';

/**
 * What a question of ours works out, in FHIRPath over a QuestionnaireResponse: sums, differences and products of numbers, of answers and
 * of how many items a repeat has. Empty, as with us, while an answer it needs is missing. Throws NotExpressible for the rest:
 * uncertain dates and the years between them above all.
 */
export function calculatedPath(plan: Plan, node: QuestionNode): string {
  return written(plan, node, node.calculation!.definition);
}

function written(plan: Plan, node: QuestionNode, calculation: Calculation): string {
  const joined = (parts: readonly Calculation[], by: string) =>
    `(${parts.map((part) => written(plan, node, part)).join(` ${by} `)})`;
  if ('value' in calculation) return String(calculation.value);
  if ('sum' in calculation) return joined(calculation.sum, '+');
  if ('difference' in calculation) return joined(calculation.difference, '-');
  if ('product' in calculation) return joined(calculation.product, '*');
  if ('answer' in calculation) return answered(plan, node, calculation.answer);
  if ('count' in calculation && !calculation.where)
    return `${itemsPath(plan, named(plan, node, calculation.count))}.count()`;
  const [form] = Object.keys(calculation);
  throw new NotExpressible(`"${form}" has no counterpart there`);
}

function answered(plan: Plan, node: QuestionNode, name: string): string {
  const question = plan.nodes[named(plan, node, name)] as QuestionNode;
  if (question.type === 'date') throw new NotExpressible('our dates may be uncertain');
  return answersPath(plan, question);
}

/** Inside a module its own names come first. */
function named({ byId }: Plan, { id }: QuestionNode, name: string): number {
  const own = byId[id.slice(0, id.lastIndexOf('.') + 1) + name] ?? byId[name];
  if (own === undefined) throw new Error(`${id} is worked out from ${name}, which the plan does not have`);
  return own;
}
