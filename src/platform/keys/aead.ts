import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;
const IV = 12;
const TAG = 16;

export class SealBroken extends Error {
  constructor(readonly place: string) {
    super(`the sealed value at ${place} does not open: it was changed, moved, or sealed under another key`);
    this.name = 'SealBroken';
  }
}

/** What a sealed value consists of. */
export interface Sealing {
  /** 12 bytes. */
  readonly iv: Buffer;
  /** 16 bytes. */
  readonly tag: Buffer;
  readonly body: Buffer;
}

/** version (1 byte) | iv (12) | tag (16) | body. */
export const packed = ({ iv, tag, body }: Sealing): Buffer => Buffer.concat([Buffer.of(VERSION), iv, tag, body]);

/** What `packed` put together. Throws SealBroken when these bytes are no such thing. */
export function unpacked(bytes: Buffer, place: string): Sealing {
  if (bytes[0] !== VERSION || bytes.length < 1 + IV + TAG) throw new SealBroken(place);
  return {
    iv: bytes.subarray(1, 1 + IV),
    tag: bytes.subarray(1 + IV, 1 + IV + TAG),
    body: bytes.subarray(1 + IV + TAG),
  };
}

/** A new one for each value, 96 bits by chance. */
export const freshIv = (): Buffer => randomBytes(IV);

/** AES-256-GCM(plain), packed, with the place it belongs to bound in. */
export function encrypt(key: Buffer, plain: Buffer, place: string): Buffer {
  const iv = freshIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(place, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return packed({ iv, tag: cipher.getAuthTag(), body });
}

/** Throws SealBroken when the bytes were changed, moved or sealed under another key. */
export function decrypt(key: Buffer, bytes: Buffer, place: string): Buffer {
  const { iv, tag, body } = unpacked(bytes, place);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv);
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    throw new SealBroken(place);
  }
}
