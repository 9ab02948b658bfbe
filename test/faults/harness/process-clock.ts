import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SECOND = 1000;
/** The library looks into its file so often. */
const SEEN_WITHIN_MS = 15 * SECOND;

/** Where Debian's package faketime puts the library. */
function library(): string {
  const found = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(
      'The fault processClocksJump needs libfaketime, and it is not installed; install the package faketime, or leave the fault out with --without processClocksJump.',
    );
  return found;
}

/** The wall clock of one process, by libfaketime: it may be set wrong while the database keeps the right time. */
export class ProcessClock {
  private ahead = 0;

  constructor(private readonly file: string) {
    this.set(0);
  }

  /** For the process whose clock it is. Its steady clock is left alone, as no setting of the time moves a real one. */
  get environment(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DISABLE_SHM: '1',
    };
  }

  /** So many seconds ahead of the right time; negative: behind. */
  set(seconds: number): void {
    this.ahead = seconds;
    writeFileSync(`${this.file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${this.file}.new`, this.file);
  }

  /** Waits until the process at that address says that time itself. Throws when it does not. */
  async seenAt(address: string): Promise<void> {
    const until = Date.now() + SEEN_WITHIN_MS;
    for (;;) {
      const said = await dateAt(address);
      if (said !== undefined && Math.abs(said - (Date.now() + this.ahead * SECOND)) < 60 * SECOND) return;
      if (Date.now() > until) throw new Error(`the process at ${address} does not follow its clock`);
      await pause(100);
    }
  }
}

/** Each answer says the time of the process that gave it. */
const dateAt = (address: string): Promise<number | undefined> =>
  fetch(`${address}/health/live`, { signal: AbortSignal.timeout(3 * SECOND) }).then(
    ({ headers }) => Date.parse(headers.get('date') ?? ''),
    () => undefined,
  );
