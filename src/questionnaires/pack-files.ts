import { parseJson } from '../platform/files/json-text.js';
// Without the names in every language, which its entry for Node loads.
import countries from 'i18n-iso-countries/index.js';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PackFile } from '../domain/questionnaire/format.js';
import { compile } from '../domain/questionnaire/compile.js';
import { compilePack } from '../domain/questionnaire/pack.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import { unique, type Problem } from '../domain/questionnaire/problems.js';
import { kindOf } from '../domain/questionnaire/schema-check.js';
import { timelineProblems } from '../domain/timeline/mapping-check.js';

/** One pack as it stands in its folder, compiled. */
export interface CompiledPack {
  readonly pack: PackFile;
  readonly plans: readonly Plan[];
}

/** Every problem of every pack at once: nothing is loaded while one remains. */
export class PacksRefused extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(
      `The questionnaires cannot be used:\n${problems
        .map(({ file, pointer, message }) => `  - questionnaires/${file}#${pointer}: ${message}`)
        .join('\n')}`,
    );
    this.name = 'PacksRefused';
  }
}

/** The JSON Schemas that authors' editors use; not a pack. */
const SCHEMAS = 'schema';

/** The folder of a pack whose files prove its questionnaires and are no part of them. */
export const SCENARIOS = 'scenarios';

/** Countries that a pack may name. */
export const KNOWN = { knownCountries: Object.keys(countries.getAlpha2Codes()) };

/** Reads and compiles every pack of `questionnaires/` with its modules and reference data. Throws PacksRefused. */
export function readPackFiles(folder: string): CompiledPack[] {
  const problems: Problem[] = [];
  const names = foldersIn(folder).filter((name) => name !== SCHEMAS);
  const files = names.flatMap((name) => jsonFilesIn(folder, name, problems));
  const packs: CompiledPack[] = [];
  for (const name of names) {
    const result = compilePack(name, filesFor(name, files), KNOWN);
    if (result.ok) packs.push({ pack: result.pack, plans: result.plans });
    else problems.push(...result.problems);
    problems.push(...timelineProblems(name, files));
  }
  problems.push(...sharedIds(packs));
  if (problems.length > 0) throw new PacksRefused(unique(problems));
  return packs;
}

/**
 * Reads and compiles the one pack in this folder, wherever it stands, with the modules of `library` (a `questionnaires/` folder).
 * Throws PacksRefused.
 */
export function readPackFolder(folder: string, library: string): CompiledPack {
  const problems: Problem[] = [];
  const name = basename(folder);
  const files = withModules(folder, library, problems);
  const result = compilePack(name, filesFor(name, files), KNOWN);
  if (!result.ok) problems.push(...result.problems);
  problems.push(...timelineProblems(name, files));
  if (!result.ok || problems.length > 0) throw new PacksRefused(unique(problems));
  return { pack: result.pack, plans: result.plans };
}

/**
 * Reads and compiles one questionnaire file of a pack's folder, whether the pack names it or not yet, with the modules of `library`.
 * Throws PacksRefused.
 */
export function readQuestionnaireFile(path: string, library: string): Plan {
  const problems: Problem[] = [];
  const folder = dirname(path);
  const name = basename(folder);
  const own = `${name}/${basename(path)}`;
  const files = filesFor(name, withModules(folder, library, problems));
  const result = compile(
    files.filter(({ file, content }) => file === own || ['module', 'reference'].includes(kindOf(content) ?? '')),
  );
  if (!result.ok) problems.push(...result.problems);
  if (!result.ok || problems.length > 0) throw new PacksRefused(unique(problems));
  return result.plan;
}

/** The files of a pack's folder and of the packs in the library that have modules to lend. */
function withModules(folder: string, library: string, problems: Problem[]): SourceFile[] {
  const name = basename(folder);
  const lenders = foldersIn(library).filter((pack) => pack !== name && existsSync(join(library, pack, 'modules')));
  return [
    ...jsonFilesIn(dirname(folder), name, problems),
    ...lenders.flatMap((pack) => jsonFilesIn(library, pack, problems)),
  ];
}

/** What a pack is compiled from: its own files, and modules with the reference data of the packs they stand in. */
function filesFor(pack: string, files: readonly SourceFile[]): SourceFile[] {
  const lenders = new Set(files.filter(({ file }) => isModule(file)).map(({ file }) => packOf(file)));
  return files.filter(
    ({ file }) =>
      packOf(file) === pack || isModule(file) || (lenders.has(packOf(file)) && file.endsWith('/reference.json')),
  );
}

const packOf = (file: string): string => file.split('/')[0] ?? '';
const isModule = (file: string): boolean => file.split('/')[1] === 'modules';

/** A questionnaire is published under its id and version, whatever pack it stands in. */
function sharedIds(packs: readonly CompiledPack[]): Problem[] {
  const first = new Map<string, string>();
  return packs.flatMap(({ pack, plans }) =>
    plans.flatMap(({ id, version, files }) => {
      const file = files[0]?.file ?? pack.pack;
      const other = first.get(`${id}@${version}`);
      first.set(`${id}@${version}`, other ?? file);
      return other === undefined
        ? []
        : [{ file, pointer: '/id', message: `version ${version} of "${id}" is ${other} already; give it another id` }];
    }),
  );
}

/** Every file of the pack in this folder, its scenarios too; what is no JSON becomes a problem. */
export const filesOfFolder = (folder: string, pack: string, problems: Problem[]): SourceFile[] => [
  ...jsonFilesIn(folder, pack, problems),
  ...(existsSync(join(folder, pack, SCENARIOS)) ? jsonFilesIn(folder, `${pack}/${SCENARIOS}`, problems) : []),
];

function jsonFilesIn(folder: string, name: string, problems: Problem[]): SourceFile[] {
  const entries = readdirSync(join(folder, name), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const file = `${name}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === SCENARIOS ? [] : jsonFilesIn(folder, file, problems);
    if (!entry.name.endsWith('.json')) return [];
    try {
      return [{ file, content: parseJson(readFileSync(join(folder, file), 'utf8')) }];
    } catch (error) {
      problems.push({ file, pointer: '', message: `this is not JSON as it should be: ${(error as Error).message}` });
      return [];
    }
  });
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
