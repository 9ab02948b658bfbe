import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AnyStateMachine } from 'xstate';
import type { Chart, ChartCommand, Problem } from './chart.js';
import { machineOf } from './machine.js';
import type { Model } from './model.js';
import { modelOf } from './model.js';
import { nameProblems } from './prove-names.js';
import { didYouMean, schemaProblems } from './prove-schema.js';
import { proofProblems } from './prove.js';
import type { WorkflowId } from './vocabulary/all.js';
import { vocabularies } from './vocabulary/all.js';
import type { Vocabulary } from './vocabulary/vocabulary.js';

/** A proven chart, ready to decide; immutable and safe to share. */
export interface CompiledWorkflow<Id extends WorkflowId = WorkflowId> {
  readonly id: Id;
  readonly version: number;
  readonly title: string;
  /** SHA-256 (hex) of the canonical JSON (RFC 8785) of the chart. */
  readonly hash: string;
  readonly commands: Readonly<Record<string, ChartCommand>>;
  /** The chart itself, to be stored beside the hash. */
  readonly chart: Chart;
  readonly model: Model;
  readonly machine: AnyStateMachine;
  readonly vocabulary: Vocabulary<never>;
}

/** As much of a chart as it takes to read what happened under it; nothing is proven, and nothing may be decided by it. */
export type ReadableChart = Pick<CompiledWorkflow, 'id' | 'version' | 'hash' | 'chart' | 'model'>;

/** Of a chart that was proven when it was published; undefined where this has not the form of one. */
export function readableChart(json: unknown): ReadableChart | undefined {
  if (schemaProblems(json, '').length > 0) return undefined;
  const chart = json as Chart;
  return { id: chart.id as WorkflowId, version: chart.version, hash: hashOf(chart), chart, model: modelOf(chart) };
}

export type Compilation =
  | { readonly ok: true; readonly workflow: CompiledWorkflow }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Hashes of what was proven in this process: a start reads each chart from its file and again from the database. */
const proven = new Set<string>();

/** Compiles and proves one parsed chart; `file` is only used to name the place of a problem. */
export function compileWorkflow(json: unknown, { file }: { readonly file: string }): Compilation {
  const misfits = schemaProblems(json, file);
  if (misfits.length > 0) return { ok: false, problems: misfits };
  const hash = hashOf(json);
  const chart = deepFreeze(structuredClone(json as Chart));
  if (!isWorkflowId(chart.id)) {
    const message = `Unknown lifecycle “${chart.id}”.${didYouMean(chart.id, Object.keys(vocabularies))}`;
    return { ok: false, problems: [{ file, pointer: '/id', message }] };
  }
  const vocabulary: Vocabulary<never> = vocabularies[chart.id];
  const misnamed = nameProblems(chart, vocabulary, file);
  if (misnamed.length > 0) return { ok: false, problems: misnamed };
  const model = modelOf(chart);
  const unproven = proven.has(hash) ? [] : proofProblems(chart, model, vocabulary, file);
  if (unproven.length > 0) return { ok: false, problems: unproven };
  proven.add(hash);
  const workflow = {
    id: chart.id,
    version: chart.version,
    title: chart.title,
    hash,
    commands: chart.commands,
    chart,
    model,
    machine: machineOf(chart, model),
    vocabulary,
  };
  return { ok: true, workflow: Object.freeze(workflow) };
}

/** Narrows a compiled workflow to one lifecycle, so that facts and effects are typed. */
export function isWorkflow<Id extends WorkflowId>(
  workflow: CompiledWorkflow,
  id: Id,
): workflow is CompiledWorkflow<Id> {
  return workflow.id === id;
}

/** SHA-256 (hex) over the canonical JSON (RFC 8785) of a chart; the same for any spelling of the same content. */
export function hashOf(json: unknown): string {
  // The package's types describe an ES module; at run time its function is the default export.
  const text = (canonicalize as unknown as (input: unknown) => string | undefined)(json);
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex');
}

const isWorkflowId = (id: string): id is WorkflowId => Object.hasOwn(vocabularies, id);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
