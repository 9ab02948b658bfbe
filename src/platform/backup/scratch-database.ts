import { createHash } from 'node:crypto';
import pg from 'pg';
import { DomainError } from '../database/errors.js';

/** One database at a time is verified once; the number means nothing else. */
const VERIFYING = [0x1f, 0xbac];

/**
 * Runs `work` on a new, empty database of the same owner and removes it afterwards, also on Ctrl-C; one that a killed
 * verification left behind is removed first. Its name begins as that of a test database, so that its clock can be set
 * back. `adminUrl` is a login that may create databases.
 */
export async function withScratchDatabase<T>(
  { adminUrl, ownerUrl }: { readonly adminUrl: string; readonly ownerUrl: string },
  work: (scratchUrl: string) => Promise<T>,
): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'f1 backup verify' });
  admin.on('error', () => undefined);
  await admin.connect();
  const owner = new URL(ownerUrl);
  const name = `f1_test_restore_${createHash('sha256').update(owner.pathname).digest('hex').slice(0, 12)}`;
  const drop = async (): Promise<void> => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    void drop().catch(() => undefined); // ends the connections of the work, which then fails
  };
  await claim(admin).catch(async (error: unknown) => {
    await admin.end(); // the scratch database is another verification's, or there is none
    throw error;
  });
  try {
    await drop();
    await admin.query(
      `CREATE DATABASE ${name} TEMPLATE template0 OWNER ${pg.escapeIdentifier(decodeURIComponent(owner.username))}`,
    );
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    await admin.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    owner.pathname = name;
    return await work(owner.href);
  } catch (error) {
    throw interrupted ? new DomainError('interrupted', 'Interrupted; the scratch database was removed.') : error;
  } finally {
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
    await drop().finally(() => admin.end());
  }
}

async function claim(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ may: boolean; free: boolean }>(
    `SELECT rolcreatedb OR rolsuper AS may, pg_try_advisory_lock($1, $2) AS free FROM pg_roles WHERE rolname = current_user`,
    VERIFYING,
  );
  if (!rows[0]?.may) {
    throw new DomainError(
      'mayNotCreateDatabases',
      `A backup is verified in a scratch database, and the login of MIGRATION_DATABASE_URL may not create one: let it (ALTER ROLE ${admin.user} CREATEDB), or verify the file on another server with --file.`,
    );
  }
  if (!rows[0].free) {
    throw new DomainError('verifying', 'Another verification of this database is running; wait for it to end.');
  }
}
