import type { ChartEffect } from './chart.js';
import type { CompiledWorkflow } from './compile.js';
import {
  allowedCommands,
  type AllowedCommand,
  commandsMeeting,
  configurationOf,
  decide,
  type Decided,
  type Meeting,
  type Refused,
  type Snapshot,
  truths,
  valueOf,
} from './decide.js';
import { evaluate } from './guard.js';
import { type Leaf, singleRegion } from './model.js';
import type { EffectOf, FactsOf, WorkflowId } from './vocabulary/all.js';

export interface Moved<Id extends WorkflowId> {
  readonly snapshot: Snapshot;
  readonly effects: readonly EffectOf[Id][];
}

/**
 * Where an aggregate that stands in `from` stands in the newer version `to`: the state that `to` names for it in `moves`, else the one
 * of the same name; a region that `from` lacks begins. undefined: `to` has no such state and names none, so the aggregate stays. Without
 * facts, no way is taken that asks for any.
 */
export function movedTo<Id extends WorkflowId>(
  to: CompiledWorkflow<Id>,
  from: CompiledWorkflow<Id>,
  snapshot: Snapshot,
  facts?: FactsOf[Id],
): Moved<Id> | undefined {
  const before = configurationOf(from, snapshot);
  const truthOf = facts === undefined ? () => false : truths(from, before, facts);
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

/**
 * What to send in place of a command that the pinned chart still answers here: where the newest one has it elsewhere, and for this
 * aggregate a place that answers it no longer, its new commands that meet what is waited for there. Empty: it is answered as ever.
 */
export function inPlaceOf<Id extends WorkflowId>(
  { pinned, newest }: Charts<Id>,
  snapshot: Snapshot,
  command: string,
  facts?: FactsOf[Id],
): Meeting[] {
  const region = pinned.commands[command]?.region ?? singleRegion;
  const leafAt = (chart: CompiledWorkflow<Id>, at: Snapshot) =>
    configurationOf(chart, at).find((leaf) => leaf.region === region);
  const own = leafAt(pinned, snapshot);
  const inBoth = own?.transitions.has(command) === true && Object.hasOwn(newest.commands, command);
  const moved = inBoth ? movedTo(newest, pinned, snapshot, facts) : undefined;
  const leaf = moved && leafAt(newest, moved.snapshot);
  if (!moved || !leaf || leaf.transitions.has(command)) return [];
  const isNew = ({ type }: Meeting): boolean =>
    !Object.hasOwn(pinned.commands, type) && (newest.commands[type]?.region ?? singleRegion) === region;
  return [...leaf.deadlines].flatMap((kind) => commandsMeeting(newest, moved.snapshot, kind)).filter(isNew);
}

/**
 * Decides one command in the chart that answers it, as `decide` does. One that is done otherwise by now is refused with what to send
 * in its place, whoever may send it; a refusal names what is allowed in either chart.
 */
export function decideInEither<Id extends WorkflowId>(
  charts: Charts<Id>,
  snapshot: Snapshot,
  command: { readonly type: string },
  facts: FactsOf[Id],
): Decided<Id> | Refused {
  const { chart, at } = answering(charts, snapshot, command.type, facts);
  const decided = decide(chart, at, command, facts);
  const instead = inPlaceOf(charts, snapshot, command.type, facts);
  if (decided.ok && instead.length === 0) return decided;
  const types = allowedInEither(charts, snapshot, facts).flatMap(({ type, allowed }) => (allowed ? [type] : []));
  if (!decided.ok && (decided.code === 'roleRefused' || instead.length === 0)) return { ...decided, allowed: types };
  return { ...outdated(charts.pinned, snapshot, command.type, instead), allowed: types };
}

function outdated(
  pinned: CompiledWorkflow,
  snapshot: Snapshot,
  command: string,
  instead: readonly Meeting[],
): Omit<Refused, 'allowed'> {
  const { label, region } = pinned.commands[command]!;
  const state = configurationOf(pinned, snapshot).find((leaf) => leaf.region === (region ?? singleRegion))?.label ?? '';
  const named = instead.map((one) => `${one.type} (“${one.label}”)`).join(' or ');
  const because = [`“${label}” is no longer how it goes on from the state “${state}”.`];
  return { ok: false, code: 'commandRefused', command, state, because, instead: `Send ${named} in its place.` };
}

/** What `allowedCommands` says of the pinned chart but for what is done otherwise by now, and after it what only the newest one has. */
export function allowedInEither<Id extends WorkflowId>(
  charts: Charts<Id>,
  snapshot: Snapshot,
  facts: FactsOf[Id],
): AllowedCommand[] {
  const { pinned, newest } = charts;
  const own = allowedCommands(pinned, snapshot, facts).filter(
    ({ type }) => inPlaceOf(charts, snapshot, type, facts).length === 0,
  );
  const moved = movedTo(newest, pinned, snapshot, facts);
  if (!moved) return own;
  const others = allowedCommands(newest, moved.snapshot, facts);
  return [...own, ...others.filter(({ type }) => !Object.hasOwn(pinned.commands, type))];
}

/** What `commandsMeeting` says of the pinned chart, and what the newest has in place of what is done otherwise by now. */
export function meetingInEither<Id extends WorkflowId>(
  charts: Charts<Id>,
  snapshot: Snapshot,
  kind: string,
): readonly Meeting[] {
  const found = commandsMeeting(charts.pinned, snapshot, kind).flatMap((own) => {
    const instead = inPlaceOf(charts, snapshot, own.type);
    return instead.length > 0 ? instead : [own];
  });
  return [...new Map(found.map((one) => [one.type, one])).values()];
}
