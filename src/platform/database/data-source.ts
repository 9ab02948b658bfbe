import pg from 'pg';
import { DataSource, type EntitySchema } from 'typeorm';

// A calendar date has no zone: keep PostgreSQL's text instead of a Date at local midnight.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** Privilege roles that processes act as; each has policies of its own. */
export type RuntimeRole = 'f1_api' | 'f1_worker' | 'f1_portal';

export interface PoolOptions {
  readonly url: string;
  /** The database role this pool acts as; the login must be that role or a member of it. */
  readonly role: RuntimeRole;
  readonly size: number;
  /** Where the authority works: what SQL calls today is today there. */
  readonly timeZone: string;
  readonly entities?: (new () => unknown)[] | EntitySchema[];
}

/** A pool whose every connection acts as one runtime role. Nothing is synchronised: the schema belongs to migrations. */
export function runtimeDataSource({ url, role, size, timeZone, entities = [] }: PoolOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities,
    synchronize: false,
    applicationName: role,
    poolErrorHandler: () => undefined, // the query that meets the dead connection reports it
    extra: {
      max: size,
      // Compiling a plan takes longer than any of these statements: with many rows waiting it would be done for each.
      options: `-c role=${role} -c search_path=public,pg_temp -c TimeZone=${timeZone} -c jit=off`,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 30_000,
      statement_timeout: 30_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
}

/**
 * A database that a restore has closed is not served. A runtime role that owns a table or escapes row-level security would see
 * everything, and a portal whose login is also another runtime role would see what that one sees: say so and do not start.
 */
export async function assertLeastPrivilege(source: DataSource): Promise<void> {
  const rows: { role: string; owns: boolean; escapes: boolean; more: boolean; closed: boolean }[] = await source.query(`
    SELECT current_user AS role, NOT has_schema_privilege('public', 'USAGE') AS closed, current_user = 'f1_portal'
        AND (pg_has_role(session_user, 'f1_api', 'MEMBER') OR pg_has_role(session_user, 'f1_worker', 'MEMBER')) AS more,
      EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = 'public' AND c.relkind = 'r'
                AND (pg_has_role(current_user, c.relowner, 'USAGE') OR pg_has_role(session_user, c.relowner, 'USAGE'))) AS owns,
      EXISTS (SELECT FROM pg_roles WHERE rolname IN (current_user, session_user) AND (rolsuper OR rolbypassrls)) AS escapes`);
  for (const { role, owns, escapes, more, closed } of rows) {
    if (closed) throw new BeingRestored();
    if (owns || escapes) throw new TooMuchPrivilege(role, owns ? 'owns tables' : 'escapes row-level security');
    if (more) throw new TooMuchPrivilege(role, 'is a member of f1_api or f1_worker too');
  }
}

/** A database that a restore has closed; what has begun is finished first. */
export class BeingRestored extends Error {
  constructor() {
    super(
      'A backup is being restored into this database, or was until it was broken off: nobody is let in before it is finished. Run the same "f1 backup restore" again.',
    );
    this.name = 'BeingRestored';
  }
}

export class TooMuchPrivilege extends Error {
  constructor(role: string, why: string) {
    super(
      `The database login behind DATABASE_URL (acting as ${role}) ${why}. ` +
        'Give the processes a login that is only a member of f1_api or f1_worker (a portal: of f1_portal alone), and keep the owner for MIGRATION_DATABASE_URL.',
    );
    this.name = 'TooMuchPrivilege';
  }
}
