import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { FileStore } from '../platform/files/file-store.js';
import { DocumentStore } from './document.store.js';

export interface Sweep {
  readonly files: number;
  readonly orphans: number;
  readonly unfinished: number;
}

const DAY = 24 * 60 * 60 * 1000;
const BATCH = 500;

/** Files that an upload stored but whose row never committed, because the process died between the two. */
@Injectable()
export class OrphanFiles {
  constructor(
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly store: DocumentStore,
  ) {}

  /** Removes files that no row names, and unfinished uploads. `olderThan` must exceed any upload: younger ones may still get their row. */
  async sweep(olderThan = DAY): Promise<Sweep> {
    const before = new Date(Date.now() - olderThan);
    let files = 0;
    let orphans = 0;
    let batch: string[] = [];
    const remove = async (): Promise<void> => {
      const named = await this.database.inWorkerTx((tx) => this.store.namedInTx(tx, batch));
      for (const address of batch.filter((one) => !named.has(one))) {
        await this.files.remove(address);
        orphans += 1;
      }
      batch = [];
    };
    for await (const { address, storedAt } of this.files.list()) {
      files += 1;
      if (storedAt < before) batch.push(address);
      if (batch.length >= BATCH) await remove();
    }
    if (batch.length > 0) await remove();
    return { files, orphans, unfinished: await this.files.clearUnfinished(before) };
  }
}
