import type pg from 'pg';
import { DomainError } from '../database/errors.js';

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Not kept: sign-ins of the moment. Restored, a session that was ended since would be alive again. BullMQ's own schema is
 * not kept either: what is due stands in the outbox.
 */
const LEFT_OUT = ['migrations', 'session', 'throttle'];

/** Every table to keep, each after those that its foreign keys name. */
export async function tablesInOrder(client: pg.ClientBase): Promise<Table[]> {
  const { rows: tables } = await client.query<Table>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL ($1)
     GROUP BY c.relname ORDER BY c.relname`,
    [LEFT_OUT],
  );
  const { rows: references } = await client.query<{ table: string; names: string }>(
    `SELECT conrelid::regclass::text AS table, confrelid::regclass::text AS names FROM pg_constraint
     WHERE contype = 'f' AND NOT condeferrable AND conrelid <> confrelid AND connamespace = 'public'::regnamespace`,
  );
  const ordered: Table[] = [];
  while (ordered.length < tables.length) {
    const done = new Set(ordered.map(({ name }) => name));
    const free = tables.filter(
      ({ name }) =>
        !done.has(name) && references.every((reference) => reference.table !== name || done.has(reference.names)),
    );
    if (free.length === 0) throw new Error('foreign keys name each other in a circle: one of them must be deferrable');
    ordered.push(...free);
  }
  return ordered;
}

/** Sequences other than that of the list of migrations. */
export async function sequenceNames(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND NOT EXISTS (
       SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.refobjid = to_regclass('public.migrations'))
     ORDER BY c.relname`,
  );
  return rows.map(({ name }) => name);
}

/** Names of the migrations that were applied; none for a database that was never migrated. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: found } = await client.query(`SELECT WHERE to_regclass('public.migrations') IS NOT NULL`);
  if (found.length === 0) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM public.migrations ORDER BY timestamp, id');
  return rows.map(({ name }) => name);
}

/** Text means the same wherever it is written and read, and no policy may silently leave rows out. */
export async function settle(client: pg.ClientBase): Promise<void> {
  await client.query(`
    SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC'; SET extra_float_digits = 3;
    SET client_encoding = 'UTF8'; SET row_security = off; SET search_path = public;
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;`);
}

export class NothingToBackUp extends DomainError {
  constructor() {
    super(
      'nothingToBackUp',
      'This database was never migrated, so there is nothing to back up: run "f1 migrate" first.',
    );
  }
}
