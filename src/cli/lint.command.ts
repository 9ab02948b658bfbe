import { parseJson } from '../platform/files/json-text.js';
import { Command } from 'commander';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Finding } from '../domain/questionnaire/lint/finding.js';
import { lintGuide } from '../domain/questionnaire/lint/guide.js';
import { lintFiles } from '../domain/questionnaire/lint/lint.js';
import { finding } from '../domain/questionnaire/lint/report.js';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import { projectFolder } from '../project-folder.js';
import { answer } from './installation-in-use.js';
import { pathOf } from './named-target.js';
import { Told } from './told.js';

interface Options {
  json?: boolean;
  guide?: boolean;
}

/** `f1 questionnaires lint`: what can be proven of a questionnaire before it is used; no database is needed. */
export const lintCommand = (): Command =>
  new Command('lint')
    .description('Prove one questionnaire, one pack or (without a target) every pack in questionnaires/')
    .argument(
      '[target]',
      'a pack (RW), a questionnaire (RW/screening), or the path of a file or of the folder of a pack',
    )
    .option('--json', 'one line of JSON')
    .option('--guide', 'print what each finding means, with examples')
    .action((target: string | undefined, { json, guide }: Options) => {
      if (guide) {
        process.stdout.write(lintGuide());
        return;
      }
      const findings = lintTarget(target);
      const ok = findings.every(({ severity }) => severity === 'advice');
      answer({ ok, findings }, json, () => linesOf(findings));
    });

/** Lints a file or folder, wherever it stands, with the modules of `questionnaires/`. */
function lintTarget(target: string | undefined): Finding[] {
  const library = join(projectFolder(), 'questionnaires');
  const broken: Finding[] = [];
  const read = (folder: string, name: string) => jsonFilesIn(folder, name, broken);
  const packs = foldersIn(library).filter((name) => existsSync(join(library, name, 'pack.json')));
  if (target === undefined) return [...broken, ...lintFiles(packs.flatMap((name) => read(library, name)))];
  const path = pathOf(target, library);
  const folder = packFolder(path);
  const pack = basename(folder);
  const files = [
    ...read(dirname(folder), pack),
    ...packs.filter((name) => name !== pack).flatMap((name) => read(library, name)),
  ];
  const named = join(pack, relative(folder, path)).split(sep).join('/');
  const about = (file: string) => file === named || file.startsWith(`${named}/`);
  if (!files.some(({ file }) => about(file)) && broken.length === 0)
    throw new Told(`There is no questionnaire in ${target}: name a .json file, or the folder of a pack.`);
  return [...broken.filter(({ file }) => about(file)), ...lintFiles(files, { about })];
}

/** The folder of the pack a path belongs to: the nearest one with a pack.json, else its own. */
function packFolder(path: string): string {
  const own = statSync(path).isDirectory() ? path : dirname(path);
  const isPack = (folder: string) => existsSync(join(folder, 'pack.json'));
  return !isPack(own) && isPack(dirname(own)) ? dirname(own) : own;
}

function jsonFilesIn(folder: string, name: string, broken: Finding[]): SourceFile[] {
  return readdirSync(join(folder, name), { withFileTypes: true }).flatMap((entry): SourceFile[] => {
    const file = `${name}/${entry.name}`;
    if (entry.isDirectory()) return jsonFilesIn(folder, file, broken);
    if (!entry.name.endsWith('.json')) return [];
    try {
      return [{ file, content: parseJson(readFileSync(join(folder, file), 'utf8')) }];
    } catch (error) {
      broken.push(
        finding(
          'notAFile',
          { file, pointer: '' },
          `this is not JSON as it should be: ${(error as Error).message}`,
          'Mend it at that place: often a comma is missing before it, or one too many stands there.',
        ),
      );
      return [];
    }
  });
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

function linesOf(findings: readonly Finding[]): string[] {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  return [
    ...findings.flatMap(({ severity, code, file, pointer, reason, fix, witness }) => [
      `${severity} ${code}  ${file}#${pointer}`,
      `  ${reason}`,
      ...(witness ? [`  shown by: ${witnessLine(witness)}`] : []),
      `  instead: ${fix}`,
    ]),
    `${count('error')} error(s), ${count('warning')} warning(s), ${count('advice')} advice. What each means: docs/guides/lint.md`,
  ];
}

function witnessLine({ child, answers }: NonNullable<Finding['witness']>): string {
  const said = answers.map(
    ({ questionId, item, value, status }) =>
      `${questionId}${item === undefined ? '' : `[${[item].flat().join('][')}]`} = ${status ?? JSON.stringify(value)}`,
  );
  return [...(child ? ['the applicant is a child'] : []), ...(said.length > 0 ? said : ['no answers'])].join(', ');
}
