import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { decrypt, encrypt, SealBroken } from '../keys/aead.js';
import type { KeyProvider } from '../keys/keys.js';

export { SealBroken };

const SALT = 16;

/** A value as the database keeps it, and the hash that a chain may publish without telling what the value is. */
export interface Sealed {
  /** version (1 byte) | iv (12) | tag (16) | AES-256-GCM(salt (16) || canonical JSON). */
  readonly bytes: Buffer;
  /** SHA-256(salt || canonical JSON): the salt lies inside the sealed value, so an erased key keeps the proof and not the guess. */
  readonly contentHash: Buffer;
}

/** The data key of one case: unwrapped in memory, wrapped by the master key at rest. */
export class DataKey {
  private constructor(
    readonly caseId: string,
    private readonly key: Buffer,
  ) {}

  static create(caseId: string): DataKey {
    return new DataKey(caseId, randomBytes(32));
  }

  /**
   * While the master key is being rotated either one may have wrapped it: each opens only its own. Throws SealBroken, and MasterKeyAway
   * when that cannot be told.
   */
  static unwrap(caseId: string, wrapped: Buffer, keys: KeyProvider): DataKey {
    const place = `key:${caseId}`;
    try {
      return new DataKey(caseId, keys.master.unwrap(wrapped, place));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      for (const other of keys.otherMasters()) {
        try {
          return new DataKey(caseId, other.unwrap(wrapped, place));
        } catch (notThisOne) {
          if (!(notThisOne instanceof SealBroken)) throw notThisOne;
        }
      }
      throw error;
    }
  }

  wrap(keys: KeyProvider): Buffer {
    return keys.master.wrap(this.key, `key:${this.caseId}`);
  }

  /** `place` (such as `answer:<id>`) is bound in, so that a sealed value moved to another row does not open. */
  seal(value: unknown, place: string): Sealed {
    const plain = Buffer.concat([randomBytes(SALT), Buffer.from(canonical(value), 'utf8')]);
    return {
      bytes: encrypt(this.key, plain, place),
      contentHash: createHash('sha256').update(plain).digest(),
    };
  }

  /** Throws SealBroken when the value was changed, moved or sealed under another key. */
  open<T>(bytes: Buffer, place: string): T {
    return JSON.parse(decrypt(this.key, bytes, place).subarray(SALT).toString('utf8')) as T;
  }

  /** A key of its own (32 bytes) for one file, so that its chunks may count their nonces from zero. */
  fileKey(salt: Buffer): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, salt, `file:${this.caseId}`, 32));
  }

  /** By which equal texts of this case are found and nothing is read; worthless once the key is destroyed. */
  token(text: string): string {
    const own = Buffer.from(hkdfSync('sha256', this.key, '', `token:${this.caseId}`, 32));
    return createHmac('sha256', own).update(text).digest('base64url');
  }

  /** The hash that `seal` gave for this value, recomputed from what is stored. */
  contentHash(bytes: Buffer, place: string): Buffer {
    return createHash('sha256')
      .update(decrypt(this.key, bytes, place))
      .digest();
  }
}

/** Canonical JSON (RFC 8785). Throws on what JSON cannot carry. */
export function canonical(value: unknown): string {
  const text = (canonicalize as unknown as (input: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
}

export const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** A token by which an equal text can be found and nothing read. */
export const searchToken = (keys: KeyProvider, kind: string, text: string): Buffer =>
  createHmac('sha256', keys.index).update(`${kind}\0${text}`).digest();
