import type { Chart, ChartState, ChartTransition, GuardExpression } from './chart.js';
import { pointerTo } from './chart.js';
import type { DeadlineKind, Effect, Tag } from './vocabulary/vocabulary.js';

/** The one region of a chart that has no regions. */
export const singleRegion = 'workflow';

/** A transition as seen from any state it can leave. */
export interface Transition {
  readonly pointer: string;
  readonly command: string;
  readonly region: string;
  /** The state entered, or null when the state stays as it is. */
  readonly target: string | null;
  readonly guard: GuardExpression | undefined;
  readonly effects: readonly Effect[];
}

/** A state without sub-states, with everything it inherits from the groups around it. */
export interface Leaf {
  readonly name: string;
  readonly region: string;
  readonly pointer: string;
  /** Names from the region down to this state. */
  readonly path: readonly string[];
  readonly label: string;
  readonly tags: ReadonlySet<Tag>;
  readonly deadlines: ReadonlySet<DeadlineKind>;
  readonly waitingFor: readonly string[];
  readonly drives: string | undefined;
  readonly final: boolean;
  readonly transitions: ReadonlyMap<string, readonly Transition[]>;
}

export interface Region {
  readonly name: string;
  readonly initial: string;
  readonly leaves: ReadonlyMap<string, Leaf>;
}

export interface Model {
  readonly parallel: boolean;
  readonly regions: readonly Region[];
}

interface Surroundings {
  readonly region: string;
  readonly pointer: string;
  readonly path: readonly string[];
  readonly around: readonly { readonly state: ChartState; readonly pointer: string }[];
}

/** Flattens a chart whose names are already checked. */
export function modelOf(chart: Chart): Model {
  const regions = regionsOf(chart).map(({ name, pointer, initial, states }) => {
    const leaves = new Map<string, Leaf>();
    collect(states, { region: name, pointer, path: [], around: [] }, leaves);
    return { name, initial: firstLeaf(states, initial), leaves };
  });
  return { parallel: chart.type === 'parallel', regions };
}

/** The regions of a chart with where their states stand; a chart without regions is one region. */
export function regionsOf(chart: Chart): {
  readonly name: string;
  readonly pointer: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, ChartState>>;
}[] {
  if (chart.type !== 'parallel') {
    return [{ name: singleRegion, pointer: '/states', initial: chart.initial ?? '', states: chart.states }];
  }
  return Object.entries(chart.states).map(([name, region]) => ({
    name,
    pointer: pointerTo('states', name, 'states'),
    initial: region.initial ?? '',
    states: region.states ?? {},
  }));
}

/** The transitions a state declares for a command, each with its own JSON Pointer. */
export function declared(
  on: ChartTransition | readonly ChartTransition[],
  pointer: string,
): { readonly transition: ChartTransition; readonly pointer: string }[] {
  if (!Array.isArray(on)) return [{ transition: on as ChartTransition, pointer }];
  return (on as readonly ChartTransition[]).map((transition, index) => ({
    transition,
    pointer: `${pointer}/${index}`,
  }));
}

function firstLeaf(states: Readonly<Record<string, ChartState>>, initial: string): string {
  const state = states[initial];
  return state?.states ? firstLeaf(state.states, state.initial ?? '') : initial;
}

function collect(
  states: Readonly<Record<string, ChartState>>,
  { region, pointer, path, around }: Surroundings,
  leaves: Map<string, Leaf>,
): void {
  for (const [name, state] of Object.entries(states)) {
    const here = pointer + pointerTo(name);
    const line = [...around, { state, pointer: here }];
    if (state.states) {
      collect(state.states, { region, pointer: `${here}/states`, path: [...path, name], around: line }, leaves);
    } else {
      leaves.set(name, leafOf(name, state, { region, pointer: here, path: [...path, name], around: line }));
    }
  }
}

function leafOf(name: string, state: ChartState, { region, pointer, path, around }: Surroundings): Leaf {
  const transitions = new Map<string, Transition[]>();
  for (const { state: owner, pointer: ownerPointer } of [...around].reverse()) {
    for (const [command, on] of Object.entries(owner.on ?? {})) {
      const found = declared(on, `${ownerPointer}/on${pointerTo(command)}`).map((entry) => ({
        pointer: entry.pointer,
        command,
        region,
        target: entry.transition.target ?? null,
        guard: entry.transition.guard,
        effects: (entry.transition.effects ?? []).map((effect) => ({ type: effect.type, params: effect.params ?? {} })),
      }));
      transitions.set(command, [...(transitions.get(command) ?? []), ...found]);
    }
  }
  const waiting = around.flatMap((entry) => (entry.state.meta.waiting ? [entry.state.meta.waiting] : []));
  return {
    name,
    region,
    pointer,
    path,
    label: state.meta.label,
    tags: new Set(around.flatMap((entry) => entry.state.tags ?? [])),
    deadlines: new Set(waiting.flatMap((entry) => entry.deadlines)),
    waitingFor: waiting.map((entry) => entry.for),
    drives: around.map((entry) => entry.state.meta.drives).findLast((drives) => drives !== undefined),
    final: state.type === 'final',
    transitions,
  };
}
