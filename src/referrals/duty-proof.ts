import { sign } from 'node:crypto';
import type { Database } from '../platform/database/database.js';
import { canonical } from '../platform/database/sealing.js';
import {
  brokenChainsInTx,
  type Found,
  type Reconciliation,
  reconciliationOf,
  unprovenInTx,
  withUnproven,
} from './reconciler.service.js';
import type { SigningKey } from '../platform/keys/signing-key.js';
import { calledBackBy } from './reconciler-marks.sql.js';
import { RECONCILE } from './reconciler.sql.js';

/** One duty and what became of it: ids, times and hashes, never content. */
export interface DutyInProof {
  /** Also the id of the referral, at the receiver too. */
  readonly obligation: string;
  /** The decision, suspicion decision or correction it comes from. */
  readonly cause: string;
  readonly kind: string;
  readonly authority: string;
  readonly dueAt: string;
  /** Of the package in clear, as an inbox shows it. */
  readonly bodySha256: string | null;
  /** Of the bytes that the receipt is for: an envelope's, where the package left in one. */
  readonly receivedSha256: string | null;
  readonly receivedAt: string | null;
  /** What the receiver answered: a webhook's is its own signature over referral, body and time. */
  readonly receipt: string | null;
  readonly acknowledgedAt: string | null;
  /** The correction that called it back; where nothing was received, it never leaves. */
  readonly recalledBy: string | null;
}

/** What a reconciliation found, with every duty it counted, so that a reader can count again. */
export interface DutyProof extends Reconciliation {
  readonly format: 'article-1f duty proof 1';
  readonly keyId: string;
  readonly duties: readonly DutyInProof[];
  /** The newest signed checkpoint of the transparency log, which ties the statement to the history it was made from. */
  readonly checkpoint: string | null;
  /** Each restore of a backup, oldest first: canonical JSON that says what the log lacks since, and its Ed25519 signature (base64). */
  readonly restores: readonly { readonly statement: string; readonly signature: string }[];
}

const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const DUTIES = `
  SELECT o.id AS obligation, o.cause_id AS cause, o.kind, a.code AS authority, ${instant('o.due_at')} AS "dueAt",
    r.body_sha256 AS "bodySha256", p.body_sha256 AS "receivedSha256", ${instant('p.received_at')} AS "receivedAt", p.proof AS receipt,
    ${instant('k.acknowledged_at')} AS "acknowledgedAt",
    CASE WHEN r.suspended_at IS NOT NULL THEN ${calledBackBy('o.id')} END AS "recalledBy"
  FROM obligation o JOIN authority a ON a.id = o.authority_id LEFT JOIN referral r ON r.id = o.id
  LEFT JOIN receipt p ON p.referral_id = o.id LEFT JOIN acknowledgement k ON k.referral_id = o.id
  ORDER BY o.created_at, o.id`;

/** One statement sees one instant: what is counted and what is listed cannot differ. */
const PROOF = `
  SELECT found.*, (SELECT coalesce(jsonb_agg(to_jsonb(duty)), '[]') FROM (${DUTIES}) duty) AS duties,
    (SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1) AS checkpoint,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('statement', statement,
      'signature', translate(encode(signature, 'base64'), E'\\n', '')) ORDER BY restored_at, id), '[]') FROM ledger_restore) AS restores
  FROM (${RECONCILE}) found`;

/** Reconciles, and signs what was found together with the list it was found in: the statement's bytes and their Ed25519 signature. */
export async function proveDuties(
  database: Database,
  signing: SigningKey,
): Promise<{ proof: DutyProof; bytes: Buffer; signature: Buffer }> {
  const proof = await database.inWorkerTx(async (tx): Promise<DutyProof> => {
    const { duties, checkpoint, restores, ...found } = (await tx.one<
      Found & Pick<DutyProof, 'duties' | 'checkpoint' | 'restores'>
    >(PROOF))!;
    const whole = withUnproven(found, await unprovenInTx(tx, signing));
    const reconciled = reconciliationOf(tx.now, whole, await brokenChainsInTx(tx));
    return { format: 'article-1f duty proof 1', keyId: signing.id, ...reconciled, duties, checkpoint, restores };
  });
  const bytes = Buffer.from(`${canonical(proof)}\n`);
  return { proof, bytes, signature: sign(null, bytes, signing.privateKey) };
}
