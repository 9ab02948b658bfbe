import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folded } from './chains.js';
import { readCharts } from './charts.js';

const FOLDER = 'test/faults/histories';
const charts = readCharts();

interface Recorded {
  readonly workflow: string;
  readonly snapshot: unknown;
  readonly events: readonly { readonly type: string; readonly facets: { readonly state?: unknown } }[];
}

const recorded = (name: string): Recorded[] => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recorded[];
const fold = ({ events, snapshot, workflow }: Recorded) =>
  folded(events, { snapshot, workflow_hash: workflow }, charts);

describe('the fold of a chain', () => {
  it.each(readdirSync(FOLDER).filter((name) => name.endsWith('.json')))('follows what really happened: %s', (name) => {
    for (const history of recorded(name)) expect(fold(history)).toBeUndefined();
  });

  const [history] = recorded('case.v1.json') as [Recorded];
  const without = (type: string): Recorded => ({
    ...history,
    events: history.events.filter((event) => event.type !== type),
  });

  it('names an event that the chart does not lead by', () => {
    expect(fold(without('SUBMIT_FOR_REVIEW'))).toMatch(/^cannot be led by event \d+, SIGN_OFF_LEGALLY,/);
  });

  it('names an event whose command leaves the state as it was', () => {
    const [first] = history.events;
    const stays = {
      ...history,
      events: [...history.events.slice(0, 1), { type: 'ACCEPT_TRIAGE', facets: first!.facets }],
    };
    expect(fold(stays)).toMatch(/^cannot be led by event 2, ACCEPT_TRIAGE,/);
  });

  it('names a state that something else than a command of the chart led to', () => {
    const told = history.events.map((event) => (event.type === 'ACCEPT_TRIAGE' ? { ...event, type: 'NOTED' } : event));
    expect(fold({ ...history, events: told })).toMatch(/^cannot be led by event 2, NOTED,/);
  });

  it('names a state that was written without its event', () => {
    expect(fold({ ...history, snapshot: history.events[0]!.facets.state })).toBe('is not where its history leads');
  });

  it('names a chart that was changed without its event', () => {
    const [other] = recorded('case.v2.json') as [Recorded];
    expect(fold({ ...history, workflow: other.workflow })).toMatch(/another chart|no release|cannot be led/);
  });
});
