import { readFileSync } from 'node:fs';
import { type CompiledWorkflow, compileWorkflow, isWorkflow } from '../../src/domain/workflow/compile.js';
import type { Decided, Refused, Snapshot } from '../../src/domain/workflow/decide.js';
import type { WorkflowId } from '../../src/domain/workflow/vocabulary/all.js';
import type { CaseFacts } from '../../src/domain/workflow/vocabulary/case.js';
import type { Role } from '../../src/domain/workflow/vocabulary/vocabulary.js';
import { caseFacts } from './workflow-facts.js';

/** A chart as it is published. Throws where the proof refuses it. */
export function shipped<Id extends WorkflowId>(id: Id, version = 1): CompiledWorkflow<Id> {
  const file = `workflows/${id}/v${version}.json`;
  const compiled = compileWorkflow(JSON.parse(readFileSync(file, 'utf8')), { file });
  if (!compiled.ok || !isWorkflow(compiled.workflow, id)) throw new Error(`${file} is refused`);
  return compiled.workflow;
}

export const caseChart = shipped('case');

/** The snapshot of a case in the given assessment, claim and suspicion states. */
export function aCase(assessment: string, claim = 'pending', suspicion = 'undecided'): Snapshot {
  const groups: Record<string, string> = {};
  for (const region of caseChart.model.regions) {
    for (const leaf of region.leaves.values()) if (leaf.path.length > 1) groups[leaf.name] = leaf.path[0] ?? '';
  }
  const nested = (name: string): Snapshot => (groups[name] ? { [groups[name]]: name } : name);
  return { claim: nested(claim), assessment: nested(assessment), suspicion: nested(suspicion) };
}

/** Throws what was refused. */
export function carried<Id extends WorkflowId>(outcome: Decided<Id> | Refused): Decided<Id> {
  if (!outcome.ok) throw new Error(`refused: ${outcome.because.join(' ')}`);
  return outcome;
}

/** Throws where it was carried out. */
export function refused<Id extends WorkflowId>(outcome: Decided<Id> | Refused): Refused {
  if (outcome.ok) throw new Error('was not refused');
  return outcome;
}

/** What a command of somebody with this role meets. */
export const by = (role: Role, differing: Partial<CaseFacts> = {}): CaseFacts =>
  caseFacts({ actorRoles: [role], ...differing });
