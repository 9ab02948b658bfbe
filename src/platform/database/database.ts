import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { PoolClient, QueryResult } from 'pg';
import { CommandReused } from './errors.js';
import { type Call, executing, prepareOn, type Prepared } from './prepared.js';

/** One open transaction. Reads and writes go through it and nothing else, so that row-level security always knows the actor. */
export class Tx {
  private readonly last: Call[] = [];

  constructor(
    private readonly client: PoolClient,
    /** For reading through entities; the same connection and transaction. */
    readonly manager: EntityManager,
    /** The database's time at the start of this transaction, millisecond precision. */
    readonly now: Date,
  ) {}

  /** Rows of one statement. `name` makes it a prepared statement: give it only to texts that never vary under that name. */
  async rows<T extends object>(text: string, values: unknown[] = [], name?: string): Promise<T[]> {
    this.assertNotEnding();
    const query = name === undefined ? { text, values } : { name: preparedName(name, text), text, values };
    return (await this.client.query<T>(query)).rows;
  }

  /** The rows of several prepared statements, in one round trip. */
  async all<const Calls extends readonly Call[]>(calls: Calls): Promise<{ -readonly [N in keyof Calls]: object[] }> {
    this.assertNotEnding();
    await prepareOn(this.client, calls);
    const results = (await this.client.query(calls.map(executing).join('; '))) as unknown as
      QueryResult | QueryResult[];
    const rows = [results].flat().map((result) => result.rows as object[]);
    return rows as { -readonly [N in keyof Calls]: object[] };
  }

  /** Sends these writes together with the COMMIT; nothing can be read or written after it. */
  atCommit(calls: readonly Call[]): void {
    this.assertNotEnding();
    this.last.push(...calls);
  }

  /** What the transaction ends with. Everything deferred is checked before the COMMIT, so that its refusal is an error here. */
  async commit(): Promise<void> {
    await prepareOn(this.client, this.last);
    await this.client.query([...this.last.map(executing), 'SET CONSTRAINTS ALL IMMEDIATE', 'COMMIT'].join('; '));
  }

