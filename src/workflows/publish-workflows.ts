import type pg from 'pg';
import { canonical } from '../platform/database/sealing.js';
import type { WorkflowFile } from './workflow-files.js';

/** A file that was published and then changed would move running cases onto other rules: refused. */
export class PublishedWorkflowChanged extends Error {
  constructor(kind: string, version: number) {
    super(
      `workflows/${kind}/v${version}.json differs from the version ${version} that cases are pinned to. ` +
        `Restore it and put the change into workflows/${kind}/v${version + 1}.json.`,
    );
    this.name = 'PublishedWorkflowChanged';
  }
}

/** Adds the versions that the database does not hold yet; a second call changes nothing. */
export async function publishWorkflows(owner: pg.Client, files: readonly WorkflowFile[]): Promise<number> {
  let added = 0;
  for (const { workflow, body } of files) {
    const existing = await owner.query<{ hash: string }>('SELECT hash FROM workflow WHERE kind = $1 AND version = $2', [
      workflow.id,
      workflow.version,
    ]);
    const hash = existing.rows[0]?.hash;
    if (hash === workflow.hash) continue;
    if (hash !== undefined) throw new PublishedWorkflowChanged(workflow.id, workflow.version);
    await owner.query('INSERT INTO workflow (hash, kind, version, body) VALUES ($1, $2, $3, $4)', [
      workflow.hash,
      workflow.id,
      workflow.version,
      canonical(body),
    ]);
    added += 1;
  }
  return added;
}
