import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';

export interface MigrateOptions {
  /** Connection URL of a role that owns the schema (f1_owner); never one of the runtime roles. */
  readonly url: string;
  readonly log?: (line: string) => void;
  /** Names of the migrations to apply, for a schema as it was; all of them without it. */
  readonly only?: readonly string[];
}

/** Brings the schema up to date, one process at a time; a second call on a current schema changes nothing. */
export async function migrate({ url, log, only }: MigrateOptions): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: only ? MIGRATIONS.filter(({ name }) => only.includes(name)) : MIGRATIONS,
    migrationsTransactionMode: 'each',
    extra: { max: 2 },
  });
  await source.initialize();
  try {
    const lock = source.createQueryRunner();
    await lock.query(`SELECT pg_advisory_lock(hashtext('f1 migrate'))`);
    try {
      const done = await source.runMigrations();
      for (const migration of done) log?.(`applied ${migration.name}`);
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(hashtext('f1 migrate'))`);
      await lock.release();
    }
  } finally {
    await source.destroy();
  }
}
