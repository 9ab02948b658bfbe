import type { PoolClient } from 'pg';

/** A statement that each connection plans once and that then runs by its name, several of them in one round trip. */
export interface Prepared {
  readonly name: string;
  /** Types of its parameters, in order. */
  readonly types: readonly ('uuid' | 'text' | 'jsonb')[];
  readonly text: string;
}

/** One call of a prepared statement; `null` is SQL's. */
export interface Call {
  readonly statement: Prepared;
  readonly values: readonly (string | null)[];
}

const knownOn = new WeakMap<PoolClient, Set<string>>();

/** Prepares what this connection does not know yet, outside any transaction; nothing is sent where all is known. */
export async function prepareOn(client: PoolClient, calls: readonly Call[]): Promise<void> {
  const known = knownOn.get(client) ?? new Set();
  knownOn.set(client, known);
  const missing = calls.map(({ statement }) => statement).filter(({ name }) => !known.has(name));
  if (missing.length === 0) return;
  await client.query(
    missing.map(({ name, types, text }) => `PREPARE ${name} (${types.join(', ')}) AS ${text}`).join(';\n'),
  );
  for (const { name } of missing) known.add(name);
}

/** The call as text of the simple protocol, whose batches are one round trip; backslashes are plain under standard_conforming_strings. */
export function executing({ statement, values }: Call): string {
  const literals = values.map((value, index) => (value === null ? 'NULL' : literal(value, statement.types[index])));
  return `EXECUTE ${statement.name}(${literals.join(', ')})`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function literal(value: string, type: Prepared['types'][number] | undefined): string {
  if (type === 'uuid' && !UUID.test(value)) throw new TypeError(`not a UUID: ${JSON.stringify(value)}`);
  return `'${value.replaceAll("'", "''")}'`;
}
