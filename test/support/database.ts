import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DemoLogin } from '../../src/demo/seed.js';
import type { LoginRole } from '../../src/platform/embedded/roles.js';

/** What global setup tells the test files, in the environment variable F1_TEST_SERVER. */
export interface TestServer {
  superuserUrl: string;
  roleUrls: Record<LoginRole, string>;
  prefix: string;
  /** Migrated, otherwise empty. */
  template: string;
  /** With workflows, packs, rules and the demo's accounts. */
  installed: string;
  logins: readonly DemoLogin[];
}

export interface TestDatabase {
  readonly name: string;
  /** Owns the schema. */
  readonly ownerUrl: string;
  readonly apiUrl: string;
  readonly workerUrl: string;
  /** A process that answers prosecutors alone. */
  readonly portalUrl: string;
  /** A member of both runtime roles, for a process with ROLE=all. */
  readonly appUrl: string;
  readonly superuserUrl: string;
  /** Ends every connection and removes the database; what a test forgets goes with the run. */
  drop(): Promise<void>;
}

/** A migrated, otherwise empty database of the caller's own, cloned from the run's template. */
export const aDatabase = (): Promise<TestDatabase> => cloned(testServer(), 'template');

/** The same as after `install` and `seedDemo`, with the accounts that may sign in. */
export async function anInstalledDatabase(): Promise<{ database: TestDatabase; logins: readonly DemoLogin[] }> {
  const server = testServer();
  return { database: await cloned(server, 'installed'), logins: server.logins };
}

async function cloned(server: TestServer, template: 'template' | 'installed'): Promise<TestDatabase> {
  const name = `${server.prefix}${process.env['JEST_WORKER_ID'] ?? 0}_${randomBytes(4).toString('hex')}`;
  await asSuperuser(server, `CREATE DATABASE ${name} TEMPLATE ${server[template]} OWNER f1_owner`);
  return {
    name,
    ownerUrl: urlOf(server.roleUrls.f1_owner, name),
    apiUrl: urlOf(server.roleUrls.f1_api, name),
    workerUrl: urlOf(server.roleUrls.f1_worker, name),
    portalUrl: urlOf(server.roleUrls.f1_portal, name),
    appUrl: urlOf(server.roleUrls.f1_app, name),
    superuserUrl: urlOf(server.superuserUrl, name),
    drop: () => asSuperuser(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

function testServer(): TestServer {
  const text = process.env['F1_TEST_SERVER'];
  if (!text) throw new Error('No test database server: put tests with a database under test/medium or test/e2e.');
  return JSON.parse(text) as TestServer;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = database;
  return url.href;
}

async function asSuperuser(server: TestServer, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
