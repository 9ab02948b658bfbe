import type { CompiledWorkflow } from './compile.js';
import type { Leaf } from './model.js';
import { singleRegion } from './model.js';
import type { WorkflowId } from './vocabulary/all.js';

export interface WayStep {
  readonly type: string;
  readonly label: string;
}

/**
 * The fewest commands of people after which a state answers the command, in order: what somebody whom the present state refuses
 * does first. Empty when `from` (the name of a state) answers it; undefined when no way leads there. Guards are not asked.
 */
export function wayTo(workflow: CompiledWorkflow<WorkflowId>, from: string, command: string): WayStep[] | undefined {
  const about = workflow.commands[command];
  const region = workflow.model.regions.find(({ name }) => name === (about?.region ?? singleRegion));
  const start = region?.leaves.get(from);
  if (!about || !region || !start) return undefined;
  const ways = new Map<Leaf, WayStep[]>([[start, []]]);
  for (const [leaf, way] of ways) {
    if (leaf.transitions.has(command)) return way;
    for (const [type, transitions] of leaf.transitions) {
      const { label, by } = workflow.commands[type]!;
      if (by.every((role) => role === 'system')) continue;
      for (const { target } of transitions) {
        const next = target === null ? undefined : region.leaves.get(target);
        if (next && !ways.has(next)) ways.set(next, [...way, { type, label }]);
      }
    }
  }
  return undefined;
}

/** `GIVE_NOTICE (Give the notice of purpose), then START_INTERVIEW (...)`. */
export const wayInWords = (way: readonly WayStep[]): string =>
  way.map(({ type, label }) => `${type} (${label})`).join(', then ');
