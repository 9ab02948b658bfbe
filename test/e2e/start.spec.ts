import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/platform/http/free-port.js';
import { NpmStart } from '../support/npm-start.js';

/** One data folder, used as a newcomer would use it over a day; the tests go on from one another in this order. */
describe('npm start', () => {
  let root: string;
  let port: number;
  let environment: NodeJS.ProcessEnv;
  let running: NpmStart[] = [];
  /** As root the database is elsewhere and this is a link to it. */
  const database = () => join(root, 'postgres');
  const server = async () =>
    Number((await readFile(join(database(), 'cluster', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);

  const start = (how: 'alone' | 'inTerminal', other: NodeJS.ProcessEnv = {}) => {
    const started = NpmStart[how]({ ...environment, ...other });
    running.push(started);
    return started;
  };
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  const signIn = async (password: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'officer', password }),
    });
    return answer.ok;
  };
  const passwordIn = (said: string) => /^ +officer +(\S+) +caseOfficer\r?$/m.exec(said)?.[1] ?? '';
  /** On a busy machine each start takes its time, and the first may have to build. */
  const PATIENCE = 150_000;
  const READY = /Ready on http/;
  const STACK = /\n\s+at .*:\d+/;
  let password: string;

  beforeAll(async () => {
    root = await mkdtemp(join(await realpath(tmpdir()), 'f1-start-'));
    port = await freePort();
    environment = { F1_DATA_DIR: root, PORT: String(port) };
  });

  afterEach(async () => {
    await Promise.all(running.map((one) => one.killAll()));
    running = [];
  });

  afterAll(async () => {
    const pid = await server();
    if (pid) process.kill(pid, 'SIGKILL');
    await rm(await realpath(database()), { recursive: true, force: true });
    await rm(root, { recursive: true, force: true });
  });

  it(
    'makes an installation in an empty folder, says what to do next, and Ctrl-C in the terminal ends it',
    async () => {
      const first = start('inTerminal');
      await first.says(/the next start is quick/);
      expect(first.said).toMatch(READY);
      expect(first.said).toContain('npm run demo');
      expect(await get('/health/ready')).toBe(200);
      expect(await get('/api/docs')).toBe(200);
      password = passwordIn(first.said);
      expect(await signIn(password)).toBe(true);
      const { code, said } = await first.pressCtrlC();
      expect(said).toMatch(/Stopping/);
      expect(said).not.toMatch(STACK);
      expect(code).toBe(0);
      expect(await server()).toBe(0);
    },
    PATIENCE,
  );

  it('starts again with its data and does nothing twice, and SIGTERM to npm ends it with the database', async () => {
    const second = start('alone');
    await second.says(READY);
    expect(second.said).not.toMatch(/Creating|applied|published|Installing|Building/);
    expect(passwordIn(second.said)).toBe(password);
    expect(await signIn(password)).toBe(true);
    const { said } = await second.terminate();
    expect(said).toMatch(/Stopping/);
    expect(said).not.toMatch(STACK);
    await expect(get('/health/live')).rejects.toThrow();
    expect(await server()).toBe(0);
  });

  it(
    'goes on after kill -9 with the database that was left running',
    async () => {
      const killed = start('alone');
      await killed.says(READY);
      const left = await server();
      await killed.killAll();
      const next = start('alone');
      await next.says(READY);
      expect(await server()).toBe(left);
      expect(await signIn(password)).toBe(true);

      const second = start('alone');
      const { code, said } = await second.end();
      expect(code).toBe(1);
      expect(said).toContain(`Port ${port} is in use by another program`);
      expect(said).not.toMatch(STACK);
      expect(await get('/health/ready')).toBe(200);
      await next.terminate();
      expect(await server()).toBe(0);
    },
    PATIENCE,
  );

  it('ends quietly on a Ctrl-C while the database starts', async () => {
    const interrupted = start('inTerminal');
    await interrupted.says(/Starting the local PostgreSQL/);
    const { code, said } = await interrupted.pressCtrlC();
    expect(code).toBe(0);
    expect(said).not.toMatch(/cannot be used|damaged|Ready/);
    expect(said).not.toMatch(STACK);
    expect(await server()).toBe(0);
  });

  it('names every bad variable in sentences', async () => {
    const { code, said } = await start('alone', { PORT: 'many', F1_TIME_ZONE: 'Mars/Olympus' }).end();
    expect(code).toBe(1);
    expect(said).toMatch(/The configuration cannot be used:\n {2}- PORT .*\n {2}- F1_TIME_ZONE .*/);
    expect(said).not.toMatch(STACK);
  });

  it('says in one sentence that the data folder is broken and how to go on, and leaves it alone', async () => {
    const version = join(database(), 'cluster', 'PG_VERSION');
    await rename(version, `${version}.aside`);
    const { code, said } = await start('alone').end();
    expect(code).toBe(1);
    expect(said).toMatch(
      /cannot be used \(it lacks PG_VERSION\); nothing was changed: restore .* or put it aside \(mv /,
    );
    expect(said).not.toMatch(STACK);
    expect(existsSync(join(database(), 'cluster', 'base'))).toBe(true);
    await rename(`${version}.aside`, version);
  });
});
