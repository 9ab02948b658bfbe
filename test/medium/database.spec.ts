import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { aDatabase, type TestDatabase } from '../support/database.js';

describe('a test database', () => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([aDatabase(), aDatabase()]);
  });

  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  async function ask<T extends object>(url: string, sql: string): Promise<T[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('is migrated, owned by the owner and apart from every other', async () => {
    const tables = `SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public' AND tableowner = 'f1_owner'`;
    expect((await ask<{ count: number }>(first.ownerUrl, tables))[0]?.count).toBeGreaterThan(10);
    await ask(first.ownerUrl, 'CREATE TABLE only_here (id int)');
    expect(await ask(second.ownerUrl, `SELECT FROM pg_tables WHERE tablename = 'only_here'`)).toEqual([]);
  });

  it('lets each login act as its own role and the app as either runtime role, never as the owner', async () => {
    const who = 'SELECT current_user AS who, rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user';
    expect(await ask(first.apiUrl, who)).toEqual([{ who: 'f1_api', bypasses: false }]);
    expect(await ask(first.workerUrl, who)).toEqual([{ who: 'f1_worker', bypasses: false }]);
    await ask(first.appUrl, 'SET ROLE f1_api');
    await ask(first.appUrl, 'SET ROLE f1_worker');
    await expect(ask(first.appUrl, 'SET ROLE f1_owner')).rejects.toThrow(/permission denied/);
    await expect(ask(first.appUrl, 'SELECT FROM case_file')).rejects.toThrow(/permission denied/);
  });

  it('speaks UTF-8 whatever LANG says, and brings the extensions for finding names', async () => {
    const created = ask(
      first.ownerUrl,
      'CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent',
    );
    await created;
    const [row] = await ask<{ server_encoding: string }>(first.ownerUrl, 'SHOW server_encoding');
    expect(row?.server_encoding).toBe('UTF8');
    const [score] = await ask<{ s: number }>(first.ownerUrl, `SELECT similarity('Ирина', 'Ирина') AS s`);
    expect(score?.s).toBe(1);
  });
});
