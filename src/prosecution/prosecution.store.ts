import { Injectable } from '@nestjs/common';
import { WEIGHTS } from '../domain/referral/priority.js';
import type { Tx } from '../platform/database/database.js';
import { isRecalled } from '../referrals/recalled.sql.js';
import type { ReferralRow } from '../referrals/referral.store.js';
import type { Order } from './prosecution.dto.js';

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
  /** Calendar date. */
  readonly leaves_on: string | null;
  readonly stay_broken_at: Date | null;
  readonly suspect_identified: boolean | null;
  /** When it was sent, and still. */
  readonly present_here: boolean | null;
  readonly corroborated: boolean | null;
  /** When it was sent. */
  readonly priority: number;
}

export interface OpenedRow extends InboxRow {
  readonly wrapped: Buffer | null;
  readonly proof: string | null;
  readonly acknowledgement: Buffer | null;
}

export interface InboxFilter {
  readonly kind: string | null;
  readonly acknowledged: boolean | null;
  readonly overdue: boolean | null;
  /** Scores from the first to below the second. */
  readonly scores: readonly [number, number] | null;
  readonly order: Order;
  readonly after: Position | null;
  readonly limit: number;
}

/** Where a page ended, in its own order. */
export interface Position {
  /** When it was created; by deadline: when it is due. ISO instant. */
  readonly at: string;
  readonly id: string;
  readonly score: number;
}

/** What is due to nobody sorts last. */
export const NEVER = '9999-12-31T00:00:00.000Z';

// Only what is awaited of the recipient itself: the other clocks of a referral, as the one until it arrives, are the sender's.
const NEXT_DUE = `(SELECT min(d.due_at) FROM deadline d WHERE d.subject_id = r.id AND d.met_at IS NULL AND d.ended_at IS NULL
  AND d.kind IN ('acknowledge', 'feedback', 'correctionAnswer'))`;
// Who is no longer here is not said to be.
const STILL_HERE = 'CASE WHEN r.present_here THEN f1_still_here(r.id, r.case_id) ELSE r.present_here END';
const SCORE = `r.priority - CASE WHEN r.present_here AND NOT ${STILL_HERE} THEN ${WEIGHTS.presentHere} ELSE 0 END`;
const COLUMNS = `r.id, r.case_id, r.authority_id, r.kind, r.corrects, r.case_reference, r.legal_basis, r.grounds, r.corrected_at,
  r.suspended_at, r.workflow_hash, r.snapshot, r.version, r.body_sha256, r.event_seq, r.event_hash, r.created_at,
  r.suspect_identified, ${STILL_HERE} AS present_here, r.corroborated, r.priority, a.code AS authority, p.received_at, k.acknowledged_at,
  due.next_due_at, f1_leaves_at(r.id, r.case_id)::date AS leaves_on, (SELECT max(b.starts_at) FROM hold h
    JOIN deadline b ON b.subject_id = h.id AND b.kind = 'brokenStay' WHERE h.referral_id = r.id) AS stay_broken_at`;
const JOINS = `referral r JOIN authority a ON a.id = r.authority_id LEFT JOIN receipt p ON p.referral_id = r.id
  LEFT JOIN acknowledgement k ON k.referral_id = r.id CROSS JOIN LATERAL (SELECT ${NEXT_DUE} AS next_due_at) due`;

const ORDERED: Readonly<Record<Order, { after: string; by: string }>> = {
  newest: { after: '(r.created_at, r.id) < ($6, $7::uuid)', by: 'r.created_at DESC, r.id DESC' },
  priority: {
    after: '(r.priority, r.created_at, r.id) < ($8::smallint, $6, $7::uuid)',
    by: 'r.priority DESC, r.created_at DESC, r.id DESC',
  },
  due: {
    after: `(coalesce(due.next_due_at, '${NEVER}'), r.id) > ($6, $7::uuid)`,
    by: `coalesce(due.next_due_at, '${NEVER}'), r.id`,
  },
};

/** What the policies let the actor see: the referrals of the own authority, or of the cases of the own unit. */
@Injectable()
export class ProsecutionStore {
  findPageInTx(tx: Tx, { kind, acknowledged, overdue, scores, order, after, limit }: InboxFilter): Promise<InboxRow[]> {
    const ordered = ORDERED[order];
    // Every parameter is named whatever the order, so that each has a type.
    const past = `($7::uuid IS NULL OR ${ordered.after}) AND ($8::smallint IS NULL OR $6::timestamptz IS NOT NULL)`;
    return tx.rows<InboxRow>(
      `SELECT ${COLUMNS} FROM ${JOINS}
       WHERE ($1::text IS NULL OR r.kind = $1) AND ($2::boolean IS NULL OR (k.referral_id IS NOT NULL) = $2)
         AND ($3::boolean IS NULL OR coalesce(due.next_due_at <= f1_now(), false) = $3)
         AND ($4::smallint IS NULL OR (${SCORE} >= $4 AND ${SCORE} < $5::smallint)) AND ${past}
       ORDER BY ${ordered.by} LIMIT $9`,
      [
        ...[kind, acknowledged, overdue, scores?.[0] ?? null, scores?.[1] ?? null],
        ...[after?.at ?? null, after?.id ?? null, after?.score ?? null, limit],
      ],
      'inbox_page',
    );
  }

  findInTx(tx: Tx, id: string): Promise<OpenedRow | undefined> {
    return tx.one<OpenedRow>(
      `SELECT ${COLUMNS}, p.proof, k.sealed AS acknowledgement,
         (SELECT wrapped FROM data_key y WHERE y.case_id = r.case_id) AS wrapped
       FROM ${JOINS} WHERE r.id = $1`,
      [id],
      'inbox_one',
    );
  }

  /** Goes by post, was not handed over, and must not leave. */
  keptFromPostInTx(tx: Tx, id: string): Promise<{ authority: string; recalled: boolean } | undefined> {
    return tx.one(
      `SELECT a.code AS authority, ${isRecalled('r.id')} AS recalled FROM referral r JOIN authority a ON a.id = r.authority_id
       WHERE r.id = $1 AND a.channel = 'paper' AND NOT EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id)
         AND (${isRecalled('r.id')} OR f1_blocked(r.case_id, r.authority_id))`,
      [id],
      'kept_from_post',
    );
  }

  /** The sealed content, through the one door that asks for a grant; null where it stays closed. */
  async bodyInTx(tx: Tx, id: string): Promise<Buffer | null> {
    const row = await tx.one<{ body: Buffer | null }>('SELECT f1_referral_body($1) AS body', [id], 'referral_body');
    return row?.body ?? null;
  }
}
