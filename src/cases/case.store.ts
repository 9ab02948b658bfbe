import { Injectable } from '@nestjs/common';
import type { ProcedureType } from '../domain/workflow/vocabulary/case.js';
import type { LockedRow, Tx } from '../platform/database/database.js';

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

/** What the guards ask about a case, counted in one statement. Roles and the command's own content are added in the service. */
export interface CaseFactsRow {
  actor_is_author: boolean;
  actor_is_interviewer: boolean;
  actor_is_reviewer: boolean;
  actor_is_suspicion_proposer: boolean;
  certificates: string[];
  person_sealed: Buffer;
  person_id: string;
  has_representative: boolean;
  open_interviews: number;
  sealed_exclusion_interviews: number;
  allegation_rows: AllegationRow[];
  allegations: number;
  allegations_complete: number;
  exculpatory_assessed: boolean;
  allegations_intended: number;
  allegations_below_responsibility: number;
  legal_sign_off_needed: boolean;
  legal_sign_off_revision: number | null;
  intention_id: string | null;
  intention_revision: number | null;
  reply_received: boolean;
  reply_deadline_passed: boolean;
  undisclosed_relied_material: number;
  reviewed_revision: number | null;
  suspicion_proposal: { id: string; suspicion: boolean; allegation_ids: string[] } | null;
  standing_referrals: number;
  authorities_for_exclusion: number;
  authorities_for_suspicion: number;
  decision_id: string | null;
  last_judgment_is_final: boolean;
  decision_served: boolean;
  appeal_period_over: boolean;
}

const COMPETENT = (kind: string, grounds: string): string => `
  (SELECT count(DISTINCT r.authority_id)::int FROM competence_rule r JOIN authority a ON a.id = r.authority_id
    WHERE '${kind}' = ANY (r.kinds) AND r.grounds && ${grounds} AND a.disabled_at IS NULL
      AND r.valid_from <= t.now::date AND (r.valid_until IS NULL OR r.valid_until >= t.now::date)
      AND (r.countries IS NULL OR r.countries && ARRAY(SELECT country FROM person_country WHERE case_id = t.id))
      AND NOT EXISTS (SELECT FROM person_country p WHERE p.case_id = t.id AND p.country = a.country))`;

