import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { openingFacts } from '../../../test/factories/workflow-facts.js';
import type { CompiledWorkflow } from './compile.js';
import { compileWorkflow } from './compile.js';
import { decide, initial, positionOf, type Snapshot } from './decide.js';
import type { Configuration } from './graph.js';
import { Explorer, initialConfiguration } from './graph.js';
import type { Transition } from './model.js';
import { singleRegion } from './model.js';

interface PathStep {
  readonly command: string;
  readonly taken: readonly Transition[];
  readonly after: Configuration;
}

/** A shortest path to every transition of every region that a command can take, by pointer. */
function pathsOf(workflow: CompiledWorkflow): Map<string, PathStep[]> {
  const ownerOf = (command: string): string => workflow.commands[command]?.region ?? singleRegion;
  const explorer = new Explorer(workflow.model, workflow.vocabulary, ownerOf, [], 16);
  const paths = new Map<string, PathStep[]>();
  const queue: { at: Configuration; path: PathStep[] }[] = [{ at: explorer.start, path: [] }];
  const seen = new Set<string>();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const key = next.at.map((leaf) => leaf.name).join(' ');
    if (seen.has(key)) continue;
    seen.add(key);
    for (const { command, taken, after } of explorer.possibleIn(next.at).outcomes) {
      const path = [...next.path, { command, taken, after }];
      const name = taken.map((transition) => transition.pointer.replaceAll(/\/(states|on)/g, '')).join(' and ');
      if (!paths.has(name)) paths.set(name, path);
      queue.push({ at: after, path });
    }
  }
  return paths;
}

const namesOf = (configuration: Configuration): string[] => configuration.map((leaf) => `${leaf.region} ${leaf.name}`);

/** Sends the commands of a path, each with facts that open the transition wanted; fails if none of them does. */
function replay(workflow: CompiledWorkflow, path: readonly PathStep[]): void {
  let { snapshot } = initial(workflow);
  for (const { command, taken, after } of path) {
    const wanted = taken.flatMap((transition) => transition.effects);
    const outcomes = openingFacts[workflow.id].map((facts) =>
      decide(workflow, snapshot, { type: command }, facts as never),
    );
    const leadsThere = (reached: Snapshot): boolean =>
      JSON.stringify(positionOf(workflow, reached).regions.map(({ region, state }) => `${region} ${state}`)) ===
      JSON.stringify(namesOf(after));
    const found = outcomes.find(
      (outcome) =>
        outcome.ok && JSON.stringify(outcome.effects) === JSON.stringify(wanted) && leadsThere(outcome.snapshot),
    );
    if (!found?.ok)
      throw new Error(`${command} does not lead to ${namesOf(after).join(', ')}: ${JSON.stringify(outcomes)}`);
    snapshot = found.snapshot;
  }
}

const files = readdirSync('workflows', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) => readdirSync(`workflows/${folder.name}`).map((name) => `workflows/${folder.name}/${name}`));

describe.each(files)('%s', (file) => {
  const compiled = compileWorkflow(JSON.parse(readFileSync(file, 'utf8')), { file });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems, null, 2));
  const paths = [...pathsOf(compiled.workflow)];

  test.each(paths)('can be carried to %s', (_name, path) => {
    replay(compiled.workflow, path);
  });

  test('has a path to every state', () => {
    const reached = new Set(paths.flatMap(([, path]) => path.flatMap((step) => namesOf(step.after))));
    namesOf(initialConfiguration(compiled.workflow.model)).forEach((name) => reached.add(name));
    const states = compiled.workflow.model.regions.flatMap((region) => namesOf([...region.leaves.values()]));
    expect([...reached].sort()).toEqual([...states].sort());
  });
});
