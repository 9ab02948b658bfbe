import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Answer, EmbeddedUser } from '../support/embedded-user.js';

/** Each test has a data folder of its own; whatever it starts is ended, whatever it makes is removed. */
let root: string;
let dataDir: string;
let users: EmbeddedUser[];
let folders: Set<string>;

beforeEach(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'f1-embedded-'));
  dataDir = join(root, 'a clone', '.data');
  users = [];
  folders = new Set();
});

afterEach(async () => {
  await Promise.all(users.map((user) => user.leave()));
  for (const folder of folders) {
    const pid = await serverPid(folder);
    if (pid) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
  await rm(root, { recursive: true, force: true });
});

function start(folder = dataDir, environment?: NodeJS.ProcessEnv): EmbeddedUser {
  const user = EmbeddedUser.start(folder, environment);
  users.push(user);
  return user;
}

async function answerOf(user: EmbeddedUser): Promise<Answer> {
  const answer = await user.answer();
  if (answer.folder) folders.add(answer.folder);
  return answer;
}

const postmaster = (folder: string) => join(folder, 'cluster', 'postmaster.pid');

async function serverPid(folder: string): Promise<number | undefined> {
  const text = await readFile(postmaster(folder), 'utf8').catch(() => '');
  return Number(text.split('\n')[0]) || undefined;
}

async function serverIsGone(folder: string): Promise<boolean> {
  return stat(postmaster(folder)).then(
    () => false,
    () => true,
  );
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function aConnection(url: string): Promise<{ client: pg.Client; pid: number }> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0]!.pid };
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await pause(100)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

async function occupy(port: number): Promise<Server> {
  const stranger = createServer((socket) => socket.end('not a database\n'));
  await new Promise<void>((resolve, reject) => {
    stranger.once('error', reject);
    stranger.listen(port, '127.0.0.1', resolve);
  });
  return stranger;
}

