import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import type { LETTER_OUTCOMES, LETTER_SAYS } from './letter.dto.js';

export interface LetterRow {
  readonly id: string;
  readonly referral_id: string;
  readonly case_id: string;
  readonly case_reference: string;
  readonly authority: string;
  readonly says: (typeof LETTER_SAYS)[number];
  readonly written_on: string;
  readonly document_id: string;
  readonly sealed: Buffer;
  readonly recorded_by: string;
  readonly recorder: string;
  readonly recorded_at: Date;
  readonly outcome: (typeof LETTER_OUTCOMES)[number] | null;
  readonly decider: string | null;
  readonly decided_at: Date | null;
  readonly sealed_refusal: Buffer | null;
}

/** What decides whether a letter may be recorded. */
export interface Recipient {
  readonly authority: string;
  /** Nobody of it could say it here, or it is reached by another way than an inbox. */
  readonly by_letter: boolean;
  /** It said the same kind of thing here itself. */
  readonly said_itself: boolean;
  /** The date is between the arrival and today. */
  readonly in_time: boolean;
  /** SHA-256 of the scan; null: no document of this case. */
  readonly scan: string | null;
  /** The same bytes were filed in this case as the proof that something was handed over by post. */
  readonly advice: boolean;
  /** Another letter that says the same kind of thing waits for a second person. */
  readonly waits: boolean;
  /** Whoever asks recorded its hand-over by post. */
  readonly posted_by_actor: boolean;
}

const LETTERS = `SELECT l.id, l.referral_id, l.case_id, r.case_reference, a.code AS authority, l.says, l.written_on::text AS written_on,
    l.document_id, l.sealed, l.recorded_by, u.display_name AS recorder, l.recorded_at, l.outcome, d.display_name AS decider,
    l.decided_at, l.sealed_refusal
  FROM recipient_letter l JOIN referral r ON r.id = l.referral_id JOIN authority a ON a.id = r.authority_id
    JOIN app_user u ON u.id = l.recorded_by LEFT JOIN app_user d ON d.id = l.decided_by`;

const SAID_ITSELF = `CASE $2 WHEN 'GIVE_FEEDBACK' THEN EXISTS (SELECT FROM feedback f WHERE f.referral_id = r.id AND f.letter_id IS NULL)
    WHEN 'ANSWER_CORRECTION' THEN EXISTS (SELECT FROM correction_answer c WHERE c.referral_id = r.id AND c.letter_id IS NULL)
    ELSE EXISTS (SELECT FROM acknowledgement k WHERE k.referral_id = r.id AND k.letter_id IS NULL) END`;

@Injectable()
export class LetterStore {
  ofReferralInTx(tx: Tx, referralId: string): Promise<LetterRow[]> {
    return tx.rows<LetterRow>(
      `${LETTERS} WHERE l.referral_id = $1 ORDER BY l.recorded_at, l.id`,
      [referralId],
      'letters_of_referral',
    );
  }

  findInTx(tx: Tx, referralId: string, id: string): Promise<LetterRow | undefined> {
    return tx.one<LetterRow>(`${LETTERS} WHERE l.referral_id = $1 AND l.id = $2`, [referralId, id], 'letter_by_id');
  }

  /** Letters that wait for a second person, the oldest first. */
  waitingInTx(tx: Tx, after: Record<string, unknown> | undefined, limit: number): Promise<LetterRow[]> {
    return tx.rows<LetterRow>(
      `${LETTERS} WHERE l.outcome IS NULL AND ($1::timestamptz IS NULL OR (l.recorded_at, l.id) > ($1, $2::uuid))
       ORDER BY l.recorded_at, l.id LIMIT $3`,
      [after?.['at'] ?? null, after?.['id'] ?? null, limit],
      'letters_waiting',
    );
  }

  recipientInTx(
    tx: Tx,
    referralId: string,
    { says, writtenOn, documentId }: { says: string; writtenOn: string; documentId: string },
  ): Promise<Recipient | undefined> {
    return tx.one<Recipient>(
      `SELECT a.code AS authority, f1_answers_by_letter(r.id) AS by_letter, ${SAID_ITSELF} AS said_itself,
         $3::date BETWEEN coalesce(p.received_at, r.created_at)::date AND f1_now()::date AS in_time,
         (SELECT d.sha256 FROM document d WHERE d.id = $4 AND d.case_id = r.case_id) AS scan,
         EXISTS (SELECT FROM document d JOIN document x ON x.case_id = d.case_id AND x.sha256 = d.sha256
           JOIN postal_delivery o ON o.document_id = x.id WHERE d.id = $4 AND d.case_id = r.case_id) AS advice,
         EXISTS (SELECT FROM recipient_letter l WHERE l.referral_id = r.id AND l.says = $2 AND l.outcome IS NULL) AS waits,
         EXISTS (SELECT FROM postal_delivery o WHERE o.referral_id = r.id AND o.recorded_by = f1_actor()) AS posted_by_actor
       FROM referral r JOIN authority a ON a.id = r.authority_id LEFT JOIN receipt p ON p.referral_id = r.id WHERE r.id = $1`,
      [referralId, says, writtenOn, documentId],
      'letter_recipient',
    );
  }
}
