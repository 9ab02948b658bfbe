import pg from 'pg';
import { RUNTIME_ROLES, type RuntimeRole } from './cluster.js';

/**
 * Makes the roles of the house and the database they share, when they are missing. The owner migrates; the other two
 * run, may not bypass row-level security and own nothing. Needs a superuser connection.
 */
export async function ensureRoles(admin: pg.Client, passwords: Record<RuntimeRole, string>): Promise<void> {
  for (const role of RUNTIME_ROLES) {
    const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount) continue;
    const password = pg.escapeLiteral(passwords[role]);
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD ${password} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`);
  }
}

/** Makes an empty database of that owner, when there is none of that name. */
export async function ensureDatabase(admin: pg.Client, name: string, owner: RuntimeRole): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount) return;
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${owner}`);
}
