import pg from 'pg';
import { BackupRefused } from './backup-file.js';

/**
 * Keeps this database under another name beside a new, empty one of the same owner, and says which name: nothing is removed. `adminUrl`
 * is a login of the same server that may rename it, in another database. Throws BackupRefused while a process uses it.
 */
export async function putAside({
  adminUrl,
  ownerUrl,
}: {
  readonly adminUrl: string;
  readonly ownerUrl: string;
}): Promise<string> {
  const { pathname, username } = new URL(ownerUrl);
  const database = decodeURIComponent(pathname.slice(1));
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'f1 restore' });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ at: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD"t"HH24MISS"z"') AS at`,
    );
    const aside = `${database}_aside_${rows[0]!.at}`;
    await admin.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} RENAME TO ${pg.escapeIdentifier(aside)}`);
    try {
      await admin.query(
        `CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${pg.escapeIdentifier(decodeURIComponent(username))}`,
      );
    } catch (error) {
      await admin.query(`ALTER DATABASE ${pg.escapeIdentifier(aside)} RENAME TO ${pg.escapeIdentifier(database)}`);
      throw error;
    }
    return aside;
  } catch (error) {
    if ((error as { code?: string }).code !== OBJECT_IN_USE) throw error;
    throw new BackupRefused(
      'databaseInUse',
      `The database ${database} is in use; nothing was changed. Stop every process of this installation (Ctrl-C where npm start runs), and run the same command again.`,
    );
  } finally {
    await admin.end();
  }
}

const OBJECT_IN_USE = '55006';
