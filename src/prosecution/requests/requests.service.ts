import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../../deadlines/deadlines.service.js';
import { place } from '../../domain/referral/file.js';
import {
  NEVER_PUT_TO_APPLICANT,
  type RequestOutcome,
  type RequestRefusal,
  requestRefusals,
} from '../../domain/referral/request.js';
import { DataKeys } from '../../platform/database/data-keys.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DomainError, NotFound } from '../../platform/database/errors.js';
import type { DataKey } from '../../platform/database/sealing.js';
import { Write } from '../../platform/database/write.js';
import type { Actor } from '../../platform/http/actor.js';
import type { Preconditions } from '../../platform/http/preconditions.js';
import { InvalidInput } from '../../platform/http/problem.js';
import { closedBecause } from '../access.js';
import { FeedbackStore } from '../feedback.store.js';
import { GrantStore } from '../grant.store.js';
import { appendEvent, assertMayBeTold, onReferral, type ReferralStep } from '../referral-step.js';
import type {
  AnswerRequestDto,
  AskMoreDto,
  RefuseRequestDto,
  RequestAnswerView,
  RequestView,
  WithdrawRequestDto,
} from './request.dto.js';
import { type AnsweredRow, type RequestRow, RequestStore } from './request.store.js';

const CLOSING: Readonly<Record<RequestOutcome, string>> = {
  answered: 'ANSWER_REQUEST',
  refused: 'REFUSE_REQUEST',
  withdrawn: 'WITHDRAW_REQUEST',
};

type Asked = Pick<AskMoreDto, 'text' | 'legalBasis'>;

/**
 * What a recipient asks beyond the package, and what the authority answers from what the file holds. Each is a link in the
 * referral's chain; none moves its chart, and nothing is ever put to the applicant on a prosecutor's behalf.
 */
