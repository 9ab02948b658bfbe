import type { ReadableChart } from './compile.js';
import { configurationOf, type Snapshot } from './decide.js';
import { initialConfiguration } from './graph.js';
import { singleRegion } from './model.js';

/** What an event's type leads from and to; no `before`: the chart's beginning. */
export interface Step {
  readonly before: Snapshot | undefined;
  readonly type: string;
  readonly after: Snapshot;
}

/**
 * Whether this chart can have led from one state to the other, whatever its guards said: a command is answered by the region it belongs to,
 * each region that answers goes one of its ways, and every other stays. Any other event changes no state. Throws UnknownSnapshotError.
 */
export function canLead(workflow: ReadableChart, { before, type, after }: Step): boolean {
  const from = before === undefined ? initialConfiguration(workflow.model) : configurationOf(workflow, before);
  const to = configurationOf(workflow, after);
  const command = Object.hasOwn(workflow.chart.commands, type) ? workflow.chart.commands[type] : undefined;
  const owner = command && (command.region ?? singleRegion);
  return from.every((leaf, index) => {
    const ways = command && leaf.transitions.get(type);
    if (leaf.region === owner && !ways) return false;
    const targets = ways ? ways.map(({ target }) => target ?? leaf.name) : [leaf.name];
    return targets.includes(to[index]!.name);
  });
}

/**
 * Whether what stood there in an older chart can go on here: in the state that this chart names for it in `moves`, or in the one of the
 * same name; a region that the older one lacks begins. Throws UnknownSnapshotError.
 */
export function canTakeOver(
  workflow: ReadableChart,
  older: ReadableChart,
  { before, after }: Pick<Step, 'before' | 'after'>,
): boolean {
  const from = before === undefined ? initialConfiguration(older.model) : configurationOf(older, before);
  const named = workflow.chart.moves?.[String(older.version)] ?? {};
  return configurationOf(workflow, after).every(({ region, name }, index) => {
    const state = from.find((leaf) => leaf.region === region)?.name;
    if (state === undefined) return name === workflow.model.regions[index]!.initial;
    const ways = [named[region]?.[state] ?? []].flat();
    return [state, ...ways.map(({ target }) => target ?? state)].includes(name);
  });
}
