import { Injectable } from '@nestjs/common';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { readCursor, type Page, pageOf } from '../platform/http/page.js';
import type { Actor } from '../platform/http/actor.js';
import { type HistoryEntryView, historyPageInTx } from '../workflows/history.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { Applicant } from './applicant.js';
import { CaseStore } from './case.store.js';

export interface CaseListQuery {
  readonly stage?: string;
  readonly countryOfOrigin?: string;
  /** A username, or `me`. */
  readonly assignee?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface CaseSummary {
  readonly id: string;
  readonly reference: string;
  readonly stage: string;
  readonly countryOfOrigin: string;
  readonly applicant: string;
  readonly version: number;
  readonly nextDueAt: string | null;
  readonly createdAt: string;
}

/** Lists of cases and the history of one; row-level security decides which rows there are. */
@Injectable()
export class CaseListsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly store: CaseStore,
    private readonly workflows: WorkflowsService,
  ) {}

  async list(actor: Actor, query: CaseListQuery): Promise<Page<CaseSummary>> {
    const after = readCursor(query.cursor, ['at', 'id']);
    return this.database.inActorTx(actor.id, async (tx) => {
      const rows = await this.store.listInTx(tx, {
        stage: query.stage ?? null,
        country: query.countryOfOrigin ?? null,
        assignee: query.assignee === 'me' ? actor.username : (query.assignee ?? null),
        after: after ? { at: String(after['at']), id: String(after['id']) } : null,
        limit: query.limit + 1,
      });
      return pageOf(
        rows.map((row) => ({
          ...row,
          applicant: this.nameOf(row),
        })),
        query.limit,
        ({ applicant, ...row }) => ({
          id: row.id,
          reference: row.reference,
          stage: row.stage,
          countryOfOrigin: row.country_of_origin,
          applicant,
          version: row.version,
          nextDueAt: row.next_due_at?.toISOString() ?? null,
          createdAt: row.created_at.toISOString(),
        }),
        (row) => ({ at: row.cursor_at, id: row.id }),
      );
    });
  }

  async history(
    actor: Actor,
    caseId: string,
    query: { cursor?: string; limit: number },
  ): Promise<Page<HistoryEntryView>> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, caseId);
      if (!record) throw new NotFound('case');
      const key = await this.dataKeys.getInTx(tx, caseId);
      const chartOf = (former: string | null) => this.workflows.get('case', former ?? record.workflow_hash);
      return historyPageInTx(tx, { id: caseId, chartOf, key }, query);
    });
  }

  private nameOf(row: { id: string; wrapped: Buffer | null; person_id: string; sealed: Buffer }): string {
    if (row.wrapped === null) return '(erased)';
    const applicant = this.dataKeys.unwrap(row.id, row.wrapped).open<Applicant>(row.sealed, `person:${row.person_id}`);
    return `${applicant.familyName}, ${applicant.givenNames}`;
  }
}
