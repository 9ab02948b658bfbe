import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Those of the first release did not name their referral. */
const UNFINISHED = /^\.(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.)?[0-9a-f]{16}\.part$/;

/** What a file is called while it is written: known by its referral, and each attempt's own, so that no two write into one. */
export const unfinishedName = (referralId: string): string => `.${referralId}.${randomBytes(8).toString('hex')}.part`;

export interface Unfinished {
  readonly path: string;
  readonly referralId: string | undefined;
}

/** What bears such a name in `out`; a folder that is not there holds none. */
export async function unfinishedIn(out: string): Promise<Unfinished[]> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    throw error;
  });
  return names.flatMap((name) => {
    const form = UNFINISHED.exec(name);
    return form ? [{ path: join(out, name), referralId: form[1] }] : [];
  });
}

/** Whether it was a file, written to last at least so long ago, and is removed. Its writer, if there still is one, then has nothing to name. */
export async function removeUnfinished({ path }: Unfinished, idleMs = 0): Promise<boolean> {
  const about = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!about?.isFile() || (idleMs > 0 && Date.now() - about.mtimeMs < idleMs)) return false;
  await rm(path, { force: true });
  return true;
}
