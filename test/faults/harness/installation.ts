import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DEMO_ACCOUNTS } from '../../../src/demo/accounts.js';
import { authorityId, seedDemo, useWebhook } from '../../../src/demo/seed.js';
import { install } from '../../../src/installation.js';
import { ensureDatabase } from '../../../src/platform/embedded/roles.js';
import { type EmbeddedServer, openEmbeddedPostgres } from '../../../src/platform/embedded/embedded-postgres.js';
import type { LoginRole } from '../../../src/platform/embedded/roles.js';

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
    const logins = await seedDemo(owner, () => undefined, join(folder, 'data'));
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

  /** A database of its own, in a tablespace when one is named; both demo authorities receive at that address. */
  async clone(
    webhook: {
      readonly endpoint: string;
      readonly keys: { readonly receiptPublicKey: string; readonly encryptionPublicKey: string };
    },
    tablespace?: string,
  ): Promise<string> {
    const name = `${PREFIX}${++this.made}`;
    const place = tablespace ? ` TABLESPACE ${tablespace}` : '';
    await asked(this.superuserUrl(), (admin) =>
      admin.query(`CREATE DATABASE ${name} TEMPLATE ${PREFIX}template OWNER f1_owner${place}`),
    );
    const owner = this.urlFor('f1_owner', name);
    const { endpoint, keys } = webhook;
    for (const code of ['demo-prosecution', 'demo-war-crimes-unit']) {
      await useWebhook(owner, code, { endpoint, receiptPublicKey: keys.receiptPublicKey });
      await asked(owner, (client) => addKey(client, authorityId(code), keys.encryptionPublicKey));
    }
    await asked(owner, (client) => addInbox(client));
    return name;
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

/** A third recipient, who reads an inbox here: not every referral crosses a wire. */
async function addInbox(owner: pg.Client): Promise<void> {
  const id = authorityId('faults-inbox');
  await owner.query(
    `INSERT INTO authority (id, code, name, country, channel)
     VALUES ($1, 'faults-inbox', 'Invented Tribunal Liaison', 'NL', 'inbox')`,
    [id],
  );
  await owner.query(
    `INSERT INTO competence_rule (id, version, authority_id, kinds, grounds, legal_basis, valid_from)
     VALUES ($1, 1, $1, '{exclusion}', '{1F(a)}', 'house rule of the fault harness', '2003-01-01')`,
    [id],
  );
}

/** What is sent there is encrypted to this key. */
async function addKey(owner: pg.Client, authority: string, publicKey: string): Promise<void> {
  const keyId = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16);
  await owner.query(
    `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from)
     VALUES ($1, $2, 'encryption', $3, $4, '2020-01-01')`,
    [randomUUID(), authority, publicKey, keyId],
  );
}

/** The roles that walks are played in. */
export const PLAYED = DEMO_ACCOUNTS.map(({ username }) => username);

export async function asked<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'f1 faults' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
