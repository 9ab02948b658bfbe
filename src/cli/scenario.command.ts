import { Command } from 'commander';
import { join } from 'node:path';
import type { Problem } from '../domain/questionnaire/problems.js';
import { readScenarios } from '../domain/questionnaire/scenario/read-scenarios.js';
import { runScenario, type ScenarioOutcome } from '../domain/questionnaire/scenario/run-scenario.js';
import { projectFolder } from '../installation.js';
import { readPacksWithScenarios, type PackWithScenarios } from '../questionnaires/scenario-files.js';
import { answer } from './installation-in-use.js';
import { Told } from './told.js';

/** `f1 questionnaires test`: runs the scenarios beside the packs; no database is needed. */
export const testCommand = (): Command =>
  new Command('test')
    .description('Run the scenarios of every pack, of one pack (name or folder) or of one file')
    .argument('[target]', 'name or folder of a pack, or a scenario file')
    .option('--json', 'one line of JSON')
    .action((target: string | undefined, { json }: { json?: boolean }) => {
      const files = testedPacks(target).flatMap(testPack);
      answer({ ok: files.every(({ ok }) => ok), files }, json, () => files.flatMap(linesOf));
    });

interface TestedFile {
  ok: boolean;
  file: string;
  /** Id and version of the questionnaire; absent when the file cannot be used. */
  questionnaire?: { id: string; version: number };
  /** What must be changed before the file can be run. */
  problems: Problem[];
  scenarios: Omit<ScenarioOutcome, 'session'>[];
}

function testedPacks(target: string | undefined): PackWithScenarios[] {
  const packs = readPacksWithScenarios(join(projectFolder(), 'questionnaires'), target);
  if (!packs)
    throw new Told(
      `"${target}" is no pack: name a folder with a pack.json, a pack of questionnaires/, or a scenario file.`,
    );
  if (packs.every(({ scenarioFiles, problems }) => scenarioFiles.length + problems.length === 0))
    throw new Told(`There is no scenario to run: write them to ${packs[0]!.pack.pack}/scenarios/<questionnaire>.json.`);
  return packs;
}

function testPack({ plans, scenarioFiles, problems }: PackWithScenarios): TestedFile[] {
  const unreadable = problems.map((problem) => ({ ok: false, file: problem.file, problems: [problem], scenarios: [] }));
  const read = scenarioFiles.map((source): TestedFile => {
    const result = readScenarios(source, plans);
    if (!result.ok) return { ok: false, file: source.file, problems: result.problems, scenarios: [] };
    const { plan } = result;
    const outcomes = result.scenarios.map((scenario) => runScenario(plan, scenario));
    return {
      ok: outcomes.every(({ passed }) => passed),
      file: source.file,
      questionnaire: { id: plan.id, version: plan.version },
      problems: [],
      scenarios: outcomes.map(({ session: _session, ...outcome }) => outcome),
    };
  });
  return [...unreadable, ...read];
}

function linesOf({ file, questionnaire, problems, scenarios }: TestedFile): string[] {
  if (!questionnaire)
    return [
      `questionnaires/${file} cannot be used:`,
      ...problems.map(({ pointer, message }) => `  - #${pointer}: ${message}`),
    ];
  const held = scenarios.filter(({ passed }) => passed).length;
  return [
    `${questionnaire.id} v${questionnaire.version}  ${held} of ${scenarios.length} scenarios hold  questionnaires/${file}`,
    ...scenarios
      .filter(({ passed }) => !passed)
      .flatMap(({ id, title, failures }) => [
        `  ${id} (${title})`,
        ...failures.map(({ pointer, message }) => `    - #${pointer}: ${message}`),
      ]),
  ];
}
