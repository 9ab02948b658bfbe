import { Injectable } from '@nestjs/common';
import { letterOrigin, type LetterOriginView } from '../cases/letter-origin.view.js';
import type { FeedbackKind, FeedbackOutcome } from '../domain/referral/feedback.js';
import type { Tx } from '../platform/database/database.js';
import { InvalidInput } from '../platform/http/problem.js';

export interface FeedbackRow {
  readonly id: string;
  readonly referral_id: string;
  readonly case_id: string;
  readonly authority: string;
  readonly kind: FeedbackKind;
  readonly outcome: FeedbackOutcome | null;
  readonly ends: boolean;
  readonly clears: boolean;
  readonly sealed: Buffer;
  readonly given_at: Date;
}

/** What authors are shown: nothing of the case, the authority or the hour. */
export interface QuestionFeedbackRow {
  readonly kind: FeedbackKind;
  readonly outcome: FeedbackOutcome | null;
  readonly question_ids: readonly string[];
  readonly on_day: string;
}

const FEEDBACK = `SELECT f.id, f.referral_id, f.case_id, a.code AS authority, f.kind, f.outcome, f.ends, f.clears, f.sealed, f.given_at
  FROM feedback f JOIN referral r ON r.id = f.referral_id JOIN authority a ON a.id = r.authority_id`;

/** Reads about feedback; row-level security decides which there is. */
@Injectable()
export class FeedbackStore {
  ofReferralInTx(tx: Tx, referralId: string): Promise<FeedbackRow[]> {
    return tx.rows<FeedbackRow>(
      `${FEEDBACK} WHERE f.referral_id = $1 ORDER BY f.given_at, f.id`,
      [referralId],
      'feedback_of_referral',
    );
  }

  ofCaseInTx(tx: Tx, caseId: string): Promise<FeedbackRow[]> {
    return tx.rows<FeedbackRow>(
      `${FEEDBACK} WHERE f.case_id = $1 ORDER BY f.given_at, f.id`,
      [caseId],
      'feedback_of_case',
    );
  }

  /** The letters by which some of the feedback of a case came, by the id of the feedback. Recipients may not read them. */
  async lettersInTx(tx: Tx, caseId: string): Promise<ReadonlyMap<string, LetterOriginView>> {
    const rows = await tx.rows<{ id: string; letter: LetterOriginView }>(
      `SELECT f.id, ${letterOrigin('f.letter_id')} AS letter FROM feedback f WHERE f.case_id = $1 AND f.letter_id IS NOT NULL`,
      [caseId],
      'feedback_letters',
    );
    return new Map(rows.map(({ id, letter }) => [id, letter]));
  }

  ofQuestionnaireInTx(tx: Tx, hash: string): Promise<QuestionFeedbackRow[]> {
    return tx.rows<QuestionFeedbackRow>(
      'SELECT kind, outcome, question_ids, on_day FROM f1_questionnaire_feedback($1)',
      [hash],
      'feedback_of_questionnaire',
    );
  }

  /** Throws InvalidInput, pointing at each id that is no question of the questionnaires which this referral's answers were given to. */
  async assertAskedInTx(tx: Tx, referralId: string, questionIds: readonly string[]): Promise<void> {
    if (questionIds.length === 0) return;
    const rows = await tx.rows<{ at: number }>(
      `SELECT q.at::int - 1 AS at FROM unnest($2::text[]) WITH ORDINALITY AS q (id, at)
       WHERE NOT EXISTS (SELECT FROM referral_item i JOIN questionnaire n ON n.hash = i.ref
         WHERE i.referral_id = $1 AND i.kind = 'questionnaire' AND jsonb_path_exists(n.body, '$.**.id ? (@ == $wanted)',
           jsonb_build_object('wanted', regexp_replace(q.id, '^.*:', ''))))
       ORDER BY q.at`,
      [referralId, questionIds],
      'feedback_questions',
    );
    if (rows.length > 0)
      throw new InvalidInput(
        rows.map(({ at }) => ({ pointer: `/questionIds/${at}`, detail: 'is no question that this package answers' })),
      );
  }
}
