import { randomBytes } from 'node:crypto';
import { chown, open, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../http/free-port.js';
import type { Binaries } from './binaries.js';
import { type DatabaseFolder, damaged } from './database-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { isErrno, writeWhole } from './files.js';
import { LOGIN_ROLES, type LoginRole } from './roles.js';
import { runProgram } from './run-program.js';

export type Passwords = Record<'postgres' | LoginRole, string>;

export const clusterOf = (folder: DatabaseFolder): string => join(folder.path, 'cluster');
export const logOf = (folder: DatabaseFolder): string => join(folder.path, 'server.log');
const secretsOf = (folder: DatabaseFolder): string => join(folder.path, 'passwords.json');
const portOf = (folder: DatabaseFolder): string => join(folder.path, 'port');

/** Makes an empty cluster and the passwords of its roles; the locale never depends on the caller's LANG. */
export async function initialiseCluster(binaries: Binaries, folder: DatabaseFolder): Promise<void> {
  const passwords: Passwords = newPasswords(['postgres', ...LOGIN_ROLES]);
  await writeWhole(secretsOf(folder), JSON.stringify(passwords, null, 2) + '\n', 0o600);
  const passwordFile = join(folder.path, 'initial-password');
  await writeFile(passwordFile, passwords.postgres + '\n', { mode: 0o600 });
  if (folder.account) await chown(passwordFile, folder.account.uid, folder.account.gid);
  // macOS names its UTF-8 character type otherwise; the built-in provider sorts alike everywhere.
  const locale = platform() === 'darwin' ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8'];
  const { code, output } = await runProgram(
    binaries.initdb,
    [
      `--pgdata=${clusterOf(folder)}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...locale,
      '--no-instructions',
    ],
    { cwd: folder.path, account: folder.account },
  );
  await rm(passwordFile, { force: true });
  if (code !== 0) {
    throw new EmbeddedPostgresError(
      'notStarted',
      `PostgreSQL could not make a new database (${lastLine(output)}); cure that, or set DATABASE_URL and MIGRATION_DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** Refuses a folder that no server could serve, before anything is started in it. */
export async function readCluster(binaries: Binaries, folder: DatabaseFolder): Promise<Passwords> {
  const text = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const version = (await text(join(clusterOf(folder), 'PG_VERSION')))?.trim();
  const control = await stat(join(clusterOf(folder), 'global', 'pg_control')).catch(() => undefined);
  if (!version || !control) throw damaged(folder, `it lacks ${version ? 'global/pg_control' : 'PG_VERSION'}`);
  if (version !== binaries.major) {
    throw new EmbeddedPostgresError(
      'otherVersion',
      `The local database in ${folder.shownAs} was made by PostgreSQL ${version} and this program brings PostgreSQL ${binaries.major}; nothing was changed: start it with the release that made it, or put it aside (mv '${folder.shownAs}' '${folder.shownAs}.${version}') and start again with an empty database.`,
    );
  }
  try {
    return JSON.parse((await text(secretsOf(folder))) ?? '') as Passwords;
  } catch {
    throw damaged(folder, 'its passwords.json is missing or unreadable');
  }
}

/** The passwords of the folder, with one for each role that came after the folder was made. One process at a time. */
export async function completePasswords(folder: DatabaseFolder): Promise<Passwords> {
  const known = JSON.parse(await readFile(secretsOf(folder), 'utf8')) as Partial<Passwords>;
  const missing = LOGIN_ROLES.filter((role) => known[role] === undefined);
  const passwords = { ...known, ...newPasswords(missing) } as Passwords;
  if (missing.length > 0) await writeWhole(secretsOf(folder), JSON.stringify(passwords, null, 2) + '\n', 0o600);
  return passwords;
}

const newPasswords = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('base64url')])) as Record<Name, string>;

export interface RunningCluster {
  pid: number;
  port: number;
}

/** What the cluster's own lock file says; the process it names may be long gone. */
export async function readLockFile(folder: DatabaseFolder): Promise<RunningCluster | undefined> {
  const text = await readFile(join(clusterOf(folder), 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : undefined;
}

/** Says whether that process is a server of this very cluster, not one that was given the same number later. */
export async function servesCluster(folder: DatabaseFolder, pid: number): Promise<boolean> {
  const cluster = await realpath(clusterOf(folder));
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === cluster;
  } catch (error) {
    if (platform() === 'linux') return isErrno(error, 'EACCES') ? await looksLikePostgres(pid) : false;
    const { output } = await runProgram('ps', ['-o', 'command=', '-p', String(pid)], { cwd: '/' });
    return output.includes(cluster);
  }
}

async function looksLikePostgres(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes('postgres');
}

export interface StartOptions {
  port: number | undefined;
  durable: boolean;
}

/** Starts the server; says in PostgreSQL's own words why it did not. */
export async function startCluster(
  binaries: Binaries,
  folder: DatabaseFolder,
  options: StartOptions,
): Promise<{ started: true } | { started: false; reason: string }> {
  const lock = await readLockFile(folder);
  // PostgreSQL ignores a dead owner of its lock file, but not a living stranger with the same process number.
  if (lock && !(await servesCluster(folder, lock.pid)))
    await rm(join(clusterOf(folder), 'postmaster.pid'), { force: true });
  await writeSettings(folder, options.port ?? (await choosePort(folder)), options.durable);
  const logged = await prepareLog(folder);
  const { code, output } = await runProgram(
    binaries.pgCtl,
    ['start', '-w', '-s', '-t', '60', '-D', clusterOf(folder), '-l', logOf(folder)],
    { cwd: folder.path, account: folder.account },
  );
  if (code === 0) return { started: true };
  return { started: false, reason: (await complaintSince(folder, logged)) ?? lastLine(output) };
}

/** Ends every connection, writes everything down and returns when the server is gone. */
export async function stopCluster(binaries: Binaries, folder: DatabaseFolder): Promise<void> {
  await runProgram(binaries.pgCtl, ['stop', '-w', '-s', '-m', 'fast', '-D', clusterOf(folder)], {
    cwd: folder.path,
    account: folder.account,
  });
}

async function writeSettings(folder: DatabaseFolder, port: number, durable: boolean): Promise<void> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    // What need not last is for tests, which run several installations beside each other.
    max_connections: durable ? 100 : 300,
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    jit: 'off',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: 'on',
    full_page_writes: durable ? 'on' : 'off',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  const file = join(clusterOf(folder), 'postgresql.conf');
  await writeWhole(
    file,
    `# Written at every start; change src/platform/embedded instead.\n${lines.join('\n')}\n`,
    0o644,
  );
  await writeWhole(portOf(folder), `${port}\n`, 0o644);
}

/** Keeps the port of the last start while it is free, so that a saved connection keeps working. */
async function choosePort(folder: DatabaseFolder): Promise<number> {
  const last = Number(await readFile(portOf(folder), 'utf8').catch(() => '0'));
  return freePort(...(last > 0 ? [last] : []));
}

/** Keeps one older log; returns where this start's lines will begin. */
async function prepareLog(folder: DatabaseFolder): Promise<number> {
  const size = await stat(logOf(folder)).then(
    (log) => log.size,
    () => 0,
  );
  if (size < 5_000_000) return size;
  await rename(logOf(folder), `${logOf(folder)}.1`);
  return 0;
}

async function complaintSince(folder: DatabaseFolder, offset: number): Promise<string | undefined> {
  const file = await open(logOf(folder)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size - Math.min(offset, size), 200_000));
    await file.read(buffer, 0, buffer.length, Math.min(offset, size));
    // Connections of a server that died before write into the same log as they end: that is no reason why this one did not start.
    const complaints = [
      ...buffer.toString('utf8').matchAll(/(?:FATAL|PANIC):\s+(?!\s|terminating connection)(.*)/g),
    ].map((match) => match[1]);
    return complaints.at(-1);
  } finally {
    await file.close();
  }
}

const lastLine = (output: string): string => output.split('\n').at(-1) ?? '';
