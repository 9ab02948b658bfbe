import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { sweepDrafts } from './binaries.js';
import { isErrno, renameOrDiscard, writeWhole } from './files.js';
import { type Account, runProgram } from './run-program.js';

/** Where databases live when root starts us: PostgreSQL must not run as root, and nobody else can enter /root. */
const SYSTEM_FOLDER = '/var/lib/article-1f-engine';

/** The folder of one local database: cluster, passwords, port and server log. */
export interface DatabaseFolder {
  path: string;
  /** `<data folder>/postgres`, the name people see: the folder itself or, as root, a link to it. */
  shownAs: string;
  /** Holds the folder and the PostgreSQL programs. */
  parent: string;
  /** The account the server runs as, when it is not ours. */
  account: Account | undefined;
}

export type Initialise = (folder: DatabaseFolder) => Promise<void>;

/** Finds the database folder of a data folder, making it complete or not at all when there is none. */
export async function openFolder(
  dataDir: string,
  log: (line: string) => void,
  initialise: Initialise,
): Promise<DatabaseFolder> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const shownAs = join(await realpath(dataDir), 'postgres');
    return (await findFolder(shownAs)) ?? (await createFolder(shownAs, log, initialise));
  } catch (cause) {
    if (!isErrno(cause, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC')) throw cause;
    throw new EmbeddedPostgresError(
      'folderNotWritable',
      `The data folder ${dataDir} cannot be used (${(cause as Error).message}); run this as the owner of that folder, or set F1_DATA_DIR to a folder of your own.`,
      { cause },
    );
  }
}

/** One sentence for a folder that cannot serve, with a cure that loses nothing. */
export function damaged(folder: Pick<DatabaseFolder, 'shownAs'>, detail: string): EmbeddedPostgresError {
  const { shownAs } = folder;
  return new EmbeddedPostgresError(
    'folderDamaged',
    `The local database in ${shownAs} cannot be used (${detail}); nothing was changed: restore that folder from a backup, or put it aside (mv '${shownAs}' '${shownAs}.damaged') and start again with an empty database.`,
  );
}

async function findFolder(shownAs: string): Promise<DatabaseFolder | undefined> {
  const entry = await lstat(shownAs).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!entry) return undefined;
  const path = await realpath(shownAs).catch(() => {
    throw damaged({ shownAs }, 'it is a link to a folder that is gone');
  });
  const found = await stat(path);
  if (!found.isDirectory()) throw damaged({ shownAs }, 'it is not a folder');
  const account = accountOf(shownAs, found);
  if ((await readdir(path)).length === 0) return undefined;
  if (entry.isSymbolicLink()) await checkBelongs(path, shownAs);
  return { path, shownAs, parent: dirname(path), account };
}

function accountOf(shownAs: string, owner: Account): Account | undefined {
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  if (me === 0 && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  if (me === owner.uid && me !== 0) return undefined;
  throw new EmbeddedPostgresError(
    'folderBelongsElsewhere',
    me === 0
      ? `The local database in ${shownAs} belongs to root, as whom PostgreSQL refuses to run; give it back to the account that made it (chown -R <account> '${shownAs}').`
      : `The local database in ${shownAs} belongs to another account (uid ${owner.uid}); start as that account, or set F1_DATA_DIR to a folder of your own.`,
  );
}

/** A copied clone carries the link of its original: two programs must not take one database for their own. */
async function checkBelongs(path: string, shownAs: string): Promise<void> {
  const note = join(path, 'belongs-to');
  const owner = await readFile(note, 'utf8').catch(() => shownAs);
  if (owner === shownAs) return;
  if ((await realpath(owner).catch(() => undefined)) === path) {
    throw new EmbeddedPostgresError(
      'folderBelongsElsewhere',
      `${shownAs} is a copied link to the database of ${owner}; remove the link (rm '${shownAs}') to start with an empty database here.`,
    );
  }
  await writeWhole(note, shownAs, 0o644);
}

/** Built under another name and moved into place, so that neither a crash nor a second start meets half a database. */
async function createFolder(
  shownAs: string,
  log: (line: string) => void,
  initialise: Initialise,
): Promise<DatabaseFolder> {
  const account = process.getuid?.() === 0 ? await unprivilegedAccount() : undefined;
  const parent = account ? SYSTEM_FOLDER : dirname(shownAs);
  if (account) {
    await mkdir(parent, { recursive: true, mode: 0o755 });
    await chmod(parent, 0o755);
  }
  await sweepDrafts(parent);
  const path = account ? join(parent, nameFor(shownAs)) : shownAs;
  log(`Creating the local database in ${path}`);
  const draft = `${path}.new-${process.pid}-${Date.now()}`;
  await mkdir(draft, { mode: 0o700 });
  try {
    if (account) await chown(draft, account.uid, account.gid);
    await writeWhole(join(draft, 'belongs-to'), shownAs, 0o644);
    await initialise({ path: draft, shownAs, parent, account });
    if (account) await moveAndLink(draft, path, shownAs);
    else await renameOrDiscard(draft, path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  const folder = await findFolder(shownAs);
  if (!folder) throw damaged({ shownAs }, 'it was removed while it was being made');
  return folder;
}

async function moveAndLink(draft: string, path: string, shownAs: string): Promise<void> {
  await rename(draft, path);
  await rmdir(shownAs).catch(() => undefined);
  await symlink(path, shownAs).catch(async (error: unknown) => {
    await rm(path, { recursive: true, force: true });
    if (!isErrno(error, 'EEXIST')) throw error;
  });
}

/** Tells clones apart by their path, and a clone made again at the same path from the one before it. */
function nameFor(shownAs: string): string {
  const key = createHash('sha256').update(shownAs).digest('hex').slice(0, 8);
  const label = shownAs
    .split(sep)
    .slice(-4, -1)
    .join('-')
    .replace(/[^A-Za-z0-9]+/g, '-');
  return `${label}-${key}-${randomBytes(3).toString('hex')}`;
}

async function unprivilegedAccount(): Promise<Account> {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (which) => {
        const { code, output } = await runProgram('id', [which, name], { cwd: '/' });
        return code === 0 ? Number(output) : Number.NaN;
      }),
    );
    if (uid && gid) return { uid, gid };
  }
  throw new EmbeddedPostgresError(
    'notStarted',
    'PostgreSQL does not run as root and this machine has neither a "postgres" nor a "nobody" account; start as an ordinary user, or set DATABASE_URL and MIGRATION_DATABASE_URL.',
  );
}
