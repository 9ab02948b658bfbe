import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '../database/errors.js';
import type { DataKey } from '../database/sealing.js';
import { decrypted, encrypted, layoutOf, openFileKey } from './file-cipher.js';
import { type ByteRange, FileStore } from './file-store.js';

/** A file of a case as its row describes it. */
export interface FileOfCase {
  readonly storedAs: string;
  /** SHA-256 (hex) of the content as it was sent. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Files under their case's data key: what leaves this process for the store is encrypted, what is erased with the key is gone. */
@Injectable()
export class SealedFiles {
  constructor(private readonly store: FileStore) {}

  /** Encrypts and keeps a stream, in constant memory. Throws `bodyTooLarge` past `most` bytes; nothing is kept then. */
  async put(key: DataKey, content: AsyncIterable<Buffer>, most: number): Promise<FileOfCase> {
    const hash = createHash('sha256');
    let bytes = 0;
    async function* watched(): AsyncGenerator<Buffer> {
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > most) throw new FileTooLarge(most);
        hash.update(chunk);
        yield chunk;
      }
    }
    const storedAs = await this.store.put(encrypted(watched(), key, () => hash.copy().digest()));
    return { storedAs, sha256: hash.digest('hex'), bytes };
  }

  /** The content, or a part of it. Throws FileMissing or FileBroken before the first byte; a later fault ends the stream in error. */
  async open(key: DataKey, file: FileOfCase, part: ByteRange = { start: 0, end: file.bytes }): Promise<Readable> {
    const layout = layoutOf(file.bytes, part.start, part.end);
    const [header, trailer] = await Promise.all(
      [layout.header, layout.trailer].map(async (range) => bytesOf(await this.store.read(file.storedAs, range))),
    );
    const fileKey = openFileKey(key, header!, trailer!, layout.chunks, file.sha256);
    const body = await this.store.read(file.storedAs, layout.body);
    return Readable.from(cut(decrypted(body, fileKey, layout.first), layout.skip, layout.length), {
      objectMode: false,
    });
  }

  remove(storedAs: string): Promise<void> {
    return this.store.remove(storedAs);
  }
}

export class FileTooLarge extends DomainError {
  constructor(most: number) {
    super(
      'bodyTooLarge',
      `The file is larger than ${Math.floor(most / 1024 ** 2)} MiB, the most that is accepted here.`,
      {
        most,
      },
    );
  }
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function* cut(content: AsyncIterable<Buffer>, skip: number, length: number): AsyncGenerator<Buffer> {
  let before = skip;
  let left = length;
  for await (const chunk of content) {
    const wanted = chunk.subarray(Math.min(before, chunk.length)).subarray(0, left);
    before = Math.max(0, before - chunk.length);
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
  }
  if (left > 0) throw new Error('the file ended before its content did');
}
