import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Keys } from '../platform/keys/keys.module.js';
import { originOf, signedNote } from './checkpoint.js';
import { LedgerStore } from './ledger.store.js';
import { MerkleTree } from './merkle.js';
import { type StoredCheckpoint, TreeStore } from './tree.store.js';
import { Witness } from './witness.js';

const TELL_WITHIN_MS = 10_000;
/** A witness that refuses is asked again after a second, then after twice as long each time, up to ten minutes. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 600_000;
/** How often the database is asked although nothing was added here: another worker may have left something undone. */
const LOOK_EVERY_MS = 60_000;

/**
 * Makes a Merkle tree (RFC 6962) of the ledger and signs a checkpoint of it every hour, told to a witness outside the database:
 * with it anybody can check that one record is in the log, and that the log only ever grew, without seeing the rest.
 */
@Injectable()
export class TransparencyLog {
  private readonly logger = new Logger('Ledger');
  private readonly witness: Witness | undefined;
  /** The size of the checkpoint that the witness at the URL was last told. */
  private told = 0;
  private refusals = 0;
  private askAgainAt = -Infinity;
  private last: StoredCheckpoint | undefined;
  /** Whether the ledger has grown since the last checkpoint; when the next is due, and when was looked, on the steady clock. */
  private grown = true;
  private dueAt = -Infinity;
  private lookedAt = -Infinity;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly ledger: LedgerStore,
    private readonly store: TreeStore,
  ) {
    this.witness = config.F1_WITNESS_FILE ? new Witness(config.F1_WITNESS_FILE) : undefined;
  }

  /** Outside a Nest application: for a command of the operator, and for tests. */
  static of(config: Config, database: Database, keys: Keys): TransparencyLog {
    return new TransparencyLog(config, database, keys, new LedgerStore(), new TreeStore());
  }

  /** A steady clock in milliseconds; tests stand in for it. */
  steady = (): number => performance.now();

  /** Lets the tree grow with the ledger, and signs a checkpoint when one is due. `added`: records that the ledger got just now. */
  async follow(added: number): Promise<void> {
    const look = this.steady() - this.lookedAt >= LOOK_EVERY_MS;
    this.grown ||= added > 0;
    if (added > 0 || look) while (await this.database.inWorkerTx((tx) => this.growInTx(tx)));
    if (look || (this.grown && this.steady() >= this.dueAt)) await this.checkpoint(this.everyMs);
    else if (this.last) await this.tell(this.last);
  }

  /** Signs a checkpoint of the tree as it is, when the last one is at least this old and something was added since. */
  async checkpoint(age = 0): Promise<StoredCheckpoint | undefined> {
    const { last, size, now, restores } = await this.database.inWorkerTx(async (tx) => ({
      last: await this.checkpointInTx(tx, age),
      size: await this.store.sizeInTx(tx),
      now: tx.now.getTime(),
      restores: await this.ledger.restoresInTx(tx),
    }));
    this.witness?.noteRestores(restores);
    this.last = last;
    this.lookedAt = this.steady();
    this.grown = size > (last?.size ?? 0);
    this.dueAt = last ? this.lookedAt + this.everyMs - (now - last.signedAt.getTime()) : -Infinity;
    if (last) await this.tell(last);
    return last;
  }

  private get everyMs(): number {
    return this.config.F1_CHECKPOINT_MINUTES * 60_000;
  }

  private async growInTx(tx: Tx): Promise<boolean> {
    if (!(await this.ledger.lockInTx(tx))) return false;
    return this.store.growInTx(tx, await this.store.sizeInTx(tx));
  }

  private async checkpointInTx(tx: Tx, age: number): Promise<StoredCheckpoint | undefined> {
    let last = await this.store.lastCheckpointInTx(tx);
    if (last && tx.now.getTime() - last.signedAt.getTime() < age) return last;
    // Whoever asks for one now waits for a sequencer that is at it.
    const mine = age === 0 ? await this.ledger.awaitLockInTx(tx) : await this.ledger.lockInTx(tx);
    if (!mine) return last;
    last = await this.store.lastCheckpointInTx(tx); // that one may have signed it
    const size = await this.store.sizeInTx(tx);
    if (size === (last?.size ?? 0)) return last;
    // Another sequencer may have held the lock when the tree was to follow.
    while (await this.store.growInTx(tx, size));
    const root = await new MerkleTree(size, this.store.hashesInTx(tx)).root();
    const { signing } = this.keys;
    const note = signedNote(
      { origin: originOf(signing.id), size, root, signedAt: tx.now.toISOString() },
      signing.privateKey,
    );
    const checkpoint = { size, root, signedAt: tx.now, note };
    await this.store.addCheckpointInTx(tx, checkpoint);
    return checkpoint;
  }

  /** The database keeps every checkpoint; a witness that cannot be reached now is told with the next look. */
  private async tell({ size, note }: StoredCheckpoint): Promise<void> {
    this.witness?.addCheckpoint(size, note);
    const url = this.config.F1_WITNESS_URL;
    if (url === undefined || this.told >= size || this.steady() < this.askAgainAt) return;
    try {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const signal = AbortSignal.timeout(TELL_WITHIN_MS);
      const answer = await fetch(url, { method: 'POST', body: note, headers, signal, redirect: 'error' });
      if (!answer.ok) throw new Error(`the witness answered ${answer.status}`);
      this.told = size;
      this.refusals = 0;
    } catch (error) {
      if (this.refusals === 0) this.logger.error({ reason: (error as Error).message }, 'the witness was not told');
      this.askAgainAt = this.steady() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.refusals);
      this.refusals += 1;
    }
  }
}
