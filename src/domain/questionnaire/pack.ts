import { compileRead } from './compile.js';
import type { PackFile } from './format.js';
import { deepFreeze, type Plan, type SourceFile } from './plan.js';
import { Problems, at, unique, type Problem } from './problems.js';
import { kindOf, schemaProblems } from './schema-check.js';
import { readFiles } from './sources.js';

export interface PackOptions {
  /** ISO 3166-1 alpha-2 codes that exist; `XK` and `stateless` are known without them. */
  knownCountries?: readonly string[];
}

export type PackResult = { ok: true; pack: PackFile; plans: Plan[] } | { ok: false; problems: Problem[] };

/** Compiles every questionnaire of one pack; `files` also holds the modules it includes. */
export function compilePack(pack: string, files: readonly SourceFile[], options: PackOptions = {}): PackResult {
  const problems = new Problems();
  const file = `${pack}/pack.json`;
  const content = files.find((one) => one.file === file)?.content;
  if (kindOf(content) !== 'pack')
    problems.add(
      { file, pointer: '' },
      'the pack file is missing; every pack folder has a pack.json with the key "pack"',
    );
  else for (const { pointer, message } of schemaProblems('pack', content)) problems.add({ file, pointer }, message);
  if (problems.list.length > 0) return { ok: false, problems: problems.list };
  const packFile = content as PackFile;
  checkPack(packFile, pack, files, options, problems);
  const own = packFile.questionnaires.map((name) => `${pack}/${name}`);
  const wanted = files.filter((one) => own.includes(one.file) || isShared(one));
  const usable = readFiles(wanted, problems);
  const has = (file: string) => usable.some((one) => one.file === file);
  const sharedHold = wanted.filter(isShared).every(({ file }) => has(file));
  const plans: Plan[] = [];
  const texts = new Map<unknown, string>();
  for (const file of own.filter((name) => sharedHold && has(name))) {
    const result = compileRead(
      usable.filter((one) => one.file === file || isShared(one)),
      {},
      texts,
    );
    if (result.ok) plans.push(result.plan);
    else problems.list.push(...result.problems);
  }
  if (problems.list.length > 0) return { ok: false, problems: unique(problems.list) };
  return { ok: true, pack: deepFreeze(structuredClone(packFile)), plans };
}

/** What all questionnaires of a pack may draw on. */
const isShared = ({ content }: SourceFile): boolean =>
  !['questionnaire', 'pack', 'timeline'].includes(kindOf(content) ?? '');

function checkPack(
  content: PackFile,
  pack: string,
  files: readonly SourceFile[],
  { knownCountries }: PackOptions,
  problems: Problems,
): void {
  const place = { file: `${pack}/pack.json`, pointer: '' };
  if (content.pack !== pack)
    problems.add(at(place, 'pack'), `the pack stands in the folder "${pack}"; write the same name`);
  if (content.countries.length === 0 && pack !== 'base')
    problems.add(at(place, 'countries'), 'only the pack "base" serves no country of its own; name at least one');
  const countries = knownCountries && [...knownCountries, 'XK', 'stateless'];
  for (const [index, country] of content.countries.entries())
    if (countries && !countries.includes(country))
      problems.add(
        at(place, 'countries', index),
        `"${country}" is no country code (ISO 3166-1 alpha-2, XK, or stateless)`,
      );
  const has = (name: string, kind: string) =>
    files.some((one) => one.file === `${pack}/${name}` && kindOf(one.content) === kind);
  for (const [index, name] of content.questionnaires.entries())
    if (!has(name, 'questionnaire'))
      problems.add(
        at(place, 'questionnaires', index),
        `there is no questionnaire file "${name}" in the folder ${pack}`,
      );
  if (!has(content.reference, 'reference'))
    problems.add(at(place, 'reference'), `there is no reference file "${content.reference}" in the folder ${pack}`);
}
