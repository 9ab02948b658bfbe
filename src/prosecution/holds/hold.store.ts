import { Injectable } from '@nestjs/common';
import { type DecisionStanding, type HoldKind, LIMITS } from '../../domain/referral/hold.js';
import type { Tx } from '../../platform/database/database.js';

export interface HoldRow {
  readonly id: string;
  readonly referral_id: string;
  readonly case_id: string;
  readonly kind: HoldKind;
  readonly sealed: Buffer;
  readonly asked_at: Date;
  readonly due_at: Date;
  readonly granted: boolean | null;
  readonly sealed_decision: Buffer | null;
  readonly decided_at: Date | null;
  readonly valid_until: Date | null;
  readonly ended_at: Date | null;
  /** When its referral was recalled, which ends it too. */
  readonly recalled_at: Date | null;
}

const HOLD = `SELECT id, referral_id, case_id, kind, sealed, asked_at, due_at, granted, sealed_decision, decided_at, valid_until, ended_at,
  (SELECT r.suspended_at FROM referral r WHERE r.id = hold.referral_id) AS recalled_at FROM hold`;

/** Reads about holds; row-level security decides which there are. */
@Injectable()
export class HoldStore {
  findInTx(tx: Tx, referralId: string, id: string): Promise<HoldRow | undefined> {
    return tx.one<HoldRow>(`${HOLD} WHERE referral_id = $1 AND id = $2`, [referralId, id], 'hold_one');
  }

  ofReferralInTx(tx: Tx, referralId: string): Promise<HoldRow[]> {
    return tx.rows<HoldRow>(`${HOLD} WHERE referral_id = $1 ORDER BY asked_at, id`, [referralId], 'holds_of_referral');
  }

  ofCaseInTx(tx: Tx, caseId: string): Promise<HoldRow[]> {
    return tx.rows<HoldRow>(`${HOLD} WHERE case_id = $1 ORDER BY asked_at, id`, [caseId], 'holds_of_case');
  }

  async decisionStandingInTx(tx: Tx, caseId: string): Promise<DecisionStanding> {
    const row = await tx.one<DecisionStanding>(
      `SELECT EXISTS (SELECT FROM decision WHERE case_id = $1 AND quashed_at IS NULL) AS decided,
         NOT EXISTS (SELECT FROM deadline WHERE case_id = $1 AND kind = 'service' AND met_at IS NULL AND ended_at IS NULL) AS served`,
      [caseId],
      'hold_decision_standing',
    );
    return row!;
  }

  /** When the running clocks of law of a case end. */
  async limitsInTx(tx: Tx, caseId: string): Promise<Date[]> {
    const rows = await tx.rows<{ due_at: Date }>(
      'SELECT due_at FROM deadline WHERE case_id = $1 AND kind = ANY ($2) AND met_at IS NULL AND ended_at IS NULL',
      [caseId, [...LIMITS]],
      'hold_limits',
    );
    return rows.map(({ due_at }) => due_at);
  }
}
