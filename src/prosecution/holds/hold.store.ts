import { Injectable } from '@nestjs/common';
import { type CaseStanding, GONE, type HoldEnding, type HoldKind, LIMITS } from '../../domain/referral/hold.js';
import type { Snapshot } from '../../domain/workflow/decide.js';
import type { Tx } from '../../platform/database/database.js';
import { hasNoFile } from '../../referrals/recalled.sql.js';

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
  readonly ended_because: HoldEnding | null;
  /** When the person was removed in spite of it. */
  readonly broken_at: Date | null;
}

export interface CaseChart {
  readonly workflow_hash: string;
  readonly snapshot: Snapshot;
}

// A departure that was announced since shortens the clock, not what was said when it was asked.
const DUE = `coalesce((SELECT min(d.due_at) FROM deadline d WHERE d.subject_id = hold.id AND d.kind = 'holdDecision'), due_at) AS due_at`;
const HOLD = `SELECT id, referral_id, case_id, kind, sealed, asked_at, ${DUE}, granted, sealed_decision, decided_at, valid_until, ended_at,
  ended_because, (SELECT d.starts_at FROM deadline d WHERE d.subject_id = hold.id AND d.kind = 'brokenStay') AS broken_at FROM hold`;

/** Reads about holds; row-level security decides which there are. */
@Injectable()
export class HoldStore {
  findInTx(tx: Tx, referralId: string, id: string): Promise<HoldRow | undefined> {
    return tx.one<HoldRow>(`${HOLD} WHERE referral_id = $1 AND id = $2`, [referralId, id], 'hold_one');
  }

  ofReferralInTx(tx: Tx, referralId: string): Promise<HoldRow[]> {
    return tx.rows<HoldRow>(`${HOLD} WHERE referral_id = $1 ORDER BY asked_at, id`, [referralId], 'holds_of_referral');
  }

  async isWithoutFileInTx(tx: Tx, referralId: string): Promise<boolean> {
    const row = await tx.one(
      `SELECT FROM referral r WHERE r.id = $1 AND ${hasNoFile('r')}`,
      [referralId],
      'hold_without_file',
    );
    return row !== undefined;
  }

  ofCaseInTx(tx: Tx, caseId: string): Promise<HoldRow[]> {
    return tx.rows<HoldRow>(`${HOLD} WHERE case_id = $1 ORDER BY asked_at, id`, [caseId], 'holds_of_case');
  }

  /** When the person is expected to leave; null: that is not known, or not for whoever asks. */
  async leavesAtInTx(tx: Tx, { id, case_id: caseId }: { id: string; case_id: string }): Promise<Date | null> {
    const row = await tx.one<{ at: Date | null }>('SELECT f1_leaves_at($1, $2) AS at', [id, caseId], 'hold_leaves_at');
    return row?.at ?? null;
  }

  /** Where the case stands; what its chart says of that, the caller adds. */
  async standingInTx(tx: Tx, caseId: string): Promise<CaseChart & Omit<CaseStanding, 'closed'>> {
    const row = await tx.one<CaseChart & Omit<CaseStanding, 'closed'>>(
      `SELECT c.workflow_hash, c.snapshot, EXISTS (SELECT FROM decision WHERE case_id = c.id AND quashed_at IS NULL) AS decided,
         NOT EXISTS (SELECT FROM deadline WHERE case_id = c.id AND kind = 'service' AND met_at IS NULL AND ended_at IS NULL) AS served,
         (SELECT w.state FROM person p, LATERAL (SELECT coalesce(p.snapshot #>> '{whereabouts,alive}', p.snapshot ->> 'whereabouts')
           AS state) w WHERE p.case_id = c.id AND w.state = ANY ($2)) AS gone
       FROM case_file c WHERE c.id = $1`,
      [caseId, [...GONE]],
      'hold_case_standing',
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