  private assertNotEnding(): void {
    if (this.last.length > 0) throw new Error('the last write of this transaction was given already');
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
  readonly lock?: Lock;
  /** What the command decides on, read under the lock in the same round trip. */
  readonly read?: readonly Call[];
}

type Lock =
  | { readonly aggregate: Aggregate; readonly id: string }
  /** A case with its referrals, for what changes how long their recipients have, or who they may be. */
  | { readonly aggregate: 'case'; readonly id: string; readonly withReferrals: true };

export type Aggregate = 'case' | 'person' | 'interview' | 'referral' | 'questionnaire';

/** The locked aggregate's row with its case's wrapped data key beside it (`wrapped_key`). */
export type LockedRow = Record<string, unknown> & { readonly id: string; readonly case_id: string };

const locking = (aggregate: Aggregate, table: string, columns = 'a.*'): Prepared => ({
  name: `f1_lock_${aggregate}`,
  types: ['uuid'],
  text: `SELECT ${columns}, k.case_id, k.wrapped AS wrapped_key FROM ${table} a
    JOIN data_key k ON k.case_id = a.${aggregate === 'case' ? 'id' : 'case_id'} WHERE a.id = $1 FOR NO KEY UPDATE OF a`,
});

const LOCKS: Record<Aggregate, Prepared> = {
  case: locking('case', 'case_file'),
  person: locking('person', 'person'),
  interview: locking('interview', 'interview'),
  // Its content is no part of it: whoever may work on a referral need not be allowed to read what was sent.
  referral: locking(
    'referral',
    'referral',
    `a.id, a.authority_id, a.kind, a.corrects, a.corrected_at, a.suspended_at, a.workflow_hash, a.snapshot, a.version,
      a.body_sha256, a.event_seq, a.event_hash, a.created_at`,
  ),
  // Belongs to no case, and nothing in it is sealed.
  questionnaire: {
    name: 'f1_lock_questionnaire',
    types: ['uuid'],
    text: `SELECT a.*, NULL::uuid AS case_id, NULL::bytea AS wrapped_key FROM questionnaire_version a
      WHERE a.id = $1 FOR NO KEY UPDATE OF a`,
  },
};

/**
 * A statement that waited for a lock goes on with what was committed when it began: who came to be barred in between is
 * found by the next one.
 */
const STILL_SEEN: Prepared = {
  name: 'f1_referral_still_seen',
  types: ['uuid'],
  text: 'SELECT 1 FROM referral WHERE id = $1',
};

const LOCK_REFERRALS: Prepared = {
  name: 'f1_lock_referrals_of_case',
  types: ['uuid'],
  text: 'SELECT id FROM referral WHERE case_id = $1 ORDER BY id FOR NO KEY UPDATE',
};

const OPEN: Prepared = {
  name: 'f1_open',
  types: ['text'],
  text: `SELECT set_config('f1.actor', $1, true), date_trunc('milliseconds', f1_now()) AS now`,
};

/** What a command sends finds its rows by their keys, whatever the values: planning it anew for each would only cost. */
const PLANNED_ONCE: Prepared = { name: null, text: 'SET LOCAL plan_cache_mode = force_generic_plan' };

const CLAIM: Prepared = {
  name: 'f1_claim',
  types: ['uuid', 'text', 'text', 'jsonb'],
  text: `INSERT INTO command (actor_id, key, request_hash, result) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
};

function locksOf(lock: Lock): Call[] {
  const values = [lock.id];
  const calls: Call[] = [{ statement: LOCKS[lock.aggregate], values }];
  if (lock.aggregate === 'referral') calls.push({ statement: STILL_SEEN, values });
  if ('withReferrals' in lock) calls.push({ statement: LOCK_REFERRALS, values });
  return calls;
}

/**
 * The only way to the database. Each runtime role has its own pool; a request names its actor and nothing else, and what
 * that actor may see is decided by the policies. A process that runs one role has no pool for the other; whoever asks, people are
 * answered through one: f1_api, or f1_portal where the process is a portal.
 */
export class Database {
  constructor(
    private readonly people: DataSource | undefined,
    private readonly worker: DataSource | undefined,
  ) {}

  /** Reads (or a write that is no command) as a person. `null` is somebody not signed in: sees no personal data. */
  inActorTx<T>(actorId: string | null, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(this.pool('people'), actorId, [], work);
  }

  /** Reads and system commands of the worker role: receipts, deadlines, reconciliation, the ledger. */
  inWorkerTx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(this.pool('worker'), null, [], work);
  }

  /** A system command that begins with these calls, in the same round trip; its statements are planned as a command's are. */
  inWorkerCommand<T>(
    first: readonly Call[],
    work: (tx: Tx, ...rows: readonly (readonly object[])[]) => Promise<T>,
  ): Promise<T> {
    const calls = [{ statement: PLANNED_ONCE, values: [] }, ...first];
    return this.transaction(this.pool('worker'), null, calls, (tx, [, ...told]) =>
      work(tx, ...told.map(({ rows }) => rows as object[])),
    );
  }

  /** Reads of published definitions, which every runtime role may see: in whichever role this process has. */
  inOwnRole<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.people ? this.inActorTx(null, work) : this.inWorkerTx(work);
  }

  /**
   * A person's command, exactly once: claims the key, locks the aggregate and reads in the first round trip. A repeated
   * request is answered with the first one's result and does no work; the same key for something else throws CommandReused.
   */
  async once<T>(
    claim: Claim,
    work: (tx: Tx, locked: LockedRow | undefined, read: readonly (readonly object[])[]) => Promise<T>,
  ): Promise<{ repeated: true; result: Record<string, string> } | { repeated: false; value: T }> {
    const { actorId, key, requestHash, result, lock, read = [] } = claim;
    const calls: Call[] = [
      { statement: PLANNED_ONCE, values: [] },
      { statement: CLAIM, values: [actorId, key, requestHash, JSON.stringify(result)] },
    ];
    const locks = lock ? locksOf(lock) : [];
    calls.push(...locks, ...read);
    return this.transaction(this.pool('people'), actorId, calls, async (tx, [, claimed, ...told]) => {
      if (claimed?.rowCount !== 1) return { repeated: true as const, result: await this.earlierInTx(tx, claim) };
      const [held, then] = told.splice(0, locks.length);
      const barred = lock?.aggregate === 'referral' && then?.rowCount === 0;
      const locked = barred ? undefined : (held?.rows[0] as LockedRow | undefined);
      return {
        repeated: false as const,
        value: await work(
          tx,
          locked,
          told.map(({ rows }) => rows as object[]),
        ),
      };
    });
  }

  private async earlierInTx(tx: Tx, { actorId, key, requestHash }: Claim): Promise<Record<string, string>> {
    const earlier = await tx.one<{ request_hash: string; result: Record<string, string> }>(
      'SELECT request_hash, result FROM command WHERE actor_id = $1 AND key = $2',
      [actorId, key],
    );
    if (earlier?.request_hash !== requestHash) throw new CommandReused(key);
    return earlier.result;
  }

  /** Locks one aggregate inside a transaction of the worker. */
  async lockInTx(tx: Tx, aggregate: Aggregate, id: string): Promise<LockedRow | undefined> {
    return tx.one<LockedRow>(LOCKS[aggregate].text, [id], `lock_${aggregate}`);
  }

  private pool(of: 'people' | 'worker'): DataSource {
    const source = of === 'people' ? this.people : this.worker;
    if (!source) throw new Error(of === 'people' ? 'this process answers no people' : 'this process runs no worker');
    return source;
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.people, this.worker].map((source) => (source?.isInitialized ? source.destroy() : undefined)),
    );
  }

  private async transaction<T>(
    source: DataSource,
    actorId: string | null,
    calls: readonly Call[],
    work: (tx: Tx, results: QueryResult[]) => Promise<T>,
  ): Promise<T> {
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    try {
      const first = [{ statement: OPEN, values: [actorId ?? ''] }, ...calls];
      await prepareOn(client, first);
      const batch = ['BEGIN', ...first.map(executing)].join('; ');
      const [, opened, ...results] = (await client.query(batch)) as unknown as QueryResult[];
      const { now } = opened?.rows[0] as { now: Date };
      const tx = new Tx(client, runner.manager, now);
      const value = await work(tx, results);
      await tx.commit();
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
