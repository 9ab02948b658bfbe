import { Injectable } from '@nestjs/common';
import { inLanguage } from '../domain/questionnaire/texts.js';
import { findQuestion } from '../domain/questionnaire/values.js';
import { type SessionView, view } from '../domain/questionnaire/view.js';
import { allowedCommands, positionOf, type Snapshot } from '../domain/workflow/decide.js';
import type { InterviewCommandType } from '../domain/workflow/vocabulary/interview.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Actor } from '../platform/http/actor.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';
import { type HistoryEntryView, historyPageInTx } from '../workflows/history.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { raisedIndicator } from './answer.view.js';
import { DraftsService } from './drafts.service.js';
import { ELSEWHERE } from './interview-command.dto.js';
import type { InterviewContent } from './interview-content.js';
import { interviewFacts } from './interview-facts.js';
import { type Conversation, InterviewSessions } from './interview-sessions.js';
import { type InterviewSummaryRow, InterviewStore } from './interview.store.js';
import type { InterviewSummaryView, InterviewView } from './interview.view.js';
import { InterviewsService } from './interviews.service.js';
import { CURRENT_NOTICE, type NoticeText } from './notice-of-purpose/texts.js';
import { followUpsByAddress, revisionsOf, sectionsOf } from './section-views.js';

