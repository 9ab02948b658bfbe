import { Injectable } from '@nestjs/common';
import type { LockedRow, Tx } from '../platform/database/database.js';
import type { Purpose } from '../questionnaires/questionnaire.store.js';

/** An interview row; locked for a command, plain for a view. */
export interface InterviewRow {
  readonly id: string;
  readonly case_id: string;
  readonly purpose: Purpose;
  readonly interviewer_id: string;
  readonly workflow_hash: string;
  readonly snapshot: unknown;
  readonly version: number;
  readonly sealed: Buffer;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
  readonly created_at: Date;
  readonly sealed_at: Date | null;
}

export type LockedInterview = InterviewRow & LockedRow;

/** What a command about an interview needs beside its own row. */
export interface SituationRow {
  readonly person_id: string;
  readonly person_sealed: Buffer;
  readonly country_of_origin: string;
  /** The age of criminal responsibility in force. */
  readonly responsible_from: number;
  /** Hashes, in the order in which they were chosen. */
  readonly questionnaires: readonly string[];
  /** Every revision, when asked for. */
  readonly answers: readonly StoredAnswer[] | null;
  /** The indicators that stand raised, when the answers were asked for. */
  readonly raised: readonly StoredIndicator[] | null;
}

/** An indicator that stands raised. */
export interface StoredIndicator {
  readonly id: string;
  readonly indicator_id: string;
  /** base64 */
  readonly sealed: string;
}

export interface StoredAnswer {
  readonly id: string;
  readonly question_id: string;
  /** Item numbers from the outermost repeat, joined by dots; empty outside repeats. */
  readonly item: string;
  readonly revision: number;
  readonly based_on: string | null;
  readonly concurrent: boolean;
  /** base64 */
  readonly sealed: string;
  readonly recorded_by: string;
  /** ISO */
  readonly recorded_at: string;
}

export interface InterviewSummaryRow extends InterviewRow {
  readonly interviewer: string;
  readonly questionnaires: readonly PinnedQuestionnaire[];
  readonly raised: number;
  /** Full precision, for the cursor. */
  readonly cursor_at: string;
}

export interface PinnedQuestionnaire {
  readonly hash: string;
  readonly code: string;
  readonly version: number;
  readonly pack: string;
}

export interface IndicatorRow {
  readonly id: string;
  readonly indicator_id: string;
  readonly severity: 'low' | 'medium' | 'high';
  readonly ground: string;
  readonly sealed: Buffer;
  readonly raised_at: Date;
  readonly cleared_at: Date | null;
}

const ANSWERS = `(SELECT coalesce(json_agg(json_build_object('id', a.id, 'question_id', a.question_id, 'item', a.item,
    'revision', a.revision, 'based_on', a.based_on, 'concurrent', a.concurrent, 'sealed', encode(a.sealed, 'base64'),
    'recorded_by', a.recorded_by,
    'recorded_at', to_char(a.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    ORDER BY a.question_id, a.item, a.revision), '[]') FROM answer a WHERE a.interview_id = i.id)`;

const SUMMARY = `SELECT i.*, u.display_name AS interviewer, i.created_at::text AS cursor_at,
    (SELECT json_agg(json_build_object('hash', q.hash, 'code', q.code, 'version', q.version, 'pack', q.pack) ORDER BY n.position)
      FROM interview_questionnaire n JOIN questionnaire q ON q.hash = n.questionnaire_hash
      WHERE n.interview_id = i.id AND n.replaced_at IS NULL)
      AS questionnaires,
    (SELECT count(*)::int FROM raised_indicator r WHERE r.interview_id = i.id AND r.cleared_at IS NULL) AS raised
  FROM interview i JOIN app_user u ON u.id = i.interviewer_id`;

/** Reads about interviews. Rows are written by the command itself, in its one statement. */
@Injectable()
export class InterviewStore {
  async getSituationInTx(tx: Tx, id: string, withAnswers: boolean): Promise<SituationRow> {
    const row = await tx.one<Omit<SituationRow, 'responsible_from'> & { responsible_from: number | null }>(
      `SELECT p.id AS person_id, p.sealed AS person_sealed, c.country_of_origin,
         (SELECT l.value::int FROM legal_setting l WHERE l.name = 'ageOfCriminalResponsibility'
           AND l.valid_from <= f1_now()::date ORDER BY l.valid_from DESC LIMIT 1) AS responsible_from,
         ARRAY(SELECT n.questionnaire_hash FROM interview_questionnaire n WHERE n.interview_id = i.id AND n.replaced_at IS NULL
           ORDER BY n.position)
           AS questionnaires,
         CASE WHEN $2 THEN ${ANSWERS} END AS answers,
         CASE WHEN $2 THEN (SELECT coalesce(json_agg(json_build_object('id', r.id, 'indicator_id', r.indicator_id,
           'sealed', encode(r.sealed, 'base64'))), '[]')
           FROM raised_indicator r WHERE r.interview_id = i.id AND r.cleared_at IS NULL) END AS raised
       FROM interview i JOIN case_file c ON c.id = i.case_id JOIN person p ON p.case_id = i.case_id WHERE i.id = $1`,
      [id, withAnswers],
      'interview_situation',
    );
    if (!row) throw new Error(`interview ${id} has no case or person`);
    if (row.responsible_from === null)
      throw new Error('legal_setting has no ageOfCriminalResponsibility: run "f1 migrate"');
    return { ...row, responsible_from: row.responsible_from };
  }

