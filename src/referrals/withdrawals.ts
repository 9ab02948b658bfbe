import { Injectable, Logger } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../platform/database/sealing.js';
import { rateLimited } from '../platform/queue/bull.js';
import { dropFolder, DropsStore, MOST_DROPPED_BYTES, type WithdrawnDrop } from './drops.store.js';
import { foreignFile } from './foreign-file.js';
import { removeUnfinished, type Unfinished, unfinishedIn } from './unfinished-drop.js';

/**
 * Takes back what lies in a drop folder and must not be picked up any more: the referral was recalled, or its recipient has come to be
 * blocked, since it was dropped; or it has arrived otherwise, and the folder is not used any more and may come to be somebody else's. So is what a
 * worker left of it that died while it wrote. What was picked up already is not there; a file that we did not make is left alone. A worker may
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
    const listed = new Map<string, Promise<Unfinished[]>>();
    const unfinished = (out: string): Promise<Unfinished[]> => {
      const list = listed.get(out) ?? unfinishedIn(out);
      listed.set(out, list);
      return list;
    };
    for (const drop of await this.drops.withdrawn())
      await this.take(drop, unfinished, (path) => removed.push(path)).catch((error: NodeJS.ErrnoException) => {
        if (error.syscall === undefined) throw error;
        this.complain(error);
      });
    return removed;
  }

  private async take(
    drop: WithdrawnDrop,
    unfinished: (out: string) => Promise<Unfinished[]>,
    removed: (path: string) => void,
  ): Promise<void> {
    const { referralId, endpoint, name, bodies, arrived, settled } = drop;
    const { out } = dropFolder(endpoint);
    const path = join(out, name);
    const there = await foreignFile(path, MOST_DROPPED_BYTES);
    if (typeof there !== 'string' && bodies.includes(sha256(there).toString('hex'))) {
      await rm(path, { force: true });
      removed(path);
      await this.tell(drop, path);
    }
    for (const left of await unfinished(out))
      if (left.referralId === referralId && (await removeUnfinished(left))) {
        removed(left.path);
        await this.tell(drop, left.path);
      }
    // A folder that is not there may only be away for a moment.
    if (arrived && settled && there !== 'unreadable' && existsSync(out)) await this.drops.noteCleared(drop);
  }

  private async tell({ referralId, authority, arrived }: WithdrawnDrop, path: string): Promise<void> {
    const why = arrived ? 'where it is not awaited any more' : 'before it was taken';
    this.logger.warn({ referral: referralId, authority, path }, `withdrawn from the drop folder ${why}`);
    if (!arrived) await this.drops.noteWithdrawn(referralId);
  }
}
