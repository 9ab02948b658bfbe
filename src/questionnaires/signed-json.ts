import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { canonical } from '../platform/database/sealing.js';
import { DomainError } from '../platform/database/errors.js';
import type { KeyProvider } from '../platform/keys/keys.js';

/** Over the canonical JSON (RFC 8785) of everything else in the file. */
export interface Signature {
  readonly algorithm: 'Ed25519';
  /** First 16 characters of the SHA-256 (hex) of the public key (SPKI DER). */
  readonly keyId: string;
  /** base64 */
  readonly value: string;
}

/** Signs a file with the installation's key. */
export function signed<T extends object>(
  content: T,
  { id, privateKey }: KeyProvider['signing'],
): T & { signature: Signature } {
  const value = sign(null, Buffer.from(canonical(content), 'utf8'), privateKey).toString('base64');
  return { ...content, signature: { algorithm: 'Ed25519', keyId: id, value } };
}

/** The content without its signature. Throws `notTrusted` when that is not by this key over this content. */
export function trusted(file: unknown, key: KeyObject, name: string): Readonly<Record<string, unknown>> {
  const { signature, ...content } = (file ?? {}) as Readonly<Record<string, unknown>>;
  const { algorithm, keyId, value } = (signature ?? {}) as Partial<Signature>;
  const refused = (why: string) => new DomainError('notTrusted', `${name} is not used: ${why}`);
  if (algorithm !== 'Ed25519' || typeof value !== 'string')
    throw refused('it carries no Ed25519 signature. Ask whoever sent it for the file as it was exported.');
  if (keyId !== idOf(key))
    throw refused(
      `it is signed by the key ${String(keyId)}, and the trusted key is ${idOf(key)}. Compare the two with the sender by another way.`,
    );
  if (!verify(null, Buffer.from(canonical(content), 'utf8'), key, Buffer.from(value, 'base64')))
    throw refused('its content is not what was signed. It was changed on the way; ask for it again.');
  return content;
}

/** An Ed25519 public key from a file: PEM, or what `f1 keys` prints (as lines or as JSON); or from its base64 line itself. */
export function publicKeyFrom(given: string): KeyObject {
  const text = (existsSync(given) ? readFileSync(given, 'utf8') : given).trim();
  try {
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(ED25519.exec(text)?.[0] ?? '', 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below
  }
  throw new DomainError(
    'notTrusted',
    `${given} is no Ed25519 public key: give a PEM file, or a file with what "f1 keys" prints.`,
  );
}

/** SPKI DER of an Ed25519 key in base64, wherever it stands: 12 bytes that are always the same, then 32 of the key. */
const ED25519 = /MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=/;

const idOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
