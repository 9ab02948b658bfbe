import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';

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
}

/** What arrived, one JSON line each, on disk before it is answered: a restart forgets nothing. */
export class ReceiptLog {
  private readonly byId = new Map<string, LoggedReceipt>();
  private readonly duplicates: Duplicate[] = [];
  private readonly file: number;

  constructor(path: string) {
    if (existsSync(path)) this.load(path);
    this.file = openSync(path, 'a', 0o600);
  }

  find(id: string): LoggedReceipt | undefined {
    return this.byId.get(id);
  }

  add(receipt: LoggedReceipt): void {
    this.append(receipt);
    this.byId.set(receipt.id, receipt);
  }

  addDuplicate(id: string, at: string, sameBody: boolean): void {
    const duplicate = { duplicateOf: id, at, sameBody };
    this.append(duplicate);
    this.duplicates.push(duplicate);
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

  close(): void {
    closeSync(this.file);
  }

  private append(entry: LoggedReceipt | Duplicate): void {
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.file);
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
