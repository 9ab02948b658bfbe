import { join } from 'node:path';
import type { Plan } from '../../src/domain/questionnaire/plan.js';
import type { Problem } from '../../src/domain/questionnaire/problems.js';
import { readScenarios } from '../../src/domain/questionnaire/scenario/read-scenarios.js';
import { runScenario, type ScenarioOutcome } from '../../src/domain/questionnaire/scenario/run-scenario.js';
import type { Scenario } from '../../src/domain/questionnaire/scenario/scenario.js';
import type { Context } from '../../src/domain/questionnaire/session.js';
import { PacksRefused } from '../../src/questionnaires/pack-files.js';
import { packFoldersIn, readPacksWithScenarios } from '../../src/questionnaires/scenario-files.js';
import type { PackWithScenarios } from '../../src/questionnaires/scenario-files.js';

const library = join(process.cwd(), 'questionnaires');

/** One scenario of a shipped pack and what came of it. */
export interface ShippedScenario {
  scenario: Scenario;
  outcome: ScenarioOutcome;
}

/** The newest version of one shipped questionnaire with its scenarios, run. */
export interface ShippedQuestionnaire {
  pack: string;
  id: string;
  plan: Plan;
  scenarios: ShippedScenario[];
}

/** A pack as found in the folder of packs: a new one is covered without a word in any test. */
export interface ShippedPack {
  name: string;
  problems: Problem[];
  questionnaires: ShippedQuestionnaire[];
}

/** Every pack of the repository, compiled from the files on disk, its scenarios run. */
export const shippedPacks: ShippedPack[] = packFoldersIn(library).map((folder) => {
  const name = folder.slice(library.length + 1);
  try {
    return runPack(name, readPacksWithScenarios(library, folder)![0]!);
  } catch (error) {
    if (error instanceof PacksRefused) return { name, problems: [...error.problems], questionnaires: [] };
    throw error;
  }
});

export const shippedQuestionnaires = shippedPacks.flatMap(({ questionnaires }) => questionnaires);

function runPack(name: string, { plans, scenarioFiles, problems }: PackWithScenarios): ShippedPack {
  const newest = plans.filter((plan) => !plans.some(({ id, version }) => id === plan.id && version > plan.version));
  const results = scenarioFiles.map((file) => readScenarios(file, plans));
  const questionnaires = newest.map((plan) => ({
    pack: name,
    id: plan.id,
    plan,
    scenarios: results.flatMap((result) =>
      result.ok && result.plan === plan
        ? result.scenarios.map((scenario) => ({ scenario, outcome: runScenario(plan, scenario) }))
        : [],
    ),
  }));
  return {
    name,
    problems: [...problems, ...results.flatMap((result) => (result.ok ? [] : result.problems))],
    questionnaires,
  };
}

/** One shipped questionnaire by its id. */
export function questionnaireOf(id: string): ShippedQuestionnaire {
  const found = shippedQuestionnaires.find((one) => one.id === id);
  if (!found) throw new Error(`no questionnaire ${id}`);
  return found;
}

/** The plan of one shipped questionnaire. */
export const planOf = (id: string): Plan => questionnaireOf(id).plan;

/** One scenario of a shipped questionnaire. */
export function scenarioOf(questionnaire: string, id: string): ShippedScenario {
  const found = questionnaireOf(questionnaire).scenarios.find(({ scenario }) => scenario.id === id);
  if (!found) throw new Error(`no scenario ${id} of ${questionnaire}`);
  return found;
}

/** What stands in the pack's own folder: not the modules it borrows. */
export const ownOf = <T extends { file: string }>({ pack }: ShippedQuestionnaire, all: readonly T[]): T[] =>
  all.filter(({ file }) => file.startsWith(`${pack}/`));

export const adult: Context = { child: 'no', language: 'en' };