const FACTS = `
  WITH t AS (SELECT $1::uuid AS id, $2::uuid AS actor, f1_now() AS now),
  a AS MATERIALIZED (SELECT * FROM allegation WHERE case_id = $1 AND withdrawn_at IS NULL),
  i AS MATERIALIZED (SELECT * FROM interview WHERE case_id = $1),
  n AS MATERIALIZED (SELECT id, analysis_revision, reply_due_at FROM notice
    WHERE case_id = $1 AND kind = 'intention' ORDER BY served_at DESC LIMIT 1),
  d AS MATERIALIZED (SELECT id, decided_at FROM decision WHERE case_id = $1 ORDER BY decided_at DESC LIMIT 1)
  SELECT
    EXISTS (SELECT FROM analysis_author w WHERE w.case_id = t.id AND w.user_id = t.actor) AS actor_is_author,
    EXISTS (SELECT FROM i WHERE i.interviewer_id = t.actor) AS actor_is_interviewer,
    EXISTS (SELECT FROM review r WHERE r.case_id = t.id AND r.reviewer_id = t.actor AND r.kind <> 'decision')
      AS actor_is_reviewer,
    EXISTS (SELECT FROM suspicion_decision s WHERE s.case_id = t.id AND s.outcome IS NULL AND s.proposed_by = t.actor)
      AS actor_is_suspicion_proposer,
    ARRAY(SELECT c.name FROM certificate c WHERE c.user_id = t.actor
      AND t.now::date BETWEEN c.valid_from AND c.valid_until) AS certificates,
    p.sealed AS person_sealed, p.id AS person_id, p.has_representative,
    (SELECT count(*)::int FROM i WHERE i.sealed_at IS NULL AND i.snapshot #>> '{}' IS DISTINCT FROM 'abandoned') AS open_interviews,
    (SELECT count(*)::int FROM i WHERE i.purpose = 'exclusion' AND i.sealed_at >= coalesce((
      SELECT max(e.at) FROM event e WHERE e.aggregate_id = t.id AND e.type IN ('FURTHER_INTERVIEW', 'REOPEN')), '-infinity'))
      AS sealed_exclusion_interviews,
    (SELECT coalesce(json_agg(json_build_object('id', a.id, 'ground', a.ground, 'scope', a.scope,
      'intended_to_stand', a.intended_to_stand) ORDER BY a.position), '[]') FROM a) AS allegation_rows,
    (SELECT count(*)::int FROM a) AS allegations,
    (SELECT count(*)::int FROM a WHERE a.complete) AS allegations_complete,
    NOT EXISTS (SELECT FROM a WHERE NOT a.exculpatory_assessed) AS exculpatory_assessed,
    (SELECT count(*)::int FROM a WHERE a.intended_to_stand) AS allegations_intended,
    (SELECT count(*)::int FROM a WHERE a.below_responsibility) AS allegations_below_responsibility,
    EXISTS (SELECT FROM a WHERE a.intended_to_stand AND (a.ground = '1F(a)' OR a.minor_at_act)) AS legal_sign_off_needed,
    (SELECT max(r.analysis_revision) FROM review r WHERE r.case_id = t.id AND r.kind = 'legal' AND r.outcome = 'approved')
      AS legal_sign_off_revision,
    n.id AS intention_id, n.analysis_revision AS intention_revision,
    EXISTS (SELECT FROM submission s WHERE s.notice_id = n.id AND s.kind = 'replyToIntention') AS reply_received,
    coalesce(n.reply_due_at <= t.now, false) AS reply_deadline_passed,
    (SELECT count(DISTINCT (e.source_kind, e.source_ref))::int FROM evidence e JOIN a ON a.id = e.allegation_id
      WHERE NOT EXISTS (SELECT FROM disclosure x WHERE x.case_id = t.id AND x.source_kind = e.source_kind AND x.source_ref = e.source_ref)
        AND NOT (e.source_kind = 'interview' AND EXISTS (
          SELECT FROM i WHERE i.id::text = split_part(e.source_ref, '#', 1) AND i.sealed_at IS NOT NULL))) AS undisclosed_relied_material,
    (SELECT CASE WHEN r.outcome = 'approved' THEN r.analysis_revision END FROM review r
      WHERE r.case_id = t.id AND r.kind <> 'legal' ORDER BY r.at DESC LIMIT 1) AS reviewed_revision,
    (SELECT json_build_object('id', s.id, 'suspicion', s.suspicion, 'allegation_ids', s.allegation_ids)
      FROM suspicion_decision s WHERE s.case_id = t.id AND s.outcome IS NULL) AS suspicion_proposal,
    (SELECT count(*)::int FROM referral r WHERE r.case_id = t.id AND r.kind IN ('exclusion', 'suspicion')
      AND r.corrected_at IS NULL) AS standing_referrals,
    ${COMPETENT('exclusion', `coalesce((SELECT array_agg(DISTINCT a.ground) FROM a WHERE a.intended_to_stand), '{}')`)}
      AS authorities_for_exclusion,
    ${COMPETENT('suspicion', `ARRAY['1F(a)']`)} AS authorities_for_suspicion,
    d.id AS decision_id,
    coalesce((SELECT x.final FROM appeal x WHERE x.case_id = t.id AND x.outcome IS NOT NULL ORDER BY x.decided_at DESC LIMIT 1), false)
      AS last_judgment_is_final,
    EXISTS (SELECT FROM notice s WHERE s.case_id = t.id AND s.kind = 'decision' AND s.served_at >= d.decided_at) AS decision_served,
    EXISTS (SELECT FROM deadline x WHERE x.subject_id = t.id AND x.kind = 'appeal' AND x.met_at IS NULL AND x.ended_at IS NULL
      AND x.due_at <= t.now) AS appeal_period_over
  FROM t JOIN person p ON p.case_id = t.id LEFT JOIN n ON true LEFT JOIN d ON true`;

