import { CompactSign, GeneralEncrypt } from 'jose';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { canonical } from '../platform/database/sealing.js';

export interface EncryptionKey {
  readonly id: string;
  readonly keyId: string;
  /** X25519 or P-256: SPKI DER in base64. */
  readonly publicKey: string;
}

export const ENVELOPE_TYPE = 'application/jose+json';

/**
 * The bytes that leave: the canonical JSON of a package signed by us (JWS, Ed25519), and that encrypted (JWE, general JSON,
 * ECDH-ES+A256KW, A256GCM) so that each of these keys opens it. A second call gives other bytes: store what it gives.
 */
export async function envelopeOf(
  text: string,
  signing: { readonly id: string; readonly privateKey: KeyObject },
  keys: readonly EncryptionKey[],
): Promise<string> {
  const signed = await new CompactSign(Buffer.from(text, 'utf8'))
    .setProtectedHeader({ alg: 'EdDSA', kid: signing.id, typ: 'f1-referral' })
    .sign(signing.privateKey);
  const encrypting = new GeneralEncrypt(Buffer.from(signed, 'utf8')).setProtectedHeader({
    enc: 'A256GCM',
    typ: 'f1-envelope',
    cty: 'jose',
  });
  for (const { keyId, publicKey } of keys) {
    encrypting.addRecipient(publicKeyOf(publicKey)).setUnprotectedHeader({ alg: 'ECDH-ES+A256KW', kid: keyId });
  }
  return canonical(await encrypting.encrypt());
}

const MOST_PARSED = 1_000;
const parsed = new Map<string, KeyObject>();

/** From SPKI DER in base64. Throws on anything else. Recipients are few: a key is parsed once. */
export function publicKeyOf(base64: string): KeyObject {
  const known = parsed.get(base64);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(base64, key);
  return key;
}
