import { Injectable } from '@nestjs/common';
import type { DeadlineRule } from '../domain/referral/due-date.js';
import type { ReferralKind } from '../domain/referral/file.js';
import type { Tx } from '../platform/database/database.js';

/** A referral as its own lifecycle needs it. */
export interface ReferralRow {
  readonly id: string;
  readonly case_id: string;
  readonly authority_id: string;
  readonly kind: ReferralKind;
  readonly workflow_hash: string;
  readonly snapshot: unknown;
  readonly version: number;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
  readonly body_sha256: string;
  readonly corrected_at: Date | null;
  readonly suspended_at: Date | null;
}

export interface ToldReferral extends ReferralRow {
  readonly code: string;
  readonly name: string;
  readonly reference: string;
}

@Injectable()
export class ReferralStore {
  /** Locks what was told because of one decision, or of every cause in the case, oldest first; corrections are not among them. */
  async lockToldInTx(tx: Tx, caseId: string, decisionId: string | null): Promise<ToldReferral[]> {
    return tx.rows<ToldReferral>(
      `SELECT r.id, r.case_id, r.authority_id, r.kind, r.workflow_hash, r.snapshot, r.version, r.event_seq, r.event_hash,
         r.body_sha256, r.corrected_at, r.suspended_at, a.code, a.name, c.reference
       FROM referral r JOIN obligation o ON o.id = r.id JOIN authority a ON a.id = r.authority_id JOIN case_file c ON c.id = r.case_id
       WHERE r.case_id = $1 AND r.kind <> 'correction' AND ($2::uuid IS NULL OR o.cause_id = $2)
       ORDER BY r.created_at, r.id FOR UPDATE OF r`,
      [caseId, decisionId],
      'lock_told',
    );
  }

  /** The rule for a deadline on a calendar date, with the law or house rule it comes from. */
  async findDeadlineRuleInTx(
    tx: Tx,
    kind: string,
    date: string,
  ): Promise<(DeadlineRule & { readonly source: string }) | undefined> {
    return tx.one(
      `SELECT amount, unit, source FROM deadline_rule WHERE kind = $1 AND valid_from <= $2::date
       ORDER BY valid_from DESC LIMIT 1`,
      [kind, date],
      'deadline_rule',
    );
  }
}
