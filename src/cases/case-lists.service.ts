import { Injectable } from '@nestjs/common';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { readCursor, type Page, pageOf } from '../platform/http/page.js';
import type { Actor } from '../platform/http/actor.js';
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

export interface HistoryEntry {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly by: string | null;
  readonly state: unknown;
  readonly content: unknown;
  /** The link of the chain, hex. */
  readonly hash: string;
}

/** Lists of cases and the history of one; row-level security decides which rows there are. */
@Injectable()
export class CaseListsService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly store: CaseStore,
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
    { cursor, limit }: { cursor?: string; limit: number },
  ): Promise<Page<HistoryEntry>> {
    const after = readCursor(cursor, ['seq']);
    return this.database.inActorTx(actor.id, async (tx) => {
      if (!(await this.store.findInTx(tx, caseId))) throw new NotFound('case');
      const key = await this.dataKeys.getInTx(tx, caseId);
      const rows = await historyRows(tx, caseId, Number(after?.['seq'] ?? 0), limit + 1);
      return pageOf(
        rows,
        limit,
        (row) => ({
          seq: row.seq,
          type: row.type,
          at: row.at.toISOString(),
          by: row.by,
          state: row.facets.state ?? null,
          content: row.payload ? key.open(row.payload, `event:${caseId}:${row.seq}`) : null,
          hash: row.hash.toString('hex'),
        }),
        (row) => ({ seq: row.seq }),
      );
    });
  }

  private nameOf(row: { id: string; wrapped: Buffer | null; person_id: string; sealed: Buffer }): string {
    if (row.wrapped === null) return '(erased)';
    const applicant = this.dataKeys.unwrap(row.id, row.wrapped).open<Applicant>(row.sealed, `person:${row.person_id}`);
    return `${applicant.familyName}, ${applicant.givenNames}`;
  }
}

interface HistoryRow {
  seq: number;
  type: string;
  at: Date;
  by: string | null;
  facets: { state?: unknown };
  payload: Buffer | null;
  hash: Buffer;
}

const historyRows = (tx: Tx, caseId: string, after: number, limit: number): Promise<HistoryRow[]> =>
  tx.rows<HistoryRow>(
    `SELECT e.seq, e.type, e.at, u.display_name AS by, e.facets, e.payload, e.hash
     FROM event e LEFT JOIN app_user u ON u.id = e.actor_id
     WHERE e.aggregate_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3`,
    [caseId, after, limit],
    'case_history',
  );
