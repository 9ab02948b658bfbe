import type { StateValue } from 'xstate';
import type { CompiledWorkflow, ReadableChart } from './compile.js';
import { answersTo, initialConfiguration, regionsAt } from './graph.js';
import type { Configuration } from './graph.js';
import { evaluate, failing, namedGuards } from './guard.js';
import type { Truth } from './guard.js';
import { advance } from './machine.js';
import type { Leaf, Transition } from './model.js';
import { singleRegion } from './model.js';
import type { EffectOf, FactsOf, WorkflowId } from './vocabulary/all.js';
import type { Effect, Guard, Role, Tag } from './vocabulary/vocabulary.js';

/** The state of one aggregate as stored: plain JSON, meaningless without its workflow's id, version and hash. */
export type Snapshot = StateValue;

export interface Entered {
  readonly region: string;
  readonly state: string;
}

/** Where an aggregate stands, in the words of its chart. */
export interface Position {
  readonly regions: readonly {
    readonly region: string;
    readonly state: string;
    readonly label: string;
    readonly waitingFor: readonly string[];
    readonly final: boolean;
  }[];
  /** One word for lists: the state of the chart's stage region. */
  readonly stage: string;
  readonly tags: readonly Tag[];
  /** Purposes of the questionnaires that interviews may use now. */
  readonly drives: readonly string[];
}

export interface Decided<Id extends WorkflowId> {
  readonly ok: true;
  readonly snapshot: Snapshot;
  readonly effects: readonly EffectOf[Id][];
  readonly tags: readonly Tag[];
  readonly stage: string;
  /** The regions that changed their state, with the state entered. */
  readonly entered: readonly Entered[];
}

export interface Refused {
  readonly ok: false;
  /** `unknownCommand`: this chart has no such command; `roleRefused`: not for this actor's roles; else guards or state. */
  readonly code: 'unknownCommand' | 'roleRefused' | 'commandRefused';
  readonly command: string;
  /** The state the refusal is about, in words. */
  readonly state: string;
  /** What is not fulfilled, as full sentences. */
  readonly because: readonly string[];
  /** Commands this actor may send now. */
  readonly allowed: readonly string[];
  /** What to send in its place, as a sentence; only where something has taken its place. */
  readonly instead?: string;
}

export interface AllowedCommand {
  readonly type: string;
  readonly label: string;
  readonly allowed: boolean;
  readonly because: readonly string[];
}

/** A command that would meet a deadline, and who may send it. */
export interface Meeting {
  readonly type: string;
  readonly label: string;
  readonly by: readonly Role[];
}

/** A stored snapshot that its chart does not know: damage, or the wrong version. */
export class UnknownSnapshotError extends Error {
  readonly code = 'unknownSnapshot';
  constructor(
    readonly workflow: string,
    readonly snapshot: unknown,
  ) {
    super(`The workflow ${workflow} has no state ${JSON.stringify(snapshot)}.`);
  }
}

/** The first snapshot of a new aggregate, with the deadlines that start at once. */
export function initial<Id extends WorkflowId>(workflow: CompiledWorkflow<Id>): Decided<Id> {
  const configuration = initialConfiguration(workflow.model);
  const deadlines = configuration.flatMap((leaf) => [...leaf.deadlines]);
  const effects = deadlines.map((kind) => ({ type: 'startDeadline', params: { kind } }));
  return {
    ok: true,
    snapshot: valueOf(workflow, configuration),
    effects: effects as unknown as EffectOf[Id][],
    tags: tagsOf(configuration),
    stage: stageOf(workflow, configuration),
    entered: configuration.map((leaf) => ({ region: leaf.region, state: leaf.name })),
  };
}

/** Decides one command: the next snapshot and what to write, or a refusal that says why. Every region moves, or none. */
export function decide<Id extends WorkflowId>(
  workflow: CompiledWorkflow<Id>,
  snapshot: Snapshot,
  command: { readonly type: string },
  facts: FactsOf[Id],
): Decided<Id> | Refused {
  const configuration = configurationOf(workflow, snapshot);
  const truthOf = truths(workflow, configuration, facts);
  const refusal = refusalOf(workflow, configuration, command.type, facts.actorRoles, truthOf);
  if (refusal) {
    const allowed = allowedCommands(workflow, snapshot, facts).flatMap(({ type, allowed: may }) => (may ? [type] : []));
    return { ok: false, ...refusal, command: command.type, allowed };
  }
  const named = answersTo(configuration, command.type).flatMap((transitions) =>
    transitions.flatMap(({ guard }) => namedGuards(guard).map(({ name }) => name)),
  );
  const known = new Map([...new Set(named)].map((name) => [name, truthOf(name)]));
  const next = advance(workflow.machine, snapshot, command.type, known);
  const after = configurationOf(workflow, next.value);
  return {
    ok: true,
    snapshot: next.value,
    effects: next.effects as unknown as EffectOf[Id][],
    tags: tagsOf(after),
    stage: stageOf(workflow, after),
    entered: after.flatMap((leaf, index) =>
      leaf === configuration[index] ? [] : [{ region: leaf.region, state: leaf.name }],
    ),
  };
}

