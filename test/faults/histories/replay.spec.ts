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
 * that was recorded with it; a move to another chart leads to the state that this chart names for it, or to the one of the same name.
 * An event that the chart does not know leaves the state as it is.
 */
function fold({ workflow: last, events }: History): Record<string, string> {
  const first = events.find(({ type }) => type === 'MOVE_CHART')?.facets.from ?? last;
  let workflow = charts.get(first)!;
  let at = statesAt(workflow, initial(workflow).snapshot);
  for (const [index, { type, facets }] of events.entries()) {
    if (facets.state === undefined) continue;
    const next = type === 'MOVE_CHART' ? charts.get(facets.to!)! : workflow;
    const recorded = statesAt(next, facets.state as Snapshot);
    const ways = next === workflow ? byCommand(workflow, at, type) : byMove(next, workflow, at);
    for (const [region, state] of Object.entries(recorded)) {
      if (state !== at[region] && !ways(region).includes(state))
        throw new Error(`event ${index + 1}, ${type}, cannot lead ${region} from ${at[region]} to ${state}`);
    }
    [at, workflow] = [recorded, next];
  }
  expect(workflow.hash).toBe(last);
  return at;
}

type Ways = (region: string) => (string | undefined)[];

function byCommand(workflow: CompiledWorkflow, at: Record<string, string>, type: string): Ways {
  const here = workflow.model.regions.map(({ name, leaves }) => leaves.get(at[name]!)!);
  const edges = answersTo(here, type).flat();
  return (region) => edges.filter((edge) => edge.region === region).map(({ target }) => target ?? at[region]);
}

const byMove =
  (to: CompiledWorkflow, from: CompiledWorkflow, at: Record<string, string>): Ways =>
  (region) =>
    at[region] === undefined
      ? to.model.regions.filter(({ name }) => name === region).map(({ initial: begins }) => begins)
      : [to.chart.moves?.[String(from.version)]?.[region]?.[at[region]] ?? []].flat().map(({ target }) => target);

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
