import { Injectable } from '@nestjs/common';
import { positionOf, type Snapshot } from '../domain/workflow/decide.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { DraftDto } from './answer.dto.js';
import type { DraftView } from './answer.view.js';
import { InterviewStore, type StoredAnswer } from './interview.store.js';

/** The one unfinished answer of an interview: saved as it is typed, no command, and nobody's but its author's. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly workflows: WorkflowsService,
    private readonly store: InterviewStore,
  ) {}

  /** Overwrites the draft; returns when it was saved. */
  save(actor: Actor, id: string, draft: DraftDto): Promise<string> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, id);
      if (!record) throw new NotFound('interview');
      if (record.interviewer_id !== actor.id)
        throw new DomainError(
          'forbidden',
          'Only the officer who conducts the interview may keep a draft in it: ask them to write it.',
        );
      const workflow = this.workflows.get('interview', record.workflow_hash);
      const [position] = positionOf(workflow, record.snapshot as Snapshot).regions;
      if (position?.final)
        throw new DomainError(
          'commandRefused',
          `The interview is in the state “${position.label}”: nothing is drafted any more. What the applicant says of the record is sent with ADD_COMMENT to POST /api/interviews/${record.id}/commands.`,
        );
      const key = await this.dataKeys.getInTx(tx, record.case_id);
      const row = {
        interview_id: record.id,
        case_id: record.case_id,
        sealed: key.seal({ ...draft }, `interview_draft:${record.id}`).bytes,
        saved_by: actor.id,
        saved_at: tx.now,
      };
      await new Write().upsert('interview_draft', row, '(interview_id)', ['sealed', 'saved_by', 'saved_at']).run(tx);
      return tx.now.toISOString();
    });
  }

  /** The actor's own draft. */
  get(actor: Actor, id: string): Promise<DraftView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, id);
      if (!record) throw new NotFound('interview');
      const key = await this.dataKeys.getInTx(tx, record.case_id);
      const { answers } = await this.store.getSituationInTx(tx, id, true);
      const draft = await this.findInTx(tx, actor, record.id, key, answers ?? []);
      if (!draft)
        throw new DomainError(
          'notFound',
          `You have no unfinished answer in this interview; PUT /api/interviews/${id}/draft keeps one.`,
        );
      return draft;
    });
  }

  /** None once its question was answered after it was saved. */
  async findInTx(
    tx: Tx,
    actor: Actor,
    id: string,
    key: DataKey,
    answers: readonly StoredAnswer[],
  ): Promise<DraftView | undefined> {
    const row = await this.store.findDraftInTx(tx, id, actor.id);
    if (!row) return undefined;
    const draft = key.open<DraftDto>(row.sealed, `interview_draft:${id}`);
    const item = draft.item === undefined ? '' : [draft.item].flat().join('.');
    const savedAt = row.saved_at.toISOString();
    const done = answers.some(
      (answer) => answer.question_id === draft.questionId && answer.item === item && answer.recorded_at >= savedAt,
    );
    return done ? undefined : { draft, savedAt };
  }
}
