import type { Readable } from 'node:stream';

/** Part of a file: from `start` up to and without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredFile {
  /** SHA-256 (hex) of the bytes kept, which are always encrypted. */
  readonly address: string;
  readonly storedAt: Date;
}

/** Where encrypted files lie, each under the hash of its own bytes: a file is never overwritten, and a changed one is noticed. */
export abstract class FileStore {
  /** Keeps the content and answers its address; once it resolves, the file survives a crash. */
  abstract put(content: AsyncIterable<Buffer>): Promise<string>;

  /** Throws FileMissing. */
  abstract read(address: string, range: ByteRange): Promise<Readable>;

  /** Removes the file if it is there. */
  abstract remove(address: string): Promise<void>;

  abstract list(): AsyncIterable<StoredFile>;

  /** Removes what uploads that never ended have left behind before this moment. */
  abstract clearUnfinished(before: Date): Promise<number>;
}

export class FileMissing extends Error {
  constructor(readonly address: string) {
    super(`the file store has no file ${address}`);
    this.name = 'FileMissing';
  }
}

export const isAddress = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
