import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import { letterOrigin, type LetterOriginView } from './letter-origin.view.js';

export interface CorrectionRow {
  readonly id: string;
  readonly reason: string;
  readonly at: Date;
  /** The first decision after it that two persons took on whether suspicion remains. */
  readonly answer_at: Date | null;
  readonly remaining_ids: readonly string[] | null;
}

/** One recipient of one correction, and what became of it there. */
export interface ToldRow {
  readonly correction_id: string;
  readonly referral_id: string;
  readonly authority: string;
  readonly authority_name: string;
  readonly sent_at: Date;
  readonly received_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledgement_letter: LetterOriginView | null;
  readonly answer: string | null;
  readonly answered_at: Date | null;
  readonly answer_letter: LetterOriginView | null;
  /** A clock of this referral has run out. */
  readonly overdue: boolean;
}

@Injectable()
export class CorrectionsStore {
  correctionsInTx(tx: Tx, caseId: string): Promise<CorrectionRow[]> {
    return tx.rows<CorrectionRow>(
      `SELECT c.id, c.reason, c.at, s.decided_at AS answer_at, s.remaining_ids FROM correction c
       LEFT JOIN LATERAL (SELECT decided_at, remaining_ids FROM suspicion_decision
         WHERE case_id = c.case_id AND outcome = 'confirmed' AND decided_at > c.at ORDER BY decided_at LIMIT 1) s ON true
       WHERE c.case_id = $1 ORDER BY c.at, c.id`,
      [caseId],
      'corrections_of_case',
    );
  }

  /** The last answer of a recipient counts. */
  toldInTx(tx: Tx, caseId: string): Promise<ToldRow[]> {
    return tx.rows<ToldRow>(
      `SELECT o.cause_id AS correction_id, o.id AS referral_id, a.code AS authority, a.name AS authority_name,
         o.created_at AS sent_at, p.received_at, k.acknowledged_at, e.facets ->> 'answer' AS answer, e.at AS answered_at,
         ${letterOrigin('k.letter_id')} AS acknowledgement_letter, ${letterOrigin(`(e.facets ->> 'letter')::uuid`)} AS answer_letter,
         EXISTS (SELECT FROM deadline d WHERE d.subject_id = o.id AND d.met_at IS NULL AND d.ended_at IS NULL
           AND d.due_at < f1_now()) AS overdue
       FROM obligation o JOIN authority a ON a.id = o.authority_id
       LEFT JOIN receipt p ON p.referral_id = o.id LEFT JOIN acknowledgement k ON k.referral_id = o.id
       LEFT JOIN LATERAL (SELECT facets, at FROM event WHERE aggregate_id = o.id AND type = 'ANSWER_CORRECTION'
         ORDER BY seq DESC LIMIT 1) e ON true
       WHERE o.case_id = $1 AND o.kind = 'correction' ORDER BY o.created_at, a.name`,
      [caseId],
      'corrections_told',
    );
  }
}
