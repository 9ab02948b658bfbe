import { parseJson } from '../platform/files/json-text.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../domain/workflow/chart.js';
import { compileWorkflow, type CompiledWorkflow } from '../domain/workflow/compile.js';

export interface WorkflowFile {
  readonly workflow: CompiledWorkflow;
  readonly body: unknown;
}

/** Every problem of every workflow file at once: nothing is loaded while one remains. */
export class WorkflowsRefused extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(
      `The workflows cannot be used:\n${problems
        .map(
          ({ file, pointer, message, path }) =>
            `  - ${file}#${pointer}: ${message}${path?.length ? ` (reached by ${path.join(' -> ')})` : ''}`,
        )
        .join('\n')}`,
    );
    this.name = 'WorkflowsRefused';
  }
}

/** Reads, compiles and proves `workflows/<kind>/v<n>.json`. Throws WorkflowsRefused. */
export function readWorkflowFiles(folder: string): WorkflowFile[] {
  const problems: Problem[] = [];
  const files: WorkflowFile[] = [];
  const kinds = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const kind of kinds) {
    for (const name of readdirSync(join(folder, kind.name))
      .filter((entry) => /^v\d+\.json$/.test(entry))
      .sort()) {
      const file = `workflows/${kind.name}/${name}`;
      let body: unknown;
      try {
        body = parseJson(readFileSync(join(folder, kind.name, name), 'utf8'));
      } catch (error) {
        problems.push({ file, pointer: '', message: `this is not JSON as it should be: ${(error as Error).message}` });
        continue;
      }
      const compiled = compileWorkflow(body, { file });
      if (compiled.ok) files.push({ workflow: compiled.workflow, body });
      else problems.push(...compiled.problems);
    }
  }
  if (problems.length > 0) throw new WorkflowsRefused(problems);
  return files;
}
