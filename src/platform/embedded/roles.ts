import pg from 'pg';

/**
 * `f1_owner` owns the schema and migrates; `f1_api` and `f1_worker` run the product; `f1_app` is for a process that does
 * both: it has no rights of its own and becomes one or the other (`SET ROLE`). `f1_portal` answers prosecutors and becomes neither.
 */
export const LOGIN_ROLES = ['f1_owner', 'f1_api', 'f1_worker', 'f1_app', 'f1_portal'] as const;
export type LoginRole = (typeof LOGIN_ROLES)[number];

/** Makes the missing roles of the house; none may bypass row-level security. Needs a superuser connection. */
export async function ensureRoles(admin: pg.Client, passwords: Record<LoginRole, string>): Promise<void> {
  const { rows } = await admin.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const known = new Set(rows.map((row) => row.rolname));
  for (const role of LOGIN_ROLES) {
    if (known.has(role)) continue;
    const inherit = role === 'f1_app' ? 'NOINHERIT' : 'INHERIT';
    await admin.query(
      `CREATE ROLE ${role} LOGIN ${inherit} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
       PASSWORD ${pg.escapeLiteral(passwords[role])}`,
    );
  }
  if (!known.has('f1_app')) await admin.query('GRANT f1_api, f1_worker TO f1_app');
}

/** Makes an empty database of that owner, when there is none of that name. */
export async function ensureDatabase(admin: pg.Client, name: string, owner: LoginRole): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount) return;
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${owner}`);
}
