import type { CompiledWorkflow } from './compile.js';
import { namedGuards } from './guard.js';
import type { EffectOf, FactsOf, WorkflowId } from './vocabulary/all.js';
import type { AskingGuard } from './vocabulary/vocabulary.js';

/** What a command may ask and do, whatever the state it meets. */
export interface Reach<Id extends WorkflowId> {
  readonly facts: ReadonlySet<keyof FactsOf[Id]>;
  readonly effects: ReadonlySet<EffectOf[Id]['type']>;
}

const known = new WeakMap<CompiledWorkflow, Map<string, Reach<never>>>();

/** The facts that the guards of a command ask for and the effects its transitions name, in all states together. */
export function reachOf<Id extends WorkflowId>(workflow: CompiledWorkflow<Id>, command: string): Reach<Id> {
  const ofWorkflow = known.get(workflow) ?? new Map<string, Reach<never>>();
  known.set(workflow, ofWorkflow);
  const reach = ofWorkflow.get(command) ?? found(workflow, command);
  ofWorkflow.set(command, reach);
  return reach as unknown as Reach<Id>;
}

function found(workflow: CompiledWorkflow, command: string): Reach<never> {
  const leaves = workflow.model.regions.flatMap((region) => [...region.leaves.values()]);
  const transitions = leaves.flatMap((leaf) => leaf.transitions.get(command) ?? []);
  const guards = transitions.flatMap(({ guard }) => namedGuards(guard).map(({ name }) => name));
  const facts = guards.flatMap((name) => {
    const guard = workflow.vocabulary.guards[name] as Partial<Pick<AskingGuard<object>, 'asks'>> | undefined;
    if (guard && !guard.asks) throw new Error(`the guard ${name} of ${workflow.id} does not say what it asks for`);
    return guard?.asks ?? []; // a guard about states asks the snapshot
  });
  const effects = transitions.flatMap((transition) => transition.effects.map(({ type }) => type));
  return { facts: new Set(facts), effects: new Set(effects) } as unknown as Reach<never>;
}
