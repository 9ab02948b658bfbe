import type { KeyObject } from 'node:crypto';
import type { SigningKey } from '../platform/keys/signing-key.js';
import type { Channel, ReceiptClaim } from './delivery-channel.js';
import type { Difference } from './difference.js';
import { CLOCK_SKEW, instantIn, verifiedClaim } from './signed-receipt.js';

/** Which receipts are looked at: those recorded since then, and these; left out, all. */
export interface ReceiptsToProve {
  readonly since: Date;
  readonly ids: readonly string[];
}

interface Recorded {
  readonly id: string;
  readonly kind: Difference['kind'];
  readonly causeId: string | null;
  readonly authority: string;
  readonly channel: Channel;
  readonly proof: string;
  readonly bodySha256: string;
  readonly packageSha256: string;
  readonly receivedAt: Date;
  readonly recordedAt: Date;
  readonly keys: string[];
  readonly posted: boolean;
}

type Ask = <T extends object>(sql: string, values: unknown[]) => Promise<T[]>;

const AT_ONCE = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Its keys as they were when the receipt was recorded: a key that was replaced or revoked later proved it all the same. */
const RECEIPTS = `
  SELECT p.referral_id AS id, o.kind, o.cause_id AS "causeId", a.code AS authority, p.channel, p.proof, p.body_sha256 AS "bodySha256",
    r.body_sha256 AS "packageSha256", p.received_at AS "receivedAt", p.recorded_at AS "recordedAt",
    array_remove(ARRAY[a.receipt_public_key], NULL)
      || ARRAY(SELECT f.public_key FROM former_receipt_key f WHERE f.authority_id = a.id AND f.until > p.recorded_at - ${CLOCK_SKEW})
      || ARRAY(SELECT y.public_key FROM authority_key y WHERE y.authority_id = a.id AND y.purpose = 'receipt'
        AND y.valid_from <= p.recorded_at + ${CLOCK_SKEW} AND coalesce(least(y.valid_until, y.revoked_at), 'infinity') > p.recorded_at - ${CLOCK_SKEW}) AS keys,
    EXISTS (SELECT FROM postal_delivery d JOIN event e ON e.aggregate_id = d.referral_id AND e.at = d.recorded_at
        AND e.type = 'RECORD_RECEIPT' AND e.actor_id = d.recorded_by
      WHERE d.referral_id = p.referral_id AND d.recorded_at = p.recorded_at) AS posted
  FROM receipt p JOIN referral r ON r.id = p.referral_id JOIN obligation o ON o.id = p.referral_id JOIN authority a ON a.id = r.authority_id
  WHERE p.referral_id > $1 AND ($2::timestamptz IS NULL OR p.recorded_at >= $2 OR p.referral_id = ANY ($3::uuid[]))
  ORDER BY p.referral_id LIMIT ${AT_ONCE}`;

/**
 * The receipts that nobody signed who could: the recipient with a key of its own of that time, over this referral, these bytes and
 * this time; for an inbox or a letter the installation, and for a letter a person recorded it besides.
 */
export async function unprovenReceipts(ask: Ask, signing: SigningKey, wanted?: ReceiptsToProve): Promise<Difference[]> {
  const unproven: Difference[] = [];
  const own = ownKeys(signing);
  let last = BEFORE_ALL;
  for (;;) {
    const receipts = await ask<Recorded>(RECEIPTS, [last, wanted?.since ?? null, wanted?.ids ?? []]);
    for (const receipt of receipts) {
      if (await isProven(receipt, own)) continue;
      const { id, kind, causeId, authority } = receipt;
      unproven.push({ kind, what: 'receiptNotProven', causeId, obligationId: id, authority });
    }
    if (receipts.length < AT_ONCE) return unproven;
    last = receipts.at(-1)!.id;
  }
}

async function isProven(receipt: Recorded, own: OwnKeys): Promise<boolean> {
  const { channel, recordedAt, bodySha256 } = receipt;
  const ours = channel === 'inbox' || channel === 'paper';
  const claim = await verifiedClaim<ReceiptClaim>(receipt.proof, ours ? own(recordedAt) : receipt.keys);
  if (typeof claim === 'string' || claim.referralId !== receipt.id) return false;
  const fits =
    claim.bodySha256 === bodySha256 || (claim.packageSha256 === bodySha256 && bodySha256 === receipt.packageSha256);
  // As it was accepted when no form was asked of it.
  const receivedAt = instantIn(claim.receivedAt) ?? new Date(String(claim.receivedAt));
  return fits && receivedAt.getTime() === receipt.receivedAt.getTime() && (channel !== 'paper' || receipt.posted);
}

type OwnKeys = (at: Date) => string[];

function ownKeys({ publicKey, former }: SigningKey): OwnKeys {
  const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');
  const current = spki(publicKey);
  const before = former.map((one) => ({ key: spki(one.publicKey), until: one.until }));
  return (at) => [current, ...before.filter(({ until }) => at <= until).map(({ key }) => key)];
}
