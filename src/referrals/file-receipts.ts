import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rateLimited } from '../platform/queue/bull.js';
import { gauge } from '../platform/metrics/figures.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { dropFolder, DropsStore, type Folder } from './drops.store.js';
import { foreignFile } from './foreign-file.js';
import { ReceiptsService } from './receipts.service.js';
import { verifyReceipt } from './signed-receipt.js';
import { Withdrawals } from './withdrawals.js';

const EVERY_MS = 10_000;
const MOST_BYTES = 16_384;
const RECEIPT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jws$/;

/**
 * Picks up the receipts that recipients put beside what was dropped for them. What is no receipt of theirs for something of
 * ours is reported and left where it is.
 */
@Injectable()
export class FileReceipts implements OnApplicationBootstrap {
  private readonly logger = new Logger('Drop folder');
  private readonly complain = rateLimited((error) =>
    this.logger.warn(`receipts could not be picked up: ${error.message}`),
  );
  private readonly complainOfWithdrawals = rateLimited((error) =>
    this.logger.error(`what must not be picked up any more could not be taken back: ${error.message}`),
  );
  private readonly foreign = gauge(
    'f1_drop_foreign_files',
    'Files in drop folders that are no valid receipt of their recipient.',
  );
  /** Paths that need no second look: recorded already. */
  private readonly settled = new Set<string>();
  private readonly reported = new Set<string>();

  constructor(
    private readonly drops: DropsStore,
    private readonly receipts: ReceiptsService,
    private readonly withdrawals: Withdrawals,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS }, () => this.round(), this.complain);
  }

  /** What must not be picked up any more is taken back first; where that fails, receipts are picked up all the same. */
  async round(): Promise<void> {
    await this.withdrawals.round().catch(this.complainOfWithdrawals);
    await this.poll();
  }

  /** Looks into every drop folder once; gives the paths that are no receipts. */
  async poll(): Promise<string[]> {
    const foreign = new Set<string>();
    for (const folder of await this.drops.folders()) for (const path of await this.look(folder)) foreign.add(path);
    this.foreign.set(foreign.size);
    return [...foreign];
  }

  private async look(folder: Folder): Promise<string[]> {
    const { receipts } = dropFolder(folder.endpoint);
    const foreign: string[] = [];
    for (const name of await readdir(receipts).catch(() => [] as string[])) {
      const path = join(receipts, name);
      if (this.settled.has(path)) continue;
      const problem = await this.take(folder, path, RECEIPT.exec(name)?.[1]);
      if (problem === undefined) {
        this.settled.add(path);
        continue;
      }
      // A former folder may be somebody else's by now: only what is awaited there concerns us.
      if (!folder.current && (problem === 'notAReceipt' || problem === 'unknownReferral')) continue;
      foreign.push(path);
      if (this.reported.has(path)) continue;
      this.reported.add(path);
      this.logger.warn(
        { path, authority: folder.authority, problem },
        'a file in a drop folder is no receipt; it is left there',
      );
    }
    return foreign;
  }

  /** Undefined: recorded, now or before. */
  private async take(folder: Folder, path: string, referralId: string | undefined): Promise<string | undefined> {
    if (referralId === undefined) return 'notAReceipt';
    const dropped = await this.drops.dropped(referralId, folder.authorityId);
    if (!dropped) return 'unknownReferral';
    if (dropped.receipted) return undefined;
    const there = await foreignFile(path, MOST_BYTES);
    if (typeof there === 'string') return there;
    const text = there.toString('utf8');
    const referral = { madeAt: dropped.madeAt, askedAt: dropped.now };
    const terms = { referralId, receipts: { keys: folder.keys, ...dropped, referral } };
    const result = await verifyReceipt(text, terms, new Date());
    if (result.outcome !== 'received') return result.problem;
    await this.receipts.record(
      { ...dropped, channel: 'file', authority: folder.authority, alerts: false },
      result,
      null,
    );
    return undefined;
  }
}