describe('using the server', () => {
  it('starts one, lets a second process adopt it, and the last to leave stops it', async () => {
    const first = start();
    const one = await answerOf(first);
    const second = start();
    const two = await answerOf(second);
    expect([one.adopted, two.adopted]).toEqual([false, true]);
    expect(two.port).toBe(one.port);

    await first.leave();
    expect(await ask(two.url, 'SELECT current_user AS who')).toEqual([{ who: 'f1_api' }]);
    await second.leave();
    expect(await serverIsGone(one.folder)).toBe(true);
  });

  it('makes one database when several processes begin at once in an empty folder', async () => {
    const answers = await Promise.all([start(), start(), start()].map(answerOf));
    expect(new Set(answers.map((answer) => answer.folder)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.port)).size).toBe(1);
    expect(answers.filter((answer) => !answer.adopted)).toHaveLength(1);
  });

  it('keeps data and port from one start to the next', async () => {
    const first = start();
    const one = await answerOf(first);
    await ask(one.url, 'CREATE TEMP TABLE gone (id int)');
    await ask(one.url.replace(/\/\/f1_api:[^@]*@/, ownerOf(await passwords(one))), 'CREATE TABLE kept (id int)');
    await first.leave();
    const two = await answerOf(start());
    // None that the system gives to outgoing connections, so that it is free when the server comes back.
    expect(one.port).toBeGreaterThanOrEqual(20_000);
    expect(one.port).toBeLessThan(30_000);
    expect(two.port).toBe(one.port);
    expect(await ask(two.url, `SELECT relname FROM pg_class WHERE relname IN ('kept', 'gone')`)).toEqual([
      { relname: 'kept' },
    ]);
  });

  it('listens on loopback alone, keeps its passwords to itself and is UTF-8 under an empty LANG', async () => {
    const answer = await answerOf(
      start(dataDir, { LANG: '', LC_ALL: '', LC_CTYPE: '', PGDATA: '/nowhere', PGPORT: '1' }),
    );
    const [locale] = await ask(
      answer.url,
      `SELECT pg_encoding_to_char(encoding) AS encoding, datctype AS characters FROM pg_database WHERE datname = 'f1'`,
    );
    expect(locale).toMatchObject({ encoding: 'UTF8', characters: expect.stringMatching(/UTF-8/) });
    const [, , , , socketFolder, address] = (await readFile(postmaster(answer.folder), 'utf8')).split('\n');
    expect({ socketFolder, address }).toEqual({ socketFolder: '', address: '127.0.0.1' });
    expect((await stat(join(answer.folder, 'passwords.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(answer.folder)).mode & 0o777).toBe(0o700);
    await expect(ask(answer.url.replace(/:[^:@]*@/, ':wrong@'), 'SELECT')).rejects.toThrow(/password authentication/);
  });
});

describe('after a crash', () => {
  it('adopts the server that a killed process left behind, and counts only the living as users', async () => {
    const first = start();
    const one = await answerOf(first);
    await first.kill();
    const second = start();
    const two = await answerOf(second);
    expect(two).toMatchObject({ adopted: true, port: one.port });
    await second.leave();
    expect(await serverIsGone(one.folder)).toBe(true);
  });

  it('keeps running through a Ctrl-C that ends the command which started it', async () => {
    const first = start();
    const one = await answerOf(first);
    const server = await serverPid(one.folder);
    await first.interrupt();
    expect(await answerOf(start())).toMatchObject({ adopted: true });
    expect(await serverPid(one.folder)).toBe(server);
  });

  it('starts again over the lock file of a killed server, with what was committed', async () => {
    const first = start();
    const one = await answerOf(first);
    await ask(one.url.replace(/\/\/f1_api:[^@]*@/, ownerOf(await passwords(one))), 'CREATE TABLE kept (id int)');
    await first.kill();
    process.kill((await serverPid(one.folder)) ?? 0, 'SIGKILL');
    const two = await answerOf(start());
    expect(two.adopted).toBe(false);
    expect(await ask(two.url, `SELECT relname FROM pg_class WHERE relname = 'kept'`)).toHaveLength(1);
  });

  it('restarts the server on the same port when it dies under its users', async () => {
    const [first, second] = [start(), start()];
    const [one] = await Promise.all([answerOf(first), answerOf(second)]);
    const before = await serverPid(one.folder);
    process.kill(before ?? 0, 'SIGKILL');
    await Promise.all([first.line(/is back/), second.line(/is back/)]);
    expect(await serverPid(one.folder)).not.toBe(before);
    expect(await eventually(() => ask(one.url, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    await first.leave();
    expect(await serverIsGone(one.folder)).toBe(false);
  });

  it('restarts the server though connections of the one that died end late, and say so in its log', async () => {
    const first = start();
    const one = await answerOf(first);
    const late = await Promise.all(Array.from({ length: 12 }, () => aConnection(one.url)));
    try {
      for (const { pid } of late) process.kill(pid, 'SIGSTOP');
      process.kill((await serverPid(one.folder)) ?? 0, 'SIGKILL');
      await first.line(/stopped; starting it again/);
      for (const { pid } of late) {
        await pause(150); // they hold the memory of the server, and each ends while it is started again
        process.kill(pid, 'SIGCONT');
      }
      await first.line(/is back/);
    } finally {
      for (const { client } of late) await client.end().catch(() => undefined);
    }
    expect(await ask(one.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('takes another port when a stranger listens on the one it had', async () => {
    const first = start();
    const one = await answerOf(first);
    await first.kill();
    process.kill((await serverPid(one.folder)) ?? 0, 'SIGKILL');
    const stranger = await eventually(() => occupy(one.port));
    try {
      const two = await answerOf(start());
      expect(two.port).not.toBe(one.port);
      expect(await ask(two.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      stranger.close();
    }
  });

  it('waits for another start that has made its lock file and written nothing into it yet', async () => {
    const first = start();
    const one = await answerOf(first);
    await first.leave();
    await writeFile(postmaster(one.folder), '');
    const second = start();
    await second.line(/Starting the local PostgreSQL/);
    await pause(1_000); // a few attempts, of which the first told nothing that would not pass
    await rm(postmaster(one.folder));
    expect(await answerOf(second)).toMatchObject({ adopted: false, port: one.port });
  });

  it('is not misled by a lock file that names a living stranger', async () => {
    const first = start();
    const one = await answerOf(first);
    const lock = await readFile(postmaster(one.folder), 'utf8');
    await first.leave();
    await writeFile(postmaster(one.folder), lock.replace(/^\d+/, String(process.pid)));
    expect(await answerOf(start())).toMatchObject({ adopted: false });
  });
});

describe('a folder it cannot use', () => {
  it.each(['cluster/PG_VERSION', 'cluster/global/pg_control', 'passwords.json'])(
    'is named with its cure and left alone when %s is missing',
    async (file) => {
      const first = start();
      const one = await answerOf(first);
      await first.leave();
      await rm(join(one.folder, file));
      const refusal = await answerOf(start());
      expect(refusal).toMatchObject({ code: 'folderDamaged' });
      expect(refusal.refused).toContain(`${dataDir}/postgres`);
      expect(refusal.refused).toMatch(/nothing was changed.*restore.*put it aside/);
      expect((await stat(join(one.folder, 'cluster', 'base'))).isDirectory()).toBe(true);
    },
  );

  it('is named with the words of PostgreSQL when its content is damaged, and works again once put aside', async () => {
    const first = start();
    const one = await answerOf(first);
    await first.leave();
    await writeFile(join(one.folder, 'cluster', 'global', 'pg_control'), Buffer.alloc(8192, 7));
    const refusal = await answerOf(start());
    expect(refusal).toMatchObject({ code: 'folderDamaged' });
    expect(refusal.refused).toMatch(/server\.log/);

    await cp(join(dataDir, 'postgres'), join(dataDir, 'postgres.damaged'), { recursive: true });
    await rm(join(dataDir, 'postgres'), { recursive: true });
    expect(await answerOf(start())).toMatchObject({ adopted: false });
  });

  it('is refused when another PostgreSQL version made it', async () => {
    const first = start();
    const one = await answerOf(first);
    await first.leave();
    await writeFile(join(one.folder, 'cluster', 'PG_VERSION'), '15\n');
    expect(await answerOf(start())).toMatchObject({
      code: 'otherVersion',
      refused: expect.stringMatching(/PostgreSQL 15/),
    });
  });

  it('is refused when it is a file, or a link to nothing', async () => {
    const first = start();
    await answerOf(first);
    await first.leave();
    await rm(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres'), 'not a folder');
    expect(await answerOf(start())).toMatchObject({ code: 'folderDamaged' });
    await rm(join(dataDir, 'postgres'));
    await symlink(join(root, 'nowhere'), join(dataDir, 'postgres'));
    expect(await answerOf(start())).toMatchObject({ code: 'folderDamaged', refused: expect.stringMatching(/link/) });
  });
});

async function passwords(answer: Answer): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(answer.folder, 'passwords.json'), 'utf8')) as Record<string, string>;
}

const ownerOf = (secrets: Record<string, string>) => `//f1_owner:${secrets['f1_owner']}@`;
