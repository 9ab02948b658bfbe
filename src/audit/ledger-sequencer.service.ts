import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Keys } from '../platform/keys/keys.module.js';
import { leafOf, type LedgerHead, linkOf, signHead } from './ledger.js';
import { type LedgerRow, LedgerStore, type Unsequenced } from './ledger.store.js';
import { TransparencyLog } from './transparency-log.service.js';
import { Witness } from './witness.js';

const EVERY_MS = 1_000;
const MOST = 5_000;
/** How often the witness file gets what another worker signed. */
const TELL_EVERY_MS = 10_000;

/**
 * Puts committed events and access records into one order and signs how many there are. Requests never wait for it: it follows
 * about a second behind, in the worker, and any number of workers may try.
 */
@Injectable()
export class LedgerSequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Ledger');
  private readonly witness: Witness | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;
  private witnessToldAt = -Infinity;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly store: LedgerStore,
    private readonly log: TransparencyLog,
  ) {
    this.witness = config.F1_WITNESS_FILE ? new Witness(config.F1_WITNESS_FILE) : undefined;
  }

  onApplicationBootstrap(): void {
    if (this.config.runsWorker) this.schedule(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Sequences what has been committed so far; returns how many records were added. */
  async sequence(): Promise<number> {
    let total = 0;
    for (let added = await this.batch(); added > 0; added = await this.batch()) total += added;
    if (total > 0 || performance.now() - this.witnessToldAt >= TELL_EVERY_MS) await this.tellWitness();
    await this.log.follow(total);
    return total;
  }

  private schedule(wait: number): void {
    this.timer = setTimeout(() => {
      this.running = this.sequence().then(
        () => {
          this.failing = false;
        },
        (error: unknown) => {
          // Once per outage: what waits is sequenced when the database or the disk is back.
          if (!this.failing)
            this.logger.error({ code: (error as { code?: string }).code }, 'the ledger cannot be written');
          this.failing = true;
        },
      );
      void this.running.then(() => {
        if (!this.stopped) this.schedule(EVERY_MS);
      });
    }, wait);
  }

  private batch(): Promise<number> {
    return this.database.inWorkerTx(async (tx) => {
      if (!(await this.store.lockInTx(tx))) return 0;
      const last = await this.store.findLastHeadInTx(tx);
      const window = await this.store.nextWindowInTx(tx, last, MOST);
      const fresh = await this.store.unsequencedInTx(tx, window);
      if (fresh.length === 0) return 0;
      const rows = chained(last, fresh);
      const head = this.headAfter(last, rows, window.watermark, tx.now);
      await this.store.appendInTx(tx, rows, head, signHead(head, this.keys.signing.privateKey));
      return rows.length;
    });
  }

  private headAfter(last: LedgerHead | undefined, rows: LedgerRow[], txWatermark: string, now: Date): LedgerHead {
    const events = rows.filter(({ source }) => source === 'event');
    const final = rows.at(-1)!;
    return {
      number: (last?.number ?? 0) + 1,
      n: final.n,
      events: (last?.events ?? 0) + events.length,
      accesses: (last?.accesses ?? 0) + rows.length - events.length,
      aggregates: (last?.aggregates ?? 0) + events.filter(({ source_seq }) => source_seq === 1).length,
      chain: final.chain.toString('hex'),
      txWatermark,
      signedAt: now.toISOString(),
      keyId: this.keys.signing.id,
    };
  }

  private async tellWitness(): Promise<void> {
    const { witness } = this;
    if (!witness) return;
    const heads = await this.database.inWorkerTx(async (tx) => {
      witness.noteRestores(await this.store.restoresInTx(tx));
      return this.store.headsAfterInTx(tx, witness.lastNumber());
    });
    witness.append(heads);
    this.witnessToldAt = performance.now();
  }
}

function chained(last: LedgerHead | undefined, fresh: readonly Unsequenced[]): LedgerRow[] {
  let previous: Buffer | null = last ? Buffer.from(last.chain, 'hex') : null;
  let n = last?.n ?? 0;
  return fresh.map((one) => {
    const leaf = leafOf(one.source, one.record);
    n += 1;
    const chain = linkOf(previous, n, leaf);
    previous = chain;
    return { ...one, n, leaf, chain };
  });
}
