import { appendFileSync, closeSync, existsSync, fsync, openSync, readFileSync, truncateSync } from 'node:fs';
import { promisify } from 'node:util';

export interface LoggedReceipt {
  readonly id: string;
  readonly bodySha256: string;
  /** Absent from a line of an older receiver. */
  readonly packageSha256?: string;
  readonly receivedAt: string;
  /** The receipt that was signed then and is given again to every duplicate. */
  readonly receipt: string;
}

interface Duplicate {
  readonly duplicateOf: string;
  readonly at: string;
  readonly sameBody: boolean;
  /** Of the package in the copy: after a restore the sender may have put the same one into another envelope. */
  readonly packageSha256: string;
}

const toDisk = promisify(fsync);

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * What arrived, one JSON line each, on disk before it is answered: a restart forgets nothing. What comes while the disk is busy
 * is written together next, so that it is asked to make sure once for all of them.
 */
export class ReceiptLog {
  private readonly byId = new Map<string, LoggedReceipt>();
  private readonly duplicates: Duplicate[] = [];
  private readonly file: number;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  /** A disk that failed once may have lost what it was given: nothing more is believed to be on it. */
  private failed: Error | undefined;

  constructor(path: string) {
    if (existsSync(path)) this.load(path);
    this.file = openSync(path, 'a', 0o600);
  }

  /** The last that came for something else. */
  another(id: string): LoggedReceipt | undefined {
    return [...this.byId.values()].findLast((one) => one.id !== id);
  }

  find(id: string): LoggedReceipt | undefined {
    return this.byId.get(id);
  }

  /** Found from now on; on disk when this resolves. */
  add(receipt: LoggedReceipt): Promise<void> {
    this.byId.set(receipt.id, receipt);
    return this.append(receipt);
  }

  /** On disk when this resolves, and so is then what it repeats. */
  addDuplicate(
    id: string,
    at: string,
    hashes: { readonly bodySha256: string; readonly packageSha256: string },
  ): Promise<void> {
    const sameBody = this.find(id)?.bodySha256 === hashes.bodySha256;
    const duplicate = { duplicateOf: id, at, sameBody, packageSha256: hashes.packageSha256 };
    this.duplicates.push(duplicate);
    return this.append(duplicate);
  }

  /** Everything received, in the order of arrival. */
  list(): Omit<LoggedReceipt, 'receipt'>[] {
    return [...this.byId.values()].map(({ receipt: _, ...said }) => said);
  }

  /** Distinct ids in the order of arrival, and how often the wire repeated one. */
  summary(): { ids: string[]; wireDuplicates: number; changedBodies: number } {
    return {
      ids: [...this.byId.keys()],
      wireDuplicates: this.duplicates.length,
      changedBodies: this.duplicates.filter(({ sameBody }) => !sameBody).length,
    };
  }

  async close(): Promise<void> {
    while (this.writing) await this.writing;
    this.failed ??= new Error('the log is closed');
    closeSync(this.file);
  }

  private append(entry: LoggedReceipt | Duplicate): Promise<void> {
    if (this.failed) return Promise.reject(this.failed);
    return new Promise((resolve, reject) => {
      this.waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject });
      this.writing ??= this.write();
    });
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const together = this.waiting;
      this.waiting = [];
      try {
        if (this.failed) throw this.failed;
        appendFileSync(this.file, together.map(({ line }) => line).join(''));
        await toDisk(this.file);
        for (const { resolve } of together) resolve();
      } catch (error) {
        this.failed = error as Error;
        for (const { reject } of together) reject(this.failed);
      }
    }
    this.writing = undefined;
  }

  /** A line cut off by a crash was never answered, so it never happened. */
  private load(path: string): void {
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    for (const line of whole.split('\n').filter(Boolean)) {
      const entry = JSON.parse(line) as LoggedReceipt | Duplicate;
      if ('duplicateOf' in entry) this.duplicates.push(entry);
      else this.byId.set(entry.id, entry);
    }
  }
}
