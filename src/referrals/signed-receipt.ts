import { CompactSign, compactVerify, errors } from 'jose';
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { DeliveryOutcome, Parcel, ReceiptClaim } from './delivery-channel.js';

/** A receipt as a JWS (EdDSA) over referral id, body hash and time. */
export const signReceipt = (claim: ReceiptClaim, privateKey: KeyObject): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claim), 'utf8')).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);

/** A clock abroad may run ahead of ours by so much. */
const CLOCK_SKEW_MS = 10 * 60_000;

/** Accepts a receipt only when this recipient signed it over exactly this parcel; everything else is a failed attempt. */
export async function verifyReceipt(jws: string, parcel: Parcel, now: Date): Promise<DeliveryOutcome> {
  let claim: Partial<ReceiptClaim>;
  try {
    const key = createPublicKey({
      key: Buffer.from(parcel.receiptPublicKey ?? '', 'base64'),
      format: 'der',
      type: 'spki',
    });
    const { payload } = await compactVerify(jws.trim(), key, { algorithms: ['EdDSA', 'Ed25519'] });
    claim = JSON.parse(Buffer.from(payload).toString('utf8')) as Partial<ReceiptClaim>;
  } catch (error) {
    const signed = error instanceof errors.JWSSignatureVerificationFailed;
    return { outcome: 'badReceipt', problem: signed ? 'wrongSignature' : 'unsignedReceipt' };
  }
  const receivedAt = new Date(String(claim?.receivedAt));
  const fits =
    claim?.referralId === parcel.referralId &&
    claim.bodySha256 === parcel.bodySha256 &&
    receivedAt.getTime() <= now.getTime() + CLOCK_SKEW_MS;
  return fits
    ? { outcome: 'received', receivedAt, proof: jws.trim() }
    : { outcome: 'badReceipt', problem: 'wrongReceipt' };
}
