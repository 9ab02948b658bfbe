import type { Plan, PlanNode } from '../plan.js';
import type { Change } from './change.js';
import { questionnaireChanges } from './about.js';
import { Side } from './examples.js';
import { inclusionChanges, isIncluded } from './inclusions.js';
import { indicatorChanges } from './indicators.js';
import { movedNodes } from './moves.js';
import { addedNode, nodeChanges, removedNode } from './nodes.js';
import { referenceChanges } from './reference-changes.js';

/** What differs between two versions of a questionnaire, by meaning, in the order asked. Nothing for a plan and itself. */
export function diff(before: Plan, after: Plan): Change[] {
  if (before.hash === after.hash) return [];
  const sides = [new Side(before), new Side(after)] as const;
  const was = new Map(before.nodes.map((node) => [keyOf(node), node]));
  const is = new Map(after.nodes.map((node) => [keyOf(node), node]));
  const removed = before.nodes.filter((node) => !is.has(keyOf(node)) && !isIncluded(after, node));
  const added = after.nodes.filter((node) => !was.has(keyOf(node)) && !isIncluded(before, node));
  const both = after.nodes.flatMap((node) => {
    const earlier = was.get(keyOf(node));
    return earlier ? [[earlier, node] as const] : [];
  });
  return [
    ...questionnaireChanges(before, after),
    ...removed.map((node) => removedNode(before, node, added)),
    ...added.map((node) => addedNode(after, node)),
    ...both.flatMap(([earlier, later]) => nodeChanges(sides, earlier, later)),
    ...inclusionChanges(sides),
    ...movedNodes(before, after, both),
    ...indicatorChanges(sides),
    ...referenceChanges(before, after),
  ];
}

/** Sections and modules have names of their own; a repeat that becomes a question is another thing. */
const keyOf = ({ kind, id }: PlanNode): string => `${kind}/${id}`;
