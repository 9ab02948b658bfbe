import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';

export interface FileRow {
  readonly id: string;
  readonly case_id: string;
  readonly sha256: string;
  /** bigint, which the driver gives as text. */
  readonly bytes: string;
  readonly media_type: string;
  readonly stored_as: string;
  readonly sealed: Buffer;
  readonly wrapped: Buffer | null;
  readonly added_by: string;
  readonly added_at: Date;
}

export interface RecordingRow extends FileRow {
  readonly interview_id: string;
  readonly marks: { questionId: string; item: string; atMs: number }[];
}

export interface After {
  readonly at: string;
  readonly id: string;
}

// A recipient of a referral may open a file and does not see who filed it.
const COLUMNS = `f.id, f.case_id, f.sha256, f.bytes, f.media_type, f.stored_as, f.sealed, k.wrapped, coalesce(u.display_name, '') AS added_by, f.added_at`;
const JOINS = `JOIN data_key k ON k.case_id = f.case_id LEFT JOIN app_user u ON u.id = f.added_by`;
const MARKS = `coalesce((SELECT jsonb_agg(jsonb_build_object('questionId', m.question_id, 'item', m.item, 'atMs', m.at_ms)
  ORDER BY m.at_ms, m.question_id, m.item) FROM recording_mark m WHERE m.recording_id = f.id), '[]') AS marks`;

const DOCUMENT = `SELECT ${COLUMNS} FROM document f ${JOINS}`;
const RECORDING = `SELECT ${COLUMNS}, f.interview_id, ${MARKS} FROM recording f ${JOINS}`;
const PAGE = `AND ($2::timestamptz IS NULL OR (f.added_at, f.id) > ($2, $3::uuid)) ORDER BY f.added_at, f.id LIMIT $4`;

/** Reads about documents and recordings; row-level security decides which rows there are. */
@Injectable()
export class DocumentStore {
  findDocumentInTx(tx: Tx, id: string): Promise<FileRow | undefined> {
    return tx.one<FileRow>(`${DOCUMENT} WHERE f.id = $1`, [id], 'document_by_id');
  }

  documentsInTx(tx: Tx, caseId: string, after: After | undefined, limit: number): Promise<FileRow[]> {
    const page = [after?.at ?? null, after?.id ?? null, limit];
    return tx.rows<FileRow>(`${DOCUMENT} WHERE f.case_id = $1 ${PAGE}`, [caseId, ...page], 'documents_of_case');
  }

  findRecordingInTx(tx: Tx, id: string): Promise<RecordingRow | undefined> {
    return tx.one<RecordingRow>(`${RECORDING} WHERE f.id = $1`, [id], 'recording_by_id');
  }

  recordingsInTx(tx: Tx, interviewId: string, after: After | undefined, limit: number): Promise<RecordingRow[]> {
    const page = [after?.at ?? null, after?.id ?? null, limit];
    const query = `${RECORDING} WHERE f.interview_id = $1 ${PAGE}`;
    return tx.rows<RecordingRow>(query, [interviewId, ...page], 'recordings_of_interview');
  }

  /** The case of an interview, if this actor sees it. */
  async findCaseOfInterviewInTx(tx: Tx, interviewId: string): Promise<string | undefined> {
    const query = 'SELECT case_id FROM interview WHERE id = $1';
    return (await tx.one<{ case_id: string }>(query, [interviewId], 'case_of_interview'))?.case_id;
  }

  async existsInTx(tx: Tx, table: 'document' | 'recording', id: string): Promise<boolean> {
    return (await tx.one(`SELECT 1 FROM ${table} WHERE id = $1`, [id], `${table}_exists`)) !== undefined;
  }

  /** Of these questions, the ones that have an answer in the interview. */
  async answeredInTx(tx: Tx, interviewId: string, questionIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.rows<{ question_id: string; item: string }>(
      'SELECT DISTINCT question_id, item FROM answer WHERE interview_id = $1 AND question_id = ANY ($2)',
      [interviewId, questionIds],
      'answered_questions',
    );
    return new Set(rows.map(({ question_id, item }) => JSON.stringify([question_id, item])));
  }

  /** Of these addresses, the ones that some row names; as the worker, who sees every case. */
  async namedInTx(tx: Tx, addresses: readonly string[]): Promise<Set<string>> {
    const rows = await tx.rows<{ stored_as: string }>(
      `SELECT stored_as FROM document WHERE stored_as = ANY ($1) UNION ALL SELECT stored_as FROM recording WHERE stored_as = ANY ($1)`,
      [addresses],
      'named_files',
    );
    return new Set(rows.map(({ stored_as }) => stored_as));
  }
}
