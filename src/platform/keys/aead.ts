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

/** version (1 byte) | iv (12) | tag (16) | AES-256-GCM(plain), with the place it belongs to bound in. */
export function encrypt(key: Buffer, plain: Buffer, place: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(place, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
}

/** Throws SealBroken when the bytes were changed, moved or sealed under another key. */
export function decrypt(key: Buffer, bytes: Buffer, place: string): Buffer {
  try {
    if (bytes[0] !== VERSION) throw new SealBroken(place);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + IV));
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(bytes.subarray(1 + IV, 1 + IV + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(1 + IV + TAG)), decipher.final()]);
  } catch {
    throw new SealBroken(place);
  }
}