/** Reads about cases. Rows are written by the command itself, in its one statement. */
@Injectable()
export class CaseStore {
  async getFactsInTx(tx: Tx, caseId: string, actorId: string): Promise<CaseFactsRow> {
    const row = await tx.one<CaseFactsRow>(FACTS, [caseId, actorId], 'case_facts');
    if (!row) throw new Error(`case ${caseId} has no person`);
    return row;
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
    return tx.rows<CaseListRow>(
      `SELECT c.id, c.reference, c.stage, c.country_of_origin, c.version, c.created_at, c.created_at::text AS cursor_at,
         p.id AS person_id, p.sealed, k.wrapped,
         (SELECT min(d.due_at) FROM deadline d WHERE d.subject_id = c.id AND d.met_at IS NULL AND d.ended_at IS NULL) AS next_due_at
       FROM case_file c JOIN person p ON p.case_id = c.id JOIN data_key k ON k.case_id = c.id
       WHERE ($1::text IS NULL OR c.stage = $1) AND ($2::text IS NULL OR c.country_of_origin = $2)
         AND ($3::text IS NULL OR EXISTS (SELECT FROM assignment a JOIN app_user u ON u.id = a.user_id
           WHERE a.case_id = c.id AND a.ended_at IS NULL AND u.username = $3))
         AND ($4::timestamptz IS NULL OR (c.created_at, c.id) > ($4::timestamptz, $5::uuid))
       ORDER BY c.created_at, c.id LIMIT $6`,
      [query.stage, query.country, query.assignee, query.after?.at ?? null, query.after?.id ?? null, query.limit],
      'case_list',
    );
  }

  findByExternalReferenceInTx(tx: Tx, reference: string): Promise<CaseRow | undefined> {
    return tx.one<CaseRow>('SELECT * FROM case_file WHERE external_reference = $1', [reference]);
  }

  async getPersonInTx(tx: Tx, caseId: string): Promise<{ id: string; sealed: Buffer }> {
    const row = await tx.one<{ id: string; sealed: Buffer }>('SELECT id, sealed FROM person WHERE case_id = $1', [
      caseId,
    ]);
    if (!row) throw new Error(`case ${caseId} has no person`);
    return row;
  }

  async nextReferenceInTx(tx: Tx): Promise<string> {
    const row = await tx.one<{ n: string }>(`SELECT nextval('case_reference_number') AS n`);
    return `F1-${tx.now.getUTCFullYear()}-${String(row?.n).padStart(6, '0')}`;
  }

  deadlinesInTx(tx: Tx, caseId: string): Promise<DeadlineRow[]> {
    return tx.rows<DeadlineRow>(
      `SELECT kind, source, starts_at, due_at, f1_now() > due_at AS overdue FROM deadline
       WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL ORDER BY due_at, kind`,
      [caseId],
      'deadlines_of_case',
    );
  }

  obligationsInTx(tx: Tx, caseId: string): Promise<ObligationRow[]> {
    return tx.rows<ObligationRow>(
      `SELECT o.id, o.kind, o.cause_id, a.name AS authority, c.legal_basis, o.due_at, r.received_at, k.acknowledged_at, f.corrected_at
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

export interface AllegationRow {
  readonly id: string;
  readonly ground: '1F(a)' | '1F(b)' | '1F(c)' | 'seriousCrimeSP';
  readonly scope: 'refugeeStatus' | 'subsidiaryProtection';
  readonly intended_to_stand: boolean;
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