/** Whether `decide` would carry the command out; asks only the guards that the command names. */
export function permits<Id extends WorkflowId>(
  workflow: CompiledWorkflow<Id>,
  snapshot: Snapshot,
  command: { readonly type: string },
  facts: FactsOf[Id],
): boolean {
  const configuration = configurationOf(workflow, snapshot);
  return (
    refusalOf(workflow, configuration, command.type, facts.actorRoles, truths(workflow, configuration, facts)) === null
  );
}

/**
 * The commands the present state answers, each with what stands in its way. What only the command itself will tell
 * (its reasons, the allegations it decides) is not held against it.
 */
export function allowedCommands<Id extends WorkflowId>(
  workflow: CompiledWorkflow<Id>,
  snapshot: Snapshot,
  facts: FactsOf[Id],
): AllowedCommand[] {
  const configuration = configurationOf(workflow, snapshot);
  const known = truths(workflow, configuration, facts);
  const guards: Readonly<Record<string, Guard<never> | undefined>> = workflow.vocabulary.guards;
  const truthOf = (name: string): Truth => (guards[name]?.about === 'command' ? undefined : known(name));
  return Object.entries(workflow.commands).flatMap(([type, { label, region }]) => {
    const answered = configuration.some(
      (leaf) => leaf.region === (region ?? singleRegion) && leaf.transitions.has(type),
    );
    if (!answered) return [];
    const refusal = refusalOf(workflow, configuration, type, facts.actorRoles, truthOf);
    return [{ type, label, allowed: refusal === null, because: refusal?.because ?? [] }];
  });
}

/** Describes a snapshot: the state of every region, the stage, the tags and what interviews it calls for. */
export function positionOf(workflow: CompiledWorkflow, snapshot: Snapshot): Position {
  const configuration = configurationOf(workflow, snapshot);
  return {
    regions: configuration.map(({ region, name, label, waitingFor, final }) => ({
      region,
      state: name,
      label,
      waitingFor,
      final,
    })),
    stage: stageOf(workflow, configuration),
    tags: tagsOf(configuration),
    drives: [...new Set(configuration.flatMap((leaf) => (leaf.drives ? [leaf.drives] : [])))],
  };
}

/** What law attaches to the state of the stage region alone. */
export function stageTagsOf(workflow: CompiledWorkflow, snapshot: Snapshot): readonly Tag[] {
  const region = workflow.chart.stageRegion ?? singleRegion;
  return tagsOf(configurationOf(workflow, snapshot).filter((leaf) => leaf.region === region));
}

/**
 * The commands that the present state answers and that would meet a deadline of this kind, with who may send them; where the region
 * that waits has none of its own, those too that lead on to one.
 */
export function commandsMeeting(workflow: CompiledWorkflow, snapshot: Snapshot, kind: string): Meeting[] {
  const meets = ({ type, params }: Effect): boolean =>
    type === 'meetDeadline' && (params as { readonly kind?: unknown }).kind === kind;
  const configuration = configurationOf(workflow, snapshot);
  const ownerOf = (type: string): string => workflow.commands[type]?.region ?? singleRegion;
  const answered = (type: string): boolean =>
    configuration.some((leaf) => leaf.region === ownerOf(type) && leaf.transitions.has(type));
  const meeting = (leaf: Leaf): string[] =>
    [...leaf.transitions].flatMap(([type, ways]) => (ways.some(({ effects }) => effects.some(meets)) ? [type] : []));
  const found = configuration.flatMap((leaf) => {
    const own = (type: string): boolean => ownerOf(type) === leaf.region;
    const now = meeting(leaf).filter(answered);
    const waits = [...leaf.deadlines].some((waited) => waited === kind);
    if (!waits || now.some(own)) return now;
    const region = workflow.model.regions.find(({ name }) => name === leaf.region);
    const leadsOn = ({ target }: Transition): boolean => {
      const next = target === null ? undefined : region?.leaves.get(target);
      return next !== undefined && next !== leaf && meeting(next).some(own);
    };
    const towards = [...leaf.transitions].flatMap(([type, ways]) => (own(type) && ways.some(leadsOn) ? [type] : []));
    return [...now, ...towards];
  });
  return [...new Set(found)].flatMap((type) => {
    const command = workflow.commands[type];
    return command ? [{ type, label: command.label, by: command.by }] : [];
  });
}

