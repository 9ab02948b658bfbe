import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Standard Webhooks: a message older or newer than this may be a replay. */
const TOLERANCE_S = 5 * 60;

export type Verdict = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly why: string };

/** Checks id, time and Ed25519 signature (`v1a`) of a webhook over the body exactly as received. */
export function verifyWebhook(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
  sender: KeyObject,
  nowSeconds: number,
): Verdict {
  const id = one(headers['webhook-id']);
  const timestamp = one(headers['webhook-timestamp']);
  const signatures = one(headers['webhook-signature']);
  if (!id || !timestamp || !signatures)
    return { ok: false, why: 'missing webhook-id, webhook-timestamp or webhook-signature' };
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE_S) {
    return { ok: false, why: 'webhook-timestamp is too far from now' };
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'utf8'), body]);
  const valid = signatures.split(' ').some((entry) => {
    const [version, signature] = entry.split(',', 2);
    return version === 'v1a' && verify(null, signed, sender, Buffer.from(signature ?? '', 'base64'));
  });
  return valid ? { ok: true, id } : { ok: false, why: 'no signature in webhook-signature is valid' };
}

/** The sender's public key as the sender prints it: SPKI DER in base64. */
export const senderKey = (base64: string): KeyObject =>
  createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
