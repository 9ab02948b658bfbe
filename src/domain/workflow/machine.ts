import type { AnyStateMachine, StateNodeConfig, StateValue } from 'xstate';
import { createMachine, transition } from 'xstate';
import type { Chart, ChartState, ChartTransition, GuardExpression } from './chart.js';
import { evaluate } from './guard.js';
import type { Model } from './model.js';
import { singleRegion } from './model.js';
import type { Effect } from './vocabulary/vocabulary.js';

/** The event a machine sees: the command, and the truth of every guard, worked out beforehand. */
export interface MachineEvent {
  readonly type: string;
  readonly truthOf: (guard: string) => boolean;
}

type Node = StateNodeConfig<object, MachineEvent, never, never, never, never, never, never, never, never>;

/** Builds the XState machine of a proven chart; guards and effects stay data. */
export function machineOf(chart: Chart, model: Model): AnyStateMachine {
  const ids = new Map<string, string>();
  for (const region of model.regions) {
    for (const leaf of region.leaves.values())
      ids.set(`${region.name} ${leaf.name}`, idOf(chart, region.name, leaf.path));
  }
  const states = Object.fromEntries(
    Object.entries(chart.states).map(([name, state]) => {
      const region = chart.type === 'parallel' ? name : singleRegion;
      const path = chart.type === 'parallel' ? [] : [name];
      return [name, nodeOf(chart, region, path, state, ids)];
    }),
  );
  const root = chart.type === 'parallel' ? { type: chart.type } : { initial: chart.initial };
  return createMachine({ id: chart.id, ...root, states } as never);
}

function idOf(chart: Chart, region: string, path: readonly string[]): string {
  return [chart.id, ...(chart.type === 'parallel' ? [region] : []), ...path].join('.');
}

function nodeOf(
  chart: Chart,
  region: string,
  path: readonly string[],
  state: ChartState,
  ids: ReadonlyMap<string, string>,
): Node {
  const edges = Object.entries(state.on ?? {}).map(([command, on]) => [
    command,
    (Array.isArray(on) ? (on as readonly ChartTransition[]) : [on as ChartTransition]).map((edge) =>
      edgeOf(edge, region, ids),
    ),
  ]);
  const inner = Object.entries(state.states ?? {}).map(([name, child]) => [
    name,
    nodeOf(chart, region, [...path, name], child, ids),
  ]);
  // `type: final` is ours: an XState final state would answer no command at all, not even a comment on a sealed record.
  return {
    id: idOf(chart, region, path),
    on: Object.fromEntries(edges),
    ...(state.states ? { initial: state.initial, states: Object.fromEntries(inner) } : {}),
  } as Node;
}

function edgeOf(edge: ChartTransition, region: string, ids: ReadonlyMap<string, string>) {
  return {
    ...(edge.target === undefined ? {} : { target: `#${ids.get(`${region} ${edge.target}`)}` }),
    guard: ({ event }: { event: MachineEvent }) => holds(edge.guard, event),
    actions: (edge.effects ?? []).map((effect) => ({ type: effect.type, params: effect.params ?? {} })),
  };
}

const holds = (guard: GuardExpression | undefined, event: MachineEvent): boolean =>
  evaluate(guard, event.truthOf) === true;

export interface Step {
  readonly value: StateValue;
  readonly effects: readonly Effect[];
}

const taken = new WeakMap<AnyStateMachine, Map<string, Step>>();

/**
 * Takes one step from a stored value; the only place where a snapshot is restored. A step depends on nothing but the value, the
 * command and the truth of the guards it names, so each is worked out once.
 */
export function advance(
  machine: AnyStateMachine,
  value: StateValue,
  command: string,
  truths: ReadonlyMap<string, boolean>,
): Step {
  const steps = taken.get(machine) ?? new Map<string, Step>();
  taken.set(machine, steps);
  const key = JSON.stringify([value, command, [...truths.values()]]);
  const known = steps.get(key);
  if (known) return known;
  const truthOf = (guard: string): boolean => truths.get(guard) === true;
  const event: MachineEvent = { type: command, truthOf };
  const [next, actions] = transition(machine, machine.resolveState({ value, context: {} }), event);
  const effects = actions.map(({ type, params }) => ({ type, params: (params ?? {}) as Effect['params'] }));
  const step: Step = { value: next.value as StateValue, effects };
  steps.set(key, step);
  return step;
}
