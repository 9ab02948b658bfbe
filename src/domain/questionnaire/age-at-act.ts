import { leastOf, type Amount } from './amounts.js';
import type { Plan, PlanIndicator, QuestionNode, RepeatNode } from './plan.js';
import type { Scope } from './scope.js';
import { NO, UNCLEAR, YES, type Trit } from './trit.js';

/** Where no law is named: the Committee on the Rights of the Child, General Comment No. 24 (2019), asks for at least 14 years. */
export const AGE_OF_RESPONSIBILITY = 14;
const MAJORITY = 18;

/**
 * Whether an indicator is raised: yes, or unclear where its author wants to know; silence never raises it, and neither does an
 * act below `from` years of age. An age in doubt is the youngest it may be; an age nobody told takes nothing away. Whoever is
 * `now` years old did nothing at a later age.
 */
export function raisedFrom(plan: Plan, indicator: PlanIndicator, root: Scope, from: number, now = Infinity): Trit {
  const { condition, definition } = indicator;
  const counted = now < from ? undefined : countedFrom(plan, indicator, root, from);
  const value = counted ? condition.test([counted]) : NO;
  return value === YES || (value === UNCLEAR && definition.ifUnclear === 'raise') ? value : NO;
}

/** The interview without the items that tell of a time before `from`; nothing when an age asked once lies before it. */
export function countedFrom(plan: Plan, { ages }: PlanIndicator, root: Scope, from: number): Scope | undefined {
  return ages.reduce<Scope | undefined>((left, index) => left && withoutYounger(plan, index, 0, left, from), root);
}

function withoutYounger(plan: Plan, index: number, depth: number, scope: Scope, from: number): Scope | undefined {
  const node = plan.nodes[index] as QuestionNode;
  const around = node.chain[depth];
  if (around === undefined) return youngest(node, scope) < from ? undefined : scope;
  const { itemsAt } = plan.nodes[around] as RepeatNode;
  const items = scope.items[itemsAt]!;
  const kept = items.map((item) => item && withoutYounger(plan, index, depth + 1, item, from));
  if (kept.every((item, position) => item === items[position])) return scope;
  return { ...scope, items: scope.items.map((one, position) => (position === itemsAt ? kept : one)) };
}

function youngest({ slot }: QuestionNode, { open, answers }: Scope): number {
  const read = open[slot] === 1 ? answers[slot]?.read : undefined;
  return read === undefined ? Infinity : leastOf(read as Amount);
}

/** Below the age of criminal responsibility there is no indicator, yet what was told may be the account of a victim. */
export const heldBack = (
  plan: Plan,
  indicator: PlanIndicator,
  root: Scope,
  responsibleFrom: number,
  now?: number,
): boolean =>
  raisedFrom(plan, indicator, root, responsibleFrom, now) === NO && raisedFrom(plan, indicator, root, -Infinity) !== NO;

/** Whether a raised indicator rests on what the applicant did, or may have done, before the age of 18. */
export const restsOnChild = (plan: Plan, indicator: PlanIndicator, root: Scope, now?: number): boolean =>
  raisedFrom(plan, indicator, root, MAJORITY, now) === NO;