type Refusal = Pick<Refused, 'code' | 'state' | 'because'>;

function refusalOf(
  workflow: CompiledWorkflow,
  configuration: Configuration,
  type: string,
  roles: readonly Role[],
  truthOf: (guard: string) => Truth,
): Refusal | null {
  const command = Object.hasOwn(workflow.commands, type) ? workflow.commands[type] : undefined;
  const owner = configuration.find((leaf) => leaf.region === (command?.region ?? singleRegion)) ?? configuration[0];
  const state = owner?.label ?? '';
  if (!command) {
    return { code: 'unknownCommand', state, because: [`There is no command ${type} in “${workflow.title}”.`] };
  }
  if (!command.by.some((role) => roles.includes(role))) {
    return { code: 'roleRefused', state, because: [`“${command.label}” is for: ${command.by.join(', ')}.`] };
  }
  if (!owner?.transitions.has(type)) {
    return { code: 'commandRefused', state, because: [`“${command.label}” is not possible in the state “${state}”.`] };
  }
  const because = answersTo(configuration, type).flatMap((transitions) => missing(workflow, transitions, truthOf));
  return because.length > 0 ? { code: 'commandRefused', state, because: [...new Set(because)] } : null;
}

/** What the nearest of several possible transitions still needs; nothing when one of them can be taken. */
function missing(
  workflow: CompiledWorkflow,
  transitions: readonly Transition[],
  truthOf: (guard: string) => Truth,
): readonly string[] {
  const needs = transitions.map(({ guard }) =>
    evaluate(guard, truthOf) === false ? failing(guard, truthOf, (name) => sentence(workflow, name)) : [],
  );
  return needs.reduce((best, next) => (next.length < best.length ? next : best));
}

function sentence(workflow: CompiledWorkflow, guard: string): string {
  return (workflow.vocabulary.guards[guard] ?? workflow.vocabulary.stateGuards[guard])?.says ?? guard;
}

/** What each guard says in this configuration, of these facts. */
export function truths<Id extends WorkflowId>(
  workflow: CompiledWorkflow<Id>,
  configuration: Configuration,
  facts: FactsOf[Id],
): (guard: string) => boolean {
  const regions = regionsAt(configuration);
  return (name) => {
    const guard = workflow.vocabulary.guards[name];
    if (guard) return guard.test(facts as never);
    const stateGuard = workflow.vocabulary.stateGuards[name];
    if (!stateGuard) throw new Error(`the guard ${name} is not in the vocabulary of ${workflow.id}`);
    return stateGuard.test(regions);
  };
}

/** The leaves a snapshot stands for. Throws UnknownSnapshotError. */
export function configurationOf(workflow: ReadableChart, snapshot: Snapshot): Configuration {
  return workflow.model.regions.map((region) => {
    const value = workflow.model.parallel ? childOf(snapshot, region.name) : snapshot;
    const path = pathOf(value);
    const leaf = region.leaves.get(path.at(-1) ?? '');
    if (!leaf || leaf.path.join('.') !== path.join('.')) throw unknownSnapshot(workflow, snapshot);
    return leaf;
  });
}

const childOf = (value: Snapshot | undefined, name: string): Snapshot | undefined =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name] : undefined;

function pathOf(value: Snapshot | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const [entry, ...others] = Object.entries(value);
  return entry && others.length === 0 ? [entry[0], ...pathOf(entry[1])] : [];
}

function unknownSnapshot(workflow: ReadableChart, snapshot: Snapshot): UnknownSnapshotError {
  return new UnknownSnapshotError(`${workflow.id} v${workflow.version}`, snapshot);
}

/** The snapshot that stands for these leaves. */
export function valueOf(workflow: CompiledWorkflow, configuration: Configuration): Snapshot {
  const values = configuration.map((leaf) => [leaf.region, nested(leaf)] as const);
  return workflow.model.parallel ? Object.fromEntries(values) : (values[0]?.[1] ?? '');
}

const nested = (leaf: Leaf): Snapshot =>
  leaf.path.reduceRight<Snapshot | undefined>(
    (inner, name) => (inner === undefined ? name : { [name]: inner }),
    undefined,
  ) ?? leaf.name;

const tagsOf = (configuration: Configuration): Tag[] => [
  ...new Set(configuration.flatMap((leaf) => [...leaf.tags]).filter((tag) => tag !== 'settled')),
];

function stageOf(workflow: CompiledWorkflow, configuration: Configuration): string {
  const region = workflow.chart.stageRegion ?? singleRegion;
  return configuration.find((leaf) => leaf.region === region)?.name ?? '';
}
