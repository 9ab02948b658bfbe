import { Injectable } from '@nestjs/common';
import { type HoldKind, holdKinds, LIMITS } from '../domain/referral/hold.js';
import type { ProcedureType } from '../domain/workflow/vocabulary/case.js';
import type { LockedRow, Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { type CasePart, PartsRead, reading } from './case-file-reads.js';

/** A case row; locked for a command, plain for a view. */
export interface CaseRow {
  readonly id: string;
  readonly reference: string;
  readonly external_reference: string | null;
  readonly legacy_ids: readonly string[];
  readonly unit: string;
  readonly procedure_type: ProcedureType;
  readonly country_of_origin: string;
  readonly workflow_hash: string;
  readonly snapshot: unknown;
  readonly stage: string;
  readonly version: number;
  readonly analysis_revision: number;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
  readonly created_at: Date;
  readonly created_by: string;
}

export type LockedCase = CaseRow & LockedRow;

/** Reads about cases. Rows are written by the command itself, in its one statement. */
@Injectable()
export class CaseStore {
  /** Parts of the case file, for a view: what a command decides on is read with its lock. */
  async readInTx(tx: Tx, caseId: string, actorId: string, parts: readonly CasePart[]): Promise<PartsRead> {
    return PartsRead.of(parts, await tx.all(parts.map((part) => reading(part, caseId, actorId))));
  }

  /** Holds that prosecutors were granted and that live: not ended, not run out, and no clock of law of this case past its end. */
  liveHoldsInTx(tx: Tx, caseId: string): Promise<HoldRow[]> {
    return tx.rows<HoldRow>(
      `SELECT h.kind, h.valid_until FROM hold h WHERE h.case_id = $1 AND h.granted AND h.ended_at IS NULL AND h.valid_until > f1_now()
         AND NOT (h.kind = ANY ($2) AND EXISTS (SELECT FROM deadline d WHERE d.case_id = $1 AND d.kind = ANY ($3)
           AND d.met_at IS NULL AND d.ended_at IS NULL AND d.due_at <= f1_now()))
       ORDER BY h.valid_until, h.id`,
      [caseId, DELAYING, [...LIMITS]],
      'case_live_holds',
    );
  }

  findInTx(tx: Tx, caseId: string): Promise<CaseRow | undefined> {
    return tx.one<CaseRow>('SELECT * FROM case_file WHERE id = $1', [caseId], 'case_by_id');
  }

  listInTx(
    tx: Tx,
    query: {
      stage: string | null;
      country: string | null;
      assignee: string | null;
      after: { at: string; id: string } | null;
      limit: number;
    },
  ): Promise<CaseListRow[]> {
    const { stage, country, assignee, after, limit } = query;
    const values = [stage, country, after?.at ?? null, after?.id ?? null, limit];
    return assignee === null
      ? tx.rows<CaseListRow>(CASES_SEEN, values, 'case_list')
      : tx.rows<CaseListRow>(CASES_ASSIGNED, [...values, assignee], 'case_list_assigned');
  }

  findByExternalReferenceInTx(tx: Tx, reference: string): Promise<CaseRow | undefined> {
    return tx.one<CaseRow>('SELECT * FROM case_file WHERE external_reference = $1', [reference]);
  }

  async getPersonInTx(tx: Tx, caseId: string): Promise<{ id: string; sealed: Buffer }> {
    const row = await tx.one<{ id: string; sealed: Buffer }>('SELECT id, sealed FROM person WHERE case_id = $1', [
      caseId,
    ]);
    if (!row) throw new NotFound('case'); // row-level security hides it
    return row;
  }

  async nextReferenceInTx(tx: Tx): Promise<string> {
    const row = await tx.one<{ n: string }>(`SELECT nextval('case_reference_number') AS n`);
    return `F1-${tx.now.getUTCFullYear()}-${String(row?.n).padStart(6, '0')}`;
  }

  deadlinesInTx(tx: Tx, caseId: string): Promise<DeadlineRow[]> {
    return tx.rows<DeadlineRow>(
      `SELECT kind, source, starts_at, due_at, f1_now() > due_at AS overdue FROM deadline
       WHERE (subject_id = $1 OR (case_id = $1 AND kind IN ('reconsideration', 'reopening'))) AND met_at IS NULL AND ended_at IS NULL
       ORDER BY due_at, kind`,
      [caseId],
      'deadlines_of_case',
    );
  }

  obligationsInTx(tx: Tx, caseId: string): Promise<ObligationRow[]> {
    return tx.rows<ObligationRow>(
      `SELECT o.id, o.kind, o.cause_id, a.name AS authority, c.legal_basis, o.due_at, r.received_at, k.acknowledged_at, f.corrected_at, f.suspended_at
       FROM obligation o JOIN authority a ON a.id = o.authority_id
       JOIN cause_competence c ON c.cause_id = o.cause_id AND c.authority_id = o.authority_id
       JOIN referral f ON f.id = o.id
       LEFT JOIN receipt r ON r.referral_id = o.id LEFT JOIN acknowledgement k ON k.referral_id = o.id
       WHERE o.case_id = $1 ORDER BY o.created_at, o.kind, a.name`,
      [caseId],
      'obligations_of_case',
    );
  }

  assignmentsInTx(tx: Tx, caseId: string): Promise<AssignmentRow[]> {
    return tx.rows<AssignmentRow>(
      `SELECT s.id, s.role, s.user_id, u.display_name, s.assigned_at FROM assignment s JOIN app_user u ON u.id = s.user_id
       WHERE s.case_id = $1 AND s.ended_at IS NULL ORDER BY s.assigned_at, s.role`,
      [caseId],
      'assignments_of_case',
    );
  }
}

export interface DeadlineRow {
  readonly kind: string;
  readonly source: string;
  readonly starts_at: Date;
  readonly due_at: Date;
  readonly overdue: boolean;
}

export interface ObligationRow {
  readonly id: string;
  readonly kind: string;
  readonly cause_id: string;
  readonly authority: string;
  readonly legal_basis: string;
  readonly due_at: Date;
  readonly received_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly corrected_at: Date | null;
  readonly suspended_at: Date | null;
}

export interface AssignmentRow {
  readonly id: string;
  readonly role: string;
  readonly user_id: string;
  readonly display_name: string;
  readonly assigned_at: Date;
}

export interface CaseListRow {
  readonly id: string;
  readonly reference: string;
  readonly stage: string;
  readonly country_of_origin: string;
  readonly version: number;
  readonly created_at: Date;
  readonly cursor_at: string;
  readonly person_id: string;
  readonly sealed: Buffer;
  readonly wrapped: Buffer | null;
  readonly next_due_at: Date | null;
}

export interface HoldRow {
  readonly kind: HoldKind;
  readonly valid_until: Date;
}

const DELAYING = (Object.keys(holdKinds) as HoldKind[]).filter((kind) => holdKinds[kind].stops.length > 0);

/** $1: stage; $2: country of origin; $3, $4: after which time and id; $5: how many. */
const WANTED = `($1::text IS NULL OR o.stage = $1) AND ($2::text IS NULL OR o.country_of_origin = $2)
  AND ($3::timestamptz IS NULL OR (o.created_at, o.id) > ($3::timestamptz, $4::uuid))`;

const listOf = (seen: string): string => `
  SELECT c.id, c.reference, c.stage, c.country_of_origin, c.version, c.created_at, c.created_at::text AS cursor_at,
    p.id AS person_id, p.sealed, k.wrapped,
    (SELECT min(d.due_at) FROM deadline d WHERE d.subject_id = c.id AND d.met_at IS NULL AND d.ended_at IS NULL) AS next_due_at
  FROM (${seen}) seen JOIN case_file c ON c.id = seen.id JOIN person p ON p.case_id = c.id JOIN data_key k ON k.case_id = c.id
  ORDER BY c.created_at, c.id LIMIT $5`;

/**
 * What row-level security lets an officer see, asked for as it can be found: the cases of the unit, and those assigned. Left to the
 * policy alone, the list of a small unit asked of each case of the whole installation whether it may be seen.
 */
const CASES_SEEN = listOf(`
    (SELECT o.id FROM case_file o WHERE o.unit = (SELECT f1_officer_unit()) AND ${WANTED} ORDER BY o.created_at, o.id LIMIT $5)
    UNION
    (SELECT o.id FROM assignment a JOIN case_file o ON o.id = a.case_id
     WHERE a.user_id = f1_actor() AND a.ended_at IS NULL AND ${WANTED} ORDER BY o.created_at, o.id LIMIT $5)`);

/** $6: to whom they are assigned. */
const CASES_ASSIGNED = listOf(`
    SELECT DISTINCT o.id, o.created_at FROM app_user u JOIN assignment a ON a.user_id = u.id AND a.ended_at IS NULL
    JOIN case_file o ON o.id = a.case_id WHERE u.username = $6 AND ${WANTED} ORDER BY o.created_at, o.id LIMIT $5`);
