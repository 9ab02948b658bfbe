import type { Plan, PlanNode } from '../plan.js';
import { placeOf, type Change } from './change.js';
import { subjectOf } from './nodes.js';

/** What both versions ask, but elsewhere or in another order. */
export function movedNodes(
  before: Plan,
  after: Plan,
  both: readonly (readonly [earlier: PlanNode, later: PlanNode])[],
): Change[] {
  const earlierOf = new Map(both.map(([earlier, later]) => [later, earlier]));
  // Sections stand in the questionnaire, whatever condition includes their module.
  const homeOf = ({ nodes }: Plan, { kind, container }: PlanNode) =>
    kind === 'section' || kind === 'include' ? nameOf(undefined) : nameOf(nodes[container]);
  const elsewhere = both.flatMap(([earlier, later]) => {
    const [from, to] = [homeOf(before, earlier), homeOf(after, later)];
    return from === to ? [] : [moved(earlier, later, from, to, sameItems(before, earlier) !== sameItems(after, later))];
  });
  const siblings = new Map<string, PlanNode[]>();
  for (const [earlier, later] of both) {
    const home = homeOf(after, later);
    if (later.kind !== 'include' && homeOf(before, earlier) === home)
      siblings.set(home, [...(siblings.get(home) ?? []), later]);
  }
  const reordered = [...siblings.values()].flatMap((nodes) => {
    const kept = longestRising(nodes.map((node) => earlierOf.get(node)!.index));
    return nodes.flatMap((node, index) => (kept.has(index) ? [] : [asked(after, earlierOf.get(node)!, node)]));
  });
  return [...elsewhere, ...reordered];
}

const nameOf = (node: PlanNode | undefined): string => (node ? `${subjectOf(node)} "${node.id}"` : 'the questionnaire');
const Name = (node: PlanNode): string => nameOf(node).replace(/^./, (first) => first.toUpperCase());
const sameItems = ({ nodes }: Plan, { chain }: PlanNode): string => chain.map((repeat) => nodes[repeat]!.id).join('/');

function moved(earlier: PlanNode, later: PlanNode, from: string, to: string, otherItems: boolean): Change {
  return {
    kind: 'moved',
    subject: subjectOf(later),
    id: later.id,
    breaking: otherItems,
    sentence: `${Name(later)} moved from ${from} to ${to}.${otherItems ? ' It is asked in other items now; answers given so far have no place.' : ''}`,
    before: placeOf(earlier),
    after: placeOf(later),
  };
}

function asked({ nodes }: Plan, earlier: PlanNode, later: PlanNode): Change {
  const beside = (node: PlanNode) =>
    later.kind === 'section' ? node.kind === 'section' : node.container === later.container;
  const beforeIt = nodes.slice(0, later.index).reverse().find(beside);
  const home = later.kind === 'section' ? undefined : nodes[later.container];
  return {
    kind: 'moved',
    subject: subjectOf(later),
    id: later.id,
    breaking: false,
    sentence: `${Name(later)} comes in another place: ${beforeIt ? `after ${nameOf(beforeIt)}` : `first in ${nameOf(home)}`}.`,
    before: placeOf(earlier),
    after: placeOf(later),
  };
}

/** The positions of a longest rising row: what stays in order, so that as few as possible count as moved. */
function longestRising(values: readonly number[]): Set<number> {
  const best: number[] = [];
  const previous: number[] = [];
  let last = -1;
  for (const [index, value] of values.entries()) {
    best[index] = 1;
    previous[index] = -1;
    for (let earlier = 0; earlier < index; earlier++)
      if (values[earlier]! < value && best[earlier]! + 1 > best[index]) {
        best[index] = best[earlier]! + 1;
        previous[index] = earlier;
      }
    if (last < 0 || best[index] > best[last]!) last = index;
  }
  const kept = new Set<number>();
  for (let at = last; at >= 0; at = previous[at]!) kept.add(at);
  return kept;
}
