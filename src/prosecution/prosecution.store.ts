import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import type { ReferralRow } from '../referrals/referral.store.js';

export interface InboxRow extends ReferralRow {
  readonly authority: string;
  readonly corrects: string | null;
  readonly case_reference: string;
  readonly legal_basis: string;
  readonly grounds: readonly string[];
  readonly created_at: Date;
  readonly received_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly next_due_at: Date | null;
}

export interface OpenedRow extends InboxRow {
  readonly body: Buffer;
  readonly wrapped: Buffer | null;
  readonly proof: string | null;
  readonly acknowledgement: Buffer | null;
}

export interface InboxFilter {
  readonly kind: string | null;
  readonly acknowledged: boolean | null;
  readonly after: { readonly at: string; readonly id: string } | null;
  readonly limit: number;
}

const COLUMNS = `r.id, r.case_id, r.authority_id, r.kind, r.corrects, r.case_reference, r.legal_basis, r.grounds, r.corrected_at,
  r.suspended_at, r.workflow_hash, r.snapshot, r.version, r.body_sha256, r.event_seq, r.event_hash, r.created_at, a.code AS authority, p.received_at, k.acknowledged_at,
  (SELECT min(d.due_at) FROM deadline d WHERE d.subject_id = r.id AND d.met_at IS NULL AND d.ended_at IS NULL) AS next_due_at`;
const JOINS = `referral r JOIN authority a ON a.id = r.authority_id LEFT JOIN receipt p ON p.referral_id = r.id
  LEFT JOIN acknowledgement k ON k.referral_id = r.id`;

/** What the policies let the actor see: the referrals of the own authority, or of the cases of the own unit. */
@Injectable()
export class ProsecutionStore {
  findPageInTx(tx: Tx, { kind, acknowledged, after, limit }: InboxFilter): Promise<InboxRow[]> {
    return tx.rows<InboxRow>(
      `SELECT ${COLUMNS} FROM ${JOINS}
       WHERE ($1::text IS NULL OR r.kind = $1) AND ($2::boolean IS NULL OR (k.referral_id IS NOT NULL) = $2)
         AND ($3::timestamptz IS NULL OR (r.created_at, r.id) < ($3, $4::uuid))
       ORDER BY r.created_at DESC, r.id DESC LIMIT $5`,
      [kind, acknowledged, after?.at ?? null, after?.id ?? null, limit],
      'inbox_page',
    );
  }

  findInTx(tx: Tx, id: string): Promise<OpenedRow | undefined> {
    return tx.one<OpenedRow>(
      `SELECT ${COLUMNS}, r.body, p.proof, k.sealed AS acknowledgement,
         (SELECT wrapped FROM data_key y WHERE y.case_id = r.case_id) AS wrapped
       FROM ${JOINS} WHERE r.id = $1`,
      [id],
      'inbox_one',
    );
  }
}