/** Interviews as their officers see them; row-level security decides which there are. */
@Injectable()
export class InterviewViewsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly workflows: WorkflowsService,
    private readonly store: InterviewStore,
    private readonly sessions: InterviewSessions,
    private readonly interviews: InterviewsService,
    private readonly drafts: DraftsService,
  ) {}

  list(
    actor: Actor,
    caseId: string,
    { cursor, limit }: { cursor?: string; limit: number },
  ): Promise<Page<InterviewSummaryView>> {
    const after = readCursor(cursor, ['at', 'id']);
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await this.store.seesCaseInTx(tx, caseId))) throw new NotFound('case');
      const key = after ? { at: String(after['at']), id: String(after['id']) } : null;
      const rows = await this.store.listInTx(tx, caseId, key, limit + 1);
      return pageOf(
        rows,
        limit,
        (row) => this.summary(row),
        (row) => ({ at: row.cursor_at, id: row.id }),
      );
    });
  }

  /** The interview as it stands: what is open and why, what was said, what it indicates, and what this person may do next. */
  get(actor: Actor, wanted: string): Promise<InterviewView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, wanted);
      if (!record) throw new NotFound('interview');
      const { id } = record;
      const key = await this.dataKeys.getInTx(tx, record.case_id);
      const situation = await this.store.getSituationInTx(tx, id, true);
      const content = key.open<InterviewContent>(record.sealed, `interview:${id}`);
      const conversation = await this.sessions.ofInTx(tx, record, key, situation);
      const facts = interviewFacts(
        await this.interviews.situationInTx(tx, actor, { record, key, situation, conversation, content }),
      );
      const workflow = this.workflows.get('interview', record.workflow_hash);
      const answers = situation.answers ?? [];
      const names = await this.namesInTx(
        tx,
        answers.map(({ recorded_by }) => recorded_by),
      );
      const shown = view(conversation.session);
      return {
        ...this.summary(record),
        workflow: { id: workflow.id, version: workflow.version, hash: workflow.hash },
        allowedCommands: allowedCommands(workflow, record.snapshot as Snapshot, facts).map(
          ({ because, ...command }) => {
            const via = ELSEWHERE[command.type as InterviewCommandType];
            return { ...command, because: [...because], ...(via ? { via } : {}) };
          },
        ),
        deadlines: (await this.store.deadlinesInTx(tx, id)).map(({ due_at, ...one }) => ({
          ...one,
          dueAt: due_at.toISOString(),
        })),
        notice: await this.noticeInTx(tx, id, key),
        sitting: content,
        comments: await this.commentsInTx(tx, record, key),
        progress: { open: shown.open, answered: shown.answered, missing: shown.missing },
        sections: sectionsOf(shown, {
          revisions: revisionsOf(answers, key, (userId) => names.get(userId) ?? userId),
          followUps: followUpsByAddress(content.followUps ?? []),
        }),
        ...(await this.indicatorsInTx(tx, id, key, conversation, shown)),
        notes: shown.notes,
        draft: (await this.drafts.findInTx(tx, actor, id, key, answers)) ?? null,
      };
    });
  }

  /** What happened to one interview, oldest first. */
  history(actor: Actor, id: string, query: { cursor?: string; limit: number }): Promise<Page<HistoryEntryView>> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, id);
      if (!record) throw new NotFound('interview');
      const key = await this.dataKeys.getInTx(tx, record.case_id);
      const chartOf = (former: string | null) => this.workflows.get('interview', former ?? record.workflow_hash);
      return historyPageInTx(tx, { id: record.id, chartOf, key }, query);
    });
  }

  private summary(row: InterviewSummaryRow): InterviewSummaryView {
    const workflow = this.workflows.get('interview', row.workflow_hash);
    const { stage, regions } = positionOf(workflow, row.snapshot as Snapshot);
    return {
      id: row.id,
      caseId: row.case_id,
      purpose: row.purpose,
      version: row.version,
      state: stage,
      stage: regions[0]?.label ?? stage,
      interviewer: row.interviewer,
      questionnaires: row.questionnaires,
      raised: row.raised,
      createdAt: row.created_at.toISOString(),
      sealedAt: row.sealed_at?.toISOString() ?? null,
    };
  }

  private async namesInTx(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.store.namesInTx(tx, [...new Set(ids)]);
    return new Map(rows.map(({ id, display_name }) => [id, display_name]));
  }

  private async noticeInTx(tx: Tx, id: string, key: DataKey): Promise<InterviewView['notice']> {
    const row = await this.store.findNoticeInTx(tx, id);
    if (!row) return { text: CURRENT_NOTICE, given: null, givenAt: null };
    const { text, ...given } = key.open<{ text: NoticeText }>(row.sealed, `notice:${row.id}`);
    return { text, given, givenAt: row.served_at.toISOString() };
  }

  private async commentsInTx(
    tx: Tx,
    { id, case_id }: InterviewSummaryRow,
    key: DataKey,
  ): Promise<InterviewView['comments']> {
    const rows = await this.store.commentsInTx(tx, case_id);
    return rows.flatMap((row) => {
      const said = key.open<{ interviewId?: string; text: string; from: string }>(row.sealed, `submission:${row.id}`);
      if (said.interviewId !== id) return [];
      return [{ id: row.id, text: said.text, from: said.from, receivedAt: row.received_at.toISOString() }];
    });
  }

  private async indicatorsInTx(
    tx: Tx,
    id: string,
    key: DataKey,
    { session, raisedRows, disputes }: Conversation,
    { indicators }: SessionView,
  ): Promise<Pick<InterviewView, 'indicators' | 'clearedIndicators'>> {
    const rows = await this.store.indicatorsInTx(tx, id);
    const raisedAt = new Map(
      rows.flatMap((row) => (row.cleared_at ? [] : [[row.indicator_id, row.raised_at.toISOString()] as const])),
    );
    const textOf = (questionId: string): string => {
      const text = findQuestion(session.plan, questionId)?.definition.text;
      return text ? inLanguage(text, session.context.language) : questionId;
    };
    return {
      indicators: indicators.map((one) => ({
        ...raisedIndicator(one, textOf),
        raisedAt: raisedAt.get(one.id) ?? null,
        disputed: disputes.get(raisedRows.get(one.id) ?? '') ?? [],
      })),
      clearedIndicators: rows.flatMap((row) => {
        if (!row.cleared_at) return [];
        const { reason } = key.open<{ reason: string }>(row.sealed, `raised_indicator:${row.id}`);
        const { indicator_id, severity, ground, raised_at, cleared_at } = row;
        const times = { raisedAt: raised_at.toISOString(), clearedAt: cleared_at.toISOString() };
        return [{ id: indicator_id, severity, ground, reason, ...times }];
      }),
    };
  }
}
