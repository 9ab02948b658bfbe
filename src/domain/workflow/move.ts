import type { ChartEffect } from './chart.js';
import type { CompiledWorkflow } from './compile.js';
import { allowedCommands, type AllowedCommand, configurationOf, type Snapshot, truths, valueOf } from './decide.js';
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

export interface Charts<Id extends WorkflowId> {
  /** The one that the aggregate is pinned to. */
  readonly pinned: CompiledWorkflow<Id>;
  readonly newest: CompiledWorkflow<Id>;
}

/** Who answers a command, and from where: `moved` where the aggregate goes on in another chart for it. */
export interface Answering<Id extends WorkflowId> {
  readonly chart: CompiledWorkflow<Id>;
  readonly at: Snapshot;
  readonly moved?: Moved<Id>;
}

/** The chart that answers a command: the pinned one, or the newest where that one alone has it, and a place for this aggregate. */
export function answering<Id extends WorkflowId>(
  { pinned, newest }: Charts<Id>,
  snapshot: Snapshot,
  command: string,
  facts: FactsOf[Id],
): Answering<Id> {
  const stays = { chart: pinned, at: snapshot };
  if (Object.hasOwn(pinned.commands, command) || !Object.hasOwn(newest.commands, command)) return stays;
  const moved = movedTo(newest, pinned, snapshot, facts);
  return moved ? { chart: newest, at: moved.snapshot, moved } : stays;
}

/** What `allowedCommands` says of the pinned chart, and after it of what only the newest one has. */
export function allowedInEither<Id extends WorkflowId>(
  { pinned, newest }: Charts<Id>,
  snapshot: Snapshot,
  facts: FactsOf[Id],
): AllowedCommand[] {
  const own = allowedCommands(pinned, snapshot, facts);
  const moved = movedTo(newest, pinned, snapshot, facts);
  if (!moved) return own;
  const others = allowedCommands(newest, moved.snapshot, facts);
  return [...own, ...others.filter(({ type }) => !Object.hasOwn(pinned.commands, type))];
}
