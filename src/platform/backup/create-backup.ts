import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import {
  type BackupManifest,
  BackupRefused,
  type SequenceInBackup,
  type TableInBackup,
  type TableSource,
  writeFrames,
} from './backup-file.js';
import { appliedMigrations, NothingToBackUp, sequenceNames, settle, type Table, tablesInOrder } from './catalogue.js';
import type { SigningKey } from '../keys/signing-key.js';

export interface BackupSummary {
  readonly file: string;
  readonly bytes: number;
  readonly takenAt: string;
  readonly migrations: number;
  readonly tables: number;
  readonly rows: number;
}

/**
 * Writes everything the owner's schema holds at one instant into a new file, readable by its owner only; work goes on
 * meanwhile. The file is complete or not there. No key of the installation is in it.
 */
export async function createBackup(options: {
  readonly ownerUrl: string;
  readonly file: string;
  readonly signing: SigningKey;
}): Promise<BackupSummary> {
  const file = resolve(options.file);
  if (existsSync(file)) throw new BackupRefused('fileExists', `${file} is there already; name a new file.`);
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: 'f1 backup' });
  client.on('error', () => undefined); // the statement that meets the dead connection reports it
  await client.connect();
  try {
    // No migration may run meanwhile; asked for before the snapshot is taken.
    await client.query(`SELECT pg_advisory_lock_shared(hashtext('f1 migrate'))`);
    await settle(client);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await writeFile(client, file, options.signing);
  } finally {
    await client.end();
  }
}

async function writeFile(client: pg.Client, file: string, signing: SigningKey): Promise<BackupSummary> {
  const { rows } = await client.query<{ takenAt: Date; snapshot: string; server: string }>(
    `SELECT now() AS "takenAt", pg_current_snapshot()::text AS snapshot, current_setting('server_version') AS server`,
  );
  const { takenAt, snapshot, server } = rows[0]!;
  const migrations = await appliedMigrations(client);
  if (migrations.length === 0) throw new NothingToBackUp();
  const tables = await tablesInOrder(client);
  let manifest: BackupManifest | undefined;
  const finish = async (written: TableInBackup[]): Promise<BackupManifest> => {
    // Sequences know no snapshot: read last, they are ahead of every number in it.
    const sequences = await readSequences(client);
    manifest = {
      format: 1,
      takenAt: takenAt.toISOString(),
      snapshot,
      server,
      migrations,
      tables: written,
      sequences,
      signedBy: signing.id,
    };
    return manifest;
  };
  await store(
    file,
    writeFrames(
      tables.map((table) => sourceOf(client, table)),
      finish,
      signing,
    ),
  );
  const rowCount = manifest!.tables.reduce((sum, table) => sum + table.rows, 0);
  const { size: bytes } = await stat(file);
  return {
    file,
    bytes,
    takenAt: manifest!.takenAt,
    migrations: migrations.length,
    tables: tables.length,
    rows: rowCount,
  };
}

const sourceOf = (client: pg.Client, { name, columns }: Table): TableSource => ({
  name,
  columns,
  data: () => {
    const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
    return client.query(copyTo(`COPY ${pg.escapeIdentifier(name)} (${list}) TO STDOUT`)) as AsyncIterable<Buffer>;
  },
});

async function readSequences(client: pg.Client): Promise<SequenceInBackup[]> {
  const sequences: SequenceInBackup[] = [];
  for (const name of await sequenceNames(client)) {
    const { rows } = await client.query<{ lastValue: string; isCalled: boolean }>(
      `SELECT last_value::text AS "lastValue", is_called AS "isCalled" FROM ${pg.escapeIdentifier(name)}`,
    );
    sequences.push({ name, ...rows[0]! });
  }
  return sequences;
}

/** Under another name until it is whole and on the disk. */
async function store(file: string, content: AsyncIterable<Buffer>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.unfinished`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await pipeline(Readable.from(content), createGzip(), handle.createWriteStream({ flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close().catch(() => undefined);
  }
}
