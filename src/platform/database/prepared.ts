import pg, { type PoolClient } from 'pg';

type Type = 'uuid' | 'text' | 'jsonb' | 'boolean';

/** A statement that each connection plans once and that then runs by its name, several of them in one round trip. */
export interface Prepared {
  /** null: planned each time, because hardly two of its texts are the same. */
  readonly name: string | null;
  /** Types of its parameters, in order; without, PostgreSQL infers them from the statement. */
  readonly types?: readonly Type[];
  readonly text: string;
}

/** One call of a prepared statement; `null` is SQL's. */
export interface Call {
  readonly statement: Prepared;
  readonly values: readonly (string | null)[];
}

const knownOn = new WeakMap<PoolClient, Set<string>>();

/** Prepares what this connection does not know yet, for as long as it lives; nothing is sent where all is known. */
export async function prepareOn(client: PoolClient, calls: readonly Call[]): Promise<void> {
  const known = knownOn.get(client) ?? new Set();
  knownOn.set(client, known);
  const missing = new Map<string, Prepared>();
  for (const { statement } of calls)
    if (statement.name !== null && !known.has(statement.name)) missing.set(statement.name, statement);
  // One by one: of a batch that is cut off nobody knows which are there already.
  for (const [name, statement] of missing) {
    await client.query(preparing(statement));
    known.add(name);
  }
}

const preparing = ({ name, types, text }: Prepared): string =>
  `PREPARE ${String(name)}${types ? ` (${types.join(', ')})` : ''} AS ${text}`;

/** The call as text of the simple protocol, whose batches are one round trip. */
export function executing({ statement, values }: Call): string {
  const literals = values.map((value, index) => checked(value, statement.types?.[index]));
  if (statement.name === null) return statement.text.replace(/\$(\d+)/g, (_, n: string) => literals[Number(n) - 1]!);
  if (literals.length === 0) return `EXECUTE ${statement.name}`;
  return `EXECUTE ${statement.name}(${literals.join(', ')})`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function checked(value: string | null, type: Type | undefined): string {
  if (type === 'uuid' && (value === null || !UUID.test(value)))
    throw new TypeError(`not a UUID: ${JSON.stringify(value)}`);
  return literal(value);
}

const BYTES = /^\\x[0-9a-f]*$/;

/**
 * A value in the text of a statement. The driver knows of quotes and backslashes, and looks at one character after the other; what
 * plainly has none, or is the form of bytes, which begins with one, is long and common and spared that.
 */
export function literal(value: string | null): string {
  if (value === null) return 'NULL';
  if (value.includes('\0')) throw new TypeError('PostgreSQL keeps no text with a NUL character in it');
  if (BYTES.test(value)) return `E'\\${value}'`;
  if (!value.includes("'") && !value.includes('\\')) return `'${value}'`;
  return pg.escapeLiteral(value);
}
