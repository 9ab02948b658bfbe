import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedServer, openEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.js';
import { f1 } from '../support/cli.js';

/** Each run of the command starts a process of its own. */
const RUNS_MS = 240_000;

describe('a restore into the local PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-local-'));
  const dataDir = join(folder, 'data');
  const backup = join(folder, 'backup');
  const clusters = new Set<string>();
  let server: EmbeddedServer;

  const open = async () => {
    server = await openEmbeddedPostgres({ dataDir, log: () => undefined, durable: false });
    clusters.add(realpathSync(join(dataDir, 'postgres')));
  };
  const run = (...args: string[]) => f1(args, { F1_DATA_DIR: dataDir, F1_COUNTRY: 'BE' });
  const restore = async (...also: string[]) => run('backup', 'restore', '--file', backup, ...also);
  const asked = async <T extends object>(text: string, database = 'postgres'): Promise<T[]> => {
    const client = new pg.Client({ connectionString: server.superuserUrl(database) });
    await client.connect();
    return (await client.query<T>(text).finally(() => client.end())).rows;
  };
  const aside = `SELECT datname AS name FROM pg_database WHERE datname LIKE 'f1\\_aside%'`;

  beforeAll(async () => {
    expect(await run('migrate')).toMatchObject({ code: 0 });
    await open();
    expect(await run('backup', 'create', '--to', backup)).toMatchObject({ code: 0 });
  }, RUNS_MS);
  afterAll(async () => {
    await server?.release();
    for (const cluster of clusters) rmSync(cluster, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'says, where there is a database already, by which option it is kept',
    async () => {
      const { code, stderr } = await restore();
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /is not empty.*nothing was changed.*same command with --put-aside.*nothing is removed/,
        ),
      });
    },
    RUNS_MS,
  );

  it(
    'changes nothing while a process uses the database',
    async () => {
      const used = new pg.Client({ connectionString: server.urlFor('f1_owner', 'f1') });
      await used.connect();
      const { code, stderr } = await restore('--put-aside');
      await used.end();
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/in use; nothing was changed.*Stop every/),
      });
      expect(await asked(aside)).toEqual([]);
    },
    RUNS_MS,
  );

  it(
    'keeps what was there under another name, whole, restores beside it, and gives no case a reference of another one there',
    async () => {
      const number = async (): Promise<number> =>
        Number((await asked<{ n: string }>(`SELECT nextval('case_reference_number') AS n`, 'f1'))[0]!.n);
      for (let n = 0; n < 100; n += 1) await number();
      const lastBefore = await number();
      await asked('CREATE TABLE only_there_before (id int)', 'f1');
      const { code, stdout } = await restore('--put-aside', '--json');
      const [kept] = await asked<{ name: string }>(aside);
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({
        code: 0,
        ok: true,
        aside: kept!.name,
        sendingHeld: true,
      });
      const there = `SELECT to_regclass('only_there_before') IS NOT NULL AS there`;
      expect([await asked(there, kept!.name), await asked(there, 'f1')]).toEqual([
        [{ there: true }],
        [{ there: false }],
      ]);
      expect(await number()).toBeGreaterThan(lastBefore);
      expect((await run('reconcile')).stdout).toMatch(/^Restored on .+ from the backup of .+:/m);
      expect((await run('audit', 'verify')).code).toBe(0);
    },
    RUNS_MS,
  );

  it(
    'makes the database anew where the folder has its keys alone',
    async () => {
      await server.release();
      renameSync(join(dataDir, 'postgres'), join(dataDir, 'postgres.lost'));
      const { code, stdout } = await restore('--json');
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, ok: true, aside: null });
      await open();
      expect((await run('audit', 'verify')).code).toBe(0);
    },
    RUNS_MS,
  );
});
