import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledWorkflow } from '../../../src/domain/workflow/compile.js';
import { positionOf, type Snapshot } from '../../../src/domain/workflow/decide.js';
import { canLead, canTakeOver } from '../../../src/domain/workflow/step.js';
import { readWorkflowFiles } from '../../../src/workflows/workflow-files.js';
import type { History } from './record.js';

const FOLDER = 'test/faults/histories';
const charts = new Map(readWorkflowFiles('workflows').map(({ workflow }) => [workflow.hash, workflow]));

/** The state of each region by name. */
const statesAt = (workflow: CompiledWorkflow, snapshot: Snapshot): Record<string, string> =>
  Object.fromEntries(positionOf(workflow, snapshot).regions.map(({ region, state }) => [region, state]));

/**
 * Folds a history by the present code: each event leads to the state that was recorded with it, a move to another chart to one that this
 * chart has for it.
 */
function fold({ workflow: last, events }: History): Record<string, string> {
  let hash = events.find(({ type }) => type === 'MOVE_CHART')?.facets.from ?? last;
  let before: Snapshot | undefined;
  for (const [index, { type, facets }] of events.entries()) {
    const step = { before, type, after: facets.state as Snapshot };
    const [from, to] = [charts.get(hash)!, charts.get(facets.to ?? hash)!];
    if (!(type === 'MOVE_CHART' ? canTakeOver(to, from, step) : canLead(from, step)))
      throw new Error(
        `event ${index + 1}, ${type}, cannot lead from ${JSON.stringify(before)} to ${JSON.stringify(step.after)}`,
      );
    [before, hash] = [step.after, to.hash];
  }
  expect(hash).toBe(last);
  return statesAt(charts.get(hash)!, before!);
}

describe('histories recorded from released workflow versions', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

  it.each(files)('%s is folded by the present code to the recorded states', (name) => {
    const histories = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as History[];
    expect(histories.length).toBeGreaterThan(0);
    for (const history of histories) {
      const workflow = charts.get(history.workflow);
      expect(workflow?.hash).toBe(history.workflow);
      expect(fold(history)).toEqual(statesAt(workflow!, history.snapshot as Snapshot));
    }
  });

  // Until its successor was published no questionnaire was pinned to a chart: the column that pins one came together with version 2,
  // and what is made is pinned to the newest. Nothing has ever run by version 1.
  it('stand for every chart that anything ever ran by: all but the first of questionnaires', () => {
    const named = [...charts.values()].map(({ id, version }) => `${id}.v${version}.json`);
    expect(named.filter((name) => !files.includes(name))).toEqual(['questionnaire.v1.json']);
  });

  it('shows it when a history takes a way that the chart does not have', () => {
    const [history] = JSON.parse(readFileSync(join(FOLDER, 'case.v1.json'), 'utf8')) as [History];
    const skipped = { ...history, events: history.events.filter(({ type }) => type !== 'SUBMIT_FOR_REVIEW') };
    expect(() => fold(skipped)).toThrow('cannot lead');
  });
});
