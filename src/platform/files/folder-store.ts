import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ByteRange, FileMissing, FileStore, isAddress, type StoredFile } from './file-store.js';
import { clearSpool, spool } from './spool.js';

/** A folder of files by address: `ab/cd/abcd…`. A file appears under its address complete and on the disk, or not at all. */
export class FolderStore extends FileStore {
  constructor(private readonly folder: string) {
    super();
  }

  async put(content: AsyncIterable<Buffer>): Promise<string> {
    const { path, sha256 } = await spool(this.spoolFolder, content);
    const target = this.pathOf(sha256);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(path, target);
    await syncFolder(dirname(target));
    return sha256;
  }

  async read(address: string, { start, end }: ByteRange): Promise<Readable> {
    const path = this.pathOf(address);
    const found = await stat(path).catch(() => undefined);
    if (!found || found.size < end) throw new FileMissing(address);
    return createReadStream(path, { start, end: end - 1 });
  }

  async remove(address: string): Promise<void> {
    await rm(this.pathOf(address), { force: true });
  }

  async *list(): AsyncIterable<StoredFile> {
    const folder = await opendir(this.folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!folder) return;
    for await (const entry of folder) {
      if (!entry.isFile() || !isAddress(entry.name)) continue;
      const found = await stat(this.pathOf(entry.name)).catch(() => undefined);
      if (found) yield { address: entry.name, storedAt: found.mtime };
    }
  }

  clearUnfinished(before: Date): Promise<number> {
    return clearSpool(this.spoolFolder, before);
  }

  /** On the same file system as the files, so that the rename is atomic. */
  private get spoolFolder(): string {
    return join(this.folder, 'unfinished');
  }

  private pathOf(address: string): string {
    if (!isAddress(address)) throw new FileMissing(address);
    return join(this.folder, address.slice(0, 2), address.slice(2, 4), address);
  }
}

/** A rename is on the disk only when its folder is; the folders above it may be new as well. */
async function syncFolder(folder: string): Promise<void> {
  for (const path of [folder, dirname(folder), dirname(dirname(folder))]) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
