import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledWorkflow } from '../../../src/domain/workflow/compile.js';
import { initial, positionOf, type Snapshot } from '../../../src/domain/workflow/decide.js';
import { answersTo } from '../../../src/domain/workflow/graph.js';
import { readWorkflowFiles } from '../../../src/workflows/workflow-files.js';
import type { History } from './record.js';

const FOLDER = 'test/faults/histories';
const charts = new Map(readWorkflowFiles('workflows').map(({ workflow }) => [workflow.hash, workflow]));

/** The state of each region by name. */
const statesAt = (workflow: CompiledWorkflow, snapshot: Snapshot): Record<string, string> =>
  Object.fromEntries(positionOf(workflow, snapshot).regions.map(({ region, state }) => [region, state]));

/**
 * Folds a history by the present code: the first state is the chart's, and each event leads by edges of its own name to the state
 * that was recorded with it. An event that the chart does not know leaves the state as it is.
 */
function fold(workflow: CompiledWorkflow, { events }: History): Record<string, string> {
  let at = statesAt(workflow, initial(workflow).snapshot);
  for (const [index, { type, facets }] of events.entries()) {
    if (facets.state === undefined) continue;
    const recorded = statesAt(workflow, facets.state as Snapshot);
    const here = workflow.model.regions.map(({ name, leaves }) => leaves.get(at[name]!)!);
    const edges = answersTo(here, type).flat();
    for (const [region, state] of Object.entries(recorded)) {
      const ways = edges.filter((edge) => edge.region === region).map(({ target }) => target ?? at[region]);
      if (state !== at[region] && !ways.includes(state))
        throw new Error(`event ${index + 1}, ${type}, cannot lead ${region} from ${at[region]} to ${state}`);
    }
    at = recorded;
  }
  return at;
}

describe('histories recorded from released workflow versions', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

  it.each(files)('%s is folded by the present code to the recorded states', (name) => {
    const histories = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as History[];
    expect(histories.length).toBeGreaterThan(0);
    for (const history of histories) {
      const workflow = charts.get(history.workflow);
      expect(workflow?.hash).toBe(history.workflow);
      expect(fold(workflow!, history)).toEqual(statesAt(workflow!, history.snapshot as Snapshot));
    }
  });

  it('shows it when a history takes a way that the chart does not have', () => {
    const [history] = JSON.parse(readFileSync(join(FOLDER, 'case.v1.json'), 'utf8')) as [History];
    const skipped = { ...history, events: history.events.filter(({ type }) => type !== 'SUBMIT_FOR_REVIEW') };
    expect(() => fold(charts.get(history.workflow)!, skipped)).toThrow('cannot lead');
  });
});
