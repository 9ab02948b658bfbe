import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/** Replaces a file as a whole: a reader, or a crash, sees the old text or the new one. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode, flag: 'wx' });
  await rename(draft, path);
}

/** Moves a finished folder to its name; when another process was first, drops ours and says false. */
export async function renameOrDiscard(finished: string, name: string): Promise<boolean> {
  try {
    await rename(finished, name);
    return true;
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await rm(finished, { recursive: true, force: true });
    return false;
  }
}

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
