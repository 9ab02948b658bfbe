import type { ConditionCompiler, Names } from './condition.js';
import type { Check, Text } from './format.js';
import type { PlanCheck, PlanNode } from './plan.js';
import { at, type Place, type Problems } from './problems.js';

/** Where checks stand: on a question, or in the items of a repeat. */
export interface CheckedNode {
  node: Extract<PlanNode, { kind: 'question' | 'repeat' }>;
  place: Place;
  names: Names;
}

/** Compiles a message's pipes; `limit`: they name only what is before that node and in reach of the chain. */
export type PipeReader = (
  text: Text,
  place: Place,
  names: Names,
  reach: { before: number; chain: readonly number[] },
) => Record<string, number>;

/** The checks of one question or repeat, which look at it and at what is asked before its end. */
export function compileChecks(
  { node, place, names }: CheckedNode,
  nodes: readonly PlanNode[],
  compiler: ConditionCompiler,
  pipes: PipeReader,
  problems: Problems,
): PlanCheck[] {
  const checks = node.definition.checks ?? [];
  const reach = reachOf(node, nodes);
  return checks.flatMap((definition: Check, index) => {
    const here = at(place, 'checks', index);
    if (checks.findIndex(({ id }) => id === definition.id) !== index)
      problems.add(at(here, 'id'), `there are two checks "${definition.id}" here; give one another id`);
    const { compiled } = compiler.forCheck(definition.must, at(here, 'must'), names, reach);
    const read = pipes(definition.message, at(here, 'message'), names, reach);
    return compiled ? [{ definition, condition: compiled, pipes: read }] : [];
  });
}

function reachOf(node: CheckedNode['node'], nodes: readonly PlanNode[]): { before: number; chain: readonly number[] } {
  if (node.kind === 'question') return { before: node.index + 1, chain: node.chain };
  let before = node.index + 1;
  while (nodes[before]?.chain.includes(node.index)) before++;
  return { before, chain: [...node.chain, node.index] };
}
