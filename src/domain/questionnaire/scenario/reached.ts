import type { Frames, Plan, PlanNode } from '../plan.js';
import { framesAt } from '../replay.js';
import { raisedIndicators } from '../raised.js';
import { type Session } from '../session.js';
import { NO, YES } from '../trit.js';
import { tellDeciding } from './deciding.js';
import type { Goal } from './goals.js';

/** Which of the goals an interview reaches as it stands. */
export function reachedBy(session: Session, goals: readonly Goal[]): Set<Goal> {
  const { plan, root } = session;
  const raised = new Set(raisedIndicators(session).map(({ id }) => id));
  const decisions = new Map<object, Set<string>>();
  const places = new Map<number, Frames[]>();
  const framesOf = (node: PlanNode): Frames[] => {
    const known = places.get(node.index) ?? framesAround(session, node);
    places.set(node.index, known);
    return known;
  };
  const decidedBy = (goal: Extract<Goal, { kind: 'clause' }>): boolean => {
    const { condition, owner } = goal;
    const known = decisions.get(condition) ?? new Set<string>();
    if (!decisions.has(condition)) {
      decisions.set(condition, known);
      const frames =
        'node' in owner ? framesOf(owner.node).filter((one) => matters(plan, owner.node, one, session)) : [[root]];
      for (const one of frames) tellDeciding(plan, condition, one, (clause, holds) => known.add(key(clause, holds)));
    }
    return known.has(key(goal.clause, goal.holds));
  };
  const ids = new Map<object, number>();
  const key = (clause: object, holds: boolean): string => {
    const id = ids.get(clause) ?? ids.size;
    ids.set(clause, id);
    return `${id}/${holds}`;
  };
  const reaches = (goal: Goal): boolean => {
    switch (goal.kind) {
      case 'indicator':
        return raised.has(goal.indicator.id);
      case 'question':
        return framesOf(goal.node).some((frames) => isOpenIn(goal.node, frames));
      case 'gate':
        return framesOf(goal.node).some(
          (frames) => matters(plan, goal.node, frames, session) && passes(goal, frames) === goal.passes,
        );
      case 'clause':
        return decidedBy(goal);
    }
  };
  return new Set(goals.filter(reaches));
}

const isOpenIn = (node: PlanNode, frames: Frames): boolean => frames[node.chain.length]!.open[node.slot] === 1;

function passes({ gate }: Extract<Goal, { kind: 'gate' }>, frames: Frames): boolean {
  const value = gate.condition.test(frames);
  return value === YES || (value !== NO && gate.ifUnclear === 'open');
}

/** Whether a node's own condition is what decides there: what it stands in is open, and it may be asked at all. */
export function matters(plan: Plan, node: PlanNode, frames: Frames, { context }: Pick<Session, 'context'>): boolean {
  const container = plan.nodes[node.container];
  if (container && !isOpenIn(container, frames)) return false;
  return !(node.kind === 'question' && node.definition.neverAskChild && context.child !== 'no');
}

/** The frames of a node in every item that exists. */
export function framesAround({ plan, root }: Pick<Session, 'plan' | 'root'>, node: PlanNode): Frames[] {
  const paths = node.chain.reduce<number[][]>(
    (found, repeat) =>
      found.flatMap((path) => {
        const around = plan.nodes[repeat]!;
        const scope = framesAt(plan, root, around, path)!.at(-1)!;
        const items = around.kind === 'repeat' ? scope.items[around.itemsAt]! : [];
        return items.flatMap((item, index) => (item ? [[...path, index]] : []));
      }),
    [[]],
  );
  return paths.map((path) => framesAt(plan, root, node, path)!);
}
