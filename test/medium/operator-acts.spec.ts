import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId } from '../../src/demo/seed.js';
import { f1 } from '../support/cli.js';
import { anInstalledDatabase, type TestDatabase } from '../support/database.js';

describe('what an operator does to an installation', () => {
  let folder: string;
  let database: TestDatabase;
  let owner: pg.Client;
  let password: string;

  const run = (args: readonly string[], typed?: string) =>
    f1(
      [...args, '--json'],
      { F1_DATA_DIR: folder, DATABASE_URL: database.workerUrl, MIGRATION_DATABASE_URL: database.ownerUrl },
      typed === undefined ? {} : { typed },
    );
  const acts = async () =>
    (await owner.query(`SELECT actor_id, action, resource, detail FROM access_log WHERE outcome = 'done'`)).rows;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-acts-'));
    const installed = await anInstalledDatabase();
    database = installed.database;
    password = installed.logins.find(({ username }) => username === 'operator')!.password;
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(`INSERT INTO clock_mark (seen_at, held_since, jumped) VALUES (now(), now(), '3600 seconds')`);
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const held = async () => (await owner.query('SELECT FROM clock_mark WHERE held_since IS NOT NULL')).rowCount;

  it('confirms no clock without an account that is an operator, and its password', async () => {
    expect((await run(['clock', 'confirm'])).stderr).toMatch(/--as <username>/);
    const wrong = await run(['clock', 'confirm', '--as', 'operator'], 'not it\n');
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/was not confirmed/) });
    const other = await run(['clock', 'confirm', '--as', 'officer'], `${password}\n`);
    expect(other).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/role operator/) });
    expect([await held(), await acts()]).toEqual([1, []]);
  });

  it('confirms the clock with them, and the access log says who', async () => {
    const { stdout } = await run(['clock', 'confirm', '--as', 'operator'], `${password}\n`);
    expect(JSON.parse(stdout)).toEqual({ ok: true, held: true, jumpedSeconds: 3600 });
    expect(await held()).toBe(0);
    const act = { action: 'confirm Clock', resource: 'clock', detail: { jumpedSeconds: 3600 } };
    expect(await acts()).toEqual([{ actor_id: accountId('operator'), ...act }]);
    const again = await run(['clock', 'confirm', '--as', 'operator'], `${password}\n`);
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, held: false });
    expect(await acts()).toHaveLength(1);
  });

  it('says that figures are of a period which is not over', async () => {
    const year = new Date().getUTCFullYear();
    const now = await run(['statistics', '--from', `${year}-01-01`, '--to', `${year + 1}-01-01`]);
    expect(now.stderr).toMatch(/not over/);
    expect(JSON.parse(now.stdout)).toMatchObject({ complete: false, until: expect.stringMatching(/Z$/) });
    const past = await run(['statistics', '--from', '2001-01-01', '--to', '2001-12-31']);
    expect(past.stderr).toBe('');
    expect(JSON.parse(past.stdout)).toMatchObject({ complete: true, until: '2001-12-31T23:00:00.000Z' });
  });
});
