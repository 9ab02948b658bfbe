import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { timeInWords } from '../../domain/referral/time-in-words.js';
import { migrate } from '../database/migrate.js';
import { MIGRATIONS } from '../database/migrations/index.js';
import { type BackupManifest, BackupRefused, readBackup } from './backup-file.js';
import { appliedMigrations, settle, tablesInOrder } from './catalogue.js';
import {
  beginRestore,
  claimRestore,
  closeInTx,
  findUnfinished,
  finishInTx,
  hashOfBackup,
  noteLoadedInTx,
} from './unfinished-restore.js';
import type { SigningKey } from '../keys/signing-key.js';

export interface Restored {
  readonly tables: number;
  readonly rows: number;
}

/** Reads the whole file, so that a bad one is refused before anything is done with it. Throws BackupRefused. */
export async function checkBackup(file: string, signing: SigningKey): Promise<BackupManifest> {
  const manifest = await readBackup(file, signing, async (_name, rows) => {
    for await (const chunk of rows) void chunk; // hashed and counted as it passes
  });
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new BackupRefused(
      'otherRelease',
      `${file} was made by a release that this one does not know (${unknown.join(', ')}); restore it with that release or a later one.`,
    );
  }
  return manifest;
}

/**
 * Loads a checked backup into an empty scratch database: the schema as it was then, then all rows in one transaction, or none.
 * The caller brings the schema up to date afterwards. Throws BackupRefused when the database is not empty.
 */
export async function restoreBackup(options: {
  readonly ownerUrl: string;
  readonly file: string;
  readonly signing: SigningKey;
  readonly manifest: BackupManifest;
}): Promise<Restored> {
  const { ownerUrl, file, signing, manifest } = options;
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'f1 restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await settle(client);
    await refuseUnlessEmpty(client, manifest);
    await migrate({ url: ownerUrl, only: manifest.migrations });
    await client.query('BEGIN');
    const restored = await load(client, file, signing, manifest);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return restored;
  } finally {
    await client.end();
  }
}

/** What a restore for service does besides loading; each may run again after a restore that was killed. */
export interface RestoreSteps {
  /** In the transaction that loads the rows, before its COMMIT. */
  readonly onceLoaded: (owner: pg.ClientBase) => Promise<void>;
  /** Brings schema and definitions up to date, in transactions of its own; the processes are kept out meanwhile. */
  readonly bringUpToDate: () => Promise<void>;
  /** In the last transaction, whose COMMIT lets the processes in. */
  readonly atLast: (owner: pg.ClientBase) => Promise<void>;
}

/**
 * Restores a checked backup for service: from the COMMIT of its rows until all is done nobody but the owner is let in. One that was
 * killed is finished by the same call, or begun anew while no row had been committed. Throws BackupRefused.
 */
export async function restoreForService(
  options: {
    readonly ownerUrl: string;
    readonly file: string;
    readonly signing: SigningKey;
    readonly manifest: BackupManifest;
    /** In which the operator is told times. */
    readonly zone: string;
  },
  { onceLoaded, bringUpToDate, atLast }: RestoreSteps,
): Promise<Restored> {
  const { ownerUrl, file, signing, manifest, zone } = options;
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'f1 restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await settle(client);
    await claimRestore(client);
    if (!(await isLoaded(client, manifest, zone))) {
      await migrate({ url: ownerUrl, only: manifest.migrations });
      await inTx(client, async () => {
        await load(client, file, signing, manifest);
        await skipReferences(client, manifest);
        await closeInTx(client);
        await noteLoadedInTx(client);
        await onceLoaded(client);
      });
      await client.query('ANALYZE');
    }
    await bringUpToDate();
    await inTx(client, async () => {
      await atLast(client);
      await finishInTx(client);
    });
    return { tables: manifest.tables.length, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0) };
  } finally {
    await client.end();
  }
}

/** House rules: more cases than so many, and so many for each minute since the backup, were registered by nobody. */
const SKIPPED_AT_LEAST = 1_000;
const SKIPPED_EACH_MINUTE = 10;

/**
 * Recipients keep files of cases that were registered after the backup, under references that this database does not know: none of those
 * is given to anybody else, also where the same backup is restored twice.
 */
async function skipReferences(client: pg.Client, { takenAt }: BackupManifest): Promise<void> {
  const minutes = Math.ceil(Math.max(0, Date.now() - Date.parse(takenAt)) / 60_000);
  await client.query(`SELECT setval('case_reference_number', last_value + $1) FROM case_reference_number`, [
    SKIPPED_AT_LEAST + SKIPPED_EACH_MINUTE * minutes,
  ]);
}

/** Says whether an earlier call committed the rows of this backup; begins where there is nothing yet. */
async function isLoaded(client: pg.Client, manifest: BackupManifest, zone: string): Promise<boolean> {
  const unfinished = await findUnfinished(client);
  if (unfinished?.loaded && unfinished.backup !== hashOfBackup(manifest))
    throw new BackupRefused(
      'unfinished',
      `The backup taken on ${timeInWords(Date.parse(unfinished.takenAt), zone)} was being restored into the database ${client.database} and is not finished; nothing was changed. Run the same command with that file to finish it, or make the database anew, empty.`,
    );
  if (unfinished?.loaded) return true;
  await refuseUnlessEmpty(client, manifest);
  await beginRestore(client, manifest);
  return false;
}

async function inTx(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function refuseUnlessEmpty(client: pg.Client, manifest: BackupManifest): Promise<void> {
  const applied = await appliedMigrations(client);
  const refuse = (why: string): BackupRefused =>
    new BackupRefused(
      'databaseNotEmpty',
      `The database ${client.database} ${why}; nothing was changed. Restore into a new, empty database.`,
    );
  if (applied.some((name) => !manifest.migrations.includes(name))) throw refuse('has a newer schema than the backup');
  for (const { name } of await tablesInOrder(client)) {
    const { rows } = await client.query(`SELECT FROM ${pg.escapeIdentifier(name)} LIMIT 1`);
    if (rows.length > 0) throw refuse(`is not empty: its table ${name} has rows`);
  }
}

/** Triggers of ours judge what people do, at the time they do it; history is loaded as it was. Foreign keys stay on. */
async function load(client: pg.Client, file: string, signing: SigningKey, manifest: BackupManifest): Promise<Restored> {
  const columns = new Map(manifest.tables.map(({ name, columns }) => [name, columns]));
  const names = manifest.tables.map(({ name }) => pg.escapeIdentifier(name));
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await client.query(`TRUNCATE ${names.join(', ')} CASCADE`); // a migration may have put in rows, which the backup has too
  let rows = 0;
  await readBackup(file, signing, async (name, data) => {
    const list = (columns.get(name) ?? []).map((column) => pg.escapeIdentifier(column)).join(', ');
    const into = client.query(copyFrom(`COPY ${pg.escapeIdentifier(name)} (${list}) FROM STDIN`));
    await pipeline(Readable.from(data), into);
    rows += into.rowCount;
  });
  await client.query('SET CONSTRAINTS ALL IMMEDIATE');
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  for (const { name, lastValue, isCalled } of manifest.sequences) {
    await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [pg.escapeIdentifier(name), lastValue, isCalled]);
  }
  return { tables: names.length, rows };
}
