import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { PoolClient, QueryResult } from 'pg';
import { CommandReused } from './errors.js';

/** One open transaction. Reads and writes go through it and nothing else, so that row-level security always knows the actor. */
export class Tx {
  constructor(
    private readonly client: PoolClient,
    /** For reading through entities; the same connection and transaction. */
    readonly manager: EntityManager,
    /** The database's time at the start of this transaction, millisecond precision. */
    readonly now: Date,
  ) {}

  /** Rows of one statement. `name` makes it a prepared statement: give it only to texts that never vary under that name. */
  async rows<T extends object>(text: string, values: unknown[] = [], name?: string): Promise<T[]> {
    const query = name === undefined ? { text, values } : { name: preparedName(name, text), text, values };
    return (await this.client.query<T>(query)).rows;
  }

  async one<T extends object>(text: string, values: unknown[] = [], name?: string): Promise<T | undefined> {
    return (await this.rows<T>(text, values, name))[0];
  }
}

const preparedNames = new Map<string, string>();

/** Two statements that two features happen to call the same must not meet on one connection: the text is part of the name. */
function preparedName(name: string, text: string): string {
  const known = preparedNames.get(text);
  if (known !== undefined) return known;
  const made = `${name}_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  preparedNames.set(text, made);
  return made;
}

export interface Claim {
  readonly actorId: string;
  /** Idempotency-Key of the request, or a fresh UUID. */
  readonly key: string;
  /** SHA-256 (hex) of what was asked; the request itself is never stored. */
  readonly requestHash: string;
  /** What a repeated request is answered with: ids only. */
  readonly result: Readonly<Record<string, string>>;
  /** The aggregate to lock, if it exists already. */
  readonly lock?: { readonly aggregate: Aggregate; readonly id: string };
}

export type Aggregate = 'case' | 'person' | 'interview' | 'referral';

/** The locked aggregate's row with its case's wrapped data key beside it (`wrapped_key`). */
export type LockedRow = Record<string, unknown> & { readonly id: string; readonly case_id: string };

const LOCKS: Record<Aggregate, string> = {
  case: `SELECT a.*, a.id AS case_id, k.wrapped AS wrapped_key FROM case_file a JOIN data_key k ON k.case_id = a.id
         WHERE a.id = $ FOR UPDATE OF a`,
  person: `SELECT a.*, k.wrapped AS wrapped_key FROM person a JOIN data_key k USING (case_id) WHERE a.id = $ FOR UPDATE OF a`,
  interview: `SELECT a.*, k.wrapped AS wrapped_key FROM interview a JOIN data_key k USING (case_id) WHERE a.id = $ FOR UPDATE OF a`,
  referral: `SELECT a.*, k.wrapped AS wrapped_key FROM referral a JOIN data_key k USING (case_id) WHERE a.id = $ FOR UPDATE OF a`,
};

/**
 * The only way to the database. Each runtime role has its own pool; a request names its actor and nothing else, and what
 * that actor may see is decided by the policies. A process that runs one role has no pool for the other.
 */
export class Database {
  constructor(
    private readonly api: DataSource | undefined,
    private readonly worker: DataSource | undefined,
  ) {}

  /** Reads (or a write that is no command) as a person. `null` is somebody not signed in: sees no personal data. */
  inActorTx<T>(actorId: string | null, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(
      this.pool('f1_api'),
      opening(actorId),
      ([now]) => now,
      (tx) => work(tx),
    );
  }

  /** Reads and system commands of the worker role: receipts, deadlines, reconciliation, the ledger. */
  inWorkerTx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(
      this.pool('f1_worker'),
      opening(null),
      ([now]) => now,
      (tx) => work(tx),
    );
  }

  /** Reads of published definitions, which every runtime role may see: in whichever role this process has. */
  inOwnRole<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.api ? this.inActorTx(null, work) : this.inWorkerTx(work);
  }

  /**
   * A person's command, exactly once: claims the key and locks the aggregate in the first round trip. A repeated request
   * is answered with the first one's result and does no work; the same key for something else throws CommandReused.
   */
  async once<T>(
    claim: Claim,
    work: (tx: Tx, locked: LockedRow | undefined) => Promise<T>,
  ): Promise<{ repeated: true; result: Record<string, string> } | { repeated: false; value: T }> {
    const first = opening(claim.actorId) + claiming(claim);
    return this.transaction(
      this.pool('f1_api'),
      first,
      (results) => results[0],
      async (tx, results) => {
        const mine = (results[1]?.rowCount ?? 0) === 1;
        if (!mine) {
          const earlier = results[2]?.rows[0] as { request_hash: string; result: Record<string, string> } | undefined;
          if (earlier?.request_hash !== claim.requestHash) throw new CommandReused(claim.key);
          return { repeated: true as const, result: earlier.result };
        }
        return { repeated: false as const, value: await work(tx, results[3]?.rows[0] as LockedRow | undefined) };
      },
    );
  }

  /** Locks one aggregate inside a transaction of the worker. */
  async lockInTx(tx: Tx, aggregate: Aggregate, id: string): Promise<LockedRow | undefined> {
    return tx.one<LockedRow>(LOCKS[aggregate].replace('$', '$1'), [id], `lock_${aggregate}`);
  }

  /** The pool itself, for health checks and metrics. Throws when this process does not run that role. */
  pool(role: 'f1_api' | 'f1_worker'): DataSource {
    const source = role === 'f1_api' ? this.api : this.worker;
    if (!source) throw new Error(`this process does not run the role ${role}`);
    return source;
  }

  async close(): Promise<void> {
    await Promise.all([this.api, this.worker].map((source) => (source?.isInitialized ? source.destroy() : undefined)));
  }

  private async transaction<T>(
    source: DataSource,
    firstQuery: string,
    timeOf: (results: QueryResult[]) => QueryResult | undefined,
    work: (tx: Tx, results: QueryResult[]) => Promise<T>,
  ): Promise<T> {
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    try {
      const results = (await client.query(firstQuery)) as unknown as QueryResult[];
      const told = results.filter((result) => result.command !== 'BEGIN' && !isSetting(result));
      const now = (timeOf(told)?.rows[0] as { now: Date }).now;
      const value = await work(new Tx(client, runner.manager, now), told);
      await client.query('SET CONSTRAINTS ALL IMMEDIATE; COMMIT');
      return value;
    } catch (error) {
      // The error that brought us here is the one to report; a dead connection cannot roll back and need not.
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

const isSetting = (result: QueryResult): boolean => result.fields?.[0]?.name === 'set_config';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const uuid = (id: string): string => {
  if (!UUID.test(id)) throw new TypeError(`not a UUID: ${JSON.stringify(id)}`);
  return `'${id}'`;
};
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const opening = (actorId: string | null): string =>
  `BEGIN; SELECT set_config('f1.actor', ${actorId === null ? `''` : uuid(actorId)}, true);
   SELECT date_trunc('milliseconds', f1_now()) AS now;`;

/** Simple-protocol text, so that claim and lock share the first round trip; backslashes are plain under standard_conforming_strings. */
const claiming = ({ actorId, key, requestHash, result, lock }: Claim): string => `
  INSERT INTO command (actor_id, key, request_hash, result)
  VALUES (${uuid(actorId)}, ${text(key)}, ${text(requestHash)}, ${text(JSON.stringify(result))}) ON CONFLICT DO NOTHING RETURNING 1;
  SELECT request_hash, result FROM command WHERE actor_id = ${uuid(actorId)} AND key = ${text(key)};
  ${lock ? `${LOCKS[lock.aggregate].replace('$', uuid(lock.id))};` : ''}`;
