import type pg from 'pg';
import { sha256, canonical } from '../database/sealing.js';
import { type BackupManifest, BackupRefused } from './backup-file.js';

/** How far a restore into a database came. */
export interface UnfinishedRestore {
  /** Which backup, by the hash of its manifest. */
  readonly backup: string;
  readonly takenAt: string;
  /** Its rows are there; before, only an empty schema is. */
  readonly loaded: boolean;
}

export const hashOfBackup = (manifest: BackupManifest): string => sha256(canonical(manifest)).toString('hex');

/** One restore at a time; given back with the connection. Throws BackupRefused while another is at it. */
export async function claimRestore(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>(`SELECT pg_try_advisory_lock(hashtext('f1 restore')) AS mine`);
  if (!rows[0]?.mine)
    throw new BackupRefused('restoring', 'Another restore into this database is under way, or ended a moment ago.');
}

/** What a restore that was broken off left behind. */
export async function findUnfinished(client: pg.ClientBase): Promise<UnfinishedRestore | undefined> {
  const { rows: there } = await client.query(`SELECT WHERE to_regclass('f1_restore.unfinished') IS NOT NULL`);
  if (there.length === 0) return undefined;
  const { rows } = await client.query<UnfinishedRestore>(
    'SELECT backup, taken_at AS "takenAt", loaded FROM f1_restore.unfinished',
  );
  return rows[0];
}

/** Notes which backup comes into this database, in a schema of no release, so that backups of any are restored alike. */
export async function beginRestore(client: pg.ClientBase, manifest: BackupManifest): Promise<void> {
  await client.query('BEGIN');
  await client.query(`
    DROP SCHEMA IF EXISTS f1_restore CASCADE;
    CREATE SCHEMA f1_restore;
    CREATE TABLE f1_restore.unfinished (
      backup text NOT NULL, taken_at text NOT NULL, loaded boolean NOT NULL DEFAULT false, was_public boolean NOT NULL);`);
  await client.query(
    `INSERT INTO f1_restore.unfinished (backup, taken_at, was_public) SELECT $1, $2, EXISTS (
       SELECT FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
       WHERE nspname = 'public' AND acl.grantee = 0 AND acl.privilege_type = 'USAGE')`,
    [hashOfBackup(manifest), manifest.takenAt],
  );
  await client.query('COMMIT');
}

/** In the transaction that loads the rows. */
export async function noteLoadedInTx(client: pg.ClientBase): Promise<void> {
  await client.query('UPDATE f1_restore.unfinished SET loaded = true');
}

/**
 * Keeps everybody but the owner out until the restore is finished, however often it is killed; in the transaction that loads the
 * rows. Sessions that are open lose their way in too. Throws BackupRefused where the roles stay in.
 */
export async function closeInTx(client: pg.Client): Promise<void> {
  await client.query(`REVOKE USAGE ON SCHEMA public FROM PUBLIC, ${(await runtimeRoles(client)).join(', ')}`);
  const { rows } = await client.query(
    `SELECT FROM pg_roles WHERE rolname = ANY ($1) AND has_schema_privilege(rolname, 'public', 'USAGE')`,
    [await runtimeRoles(client)],
  );
  if (rows.length > 0)
    throw new BackupRefused(
      'notOwner',
      `The login of MIGRATION_DATABASE_URL does not own the database ${client.database}, so it cannot keep the processes out while a backup comes into it. Nothing was restored; make it the owner (ALTER DATABASE ... OWNER TO ...).`,
    );
}

/** Lets the processes in again; in the last transaction of a restore. */
export async function finishInTx(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ was_public: boolean }>('SELECT was_public FROM f1_restore.unfinished');
  const roles = [...(rows[0]?.was_public ? ['PUBLIC'] : []), ...(await runtimeRoles(client))];
  await client.query(`GRANT USAGE ON SCHEMA public TO ${roles.join(', ')}`);
  await client.query('DROP SCHEMA f1_restore CASCADE');
}

/** Those that there are: an installation from before the portal has no role for it. */
async function runtimeRoles(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ rolname: string }>(
    `SELECT rolname FROM pg_roles WHERE rolname IN ('f1_api', 'f1_worker', 'f1_portal') ORDER BY rolname`,
  );
  return rows.map(({ rolname }) => rolname);
}
