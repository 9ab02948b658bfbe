import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Spooled {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Writes a stream to a temporary file and on to the disk, hashing it on the way; a file whose stream fails is removed. */
export async function spool(folder: string, content: AsyncIterable<Buffer>): Promise<Spooled> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomUUID()}.part`);
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
      bytes += chunk.length;
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return { path, sha256: hash.digest('hex'), bytes };
}

/** Removes temporary files that nobody wrote to since `before`, and says how many. */
export async function clearSpool(folder: string, before: Date): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let removed = 0;
  for (const name of names.filter((one) => one.endsWith('.part'))) {
    const path = join(folder, name);
    // Another sweep may have been here first.
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtime >= before) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