@Injectable()
export class RequestsService {
  constructor(
    readonly database: Database,
    readonly keys: DataKeys,
    private readonly store: RequestStore,
    private readonly grants: GrantStore,
    private readonly questions: FeedbackStore,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Throws `notPutToApplicant` for a question to the applicant. Returns the request's id. */
  async ask(actor: Actor, referralId: string, wanted: AskMoreDto, asked: Preconditions): Promise<string> {
    if (wanted.kind === 'questionToApplicant') throw new DomainError('notPutToApplicant', NEVER_PUT_TO_APPLICANT);
    const id = randomUUID();
    const done = await onReferral(this, actor, referralId, asked, { id: referralId, request: id }, async (step) => {
      await this.assertMayAskInTx(step, wanted);
      const { tx, write, referral, key } = step;
      const words: Asked = { text: wanted.text, legalBasis: wanted.legalBasis };
      const { dueAt } = await this.deadlines.dueInTx(tx, 'requestAnswer');
      // The clock hangs on the request, which the policies must find.
      const row = new Write().insert('referral_request', {
        id,
        referral_id: referralId,
        case_id: referral.case_id,
        kind: wanted.kind,
        question_ids: wanted.questionIds,
        sealed: key.seal(words, place('referral_request', id)).bytes,
        asked_by: actor.id,
        asked_at: tx.now,
        due_at: dueAt,
      });
      await row.run(tx);
      const facets = { request: id, asks: wanted.kind, questionIds: wanted.questionIds, dueAt: dueAt.toISOString() };
      appendEvent(step, 'REQUEST_MORE', facets, { ...words });
      await this.deadlines.startInTx(tx, write, { caseId: referral.case_id, subjectId: id }, 'requestAnswer');
    });
    return done.repeated ? done.result['request']! : id;
  }

  async answer(
    actor: Actor,
    referralId: string,
    requestId: string,
    given: AnswerRequestDto,
    asked: Preconditions,
  ): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId, request: requestId }, async (step) => {
      const request = await this.openInTx(step, requestId);
      await this.assertMovableInTx(step, given);
      await assertMayBeTold(step, { '/text': given.text });
      const ids = [...given.documentIds, ...given.recordingIds];
      const named = await this.store.namedInTx(step.tx, referralId, ids);
      for (const [kind, refs] of [
        ['document', given.documentIds],
        ['recording', given.recordingIds],
      ] as const) {
        for (const ref of refs.filter((one) => !named.has(one)))
          step.write.insert('referral_item', { referral_id: referralId, case_id: step.referral.case_id, kind, ref });
      }
      const { text, documentIds, recordingIds } = given;
      this.close(step, request, { outcome: 'answered', refusal: null }, { text, documentIds, recordingIds });
    });
  }

  async refuse(
    actor: Actor,
    referralId: string,
    requestId: string,
    { refusal, reasons }: RefuseRequestDto,
    asked: Preconditions,
  ): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId, request: requestId }, async (step) => {
      const request = await this.openInTx(step, requestId);
      await assertMayBeTold(step, { '/reasons': reasons });
      const text = refusal === 'putToApplicant' ? `${reasons} ${NEVER_PUT_TO_APPLICANT}` : reasons;
      this.close(step, request, { outcome: 'refused', refusal }, { text, documentIds: [], recordingIds: [] });
    });
  }

  /** Whoever asked takes it back: nobody answers any more, and what was asked stays on record. */
  async withdraw(
    actor: Actor,
    referralId: string,
    requestId: string,
    { reasons }: WithdrawRequestDto,
    asked: Preconditions,
  ): Promise<void> {
    await onReferral(this, actor, referralId, asked, { id: referralId, request: requestId }, async (step) => {
      const request = await this.openInTx(step, requestId);
      const said = { text: reasons, documentIds: [], recordingIds: [] };
      this.close(step, request, { outcome: 'withdrawn', refusal: null }, said);
    });
  }

  ofReferral(actor: Actor, referralId: string): Promise<RequestView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const known = await tx.one<{ case_id: string }>('SELECT case_id FROM referral WHERE id = $1', [referralId]);
      if (!known) throw new NotFound('referral');
      return this.viewsInTx(tx, known.case_id, await this.store.ofReferralInTx(tx, referralId));
    });
  }

  ofCase(actor: Actor, caseId: string): Promise<RequestView[]> {
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await tx.one('SELECT 1 FROM case_file WHERE id = $1', [caseId]))) throw new NotFound('case');
      return this.viewsInTx(tx, caseId, await this.store.ofCaseInTx(tx, caseId));
    });
  }

  private async viewsInTx(tx: Tx, caseId: string, rows: readonly AnsweredRow[]): Promise<RequestView[]> {
    if (rows.length === 0) return [];
    const key = await this.keys.getInTx(tx, caseId);
    return rows.map((row) => viewOf(row, key));
  }

  private async assertMayAskInTx({ tx, referral, actor }: ReferralStep, { questionIds }: AskMoreDto): Promise<void> {
    if (referral.kind === 'correction')
      throw new DomainError('conflict', 'A correction holds no file. Ask under the referral that it corrects.');
    const access = await this.grants.accessInTx(tx, referral.id, referral.case_id);
    const closed = closedBecause(actor, referral, access);
    if (closed && closed.code !== 'grantRequired') throw closed;
    if (questionIds.length === 0 && (await this.store.answersQuestionsInTx(tx, referral.id)))
      throw new InvalidInput([{ pointer: '/questionIds', detail: 'must name the questions it is about' }]);
    await this.questions.assertAskedInTx(tx, referral.id, questionIds);
  }

  private async assertMovableInTx({ tx, referral }: ReferralStep, given: AnswerRequestDto): Promise<void> {
    const about = { caseId: referral.case_id, referralKind: referral.kind };
    const movable = await this.store.movableInTx(tx, about, given);
    const faults = (['documentIds', 'recordingIds'] as const).flatMap((field) =>
      given[field].flatMap((id, index) =>
        movable.has(id) ? [] : [{ pointer: `/${field}/${index}`, detail: 'is no file that may go with this referral' }],
      ),
    );
    if (faults.length > 0) throw new InvalidInput(faults);
  }

  private async openInTx({ tx, referral }: ReferralStep, id: string): Promise<RequestRow> {
    const request = await this.store.findInTx(tx, referral.id, id);
    if (!request) throw new NotFound('request');
    if (request.outcome === null) return request;
    const at = request.answered_at!.toISOString();
    throw new DomainError(
      'conflict',
      `This request was ${request.outcome} on ${at} and stays so. The recipient may ask anew if something is missing.`,
    );
  }

  private close(
    step: ReferralStep,
    { id, case_id: caseId }: RequestRow,
    { outcome, refusal }: { outcome: RequestOutcome; refusal: RequestRefusal | null },
    words: RequestAnswerView,
  ): void {
    const { tx, write, key, actor } = step;
    write.update(
      'referral_request',
      { id, case_id: caseId },
      {
        outcome,
        ...(refusal === null ? {} : { refusal }),
        sealed_answer: key.seal(words, place('referral_request', id, 'answer')).bytes,
        answered_by: actor.id,
        answered_at: tx.now,
      },
    );
    // The clock is the authority's: withdrawn, it ends by itself.
    if (outcome !== 'withdrawn') this.deadlines.meet(tx, write, id, 'requestAnswer');
    appendEvent(step, CLOSING[outcome], { request: id, refusal }, { ...words });
  }
}

function viewOf(row: AnsweredRow, key: DataKey): RequestView {
  return {
    id: row.id,
    referralId: row.referral_id,
    caseId: row.case_id,
    kind: row.kind,
    feedbackId: row.feedback_id,
    questionIds: row.question_ids,
    ...wordsOf(row, key),
    askedAt: row.asked_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    state: row.outcome ?? 'open',
    refusal: row.refusal,
    says: row.refusal && requestRefusals[row.refusal],
    answeredAt: row.answered_at?.toISOString() ?? null,
    answer: row.answer && key.open<RequestAnswerView>(row.answer, place('referral_request', row.id, 'answer')),
  };
}

/** What is missing is asked in the words of the feedback, under the law of the referral. */
function wordsOf(row: RequestRow, key: DataKey): Pick<RequestView, 'text' | 'legalBasis' | 'missing'> {
  if (row.feedback_id === null)
    return { ...key.open<Asked>(row.sealed, place('referral_request', row.id)), missing: [] };
  const { text, missing } = key.open<{ text: string; missing: string[] }>(
    row.sealed,
    place('feedback', row.feedback_id),
  );
  return { text, legalBasis: row.legal_basis, missing };
}
