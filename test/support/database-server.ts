/**
 * The PostgreSQL of one test run, held by a process of its own until its standard input ends: however the run ends, by
 * itself, by Ctrl-C or by kill -9, its databases go and, after the last run, the embedded server stops.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DemoLogin, seedDemo } from '../../src/demo/seed.js';
import { install } from '../../src/installation.js';
import { openEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.js';
import { ensureDatabase, ensureRoles, LOGIN_ROLES, type LoginRole } from '../../src/platform/embedded/roles.js';
import { migrate } from '../../src/platform/database/migrate.js';
import type { TestServer } from './database.js';

interface Server {
  superuserUrl: string;
  roleUrls: Record<LoginRole, string>;
  release: () => Promise<void>;
}

/** Advisory locks in database `postgres`: one per living run, so that the next run can tell whose databases are left. */
const RUNS = 0x1f7e57;
const say = (line: object) => process.stdout.write(JSON.stringify(line) + '\n');
const log = (text: string) => say({ log: text });

async function openServer(): Promise<Server> {
  const external = process.env['TEST_DATABASE_URL'];
  if (external) return useExternal(external);
  const server = await openEmbeddedPostgres({ dataDir: '.data/test', durable: false, log });
  return {
    superuserUrl: server.superuserUrl(),
    roleUrls: eachRole((role) => server.urlFor(role, 'postgres')),
    release: () => server.release(),
  };
}

/** An external server is given to tests as theirs: its roles get passwords that every run knows. */
async function useExternal(url: string): Promise<Server> {
  const admin = await connect(url);
  try {
    const passwords = eachRole((role) => `test-${role}`);
    await ensureRoles(admin, passwords);
    for (const role of LOGIN_ROLES) await admin.query(`ALTER ROLE ${role} LOGIN PASSWORD '${passwords[role]}'`);
    return {
      superuserUrl: url,
      roleUrls: eachRole((role) => {
        const roleUrl = new URL(url);
        roleUrl.username = role;
        roleUrl.password = passwords[role];
        return roleUrl.href;
      }),
      release: async () => undefined,
    };
  } finally {
    await admin.end();
  }
}

const eachRole = (text: (role: LoginRole) => string) =>
  Object.fromEntries(LOGIN_ROLES.map((role) => [role, text(role)])) as Record<LoginRole, string>;

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'f1 tests' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function dropDatabasesOf(admin: pg.Client, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  for (const { datname } of rows) {
    await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(datname)} WITH (FORCE)`);
  }
}

async function dropDatabasesOfDeadRuns(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ run: number }>(
    `SELECT DISTINCT substring(datname FROM '^f1_test_(\\d+)_')::int AS run FROM pg_database WHERE datname ~ '^f1_test_\\d+_'`,
  );
  for (const { run } of rows) {
    const lock = await admin.query<{ dead: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS dead', [RUNS, run]);
    if (!lock.rows[0]?.dead) continue;
    await dropDatabasesOf(admin, `f1_test_${run}_`);
    await admin.query('SELECT pg_advisory_unlock($1, $2)', [RUNS, run]);
  }
}

/** Migrates one template of the run and installs another with demo accounts, closed to connections: a database in use cannot be cloned. */
async function makeTemplates(server: Server, admin: pg.Client, prefix: string) {
  const empty = `${prefix}template`;
  const installed = `${prefix}installed`;
  await ensureDatabase(admin, empty, 'f1_owner');
  await migrate({ url: ownerOf(server, empty) });
  await admin.query(`ALTER DATABASE ${empty} ALLOW_CONNECTIONS false`);
  await admin.query(`CREATE DATABASE ${installed} TEMPLATE ${empty} OWNER f1_owner`);
  const logins = await installWithDemo(ownerOf(server, installed));
  await admin.query(`ALTER DATABASE ${installed} ALLOW_CONNECTIONS false`);
  return { template: empty, installed, logins };
}

async function installWithDemo(ownerUrl: string): Promise<readonly DemoLogin[]> {
  const folder = mkdtempSync(join(tmpdir(), 'f1-test-accounts-'));
  try {
    await install(ownerUrl, () => undefined);
    return await seedDemo(ownerUrl, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ownerOf(server: Server, database: string): string {
  const url = new URL(server.roleUrls.f1_owner);
  url.pathname = database;
  return url.href;
}

async function main(): Promise<void> {
  const server = await openServer();
  try {
    const admin = await connect(server.superuserUrl);
    const prefix = `f1_test_${await beginRun(admin)}_`;
    try {
      const templates = await makeTemplates(server, admin, prefix);
      const ready: TestServer = { superuserUrl: server.superuserUrl, roleUrls: server.roleUrls, prefix, ...templates };
      say({ ready });
      await once(process.stdin.resume(), 'close'); // comes with the end of the run, however that ends
    } finally {
      await dropDatabasesOf(admin, prefix);
      await admin.end();
    }
  } finally {
    await server.release();
  }
}

async function beginRun(admin: pg.Client): Promise<number> {
  await dropDatabasesOfDeadRuns(admin);
  const run = randomInt(1, 2 ** 31);
  await admin.query('SELECT pg_advisory_lock($1, $2)', [RUNS, run]);
  return run;
}

process.stdout.on('error', () => undefined); // the run is gone; what is left to do is to clean up
main().catch((error: unknown) => {
  say({ refused: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
