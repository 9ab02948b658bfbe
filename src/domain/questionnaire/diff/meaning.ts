import type { Compiled, Plan, PlanNode } from '../plan.js';

/**
 * What a condition says, as a value that is equal for two conditions that say the same: named conditions opened, questions by id,
 * parts in any order. Two that differ here may still come out alike; examples show whether they do.
 */
export function meaningOf(plan: Plan, condition: Compiled): unknown {
  switch (condition.kind) {
    case 'named':
      return meaningOf(plan, condition.part);
    case 'all':
    case 'any':
    case 'none': {
      const parts = condition.parts.map((part) => JSON.stringify(meaningOf(plan, part)));
      const [only] = condition.parts;
      if (condition.kind !== 'none' && condition.parts.length === 1) return meaningOf(plan, only!);
      return { [condition.kind]: [...new Set(parts)].sort() };
    }
    case 'leaf':
    case 'some':
    case 'every':
    case 'atLeast':
    case 'atMost':
      return Object.fromEntries(
        Object.entries(condition)
          .filter(([key, value]) => key !== 'test' && value !== undefined)
          .map(([key, value]) => [key, partOf(plan, key, value)]),
      );
  }
}

function partOf(plan: Plan, key: string, value: unknown): unknown {
  if (['question', 'other', 'repeat'].includes(key)) return plan.nodes[value as number]!.id;
  if (key === 'where') return meaningOf(plan, value as Compiled);
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
}

/** What opens a node, as such a value. */
export const gatesMeaning = (plan: Plan, { gates }: PlanNode): string =>
  JSON.stringify(
    gates.map(({ condition, ifUnclear }) => JSON.stringify({ when: meaningOf(plan, condition), ifUnclear })).sort(),
  );
