import { parseJson } from '../platform/files/json-text.js';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PackFile } from '../domain/questionnaire/format.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import type { Problem } from '../domain/questionnaire/problems.js';
import { readPackFolder, SCENARIOS } from './pack-files.js';

/** A pack with its scenario files as they stand on disk. */
export interface PackWithScenarios {
  readonly pack: PackFile;
  readonly plans: readonly Plan[];
  readonly scenarioFiles: readonly SourceFile[];
  /** Scenario files that are not JSON. */
  readonly problems: readonly Problem[];
}

/**
 * The packs a path means, each with its scenario files: every pack of `library` without a path; else the pack in this folder, or
 * the one of this file (of a scenario file that file only, of a questionnaire's the scenarios of that questionnaire). Throws
 * PacksRefused; undefined when the path is no pack's.
 */
export function readPacksWithScenarios(library: string, path?: string): PackWithScenarios[] | undefined {
  if (path === undefined) return packFoldersIn(library).map((folder) => readOne(folder, library));
  if (statSync(path).isDirectory()) return isPackFolder(path) ? [readOne(path, library)] : undefined;
  const scenarioFile = basename(dirname(path)) === SCENARIOS;
  const folder = scenarioFile ? dirname(dirname(path)) : dirname(path);
  if (!isPackFolder(folder)) return undefined;
  const found = readOne(folder, library);
  if (scenarioFile) return [only(found, `${basename(folder)}/${SCENARIOS}/${basename(path)}`)];
  const own = `${basename(folder)}/${basename(path)}`;
  const plan = found.plans.find(({ files }) => files[0]!.file === own);
  return [plan ? of(plan, found) : found];
}

/** The folders of a library that hold a pack. */
export const packFoldersIn = (library: string): string[] =>
  readdirSync(library)
    .map((name) => join(library, name))
    .filter(isPackFolder)
    .sort();

function isPackFolder(folder: string): boolean {
  return existsSync(join(folder, 'pack.json'));
}

const only = (pack: PackWithScenarios, name: string): PackWithScenarios => ({
  ...pack,
  scenarioFiles: pack.scenarioFiles.filter(({ file }) => file === name),
  problems: pack.problems.filter(({ file }) => file === name),
});

const of = ({ id }: Plan, pack: PackWithScenarios): PackWithScenarios => ({
  ...pack,
  scenarioFiles: pack.scenarioFiles.filter(
    ({ content }) => (content as { questionnaire?: unknown } | null)?.questionnaire === id,
  ),
});

function readOne(folder: string, library: string): PackWithScenarios {
  const { pack, plans } = readPackFolder(folder, library);
  const problems: Problem[] = [];
  const home = join(folder, SCENARIOS);
  const names = existsSync(home) ? readdirSync(home).filter((name) => name.endsWith('.json')) : [];
  const scenarioFiles = names.sort().flatMap((name): SourceFile[] => {
    const file = `${basename(folder)}/${SCENARIOS}/${name}`;
    try {
      return [{ file, content: parseJson(readFileSync(join(home, name), 'utf8')) }];
    } catch (error) {
      problems.push({ file, pointer: '', message: `this is not JSON as it should be: ${(error as Error).message}` });
      return [];
    }
  });
  return { pack, plans, scenarioFiles, problems };
}
