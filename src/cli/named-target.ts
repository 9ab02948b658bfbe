import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { didYouMean } from '../domain/questionnaire/problems.js';
import { packFoldersIn } from '../questionnaires/scenario-files.js';
import { Told } from './told.js';

/**
 * The file or folder a target means: a path as it stands, a pack of the library (RW), or the newest file of a questionnaire
 * (RW/screening, or its id RW-screening). Throws Told, with the name that was probably meant.
 */
export function pathOf(target: string, library: string): string {
  const path = resolve(target);
  if (existsSync(path)) return path;
  const names = new Map(packFoldersIn(library).flatMap((folder) => namesIn(folder)));
  const found = names.get(target.replace(/\/$/, ''));
  if (found !== undefined) return found;
  const inLibrary = join(library, target);
  if (existsSync(inLibrary)) return inLibrary;
  const hint = didYouMean(target, [...names.keys()]);
  const packs = packFoldersIn(library).map((folder) => basename(folder));
  throw new Told(
    `There is no file or folder ${target}, and no pack or questionnaire of that name.${hint} Name a path, a pack (${packs.join(', ')}) or a questionnaire (${packs[0] ?? 'XX'}/screening).`,
  );
}

/** A pack's code, and for each of its questionnaires the short name and the id; later versions stand for earlier ones. */
function namesIn(folder: string): [string, string][] {
  const pack = basename(folder);
  const versions = readdirSync(folder)
    .flatMap((file) => {
      const [, kind, version] = /^(.+)\.v(\d+)\.json$/.exec(file) ?? [];
      return kind === undefined ? [] : [{ kind, version: Number(version), path: join(folder, file) }];
    })
    .sort((a, b) => a.version - b.version);
  return [
    [pack, folder],
    ...versions.flatMap(({ kind, path }): [string, string][] => [
      [`${pack}/${kind}`, path],
      [idOf(path) ?? `${pack}-${kind}`, path],
    ]),
  ];
}

/** What the file calls itself; nothing while it is no JSON, which is for the command to say. */
function idOf(path: string): string | undefined {
  try {
    const { id } = JSON.parse(readFileSync(path, 'utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
