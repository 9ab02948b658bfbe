import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_ACCOUNTS } from '../../../src/demo/accounts.js';
import { seedDemo } from '../../../src/demo/seed.js';
import { install } from '../../../src/installation.js';
import { ensureDatabase } from '../../../src/platform/embedded/roles.js';
import { type EmbeddedServer, openEmbeddedPostgres } from '../../../src/platform/embedded/embedded-postgres.js';
import type { LoginRole } from '../../../src/platform/embedded/roles.js';
import { asked } from './connection.js';

/** The clock of the database moves in databases of that name only. */
const PREFIX = 'f1_test_faults_';

/** A PostgreSQL of the run's own with an installed database, from which each world is cloned. */
export class Installation {
  private made = 0;

  private constructor(
    readonly folder: string,
    private readonly server: EmbeddedServer,
    readonly passwords: Readonly<Record<string, string>>,
  ) {}

  static async open(folder: string, log: (line: string) => void): Promise<Installation> {
    mkdirSync(folder, { recursive: true });
    const server = await openEmbeddedPostgres({ dataDir: join(folder, 'database'), durable: false, log });
    const template = `${PREFIX}template`;
    await asked(server.superuserUrl(), (admin) => ensureDatabase(admin, template, 'f1_owner'));
    const owner = server.urlFor('f1_owner', template);
    await install(owner, () => undefined);
    const logins = await seedDemo(owner, join(folder, 'data'));
    const installation = new Installation(
      folder,
      server,
      Object.fromEntries(logins.map(({ username, password }) => [username, password])),
    );
    return installation;
  }

  /** The data folder of all processes: the keys are in it. */
  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get port(): number {
    return this.server.port;
  }

  /** PostgreSQL's own folder. */
  get cluster(): string {
    return join(this.server.folder, 'cluster');
  }

  superuserUrl(database = 'postgres'): string {
    return this.server.superuserUrl(database);
  }

  urlFor(role: LoginRole, database: string): string {
    return this.server.urlFor(role, database);
  }

  /** A database of its own, in a tablespace when one is named. */
  async clone(tablespace?: string): Promise<string> {
    const name = `${PREFIX}${++this.made}`;
    const place = tablespace ? ` TABLESPACE ${tablespace}` : '';
    await asked(this.superuserUrl(), (admin) =>
      admin.query(`CREATE DATABASE ${name} TEMPLATE ${PREFIX}template OWNER f1_owner${place}`),
    );
    return name;
  }

  /** The same name again, and nothing in it. */
  async emptied(name: string, tablespace?: string): Promise<void> {
    await this.drop(name);
    const place = tablespace ? ` TABLESPACE ${tablespace}` : '';
    await asked(this.superuserUrl(), (admin) => admin.query(`CREATE DATABASE ${name} OWNER f1_owner${place}`));
  }

  /** A place for databases in that folder, which is PostgreSQL's own. */
  async makeTablespace(name: string, folder: string): Promise<void> {
    await asked(this.superuserUrl(), (admin) => admin.query(`CREATE TABLESPACE ${name} LOCATION '${folder}'`));
  }

  async dropTablespace(name: string): Promise<void> {
    await asked(this.superuserUrl(), (admin) => admin.query(`DROP TABLESPACE IF EXISTS ${name}`));
  }

  async drop(database: string): Promise<void> {
    await asked(this.superuserUrl(), (admin) => admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  }

  async close(): Promise<void> {
    const database = realpathSync(join(this.folder, 'database', 'postgres'));
    await this.server.release();
    rmSync(database, { recursive: true, force: true });
  }
}

/** The roles that walks are played in. */
export const PLAYED = DEMO_ACCOUNTS.map(({ username }) => username);
