import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rateLimited } from '../platform/queue/bull.js';
import { gauge } from '../platform/metrics/figures.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { dropFolder, type DroppedReferral, DropsStore, type Folder } from './drops.store.js';
import { foreignFile } from './foreign-file.js';
import { ReceiptsService } from './receipts.service.js';
import { verifyReceipt } from './signed-receipt.js';
import { Withdrawals } from './withdrawals.js';

const EVERY_MS = 10_000;
const MOST_BYTES = 16_384;
/** Of one folder in one round; where more lie there, the next round goes on behind them. */
const MOST_FILES = 10_000;
const MOST_TOLD = 20;
const RECEIPT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jws$/;

/** What is known of a file: recorded already, or why it is no receipt. */
const RECORDED = 'recorded';

/**
 * Picks up the receipts that recipients put beside what was dropped for them. What is no receipt of theirs for something of
 * ours is reported and left where it is; what goes wrong with one file, or in one folder, holds up no other.
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
  /** By folder and name, of the files that are there: those recorded need no second look, the others no second word. */
  private readonly known = new Map<string, ReadonlyMap<string, string>>();
  private polls = 0;

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
    const looked = new Set<string>();
    for (const folder of await this.drops.folders()) {
      try {
        const { receipts } = dropFolder(folder.endpoint);
        looked.add(receipts);
        for (const name of await this.look(folder, receipts)) foreign.add(join(receipts, name));
      } catch (error) {
        this.complain(error as Error);
      }
    }
    for (const receipts of this.known.keys()) if (!looked.has(receipts)) this.known.delete(receipts);
    this.polls += 1;
    this.foreign.set(foreign.size);
    return [...foreign];
  }

  /** Names of what is no receipt. One question to the database for all there is. */
  private async look(folder: Folder, receipts: string): Promise<string[]> {
    const before = this.known.get(receipts) ?? new Map<string, string>();
    const names = await readdir(receipts).catch(() => [] as string[]);
    const now = new Map(names.flatMap((name) => (before.has(name) ? [[name, before.get(name)!] as const] : [])));
    this.known.set(receipts, now);
    const unsettled = this.turnOf(names.filter((name) => before.get(name) !== RECORDED));
    const ids = unsettled.flatMap((name) => RECEIPT.exec(name)?.[1] ?? []);
    const dropped = await this.drops.dropped(ids, folder.authorityId);
    const foreign: { name: string; problem: string }[] = [];
    for (const name of unsettled) {
      const problem = await this.takeOrComplain(folder, join(receipts, name), dropped);
      if (problem === undefined) continue;
      if (problem !== RECORDED) foreign.push({ name, problem });
      now.set(name, problem);
    }
    // A former folder may be somebody else's by now: only what is awaited there concerns us.
    const ours = foreign.filter(
      ({ problem }) => folder.current || (problem !== 'notAReceipt' && problem !== 'unknownReferral'),
    );
    this.tell(
      folder,
      receipts,
      ours.filter(({ name }) => !before.has(name)),
    );
    return ours.map(({ name }) => name);
  }

  /** As many as are looked at in one round; of more than that, in turn. */
  private turnOf(names: readonly string[]): readonly string[] {
    if (names.length <= MOST_FILES) return names;
    const from = (this.polls * MOST_FILES) % names.length;
    return [...names.slice(from), ...names.slice(0, from)].slice(0, MOST_FILES);
  }

  private tell({ authority }: Folder, receipts: string, foreign: readonly { name: string; problem: string }[]): void {
    for (const { name, problem } of foreign.slice(0, MOST_TOLD))
      this.logger.warn(
        { path: join(receipts, name), authority, problem },
        'a file in a drop folder is no receipt; it is left there',
      );
    if (foreign.length > MOST_TOLD)
      this.logger.warn(
        { path: receipts, authority, more: foreign.length - MOST_TOLD },
        'more files in a drop folder are no receipts; they are left there',
      );
  }

  /** Undefined: it went wrong on our side, and is tried again in the next round. */
  private async takeOrComplain(
    folder: Folder,
    path: string,
    dropped: ReadonlyMap<string, DroppedReferral>,
  ): Promise<string | undefined> {
    try {
      return await this.take(folder, path, dropped);
    } catch (error) {
      this.complain(new Error(`${path}: ${(error as Error).message}`));
      return undefined;
    }
  }

  private async take(folder: Folder, path: string, known: ReadonlyMap<string, DroppedReferral>): Promise<string> {
    const referralId = RECEIPT.exec(basename(path))?.[1];
    if (referralId === undefined) return 'notAReceipt';
    const dropped = known.get(referralId);
    if (!dropped) return 'unknownReferral';
    if (dropped.receipted) return RECORDED;
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
    return RECORDED;
  }
}
