import { constants, type FileHandle, open } from 'node:fs/promises';

/** Why a file is not read. `notAFile`: a link, pipe, device or folder. */
export type NotRead = 'missing' | 'notAFile' | 'tooLong' | 'unreadable';

/**
 * The bytes of a file in a folder that somebody else may write to. Follows no link, waits for no pipe, and takes no more than `most`
 * bytes into memory: what one recipient puts there must hold up nobody else.
 */
export async function foreignFile(path: string, most: number): Promise<Buffer | NotRead> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const about = await file.stat();
    if (!about.isFile()) return 'notAFile';
    return about.size > most ? 'tooLong' : await beginningOf(file, about.size);
  } catch (error) {
    return reasonOf(error as NodeJS.ErrnoException);
  } finally {
    await file?.close();
  }
}

/** As much as there was when it was looked at: it may grow while it is read. */
async function beginningOf(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await file.read(bytes, read, size - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

/** What the operating system refuses is the file's; anything else is our mistake, and thrown. */
function reasonOf(error: NodeJS.ErrnoException): NotRead {
  if (error.syscall === undefined) throw error;
  if (error.code === 'ENOENT') return 'missing';
  return error.code === 'ELOOP' || error.code === 'ENXIO' ? 'notAFile' : 'unreadable';
}
