import { Injectable } from '@nestjs/common';
import type { ProcedureType } from '../domain/workflow/vocabulary/case.js';
import type { LockedRow, Tx } from '../platform/database/database.js';
import type { Call, Prepared } from '../platform/database/prepared.js';

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
  actor_signed_off_legally: boolean;
  actor_is_suspicion_proposer: boolean;
  actor_confirmed_suspicion: boolean;
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
  heard_since_suspicion_proposal: boolean;
  standing_referrals: number;
  authorities_for_exclusion: number;
  authorities_for_suspicion: number;
  decision_id: string | null;
  open_appeal_id: string | null;
  last_judgment_is_final: boolean;
  decision_served: boolean;
  appeal_period_over: boolean;
}

/** Each table is read once: a scan more costs every command, and each row passes its policy once. */
const FACTS: Prepared = {
  name: 'f1_case_facts',
  types: ['uuid', 'uuid'],
  text: `
  WITH a AS (SELECT count(*)::int AS allegations, count(*) FILTER (WHERE complete AND assessed_at >= coalesce((SELECT max(sealed_at) FROM interview
        WHERE case_id = $1), '-infinity'))::int AS allegations_complete,
      coalesce(bool_and(exculpatory_assessed), true) AS exculpatory_assessed,
      count(*) FILTER (WHERE intended_to_stand)::int AS allegations_intended,
      count(*) FILTER (WHERE below_responsibility AND intended_to_stand)::int AS allegations_below_responsibility,
      coalesce(bool_or(intended_to_stand AND (ground = '1F(a)' OR minor_at_act)), false) AS legal_sign_off_needed,
      coalesce(array_agg(ground) FILTER (WHERE intended_to_stand), '{}') AS grounds,
      coalesce(json_agg(json_build_object('id', id, 'ground', ground, 'scope', scope,
        'intended_to_stand', intended_to_stand) ORDER BY position), '[]') AS allegation_rows
    FROM allegation WHERE case_id = $1 AND withdrawn_at IS NULL),
  i AS (SELECT coalesce(bool_or(interviewer_id = $2), false) AS actor_is_interviewer,
      count(*) FILTER (WHERE sealed_at IS NULL AND snapshot #>> '{}' IS DISTINCT FROM 'abandoned')::int AS open_interviews,
      count(*) FILTER (WHERE purpose = 'exclusion' AND sealed_at >= coalesce((SELECT max(e.at) FROM event e
        WHERE e.aggregate_id = $1 AND e.type IN ('FURTHER_INTERVIEW', 'REOPEN', 'REOPEN_CLAIM')), '-infinity'))::int AS sealed_exclusion_interviews,
      coalesce(array_agg(id::text) FILTER (WHERE sealed_at IS NOT NULL), '{}') AS sealed_ids
    FROM interview WHERE case_id = $1),
  r AS (SELECT coalesce(bool_or(reviewer_id = $2 AND kind <> 'decision'), false) AS actor_is_reviewer,
      coalesce(bool_or(reviewer_id = $2 AND kind = 'legal' AND outcome = 'approved'), false) AS actor_signed_off_legally,
      max(analysis_revision) FILTER (WHERE kind = 'legal' AND outcome = 'approved') AS legal_sign_off_revision,
      (array_agg(CASE WHEN outcome = 'approved' THEN analysis_revision END ORDER BY at DESC)
        FILTER (WHERE kind <> 'legal'))[1] AS reviewed_revision
    FROM review WHERE case_id = $1),
  n AS (SELECT id, analysis_revision, reply_due_at FROM notice
    WHERE case_id = $1 AND kind = 'intention' ORDER BY served_at DESC LIMIT 1),
  d AS (SELECT id, decided_at FROM decision WHERE case_id = $1 ORDER BY decided_at DESC LIMIT 1),
  s AS (SELECT id, suspicion, allegation_ids, proposed_by, proposed_at, decided_by, outcome FROM suspicion_decision
    WHERE case_id = $1 AND (outcome IS NULL OR outcome = 'confirmed') ORDER BY proposed_at DESC, decided_at DESC NULLS FIRST LIMIT 1),
  k AS (SELECT count(DISTINCT c.authority_id) FILTER (WHERE 'exclusion' = ANY (c.kinds) AND c.grounds && a.grounds)::int
        AS authorities_for_exclusion,
      count(DISTINCT c.authority_id) FILTER (WHERE 'suspicion' = ANY (c.kinds) AND '1F(a)' = ANY (c.grounds))::int
        AS authorities_for_suspicion
    FROM competence_rule c JOIN authority u ON u.id = c.authority_id AND u.disabled_at IS NULL, a,
      (SELECT ARRAY(SELECT country FROM person_country WHERE case_id = $1) AS own) AS countries
    WHERE c.valid_from <= f1_now()::date AND (c.valid_until IS NULL OR c.valid_until >= f1_now()::date)
      AND (c.countries IS NULL OR c.countries && own) AND u.country <> ALL (own))
  SELECT a.allegation_rows, a.allegations, a.allegations_complete, a.exculpatory_assessed, a.allegations_intended,
    a.allegations_below_responsibility, a.legal_sign_off_needed,
    i.actor_is_interviewer, i.open_interviews, i.sealed_exclusion_interviews,
    r.actor_is_reviewer, r.actor_signed_off_legally, r.legal_sign_off_revision, r.reviewed_revision,
    k.authorities_for_exclusion, k.authorities_for_suspicion,
    p.sealed AS person_sealed, p.id AS person_id, p.has_representative,
    n.id AS intention_id, n.analysis_revision AS intention_revision, d.id AS decision_id,
    coalesce(n.reply_due_at <= f1_now(), false) AS reply_deadline_passed,
    EXISTS (SELECT FROM submission WHERE case_id = $1 AND notice_id = n.id AND kind = 'replyToIntention') AS reply_received,
    EXISTS (SELECT FROM notice WHERE case_id = $1 AND kind = 'decision' AND served_at >= d.decided_at) AS decision_served,
    EXISTS (SELECT FROM analysis_author WHERE case_id = $1 AND user_id = $2) AS actor_is_author,
    coalesce(s.outcome IS NULL AND s.proposed_by = $2, false) AS actor_is_suspicion_proposer,
    coalesce(s.outcome = 'confirmed' AND s.decided_by = $2, false) AS actor_confirmed_suspicion,
    EXISTS (SELECT FROM event e WHERE e.case_id = $1 AND e.aggregate_kind = 'interview' AND e.at > s.proposed_at)
      AS heard_since_suspicion_proposal,
    CASE WHEN s.id IS NOT NULL AND s.outcome IS NULL THEN json_build_object('id', s.id, 'suspicion', s.suspicion,
      'allegation_ids', s.allegation_ids) END AS suspicion_proposal,
    ARRAY(SELECT name FROM certificate WHERE user_id = $2 AND f1_now()::date BETWEEN valid_from AND valid_until) AS certificates,
    (SELECT count(DISTINCT (e.source_kind, e.source_ref))::int FROM evidence e
      JOIN allegation on_it ON on_it.id = e.allegation_id AND on_it.withdrawn_at IS NULL
      WHERE e.case_id = $1 AND NOT (e.source_kind = 'interview' AND split_part(e.source_ref, '#', 1) = ANY (i.sealed_ids))
        AND NOT EXISTS (SELECT FROM disclosure x WHERE x.case_id = $1 AND x.source_kind = e.source_kind
          AND x.source_ref = e.source_ref AND x.disclosed_at <= coalesce((SELECT max(h.received_at) FROM submission h
            WHERE h.case_id = $1 AND h.notice_id = n.id), n.reply_due_at, 'infinity'))) AS undisclosed_relied_material,
    (SELECT count(*)::int FROM referral WHERE case_id = $1 AND ((kind = 'suspicion' AND corrected_at IS NULL)
      OR (kind = 'exclusion' AND corrected_at IS NOT NULL))) AS standing_referrals,
    (SELECT id FROM appeal WHERE decision_id = d.id AND outcome IS NULL) AS open_appeal_id,
    coalesce((SELECT final FROM appeal WHERE case_id = $1 AND outcome IS NOT NULL ORDER BY decided_at DESC LIMIT 1), false)
      AS last_judgment_is_final,
    EXISTS (SELECT FROM deadline WHERE subject_id = $1 AND kind = 'appeal' AND met_at IS NULL AND ended_at IS NULL
      AND due_at <= f1_now()) AS appeal_period_over
  FROM person p CROSS JOIN a CROSS JOIN i CROSS JOIN r CROSS JOIN k LEFT JOIN n ON true LEFT JOIN d ON true
    LEFT JOIN s ON true
  WHERE p.case_id = $1`,
};

/** Reads about cases. Rows are written by the command itself, in its one statement. */
@Injectable()
export class CaseStore {
  /** What the guards ask, read together with the lock of a command. */
  factsFor(caseId: string, actorId: string): Call {
    return { statement: FACTS, values: [caseId, actorId] };
  }

  async getFactsInTx(tx: Tx, caseId: string, actorId: string): Promise<CaseFactsRow> {
    const row = await tx.one<CaseFactsRow>(FACTS.text, [caseId, actorId], 'case_facts');
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
