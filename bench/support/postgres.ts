import { randomInt } from 'node:crypto';
import pg from 'pg';
import { openEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.js';
import { ensureDatabase, ensureRoles, LOGIN_ROLES, type LoginRole } from '../../src/platform/embedded/roles.js';
import { cpuMsOfFamily } from './cpu.js';

/** The PostgreSQL of one run, with databases that go with it. */
export interface BenchPostgres {
  readonly version: string;
  readonly durable: string;
  /** A new, empty database of this run. */
  database(name: string, owner: LoginRole): Promise<(role: LoginRole | 'postgres') => string>;
  /** Processor milliseconds that all processes of the server have used so far; undefined where they cannot be seen. */
  cpuMs(): number | undefined;
  close(): Promise<void>;
}

interface Server {
  url: (role: LoginRole | 'postgres', database: string) => string;
  release: () => Promise<void>;
}

/** The server at DATABASE_URL (a superuser's URL; its roles of the house get passwords), or an embedded one of our own. */
export async function benchPostgres(log: (line: string) => void): Promise<BenchPostgres> {
  const given = process.env['DATABASE_URL'];
  const server = given ? await external(given) : await embedded(log);
  const admin = await connect(server.url('postgres', 'postgres'));
  const names: string[] = [];
  const run = randomInt(1, 2 ** 31);
  const { rows } = await admin.query<{ version: string; durable: string; pid: string | null }>(
    `SELECT split_part(version(), ' ', 2) AS version, split_part(pg_read_file('postmaster.pid'), chr(10), 1) AS pid,
       format('fsync %s, synchronous_commit %s', current_setting('fsync'), current_setting('synchronous_commit')) AS durable`,
  );
  return {
    version: rows[0]?.version ?? '',
    durable: rows[0]?.durable ?? '',
    cpuMs: () => cpuMsOfFamily(Number(rows[0]?.pid), 'postgres'),
    async database(name, owner) {
      const full = `f1_bench_${run}_${name}`;
      await ensureDatabase(admin, full, owner);
      names.push(full);
      return (role) => server.url(role, full);
    },
    async close() {
      for (const name of names) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
      await server.release();
    },
  };
}

async function embedded(log: (line: string) => void): Promise<Server> {
  const local = await openEmbeddedPostgres({ dataDir: '.data/bench', log });
  return {
    url: (role, database) => (role === 'postgres' ? local.superuserUrl(database) : local.urlFor(role, database)),
    release: () => local.release(),
  };
}

async function external(given: string): Promise<Server> {
  const admin = await connect(given);
  const passwords = Object.fromEntries(LOGIN_ROLES.map((role) => [role, `bench-${role}`])) as Record<LoginRole, string>;
  try {
    await ensureRoles(admin, passwords);
    for (const role of LOGIN_ROLES) await admin.query(`ALTER ROLE ${role} LOGIN PASSWORD '${passwords[role]}'`);
  } finally {
    await admin.end();
  }
  const url = (role: LoginRole | 'postgres', database: string): string => {
    const own = new URL(given);
    own.pathname = database;
    if (role !== 'postgres') {
      own.username = role;
      own.password = passwords[role];
    }
    return own.href;
  };
  return { url, release: async () => undefined };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'f1 bench' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
