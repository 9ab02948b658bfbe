import { Injectable } from '@nestjs/common';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../platform/database/sealing.js';
import type { DeliveryChannel, DeliveryOutcome, Parcel } from './delivery-channel.js';
import { dropFolder, DropsStore, MOST_DROPPED_BYTES } from './drops.store.js';
import { foreignFile } from './foreign-file.js';
import { unfinishedName } from './unfinished-drop.js';

/**
 * Puts a referral where its recipient picks it up: whole or not at all, on disk before it has its name. It has arrived when
 * the recipient's receipt file is there, and not before. A file of that name that we never made is left alone.
 */
@Injectable()
export class FileChannel implements DeliveryChannel {
  constructor(private readonly drops: DropsStore) {}

  async deliver({ referralId, endpoint, body, encrypted, receipts: { bodies } }: Parcel): Promise<DeliveryOutcome> {
    if (!endpoint?.startsWith('file:')) return { outcome: 'refused', problem: 'authorityDisabled' };
    const { out, receipts } = dropFolder(endpoint);
    const bytes = Buffer.from(body, 'utf8');
    try {
      for (const folder of [out, receipts]) await mkdir(folder, { recursive: true, mode: 0o770 });
      const name = `${referralId}.${encrypted ? 'jwe' : 'json'}`;
      const target = join(out, name);
      const there = await foreignFile(target, MOST_DROPPED_BYTES);
      if (there === 'unreadable') return { outcome: 'unreachable', problem: 'dropFolder' };
      if (there !== 'missing' && (typeof there === 'string' || !bodies.includes(sha256(there).toString('hex'))))
        return { outcome: 'refused', problem: 'foreignFile' };
      await this.drops.note({ referralId, endpoint, name });
      if (there === 'missing' || !there.equals(bytes))
        await write(out, join(out, unfinishedName(referralId)), target, bytes);
      return { outcome: 'waiting', problem: 'awaitingReceipt' };
    } catch (error) {
      // Whatever the operating system refuses (no folder, no right, no room) is the folder's; anything else is our mistake.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      return { outcome: 'unreachable', problem: 'dropFolder' };
    }
  }
}

/** Nobody sees half a file: it gets its name when all of it is on disk. Two writers at once bring the same bytes. */
async function write(folder: string, unfinished: string, target: string, bytes: Buffer): Promise<void> {
  try {
    const file = await open(unfinished, 'wx', 0o640);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, target);
    const directory = await open(folder, 'r');
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
