import { isISO8601, isRFC3339 } from 'class-validator';
import { CompactSign, compactVerify, errors } from 'jose';
import type { KeyObject } from 'node:crypto';
import type { DeliveryProblem, Parcel, Received, ReceiptClaim, ReceiptTerms, ReferralAge } from './delivery-channel.js';
import { publicKeyOf } from './envelope.js';

/** A receipt as a JWS (EdDSA) over referral id, body hash and time, and whatever else it says. */
export const signReceipt = (
  claim: ReceiptClaim & Readonly<Record<string, unknown>>,
  privateKey: KeyObject,
): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claim), 'utf8')).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);

/** A clock abroad may run ahead of ours, or behind it, by so much. House rule. */
export const CLOCK_SKEW_MS = 10 * 60_000;
/** The same in SQL. */
export const CLOCK_SKEW = `interval '${CLOCK_SKEW_MS} milliseconds'`;

/** A receipt that is older proves nothing of now: it is asked for anew. House rule. */
const OLDEST_RECEIPT_MS = 366 * 24 * 3_600_000;

/** The instant that a text names by RFC 3339, which other clocks and PostgreSQL read alike; undefined for any other text. */
export function instantIn(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !isRFC3339(text) || !isISO8601(text, { strict: true })) return undefined;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

type BadReceipt = {
  readonly outcome: 'badReceipt';
  readonly problem: Extract<
    DeliveryProblem,
    'unsignedReceipt' | 'wrongSignature' | 'wrongReceipt' | 'receiptBeforeReferral'
  >;
};

/**
 * Accepts a receipt only when this recipient signed it over exactly what it was sent, or over the very package in another envelope;
 * everything else is a failed attempt.
 */
export async function verifyReceipt(
  jws: string,
  { referralId, receipts }: Pick<Parcel, 'referralId' | 'receipts'>,
  now: Date,
): Promise<Received | BadReceipt> {
  const proof = jws.trim();
  const claim = await verifiedClaim<ReceiptClaim>(proof, receipts.keys);
  if (typeof claim === 'string') return { outcome: 'badReceipt', problem: claim };
  const receivedAt = instantIn(claim.receivedAt);
  const bodySha256 = receipts.bodies.find((body) => body === claim.bodySha256) ?? packageIn(claim, receipts);
  const age = receivedAt ? now.getTime() - receivedAt.getTime() : NaN;
  const fits = claim.referralId === referralId && age >= -CLOCK_SKEW_MS && age <= OLDEST_RECEIPT_MS;
  if (!receivedAt || !fits || bodySha256 === undefined) return { outcome: 'badReceipt', problem: 'wrongReceipt' };
  if (isBefore(receivedAt, receipts.referral, now)) return { outcome: 'badReceipt', problem: 'receiptBeforeReferral' };
  return { outcome: 'received', receivedAt, bodySha256, proof };
}

/**
 * Nothing is received before it was made. Where the clocks of this process and of the database differ, either may be the wrong one:
 * a receipt counts that is no older than the referral by one of them.
 */
function isBefore(receivedAt: Date, { madeAt, askedAt }: ReferralAge, now: Date): boolean {
  const age = Math.max(0, askedAt.getTime() - madeAt.getTime());
  return receivedAt.getTime() < Math.min(madeAt.getTime(), now.getTime() - age) - CLOCK_SKEW_MS;
}

const packageIn = ({ packageSha256 }: Partial<ReceiptClaim>, terms: ReceiptTerms): string | undefined =>
  packageSha256 === terms.packageSha256 ? packageSha256 : undefined;

/** What one of these keys signed, or why it is not that: no signature at all, or somebody else's. */
export async function verifiedClaim<T>(
  jws: string,
  keys: readonly string[],
): Promise<Partial<T> | 'unsignedReceipt' | 'wrongSignature'> {
  let refused: 'unsignedReceipt' | 'wrongSignature' = 'unsignedReceipt';
  for (const key of keys) {
    try {
      const { payload } = await compactVerify(jws, publicKeyOf(key), { algorithms: ['EdDSA', 'Ed25519'] });
      const claim = JSON.parse(Buffer.from(payload).toString('utf8')) as unknown;
      if (typeof claim === 'object' && claim !== null) return claim;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) refused = 'wrongSignature';
    }
  }
  return refused;
}
