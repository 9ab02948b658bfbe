import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataKey } from '../database/sealing.js';

/*
 * An encrypted file: header | chunk 0 | … | chunk n-1 | trailer.
 * header: "F1F" and the version (4 bytes), salt of the file's own key (32 bytes).
 * chunk: AES-256-GCM of 64 KiB (the last one of the rest) and its tag; nonce: position, and whether it is the trailer.
 * trailer: the same of the SHA-256 of the whole content. It ties the file to what the database says of it, and it is read
 * first, so that a file cut short, put together anew or exchanged for another is refused before its first byte is given out.
 */
const MAGIC = Buffer.from('F1F\x01', 'latin1');
const SALT = 32;
const TAG = 16;
const CHUNK = 64 * 1024;

export const HEADER_BYTES = MAGIC.length + SALT;
export const TRAILER_BYTES = 32 + TAG;

export class FileBroken extends Error {
  constructor() {
    super('the file does not open: it was changed, cut, exchanged, or encrypted under another key');
    this.name = 'FileBroken';
  }
}

/** Encrypts a stream in constant memory; `sha256` is asked for the hash of all of it once it has ended. */
export async function* encrypted(
  content: AsyncIterable<Buffer>,
  key: DataKey,
  sha256: () => Buffer,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT);
  const fileKey = key.fileKey(salt);
  yield Buffer.concat([MAGIC, salt]);
  let position = 0;
  for await (const chunk of inPieces(content, CHUNK)) {
    yield* sealed(fileKey, nonce(position, false), chunk);
    position += 1;
  }
  yield* sealed(fileKey, nonce(position, true), sha256());
}

/** Where in the encrypted file the parts lie that hold `start` up to and without `end` of `bytes` bytes of content. */
export function layoutOf(bytes: number, start: number, end: number) {
  const chunks = Math.ceil(bytes / CHUNK);
  const first = Math.floor(start / CHUNK);
  const last = Math.ceil(end / CHUNK);
  const offset = (chunk: number): number =>
    HEADER_BYTES + Math.min(chunk * CHUNK, bytes) + Math.min(chunk, chunks) * TAG;
  return {
    chunks,
    first,
    header: { start: 0, end: HEADER_BYTES },
    body: { start: offset(first), end: offset(last) },
    trailer: { start: offset(chunks), end: offset(chunks) + TRAILER_BYTES },
    /** Bytes of the first chunk before `start`. */
    skip: start - first * CHUNK,
    length: end - start,
  };
}

/** The file's own key, once header and trailer prove that its content has this hash. Throws FileBroken. */
export function openFileKey(key: DataKey, header: Buffer, trailer: Buffer, chunks: number, sha256: string): Buffer {
  if (header.length !== HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) throw new FileBroken();
  const fileKey = key.fileKey(header.subarray(MAGIC.length));
  if (opened(fileKey, nonce(chunks, true), trailer).toString('hex') !== sha256) throw new FileBroken();
  return fileKey;
}

/** Decrypts chunks from position `first` on, in constant memory. Throws FileBroken. */
export async function* decrypted(body: AsyncIterable<Buffer>, fileKey: Buffer, first: number): AsyncGenerator<Buffer> {
  let position = first;
  for await (const chunk of inPieces(body, CHUNK + TAG)) {
    yield opened(fileKey, nonce(position, false), chunk);
    position += 1;
  }
}

function nonce(position: number, trailer: boolean): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(position, 7);
  iv[11] = trailer ? 1 : 0;
  return iv;
}

function* sealed(fileKey: Buffer, iv: Buffer, plain: Buffer): Generator<Buffer> {
  const cipher = createCipheriv('aes-256-gcm', fileKey, iv);
  yield cipher.update(plain);
  cipher.final();
  yield cipher.getAuthTag();
}

function opened(fileKey: Buffer, iv: Buffer, bytes: Buffer): Buffer {
  if (bytes.length < TAG) throw new FileBroken();
  const decipher = createDecipheriv('aes-256-gcm', fileKey, iv);
  decipher.setAuthTag(bytes.subarray(-TAG));
  const plain = decipher.update(bytes.subarray(0, -TAG));
  try {
    decipher.final();
  } catch {
    throw new FileBroken();
  }
  return plain;
}

/** The same bytes in pieces of one size; the last may be smaller, and there is none when there are no bytes. */
async function* inPieces(content: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const part of content) {
    held.push(part);
    bytes += part.length;
    if (bytes < size) continue;
    const all = Buffer.concat(held);
    let from = 0;
    for (; bytes - from >= size; from += size) yield all.subarray(from, from + size);
    held = [all.subarray(from)];
    bytes -= from;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
