import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { rateLimited } from '../platform/queue/bull.js';
import { inRounds } from '../platform/queue/rounds.js';
import { Stopping } from '../platform/queue/stopping.js';
import { LEASE_MS } from './delivery.service.js';
import { dropFolder, DropsStore } from './drops.store.js';
import { removeUnfinished, unfinishedIn } from './unfinished-drop.js';

const EVERY_MS = 60_000;

/**
 * Removes what a worker left that died while it wrote into a drop folder: a whole package may lie there, and nobody waits for it.
 * Also where nothing is dropped any more. In rounds of its own: a folder that does not answer holds up no receipt.
 */
@Injectable()
export class UnfinishedDrops implements OnApplicationBootstrap {
  private readonly logger = new Logger('Drop folder');
  private readonly complain = rateLimited((error) =>
    this.logger.error(`an unfinished file could not be removed from a drop folder: ${error.message}`),
  );

  constructor(
    private readonly drops: DropsStore,
    private readonly stopping: Stopping,
  ) {}

  onApplicationBootstrap(): void {
    inRounds(this.stopping, { everyMs: EVERY_MS }, () => this.round(), this.complain);
  }

  /** Looks into every folder once, and gives the paths that were removed. */
  async round(): Promise<string[]> {
    const removed: string[] = [];
    for (const endpoint of await this.drops.everUsed()) {
      try {
        for (const left of await unfinishedIn(dropFolder(endpoint).out))
          if (await removeUnfinished(left, LEASE_MS)) {
            this.logger.warn({ referral: left.referralId, path: left.path }, 'unfinished in a drop folder, removed');
            removed.push(left.path);
          }
      } catch (error) {
        this.complain(error as Error);
      }
    }
    return removed;
  }
}
