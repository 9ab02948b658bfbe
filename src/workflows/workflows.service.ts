import { Injectable, type OnModuleInit } from '@nestjs/common';
import { compileWorkflow, isWorkflow, type CompiledWorkflow } from '../domain/workflow/compile.js';
import type { Charts } from '../domain/workflow/move.js';
import type { WorkflowId } from '../domain/workflow/vocabulary/all.js';
import { Database } from '../platform/database/database.js';

interface WorkflowRow {
  hash: string;
  kind: WorkflowId;
  version: number;
  body: unknown;
  published_at: Date;
}

export interface WorkflowSummary {
  readonly id: WorkflowId;
  readonly version: number;
  readonly hash: string;
  readonly title: string;
  readonly publishedAt: string;
}

/**
 * Compiled workflows by the hash that a case is pinned to. Everything published when the process starts is compiled then; a
 * version published later (by another process) is fetched once when first met.
 */
@Injectable()
export class WorkflowsService implements OnModuleInit {
  private readonly byHash = new Map<string, CompiledWorkflow>();
  private readonly currentOf = new Map<WorkflowId, CompiledWorkflow>();
  private summaries: WorkflowSummary[] = [];

  constructor(private readonly database: Database) {}

  async onModuleInit(): Promise<void> {
    await this.load();
  }

  /** The workflow a snapshot is pinned to. Throws when this process has never seen it. */
  get<Id extends WorkflowId>(id: Id, hash: string): CompiledWorkflow<Id> {
    const workflow = this.byHash.get(hash);
    if (!workflow || !isWorkflow(workflow, id)) throw new Error(`the ${id} workflow ${hash} is not loaded`);
    return workflow;
  }

  /** The newest published version, for new aggregates. */
  current<Id extends WorkflowId>(id: Id): CompiledWorkflow<Id> {
    const workflow = this.currentOf.get(id);
    if (!workflow || !isWorkflow(workflow, id)) throw new Error(`no ${id} workflow is published: run "f1 migrate"`);
    return workflow;
  }

  /** The chart that an aggregate is pinned to, and the one that new aggregates are. */
  chartsOf<Id extends WorkflowId>(id: Id, pinnedTo: string): Charts<Id> {
    return { pinned: this.get(id, pinnedTo), newest: this.current(id) };
  }

  list(): readonly WorkflowSummary[] {
    return this.summaries;
  }

  /** Loads what was published since. */
  async load(): Promise<void> {
    const rows = await this.database.inOwnRole((tx) =>
      tx.rows<WorkflowRow>('SELECT hash, kind, version, body, published_at FROM workflow ORDER BY kind, version'),
    );
    this.summaries = rows.map((row) => {
      const workflow = this.byHash.get(row.hash) ?? compiled(row);
      this.byHash.set(row.hash, workflow);
      this.currentOf.set(row.kind, workflow);
      return {
        id: row.kind,
        version: row.version,
        hash: row.hash,
        title: workflow.title,
        publishedAt: row.published_at.toISOString(),
      };
    });
  }
}

function compiled(row: WorkflowRow): CompiledWorkflow {
  const file = `workflow ${row.kind} v${row.version} in the database`;
  const result = compileWorkflow(row.body, { file });
  if (!result.ok) throw new Error(`${file} no longer compiles: ${result.problems.map((p) => p.message).join('; ')}`);
  if (result.workflow.hash !== row.hash) throw new Error(`${file} does not match its hash: the database was changed`);
  return result.workflow;
}
