import { Injectable } from '@nestjs/common';
import type { RequestKind, RequestOutcome, RequestRefusal } from '../../domain/referral/request.js';
import type { Tx } from '../../platform/database/database.js';

export interface RequestRow {
  readonly id: string;
  readonly referral_id: string;
  readonly case_id: string;
  readonly kind: RequestKind;
  readonly question_ids: readonly string[];
  /** What is asked; of what is missing, the words of the feedback. */
  readonly sealed: Buffer;
  readonly feedback_id: string | null;
  readonly legal_basis: string;
  readonly asked_at: Date;
  readonly due_at: Date;
  readonly outcome: RequestOutcome | null;
  readonly refusal: RequestRefusal | null;
  readonly answered_at: Date | null;
}

/** What was answered comes through its own door, which asks for a grant. */
export interface AnsweredRow extends RequestRow {
  readonly answer: Buffer | null;
}

const COLUMNS = `q.id, q.referral_id, q.case_id, q.kind, q.question_ids, coalesce(q.sealed, f.sealed) AS sealed, q.feedback_id,
  r.legal_basis, q.asked_at, q.due_at, q.outcome, q.refusal, q.answered_at`;
const REQUESTS =
  'referral_request q JOIN referral r ON r.id = q.referral_id LEFT JOIN feedback f ON f.id = q.feedback_id';

/** Reads about requests; row-level security decides which there are. */
@Injectable()
export class RequestStore {
  findInTx(tx: Tx, referralId: string, id: string): Promise<RequestRow | undefined> {
    return tx.one<RequestRow>(
      `SELECT ${COLUMNS} FROM ${REQUESTS} WHERE q.referral_id = $1 AND q.id = $2`,
      [referralId, id],
      'request_one',
    );
  }

  ofReferralInTx(tx: Tx, referralId: string): Promise<AnsweredRow[]> {
    return tx.rows<AnsweredRow>(
      `SELECT ${COLUMNS}, f1_request_answer(q.id) AS answer FROM ${REQUESTS} WHERE q.referral_id = $1 ORDER BY q.asked_at, q.id`,
      [referralId],
      'requests_of_referral',
    );
  }

  ofCaseInTx(tx: Tx, caseId: string): Promise<AnsweredRow[]> {
    return tx.rows<AnsweredRow>(
      `SELECT ${COLUMNS}, f1_request_answer(q.id) AS answer FROM ${REQUESTS} WHERE q.case_id = $1 ORDER BY q.asked_at, q.id`,
      [caseId],
      'requests_of_case',
    );
  }

  /** Whether the answers that this referral's package holds were given to any questionnaire. */
  async answersQuestionsInTx(tx: Tx, referralId: string): Promise<boolean> {
    const found = await tx.one(
      `SELECT 1 FROM referral_item WHERE referral_id = $1 AND kind = 'questionnaire' LIMIT 1`,
      [referralId],
      'request_questionnaires',
    );
    return found !== undefined;
  }

  /** Which of these files of the case may go with a referral of this kind: a witness's recording moves with an account only. */
  async movableInTx(
    tx: Tx,
    { caseId, referralKind }: { caseId: string; referralKind: string },
    { documentIds, recordingIds }: { documentIds: readonly string[]; recordingIds: readonly string[] },
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM document WHERE case_id = $1 AND id = ANY ($3::uuid[])
       UNION ALL SELECT r.id FROM recording r JOIN interview i ON i.id = r.interview_id
       WHERE r.case_id = $1 AND r.id = ANY ($4::uuid[]) AND (i.purpose = 'witness') = ($2 = 'account')`,
      [caseId, referralKind, documentIds, recordingIds],
      'request_movable',
    );
    return new Set(rows.map(({ id }) => id));
  }

  async namedInTx(tx: Tx, referralId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.rows<{ ref: string }>(
      `SELECT ref FROM referral_item WHERE referral_id = $1 AND kind <> 'questionnaire' AND ref = ANY ($2)`,
      [referralId, ids],
      'request_named',
    );
    return new Set(rows.map(({ ref }) => ref));
  }
}
