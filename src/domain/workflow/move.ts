import type { ChartEffect } from './chart.js';
import type { CompiledWorkflow } from './compile.js';
import { configurationOf, type Snapshot, truths, valueOf } from './decide.js';
import { evaluate } from './guard.js';
import type { Leaf } from './model.js';
import type { EffectOf, FactsOf, WorkflowId } from './vocabulary/all.js';

export interface Moved<Id extends WorkflowId> {
  readonly snapshot: Snapshot;
  readonly effects: readonly EffectOf[Id][];
}

/**
 * Where an aggregate that stands in `from` stands in the newer version `to`: the state that `to` names for it in `moves`, else the one
 * of the same name; a region that `from` lacks begins. undefined: `to` has no such state and names none, so the aggregate stays.
 */
export function movedTo<Id extends WorkflowId>(
  to: CompiledWorkflow<Id>,
  from: CompiledWorkflow<Id>,
  snapshot: Snapshot,
  facts: FactsOf[Id],
): Moved<Id> | undefined {
  const before = configurationOf(from, snapshot);
  const truthOf = truths(from, before, facts);
  const named = to.chart.moves?.[String(from.version)] ?? {};
  const after: Leaf[] = [];
  const effects: ChartEffect[] = [];
  for (const region of to.model.regions) {
    const state = before.find((leaf) => leaf.region === region.name)?.name;
    const ways = [state === undefined ? [] : (named[region.name]?.[state] ?? [])].flat();
    const way = ways.find(({ guard }) => evaluate(guard, truthOf) === true);
    const leaf = region.leaves.get(way?.target ?? state ?? region.initial);
    if (!leaf) return undefined;
    after.push(leaf);
    effects.push(...(way?.effects ?? []));
  }
  return { snapshot: valueOf(to, after), effects: effects as unknown as EffectOf[Id][] };
}
