import { setTimeout as pause } from 'node:timers/promises';
import { type Binaries, installBinaries } from './binaries.js';
import {
  completePasswords,
  initialiseCluster,
  logOf,
  type Passwords,
  readCluster,
  startCluster,
  stopCluster,
} from './cluster.js';
import { type DatabaseFolder, damaged, openFolder } from './database-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { ensureDatabase, ensureRoles, type LoginRole } from './roles.js';
import { UserLink } from './user-link.js';

export interface EmbeddedOptions {
  /** The data folder; the database is in its `postgres` (as root, a link to a folder under /var/lib). */
  dataDir: string;
  log: (line: string) => void;
  /** False trades safety against power cuts, never against kill -9, for speed in tests. Default true. */
  durable?: boolean;
}

export interface EmbeddedServer {
  readonly port: number;
  /** True when another process had started the server. */
  readonly adopted: boolean;
  /** The real folder of cluster, passwords and server log. */
  readonly folder: string;
  superuserUrl(database?: string): string;
  urlFor(role: LoginRole, database: string): string;
  /** Ends our use; the last user stops the server. Calling it again does nothing. */
  release(): Promise<void>;
}

interface Site {
  binaries: Binaries;
  folder: DatabaseFolder;
  passwords: Passwords;
  options: EmbeddedOptions;
}

const PATIENCE_MS = 120_000;
const MOST_STARTS = 40;
/** So that what passes only after a minute is waited for as well: the memory of a server that died under load, a port. */
const MOST_PAUSE_MS = 3_000;
/** Another start, a long recovery, a dying server's memory, a port taken meanwhile, a Ctrl-C: each passes by itself. */
const PASSING =
  /already exists|postmaster\.pid" is empty|in time|still in use|could not create any TCP|Address already in use|shut down|ended by SIG(INT|TERM|HUP)/i;

/**
 * Serves the data folder's PostgreSQL: starts it, or adopts the one already running, and restarts it on the same port
 * should it die while we use it. The server belongs to the folder, not to us: it survives our Ctrl-C and kill -9, and the
 * next start adopts it.
 */
export async function openEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = await openFolder(options.dataDir, options.log, async (draft) =>
    initialiseCluster(await installBinaries(draft.parent), draft),
  );
  const binaries = await installBinaries(folder.parent);
  const found = { binaries, folder, passwords: await readCluster(binaries, folder), options };
  const { link, adopted } = await linkToServer(found);
  const passwords = await link.alone(async (admin) => {
    const completed = await completePasswords(folder);
    await ensureRoles(admin, completed);
    await ensureDatabase(admin, 'f1', 'f1_owner');
    return completed;
  });
  return new UsedServer({ ...found, passwords }, link, adopted);
}

class UsedServer implements EmbeddedServer {
  readonly port: number;
  private released: Promise<void> | undefined;
  private restarting: Promise<void> | undefined;

  constructor(
    private readonly site: Site,
    private link: UserLink,
    readonly adopted: boolean,
  ) {
    this.port = link.port;
    this.watch();
  }

  get folder(): string {
    return this.site.folder.path;
  }

  superuserUrl(database = 'postgres'): string {
    return this.url('postgres', database);
  }

  urlFor(role: LoginRole, database: string): string {
    return this.url(role, database);
  }

  release(): Promise<void> {
    this.released ??= this.leave();
    return this.released;
  }

  private url(role: keyof Passwords, database: string): string {
    return `postgresql://${role}:${this.site.passwords[role]}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  private async leave(): Promise<void> {
    await this.restarting;
    if (await this.link.becomeLast()) await stopCluster(this.site.binaries, this.site.folder);
    await this.link.close();
  }

  private watch(): void {
    this.link.onLost(() => {
      if (!this.released) this.restarting = this.restart();
    });
  }

  private async restart(): Promise<void> {
    const { log } = this.site.options;
    log('The local database stopped; starting it again');
    try {
      const { link } = await linkToServer(this.site, this.port);
      this.link = link;
      this.watch();
      log('The local database is back');
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Asks until somebody's server answers, starting our own while nothing serves the folder. */
async function linkToServer(site: Site, port?: number): Promise<{ link: UserLink; adopted: boolean }> {
  const { folder, passwords, options } = site;
  const deadline = Date.now() + PATIENCE_MS;
  let reason = 'a server holds the folder but does not answer';
  let starts = 0;
  let adopted = true;
  while (Date.now() < deadline && starts < MOST_STARTS) {
    const attempt = await UserLink.attempt(folder, passwords);
    if (attempt.state === 'linked') {
      if (!port || attempt.link.port === port) return { link: attempt.link, adopted };
      await attempt.link.close();
      reason = `it came back on port ${attempt.link.port} instead of ${port}; start this program again`;
      break;
    }
    if (attempt.state === 'absent') {
      if (starts++ === 0) options.log(`Starting the local PostgreSQL in ${folder.shownAs}`);
      const outcome = await startCluster(site.binaries, folder, { port, durable: options.durable ?? true });
      adopted = !outcome.started;
      if (outcome.started) continue;
      reason = outcome.reason;
      if (!PASSING.test(reason)) throw damaged(folder, `${reason}; more in ${logOf(folder)}`);
    }
    await pause(Math.min(200 + 50 * starts, MOST_PAUSE_MS));
  }
  throw new EmbeddedPostgresError(
    'notStarted',
    `The local PostgreSQL in ${folder.shownAs} cannot be used (${reason}); see ${logOf(folder)}.`,
  );
}
