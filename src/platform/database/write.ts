import { createHash } from 'node:crypto';
import type { Tx } from './database.js';
import type { Call } from './prepared.js';
import { canonical } from './sealing.js';

type Row = Readonly<Record<string, unknown>>;

/**
 * Everything one command changes, in one statement: each insert and update is a data-modifying WITH clause of it. Table and
 * column names come from code, never from a request. Two clauses must not touch the same row (they share one snapshot).
 */
export class Write {
  private readonly inserts = new Map<string, { table: string; columns: string[]; rows: Row[] }>();
  private readonly changes: { table: string; set: Row; where: Row; exactlyOne: boolean }[] = [];
  private readonly upserts = new Map<string, { table: string; rows: Row[]; target: string; set: readonly string[] }>();
  private readonly removals: { table: string; where: Row }[] = [];

  insert(table: string, ...rows: Row[]): this {
    for (const row of rows) {
      const columns = Object.keys(row);
      const shape = `${table}(${columns.join(',')})`;
      const group = this.inserts.get(shape) ?? { table, columns, rows: [] };
      group.rows.push(row);
      this.inserts.set(shape, group);
    }
    return this;
  }

  /** Inserts a row, or, where `target` (a conflict target) finds one, overwrites the columns named in `set` (none: leaves it). */
  upsert(table: string, row: Row, target: string, set: readonly string[]): this {
    const shape = `${table}(${Object.keys(row).join(',')}) ${target} ${set.join(',')}`;
    const group = this.upserts.get(shape) ?? { table, rows: [], target, set };
    group.rows.push(row);
    this.upserts.set(shape, group);
    return this;
  }

  /** The rows that `upsert` was given for this table so far. */
  upserted(table: string): readonly Row[] {
    return [...this.upserts.values()].flatMap((group) => (group.table === table ? group.rows : []));
  }

  /** Changes exactly one row; anything else throws when the statement runs. */
  update(table: string, where: Row, set: Row): this {
    this.changes.push({ table, set, where, exactlyOne: true });
    return this;
  }

  /** Changes the rows there are, be it none. */
  updateAny(table: string, where: Row, set: Row): this {
    this.changes.push({ table, set, where, exactlyOne: false });
    return this;
  }

  remove(table: string, where: Row): this {
    this.removals.push({ table, where });
    return this;
  }

  /** Writes at once; what the database refuses about single rows is thrown here. */
  async run(tx: Tx): Promise<void> {
    const call = this.statement();
    if (call) await tx.all([call]);
  }

  /** Writes with the COMMIT, in the same round trip: for the end of a command, when nothing is read afterwards. */
  runLast(tx: Tx): void {
    Write.runAllLast(tx, [this]);
  }

  /** The same for several, each a statement of its own that may touch what another one touches. */
  static runAllLast(tx: Tx, writes: readonly Write[]): void {
    const calls = writes.map((write) => write.statement()).filter((call) => call !== undefined);
    if (calls.length > 0) tx.atCommit(calls);
  }

  private statement(): Call | undefined {
    const values: (string | null)[] = [];
    const bind = (value: unknown): string => {
      values.push(encoded(value));
      return `$${values.length}`;
    };
    const matching = (where: Row): string =>
      Object.entries(where)
        .map(([column, value]) => (value === null ? `${column} IS NULL` : `${column} = ${bind(value)}`))
        .join(' AND ');
    const clauses: string[] = [];
    const counted: string[] = [];
    for (const { table, where } of this.removals) {
      clauses.push(`d${clauses.length} AS (DELETE FROM ${table} WHERE ${matching(where)})`);
    }
    for (const { table, set, where, exactlyOne } of this.changes) {
      const assignments = Object.entries(set).map(([column, value]) => `${column} = ${bind(value)}`);
      const name = `u${clauses.length}`;
      clauses.push(`${name} AS (UPDATE ${table} SET ${assignments.join(', ')} WHERE ${matching(where)} RETURNING 1)`);
      if (exactlyOne) counted.push(`f1_exactly_one((SELECT count(*) FROM ${name}), '${table}')`);
    }
    const tuples = (columns: readonly string[], rows: readonly Row[]): string =>
      rows.map((row) => `(${columns.map((column) => bind(row[column])).join(', ')})`).join(', ');
    for (const { table, columns, rows } of this.inserts.values()) {
      clauses.push(
        `i${clauses.length} AS (INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples(columns, rows)})`,
      );
    }
    for (const { table, rows, target, set } of this.upserts.values()) {
      const columns = Object.keys(rows[0] ?? {});
      const overwritten = set.map((column) => `${column} = EXCLUDED.${column}`).join(', ');
      const overwrite = set.length === 0 ? 'NOTHING' : `UPDATE SET ${overwritten}`;
      clauses.push(
        `s${clauses.length} AS (INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples(columns, rows)} ON CONFLICT ${target} DO ${overwrite})`,
      );
    }
    if (clauses.length === 0) return undefined;
    const text = `WITH ${clauses.join(',\n')}\nSELECT ${counted.join(', ') || '1'}`;
    return { statement: { name: values.length <= 150 ? nameOf(text) : null, text }, values };
  }
}

/** Values as PostgreSQL reads them: objects as JSON, so that arrays stay its arrays and JSON arrays can be given as `json(...)`. */
function encoded(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map(element).join(',')}}`;
  return typeof value === 'object' ? canonical(value) : String(value as string | number | boolean);
}

const element = (value: unknown): string => `"${String(value).replace(/["\\]/g, '\\$&')}"`;

/** A JSON array for a jsonb column. */
export const json = (value: unknown): string => canonical(value);

const names = new Map<string, string>();

/** The same text has the same name on every connection. Small statements repeat; large ones vary by their number of rows. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const made = `f1_write_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, made);
  return made;
}
