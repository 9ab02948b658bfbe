import { compactVerify, errors, generalDecrypt, type GeneralJWE } from 'jose';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';

export interface OpeningKeys {
  /** Opens what is encrypted to the receiver; several while it changes them. */
  readonly own: readonly KeyObject[];
  /** Ed25519 key of whoever signed what is inside. */
  readonly sender: KeyObject;
}

export type Opened =
  | {
      readonly ok: true;
      readonly referral: Readonly<Record<string, unknown>>;
      /** Of what was signed, whatever envelope it came in. */
      readonly packageSha256: string;
    }
  | { readonly ok: false; readonly why: string };

/**
 * How a recipient opens what it was sent: decrypt (JWE), check the sender's signature (JWS), check that it is the referral it
 * was announced as, and hold every part against the manifest.
 */
export async function openEnvelope(text: string, id: string, { own, sender }: OpeningKeys): Promise<Opened> {
  const signed = await decrypted(text, own);
  if (signed === undefined) return { ok: false, why: 'no key of this receiver opens it' };
  let referral: Record<string, unknown>;
  let packageSha256: string;
  try {
    const { payload } = await compactVerify(signed, sender, { algorithms: ['EdDSA', 'Ed25519'] });
    referral = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>;
    packageSha256 = createHash('sha256').update(payload).digest('hex');
  } catch (error) {
    const foreign = error instanceof errors.JWSSignatureVerificationFailed;
    return { ok: false, why: foreign ? 'the sender did not sign it' : 'it holds no signed referral' };
  }
  if (referral['referralId'] !== id) return { ok: false, why: 'it holds another referral than it says' };
  const broken = partsThatDiffer(referral);
  return broken.length === 0
    ? { ok: true, referral, packageSha256 }
    : { ok: false, why: `the manifest does not fit: ${broken.join(', ')}` };
}

async function decrypted(text: string, own: readonly KeyObject[]): Promise<string | undefined> {
  let jwe: GeneralJWE;
  try {
    jwe = JSON.parse(text) as GeneralJWE;
  } catch {
    return undefined;
  }
  for (const key of own) {
    try {
      const { plaintext } = await generalDecrypt(jwe, key, {
        keyManagementAlgorithms: ['ECDH-ES+A256KW'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return Buffer.from(plaintext).toString('utf8');
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return undefined;
}

/** Names in the manifest whose part is missing or has another hash; an absent manifest counts as one. */
function partsThatDiffer(referral: Readonly<Record<string, unknown>>): string[] {
  const manifest = referral['manifest'] as { parts?: Record<string, unknown> } | undefined;
  if (typeof manifest?.parts !== 'object' || manifest.parts === null) return ['manifest'];
  return Object.entries(manifest.parts)
    .filter(([name, hash]) => hash !== hashOf(referral[name]))
    .map(([name]) => name);
}

function hashOf(part: unknown): string | undefined {
  const text = (canonicalize as unknown as (value: unknown) => string | undefined)(part);
  return text === undefined ? undefined : createHash('sha256').update(text, 'utf8').digest('hex');
}

/** SPKI DER in base64, as settings and printed lines carry a key. */
export const publicHalf = (privateKey: KeyObject): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
