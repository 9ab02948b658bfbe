import { Injectable } from '@nestjs/common';
import { feedbackKinds, feedbackOutcomes } from '../domain/referral/feedback.js';
import { place } from '../domain/referral/file.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Actor } from '../platform/http/actor.js';
import type { FeedbackView, QuestionFeedbackView } from './feedback.dto.js';
import { type FeedbackRow, FeedbackStore } from './feedback.store.js';

/** What recipients told of the referrals, for them, for the case's officers, and without anybody's data for authors. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly store: FeedbackStore,
  ) {}

  ofReferral(actor: Actor, referralId: string): Promise<FeedbackView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const known = await tx.one<{ case_id: string }>('SELECT case_id FROM referral WHERE id = $1', [referralId]);
      if (!known) throw new NotFound('referral');
      return this.viewsInTx(tx, actor, known.case_id, await this.store.ofReferralInTx(tx, referralId));
    });
  }

  ofCase(actor: Actor, caseId: string): Promise<FeedbackView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await tx.one('SELECT 1 FROM case_file WHERE id = $1', [caseId]))) throw new NotFound('case');
      return this.viewsInTx(tx, actor, caseId, await this.store.ofCaseInTx(tx, caseId));
    });
  }

  ofQuestionnaire(actor: Actor, hash: string): Promise<QuestionFeedbackView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await tx.one('SELECT 1 FROM questionnaire WHERE hash = $1', [hash]))) throw new NotFound('questionnaire');
      const rows = await this.store.ofQuestionnaireInTx(tx, hash);
      return rows.map(({ kind, outcome, question_ids, on_day }) => ({
        feedback: kind,
        outcome,
        questionIds: question_ids,
        on: on_day,
      }));
    });
  }

  private async viewsInTx(tx: Tx, actor: Actor, caseId: string, rows: readonly FeedbackRow[]): Promise<FeedbackView[]> {
    if (rows.length === 0) return [];
    const key = await this.keys.getInTx(tx, caseId);
    if (actor.authorityId !== null) return rows.map((row) => viewOf(row, key));
    const letters = await this.store.lettersInTx(tx, caseId);
    return rows.map((row) => ({ ...viewOf(row, key), letter: letters.get(row.id) ?? null }));
  }
}

function viewOf(row: FeedbackRow, key: DataKey): FeedbackView {
  const words = key.open<{ text: string; missing: string[]; questionIds: string[] }>(
    row.sealed,
    place('feedback', row.id),
  );
  return {
    id: row.id,
    referralId: row.referral_id,
    caseId: row.case_id,
    authority: row.authority,
    feedback: row.kind,
    outcome: row.outcome,
    says: row.outcome === null ? feedbackKinds[row.kind].says : feedbackOutcomes[row.outcome].says,
    endsMatter: row.ends,
    clearsPerson: row.clears,
    ...words,
    givenAt: row.given_at.toISOString(),
  };
}