  findInTx(tx: Tx, id: string): Promise<InterviewSummaryRow | undefined> {
    return tx.one<InterviewSummaryRow>(`${SUMMARY} WHERE i.id = $1`, [id], 'interview_by_id');
  }

  listInTx(
    tx: Tx,
    caseId: string,
    after: { at: string; id: string } | null,
    limit: number,
  ): Promise<InterviewSummaryRow[]> {
    return tx.rows<InterviewSummaryRow>(
      `${SUMMARY} WHERE i.case_id = $1 AND ($2::timestamptz IS NULL OR (i.created_at, i.id) > ($2, $3::uuid))
       ORDER BY i.created_at, i.id LIMIT $4`,
      [caseId, after?.at ?? null, after?.id ?? null, limit],
      'interviews_of_case',
    );
  }

  async seesCaseInTx(tx: Tx, caseId: string): Promise<boolean> {
    return (await tx.one('SELECT FROM case_file WHERE id = $1', [caseId])) !== undefined;
  }

  indicatorsInTx(tx: Tx, id: string): Promise<IndicatorRow[]> {
    return tx.rows<IndicatorRow>(
      `SELECT id, indicator_id, severity, ground, sealed, raised_at, cleared_at FROM raised_indicator
       WHERE interview_id = $1 ORDER BY raised_at, id`,
      [id],
      'indicators_of_interview',
    );
  }

  findRaisedInTx(tx: Tx, id: string, indicatorId: string): Promise<StoredIndicator | undefined> {
    return tx.one<StoredIndicator>(
      `SELECT id, indicator_id, encode(sealed, 'base64') AS sealed FROM raised_indicator
       WHERE interview_id = $1 AND indicator_id = $2 AND cleared_at IS NULL`,
      [id, indicatorId],
      'raised_indicator',
    );
  }

  findNoticeInTx(tx: Tx, id: string): Promise<{ id: string; sealed: Buffer; served_at: Date } | undefined> {
    return tx.one('SELECT id, sealed, served_at FROM notice WHERE interview_id = $1', [id], 'notice_of_interview');
  }

  /** Comments on any record of the case; which interview each is about is sealed. */
  commentsInTx(tx: Tx, caseId: string): Promise<{ id: string; sealed: Buffer; received_at: Date }[]> {
    return tx.rows(
      `SELECT id, sealed, received_at FROM submission WHERE case_id = $1 AND kind = 'commentOnRecord' ORDER BY received_at, id`,
      [caseId],
      'comments_of_case',
    );
  }

  findDraftInTx(tx: Tx, id: string, author: string): Promise<{ sealed: Buffer; saved_at: Date } | undefined> {
    return tx.one('SELECT sealed, saved_at FROM interview_draft WHERE interview_id = $1 AND saved_by = $2', [
      id,
      author,
    ]);
  }

  namesInTx(tx: Tx, ids: readonly string[]): Promise<{ id: string; display_name: string }[]> {
    return tx.rows('SELECT id, display_name FROM app_user WHERE id = ANY ($1)', [ids], 'names_of_users');
  }

  deadlinesInTx(tx: Tx, id: string): Promise<{ kind: string; source: string; due_at: Date; overdue: boolean }[]> {
    return tx.rows(
      `SELECT kind, source, due_at, f1_now() > due_at AS overdue FROM deadline
       WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL ORDER BY due_at, kind`,
      [id],
      'deadlines_of_interview',
    );
  }

  /** The events by which answers were recorded at that instant: one, unless two came in the same millisecond. */
  answerEventsInTx(tx: Tx, id: string, answerId: string): Promise<{ seq: number; payload: Buffer }[]> {
    return tx.rows(
      `SELECT e.seq, e.payload FROM event e JOIN answer a ON a.id = $2 AND e.at = a.recorded_at
       WHERE e.aggregate_id = $1 AND e.type = 'RECORD_ANSWER'`,
      [id, answerId],
    );
  }

  followUpEventsInTx(tx: Tx, id: string): Promise<{ seq: number; payload: Buffer }[]> {
    return tx.rows(`SELECT seq, payload FROM event WHERE aggregate_id = $1 AND type = 'ASK_FOLLOW_UP'`, [id]);
  }

  async hasDocumentInTx(tx: Tx, caseId: string, id: string): Promise<boolean> {
    return (await tx.one('SELECT FROM document WHERE id = $1 AND case_id = $2', [id, caseId])) !== undefined;
  }
}
