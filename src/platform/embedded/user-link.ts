import pg from 'pg';
import { clusterOf, type Passwords, readLockFile, servesCluster } from './cluster.js';
import type { DatabaseFolder } from './database-folder.js';

/** Advisory locks in database `postgres`: every user of the server holds USERS shared, whoever prepares it PREPARE. */
const USERS = [0x1f, 1];
const PREPARE = [0x1f, 2];

/** `busy`: starting, recovering or stopping, ask again; `absent`: nothing serves the folder. */
export type LinkAttempt = { state: 'linked'; link: UserLink } | { state: 'busy' } | { state: 'absent' };

/**
 * One user of the server: a connection that holds a shared lock for as long as the user lives. The kernel closes the
 * connection of a killed process, so the count of users is right even after kill -9.
 */
export class UserLink {
  private constructor(
    readonly client: pg.Client,
    readonly port: number,
  ) {}

  static async attempt(folder: DatabaseFolder, passwords: Passwords): Promise<LinkAttempt> {
    const lock = await readLockFile(folder);
    if (!lock) return { state: 'absent' };
    const client = new pg.Client({
      host: '127.0.0.1',
      port: lock.port,
      user: 'postgres',
      password: passwords.postgres,
      database: 'postgres',
      application_name: 'f1 user',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('error', () => undefined); // told through 'end'
    try {
      await client.connect();
      if (!(await isServerOf(client, folder))) throw new Error('another server');
      if (await tryLock(client, 'pg_try_advisory_lock_shared', USERS)) {
        return { state: 'linked', link: new UserLink(client, lock.port) };
      }
    } catch {
      await client.end().catch(() => undefined);
      return { state: (await servesCluster(folder, lock.pid)) ? 'busy' : 'absent' };
    }
    await client.end();
    return { state: 'busy' }; // the last user is stopping it
  }

  /** Runs `work` while no other user of this server prepares anything. */
  async alone<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
    await this.client.query('SELECT pg_advisory_lock($1, $2)', PREPARE);
    try {
      return await work(this.client);
    } finally {
      await this.client.query('SELECT pg_advisory_unlock($1, $2)', PREPARE);
    }
  }

  /** Says whether nobody else uses the server; from then on nobody can begin to. */
  async becomeLast(): Promise<boolean> {
    return tryLock(this.client, 'pg_try_advisory_lock', USERS).catch(() => false);
  }

  onLost(listener: () => void): void {
    this.client.once('end', listener);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

/** A port in an old lock file may belong to somebody else's server by now, or a copied folder may name its original's. */
async function isServerOf(client: pg.Client, folder: DatabaseFolder): Promise<boolean> {
  const { rows } = await client.query<{ folder: string }>("SELECT current_setting('data_directory') AS folder");
  return rows[0]?.folder === clusterOf(folder);
}

async function tryLock(client: pg.Client, how: string, key: number[]): Promise<boolean> {
  const { rows } = await client.query<{ gained: boolean }>(`SELECT ${how}($1, $2) AS gained`, key);
  return rows[0]?.gained === true;
}
