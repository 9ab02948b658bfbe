import { Injectable, Logger } from '@nestjs/common';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../platform/database/sealing.js';
import { rateLimited } from '../platform/queue/bull.js';
import { dropFolder, DropsStore, MOST_DROPPED_BYTES, type WithdrawnDrop } from './drops.store.js';
import { foreignFile } from './foreign-file.js';

/**
 * Takes back what lies in a drop folder and must not be picked up any more: the referral was recalled, or its recipient has come to be
 * blocked, since it was dropped. What was picked up already is not there; a file that we did not make is left alone. A worker may
 * still be about to drop what was noted, so each is looked for in every round.
 */
@Injectable()
export class Withdrawals {
  private readonly logger = new Logger('Drop folder');
  private readonly complain = rateLimited((error) =>
    this.logger.error(`a file could not be taken back from a drop folder: ${error.message}`),
  );

  constructor(private readonly drops: DropsStore) {}

  /** Looks at each such file once, and gives the paths that were removed. One that cannot be removed keeps no other one there. */
  async round(): Promise<string[]> {
    const removed: string[] = [];
    for (const drop of await this.drops.withdrawn()) {
      const path = await this.take(drop).catch((error: NodeJS.ErrnoException) => {
        if (error.syscall === undefined) throw error;
        this.complain(error);
      });
      if (path !== undefined) removed.push(path);
    }
    return removed;
  }

  private async take({ referralId, authority, endpoint, name, bodies }: WithdrawnDrop): Promise<string | undefined> {
    const path = join(dropFolder(endpoint).out, name);
    const there = await foreignFile(path, MOST_DROPPED_BYTES);
    if (typeof there === 'string' || !bodies.includes(sha256(there).toString('hex'))) return undefined;
    await rm(path, { force: true });
    this.logger.warn({ referral: referralId, authority, path }, 'withdrawn from the drop folder before it was taken');
    await this.drops.noteWithdrawn(referralId);
    return path;
  }
}
