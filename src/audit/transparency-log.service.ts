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
  private failing = false;

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

  /** Lets the tree grow with the ledger, and signs a checkpoint when one is due. */
  async follow(): Promise<void> {
    while (await this.database.inWorkerTx((tx) => this.growInTx(tx)));
    await this.checkpoint(this.config.F1_CHECKPOINT_MINUTES * 60_000);
  }

  /** Signs a checkpoint of the tree as it is, when the last one is at least this old and something was added since. */
  async checkpoint(age = 0): Promise<StoredCheckpoint | undefined> {
    const last = await this.database.inWorkerTx((tx) => this.checkpointInTx(tx, age));
    if (last) await this.tell(last);
    return last;
  }

  private async growInTx(tx: Tx): Promise<boolean> {
    if (!(await this.ledger.lockInTx(tx))) return false;
    return this.store.growInTx(tx, await this.store.sizeInTx(tx));
  }

  private async checkpointInTx(tx: Tx, age: number): Promise<StoredCheckpoint | undefined> {
    const last = await this.store.lastCheckpointInTx(tx);
    if (last && tx.now.getTime() - last.signedAt.getTime() < age) return last;
    if (!(await this.ledger.lockInTx(tx))) return last;
    const size = await this.store.sizeInTx(tx);
    if (size === (last?.size ?? 0)) return last;
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
    if (url === undefined || this.told >= size) return;
    try {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const signal = AbortSignal.timeout(TELL_WITHIN_MS);
      const answer = await fetch(url, { method: 'POST', body: note, headers, signal, redirect: 'error' });
      if (!answer.ok) throw new Error(`the witness answered ${answer.status}`);
      this.told = size;
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.error({ reason: (error as Error).message }, 'the witness was not told');
      this.failing = true;
    }
  }
}
