import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { sentenceOf } from '../../src/cli/sentence-of.js';
import { assertLeastPrivilege, runtimeDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { catalogueOf } from '../../src/platform/database/catalogue.js';
import { MIGRATIONS } from '../../src/platform/database/migrations/index.js';
import { Portal1763700000022 } from '../../src/platform/database/migrations/1763700000022-portal.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { EmbeddedUser } from '../support/embedded-user.js';

const NAME = Portal1763700000022.name;

describe('the migration that lets a portal in', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let source: DataSource;

  beforeAll(async () => {
    database = await aDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    source = new DataSource({ type: 'postgres', url: database.ownerUrl, extra: { max: 1 } });
    await Promise.all([owner.connect(), source.initialize()]);
  });
  afterAll(async () => {
    await Promise.all([owner.end(), source.destroy()]);
    await database.drop();
  });

  it('starts no portal on a login that may be more than one', async () => {
    const asPortal = (url: string) => runtimeDataSource({ url, role: 'f1_portal', size: 1, timeZone: 'UTC' });
    const privileges = async (url: string): Promise<unknown> => {
      const pool = await asPortal(url).initialize();
      return assertLeastPrivilege(pool)
        .then(
          () => 'fine',
          (error: unknown) => error,
        )
        .finally(() => pool.destroy());
    };
    const both = `f1_test_both_${randomBytes(4).toString('hex')}`;
    const admin = new pg.Client({ connectionString: database.superuserUrl });
    await admin.connect();
    try {
      await admin.query(`CREATE ROLE ${both} LOGIN PASSWORD 'both' IN ROLE f1_api, f1_portal`);
      const url = new URL(database.portalUrl);
      Object.assign(url, { username: both, password: 'both' });
      expect(await privileges(url.href)).toMatchObject({
        message: expect.stringContaining('is a member of f1_api or f1_worker too'),
      });
      expect(await privileges(database.portalUrl)).toBe('fine');
    } finally {
      await admin.query(`DROP ROLE IF EXISTS ${both}`);
      await admin.end();
    }
  });

  it('leaves nothing of it behind when it is undone, and makes it again', async () => {
    const runner = source.createQueryRunner();
    const migration = new Portal1763700000022();
    // Later ones name the role too, and are undone before it.
    const later = MIGRATIONS.slice(MIGRATIONS.indexOf(Portal1763700000022) + 1).map((one) => new one());
    const catalogue = () => catalogueOf(async (text) => (await owner.query(text)).rows);
    const whole = await catalogue();
    for (const one of later.toReversed()) await one.down(runner);
    const before = await catalogue();
    await migration.down(runner);
    const without = await catalogue();
    expect(JSON.stringify(without)).not.toContain('f1_portal');
    expect(Object.keys(before.functions).filter((name) => !(name in without.functions))).toEqual([
      'f1_admits(text[])',
      'f1_inside()',
    ]);
    expect(without.functions['f1_sees_case(uuid)']).toMatchObject({ grants: 'public: EXECUTE' });
    expect(without.functions['f1_find_login(text)']).toMatchObject({ grants: 'f1_api: EXECUTE' });
    await migration.up(runner);
    expect(await catalogue()).toEqual(before);
    for (const one of later) await one.up(runner);
    expect(await catalogue()).toEqual(whole);
    await runner.release();
  });
});

describe('an installation from before the portal', () => {
  let dataDir: string;
  const users: EmbeddedUser[] = [];
  const folders = new Set<string>();

  beforeAll(() => {
    dataDir = mkdtempSync(join(realpathSync(tmpdir()), 'f1-before-portal-'));
  });
  afterAll(async () => {
    await Promise.all(users.map((user) => user.leave()));
    for (const path of [...folders, dataDir]) rmSync(path, { recursive: true, force: true });
  });

  /** One use of the data folder's server. */
  const open = async () => {
    const user = EmbeddedUser.start(dataDir);
    users.push(user);
    const { folder = '', port } = await user.answer();
    folders.add(folder);
    const secrets = join(folder, 'passwords.json');
    const passwords = () => JSON.parse(readFileSync(secrets, 'utf8')) as Record<string, string>;
    const urlFor = (role: string) => `postgresql://${role}:${passwords()[role]}@127.0.0.1:${port}/f1`;
    return { user, secrets, passwords, urlFor };
  };
  const ask = async (url: string, sql: string): Promise<number | null> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client.query(sql).then(
      ({ rowCount }) => client.end().then(() => rowCount),
      (error: Error) => client.end().then(() => Promise.reject(error)),
    );
  };

  it('is told which role its owner may not make, and has it with its password from the next start on', async () => {
    const first = await open();
    await ask(first.urlFor('postgres'), 'DROP ROLE f1_portal');
    const { f1_portal: _gone, ...known } = first.passwords();
    writeFileSync(first.secrets, JSON.stringify(known));
    const before = MIGRATIONS.map(({ name }) => name).filter((name) => name.slice(-13) < NAME.slice(-13));
    await migrate({ url: first.urlFor('f1_owner'), only: before });
    const refused: unknown = await migrate({ url: first.urlFor('f1_owner') }).catch((error: unknown) => error);
    expect(sentenceOf(refused)).toMatch(/^The role f1_portal is missing.*docker\/init\/02-portal-role\.sql/);
    await first.user.leave();

    const second = await open();
    await migrate({ url: second.urlFor('f1_owner') });
    expect(await ask(second.urlFor('f1_portal'), 'SELECT FROM referral')).toBe(0);
    expect(second.passwords()).toMatchObject(known);
  });
});
