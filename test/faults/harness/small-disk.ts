import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const MB = 1024 * 1024;
/** Free after each emptying: enough for what a turn writes, little enough to be filled in a moment. */
const ROOM = 192 * MB;
/** The name of a mount tells whose it is, so that what a killed run left behind is known as such. */
const NAME = /^f1-faults-(\d+) (\S+) tmpfs /;

/** A file system of its own in memory (tmpfs) that can be filled to the last byte and emptied again. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Mounts it there. Throws with one sentence where this account may not. */
  static mount(folder: string): SmallDisk {
    unmountLeftOver();
    mkdirSync(folder, { recursive: true });
    try {
      run('mount', '-t', 'tmpfs', '-o', `size=${4 * ROOM},mode=0755`, `f1-faults-${process.pid}`, folder);
    } catch (error) {
      rmdirSync(folder);
      throw new Error(
        `The fault diskFull needs a file system of its own, and mounting one is not permitted here (${(error as Error).message.trim()}); run this as root, or leave the fault out with --without diskFull.`,
        { cause: error },
      );
    }
    return new SmallDisk(folder);
  }

  /** A folder on it, for that account. */
  folderFor(name: string, owner: { readonly uid: number; readonly gid: number }): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, owner.uid, owner.gid);
    return folder;
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.ballast, 'a', 0o600);
    try {
      for (const size of [MB, 4096]) write(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back, and as much as there was at first. */
  empty(): void {
    rmSync(this.ballast, { force: true });
    const { blocks, bavail, bsize } = statfsSync(this.folder);
    if (bavail * bsize < ROOM) run('mount', '-o', `remount,size=${blocks * bsize + ROOM}`, this.folder);
  }

  unmount(): void {
    run('umount', '-l', this.folder);
    rmdirSync(this.folder);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}

/** Writes until there is no room for one more. */
function write(file: number, block: Buffer): void {
  for (;;) {
    try {
      writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}

/** What a run that was killed could not unmount. */
function unmountLeftOver(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [, pid, folder] = NAME.exec(line) ?? [];
    if (pid !== undefined && folder !== undefined && !existsSync(`/proc/${pid}`)) run('umount', '-l', folder);
  }
}

const run = (program: string, ...args: string[]): void =>
  void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Who owns what lies there. */
export function ownerOf(path: string): { readonly uid: number; readonly gid: number } {
  const { uid, gid } = statSync(path);
  return { uid, gid };
}
