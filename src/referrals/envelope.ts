import {
  createCipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { canonical } from '../platform/database/sealing.js';
import { signedJws } from '../platform/keys/jws.js';

export interface EncryptionKey {
  readonly id: string;
  readonly keyId: string;
  /** X25519 or P-256: SPKI DER in base64. */
  readonly publicKey: string;
}

export const ENVELOPE_TYPE = 'application/jose+json';

const ALGORITHM = 'ECDH-ES+A256KW';
const PROTECTED = Buffer.from(JSON.stringify({ enc: 'A256GCM', typ: 'f1-envelope', cty: 'jose' })).toString(
  'base64url',
);

/**
 * The bytes that leave: the canonical JSON of a package signed by us (JWS, Ed25519), and that encrypted (JWE, general JSON,
 * ECDH-ES+A256KW, A256GCM) so that each of these keys opens it. A second call gives other bytes: store what it gives.
 */
export function envelopeOf(
  text: string,
  signing: { readonly id: string; readonly privateKey: KeyObject },
  keys: readonly EncryptionKey[],
): string {
  const header = { kid: signing.id, typ: 'f1-referral' };
  const signed = Buffer.from(signedJws(Buffer.from(text, 'utf8'), header, signing.privateKey), 'latin1');
  const contentKey = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(PROTECTED, 'latin1'));
  const ciphertext = Buffer.concat([cipher.update(signed), cipher.final()]).toString('base64url');
  return canonical({
    protected: PROTECTED,
    recipients: keys.map((key) => recipientOf(key, contentKey)),
    iv: iv.toString('base64url'),
    ciphertext,
    tag: cipher.getAuthTag().toString('base64url'),
  });
}

/** The content key wrapped for one recipient, under a key agreed with an ephemeral one of ours (RFC 7518, 4.6). */
function recipientOf({ keyId, publicKey }: EncryptionKey, contentKey: Buffer): object {
  const theirs = publicKeyOf(publicKey);
  const ours = theirs.asymmetricKeyType === 'x25519' ? generateKeyPairSync('x25519') : onCurve(theirs);
  const agreed = derived(diffieHellman({ privateKey: ours.privateKey, publicKey: theirs }));
  const wrap = createCipheriv('aes256-wrap', agreed, Buffer.alloc(8, 0xa6));
  const wrapped = Buffer.concat([wrap.update(contentKey), wrap.final()]);
  return {
    header: { alg: ALGORITHM, kid: keyId, epk: ours.publicKey.export({ format: 'jwk' }) },
    encrypted_key: wrapped.toString('base64url'),
  };
}

function onCurve(theirs: KeyObject): { publicKey: KeyObject; privateKey: KeyObject } {
  const namedCurve = theirs.asymmetricKeyDetails?.namedCurve;
  if (namedCurve !== 'prime256v1') throw new TypeError('an encryption key is X25519 or P-256');
  return generateKeyPairSync('ec', { namedCurve });
}

/** One round of the Concat KDF (NIST SP 800-56A) with SHA-256: algorithm, no names of the parties, 256 bits. */
const OTHER_INFO = Buffer.concat([sized(Buffer.from(ALGORITHM, 'latin1')), number(0), number(0), number(256)]);
const derived = (secret: Buffer): Buffer =>
  createHash('sha256').update(number(1)).update(secret).update(OTHER_INFO).digest();

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
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
