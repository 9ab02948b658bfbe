import { Command } from 'commander';
import { join } from 'node:path';
import type { Problem } from '../domain/questionnaire/problems.js';
import { coverageOf, type Count, type Coverage, type Gap } from '../domain/questionnaire/scenario/coverage.js';
import { readScenarios } from '../domain/questionnaire/scenario/read-scenarios.js';
import { runScenario, type ScenarioOutcome } from '../domain/questionnaire/scenario/run-scenario.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import type { Session } from '../domain/questionnaire/session.js';
import { projectFolder } from '../project-folder.js';
import { readPacksWithScenarios, type PackWithScenarios } from '../questionnaires/scenario-files.js';
import { answer } from './installation-in-use.js';
import { pathOf } from './named-target.js';
import { Told } from './told.js';

interface Options {
  json?: boolean;
  gaps?: boolean;
}

/** `f1 questionnaires test`: runs the scenarios beside the packs and says what they do not reach; no database is needed. */
export const testCommand = (): Command =>
  new Command('test')
    .description('Run the scenarios of every pack, of one pack, of one questionnaire or of one file')
    .argument(
      '[target]',
      'a pack (RW), a questionnaire (RW/screening), or the path of a file or of the folder of a pack',
    )
    .option('--gaps', 'list everything no scenario reaches, with answers that would')
    .option('--json', 'one line of JSON, gaps included')
    .action((target: string | undefined, { json, gaps }: Options) => {
      const tested = testedPacks(target).map(testPack);
      const files = tested.flatMap((pack) => pack.files);
      const coverage = tested.flatMap((pack) => pack.coverage);
      const ok = files.every((file) => file.ok);
      answer({ ok, files, coverage }, json, () => [
        ...files.flatMap(linesOf),
        ...coverage.flatMap((one) => coverageLines(one, gaps ?? false)),
      ]);
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

/** What all scenarios of a questionnaire reach together. */
interface CoveredQuestionnaire extends Coverage {
  questionnaire: { id: string; version: number };
}

function testedPacks(target: string | undefined): PackWithScenarios[] {
  const library = join(projectFolder(), 'questionnaires');
  const packs = readPacksWithScenarios(library, target === undefined ? undefined : pathOf(target, library));
  if (!packs)
    throw new Told(
      `"${target}" is no pack: name a folder with a pack.json, a pack or questionnaire of questionnaires/, or a scenario file.`,
    );
  if (packs.every(({ scenarioFiles, problems }) => scenarioFiles.length + problems.length === 0))
    throw new Told(`There is no scenario to run: write them to ${packs[0]!.pack.pack}/scenarios/<questionnaire>.json.`);
  return packs;
}

function testPack({ pack, plans, scenarioFiles, problems }: PackWithScenarios) {
  const sessions = new Map<Plan, Session[]>();
  const unreadable = problems.map((problem) => ({ ok: false, file: problem.file, problems: [problem], scenarios: [] }));
  const read = scenarioFiles.map((source): TestedFile => {
    const result = readScenarios(source, plans);
    if (!result.ok) return { ok: false, file: source.file, problems: result.problems, scenarios: [] };
    const { plan } = result;
    const outcomes = result.scenarios.map((scenario) => runScenario(plan, scenario));
    sessions.set(plan, [...(sessions.get(plan) ?? []), ...outcomes.map(({ session }) => session)]);
    return {
      ok: outcomes.every(({ passed }) => passed),
      file: source.file,
      questionnaire: versionOf(plan),
      problems: [],
      scenarios: outcomes.map(({ session: _session, ...outcome }) => outcome),
    };
  });
  // Modules of another pack are for that pack's scenarios to reach.
  const own = (file: string) => file.startsWith(`${pack.pack}/`);
  const coverage = [...sessions].map(([plan, played]): CoveredQuestionnaire => ({
    questionnaire: versionOf(plan),
    ...coverageOf(plan, played, own),
  }));
  return { files: [...unreadable, ...read], coverage };
}

const versionOf = ({ id, version }: Plan) => ({ id, version });

function linesOf({ file, questionnaire, problems, scenarios }: TestedFile): string[] {
  if (!questionnaire)
    return [`${file} cannot be used:`, ...problems.map(({ pointer, message }) => `  - #${pointer}: ${message}`)];
  const held = scenarios.filter(({ passed }) => passed).length;
  return [
    `${questionnaire.id} v${questionnaire.version}  ${held} of ${scenarios.length} scenarios hold  ${file}`,
    ...scenarios
      .filter(({ passed }) => !passed)
      .flatMap(({ id, title, failures }) => [
        `  ${id} (${title})`,
        ...failures.map(({ pointer, message }) => `    - #${pointer}: ${message}`),
      ]),
  ];
}

function coverageLines({ questionnaire, gaps, ...counts }: CoveredQuestionnaire, whole: boolean): string[] {
  const part = (name: string, { reached, total }: Count) => `${reached} of ${total} ${name}`;
  const reached = [
    part('questions', counts.questions),
    part('branches', counts.branches),
    part('indicators', counts.indicators),
  ].join(', ');
  const line = `${questionnaire.id} v${questionnaire.version}  reached: ${reached}`;
  if (gaps.length === 0) return [line];
  return whole ? [line, ...gaps.flatMap(gapLines)] : [`${line} (--gaps lists what is missing)`];
}

function gapLines({ reach, answers, applicant, unreached }: Gap): string[] {
  const child = applicant ? `, "applicant": ${JSON.stringify(applicant)}` : '';
  const heading = {
    possible: `"answers": ${JSON.stringify(answers)}${child} would reach:`,
    impossible: 'No answers reach this (f1 questionnaires lint says why):',
    unknown: 'No answers were found for this:',
  };
  return [`  ${heading[reach]}`, ...unreached.map(({ file, pointer, what }) => `    - ${what} (${file}#${pointer})`)];
}
