import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import type { Problem } from '../domain/questionnaire/problems.js';
import { kindOf } from '../domain/questionnaire/schema-check.js';
import { isScenario } from '../questionnaires/draft-files.js';
import { filesOfFolder, PacksRefused } from '../questionnaires/pack-files.js';
import { Told } from './told.js';

/** `f1 packs files`: the folder of a pack as the API takes it, so that nobody pieces a request together by hand. */
export const packFilesCommand = (): Command =>
  new Command('files')
    .description('Print the files of one questionnaire in the folder of a pack as POST /api/questionnaires takes them')
    .argument('<folder>', 'the folder with pack.json')
    .option('--questionnaire <id>', 'which one; not needed where there is only one')
    .action((folder: string, { questionnaire }: { questionnaire?: string }) => {
      const files = only(filesIn(resolve(folder)), questionnaire);
      process.stdout.write(`${JSON.stringify({ files })}\n`);
    });

function filesIn(folder: string): SourceFile[] {
  if (!existsSync(join(folder, 'pack.json')))
    throw new Told(`There is no pack.json in ${folder}: name the folder of a pack.`);
  const problems: Problem[] = [];
  const files = filesOfFolder(dirname(folder), basename(folder), problems);
  if (problems.length > 0) throw new PacksRefused(problems);
  return files;
}

/** The newest version of the questionnaire, and what is not another questionnaire's. */
function only(files: readonly SourceFile[], wanted: string | undefined): SourceFile[] {
  const all = files.flatMap(({ file, content }) =>
    !isScenario(file) && kindOf(content) === 'questionnaire' ? [content as { id: string; version: number }] : [],
  );
  const ids = [...new Set(all.map(({ id }) => id))];
  const id = wanted ?? (ids.length === 1 ? ids[0] : undefined);
  if (id === undefined || !ids.includes(id))
    throw new Told(
      `Say which questionnaire with --questionnaire: ${ids.join(', ') || 'there is none in this folder'}.`,
    );
  const newest = Math.max(...all.filter((one) => one.id === id).map(({ version }) => version));
  return files.filter(({ file, content }) => {
    if (isScenario(file)) return (content as { questionnaire?: unknown }).questionnaire === id;
    if (kindOf(content) !== 'questionnaire') return true;
    const one = content as { id: string; version: number };
    return one.id === id && one.version === newest;
  });
}
