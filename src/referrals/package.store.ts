import { Injectable } from '@nestjs/common';
import {
  type AllegationInFile,
  type CaseFile,
  type Content,
  type InterviewInFile,
  place,
  type ReferralKind,
} from '../domain/referral/file.js';
import type { Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import { asAsked, englishTexts } from './question-texts.js';

/** Reads what a file holds and opens what is sealed in it, in one round trip (two when a questionnaire is met for the first time). */
@Injectable()
export class PackageStore {
  /** English wording by question id, per questionnaire hash: published questionnaires never change. */
  private readonly texts = new Map<string, Readonly<Record<string, string>>>();

  /** An account is a witness interview and moves only by itself; the other kinds never carry one. */
  async getInTx(tx: Tx, caseId: string, key: DataKey, kind: ReferralKind): Promise<CaseFile> {
    const found = await tx.one<{ file: FileRow }>(FILE, [caseId, kind === 'account'], 'referral_file');
    const { file, person } = { file: found?.file, person: found?.file.person };
    if (!file || !person) throw new NotFound('case');
    await this.learnTextsInTx(
      tx,
      file.interviews.flatMap(({ questionnaires }) => questionnaires.map(({ hash }) => hash)),
    );
    const opened = opener(key);
    return {
      caseId,
      reference: file.reference,
      procedureType: file.procedureType,
      countryOfOrigin: file.countryOfOrigin,
      claim: file.claim,
      person: {
        id: person.id,
        whereabouts: person.whereabouts,
        content: opened('person', person.sealed, person.id),
      },
      allegations: kind === 'account' ? [] : file.allegations.map((row) => allegationOf(row, opened)),
      interviews: file.interviews.map((row) => this.interviewOf(row, opened)),
      documents: file.documents.map((row) => withContent('document', row, opened)),
      notices: file.notices.map((row) => withContent('notice', row, opened)),
      submissions: file.submissions.map((row) => withContent('submission', row, opened)),
    };
  }

  private interviewOf(row: Sealed<InterviewInFile>, opened: Opener): InterviewInFile {
    return {
      ...withContent('interview', row, opened),
      questionnaires: (row.questionnaires as readonly Pinned[]).map(({ position, ...one }) => ({
        ...one,
        texts: asAsked(this.texts.get(one.hash) ?? {}, one.code, position),
      })),
      answers: row.answers.map((answer) => withContent('answer', answer, opened)),
      indicators: row.indicators.map((indicator) => withContent('raised_indicator', indicator, opened)),
      recordings: row.recordings.map((recording) => withContent('recording', recording, opened)),
    };
  }

  private async learnTextsInTx(tx: Tx, hashes: string[]): Promise<void> {
    const unknown = [...new Set(hashes)].filter((hash) => !this.texts.has(hash));
    if (unknown.length === 0) return;
    const rows = await tx.rows<{ hash: string; body: unknown }>(
      'SELECT hash, body FROM questionnaire WHERE hash = ANY ($1)',
      [unknown],
      'questionnaire_bodies',
    );
    for (const { hash, body } of rows) this.texts.set(hash, englishTexts(body));
  }
}

type Sealed<T> = T extends { readonly content: Content }
  ? { [K in keyof Omit<T, 'content'>]: SealedList<T[K]> } & { readonly sealed: string }
  : T;
type SealedList<T> = T extends readonly (infer E)[] ? readonly Sealed<E>[] : T;

type FileRow = {
  [K in keyof Omit<CaseFile, 'caseId' | 'person'>]: SealedList<CaseFile[K]>;
} & { person: { id: string; whereabouts: string | null; sealed: string } | null };

/** A version that the interview was moved from is listed too: some answers were given to its questions. */
type Pinned = InterviewInFile['questionnaires'][number] & { readonly position: number };

type Opener = (table: string, sealed: string, ...keyColumns: string[]) => Content;

const opener =
  (key: DataKey): Opener =>
  (table, sealed, ...keyColumns) =>
    key.open<Content>(Buffer.from(sealed, 'base64'), place(table, ...keyColumns));

function withContent<T extends { readonly id: string; readonly sealed: string }>(
  table: string,
  { sealed, ...row }: T,
  opened: Opener,
): Omit<T, 'sealed'> & { content: Content } {
  return { ...row, content: opened(table, sealed, row.id) };
}

const allegationOf = (row: Sealed<AllegationInFile>, opened: Opener): AllegationInFile => ({
  ...withContent('allegation', row, opened),
  elements: row.elements.map(({ sealed, ...finding }) => ({
    ...finding,
    content: opened('element_finding', sealed, row.id, finding.element),
  })),
});

const list = (select: string): string => `(SELECT coalesce(jsonb_agg(to_jsonb(l)), '[]') FROM (${select}) l)`;
const b64 = (column: string): string => `translate(encode(${column}, 'base64'), E'\\n', '') AS sealed`;
const iso = (column: string, name: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "${name}"`;

const INTERVIEW = `
  SELECT i.id, i.purpose, i.snapshot AS state, ${iso('i.created_at', 'heldAt')}, ${iso('i.sealed_at', 'sealedAt')}, ${b64('i.sealed')},
    ${list(`SELECT q.code, q.version, q.hash, iq.position FROM interview_questionnaire iq JOIN questionnaire q ON q.hash = iq.questionnaire_hash
      WHERE iq.interview_id = i.id ORDER BY iq.position, iq.replaced_at NULLS FIRST`)} AS questionnaires,
    ${list(`SELECT a.id, a.question_id AS "questionId", a.item, a.revision, a.concurrent, ${iso('a.recorded_at', 'recordedAt')},
      ${b64('a.sealed')} FROM answer a WHERE a.interview_id = i.id ORDER BY a.recorded_at, a.question_id, a.item, a.revision`)} AS answers,
    ${list(`SELECT r.id, r.indicator_id AS "indicatorId", r.item, r.severity, r.ground, ${iso('r.raised_at', 'raisedAt')},
      ${iso('r.cleared_at', 'clearedAt')}, ${b64('r.sealed')} FROM raised_indicator r WHERE r.interview_id = i.id
      ORDER BY r.raised_at, r.id`)} AS indicators,
    ${list(`SELECT r.id, r.sha256, r.bytes, r.media_type AS "mediaType", ${iso('r.added_at', 'addedAt')}, ${b64('r.sealed')},
      ${list(`SELECT m.question_id AS "questionId", m.item, m.at_ms AS "atMs" FROM recording_mark m WHERE m.recording_id = r.id
        ORDER BY m.at_ms, m.question_id, m.item`)} AS marks
      FROM recording r WHERE r.interview_id = i.id ORDER BY r.added_at, r.id`)} AS recordings
  FROM interview i WHERE i.case_id = c.id AND (i.purpose = 'witness') = $2 ORDER BY i.created_at, i.id`;

const ALLEGATION = `
  SELECT a.id, a.ground, a.crime, a.scope, a.template_version AS "templateVersion", ${b64('a.sealed')},
    ${list(`SELECT f.element, f.finding, ${b64('f.sealed')} FROM element_finding f WHERE f.allegation_id = a.id ORDER BY f.element`)} AS elements,
    ${list(`SELECT e.element, e.source_kind AS "sourceKind", e.source_ref AS "sourceRef", e.exculpatory FROM evidence e
      WHERE e.allegation_id = a.id ORDER BY e.element, e.source_kind, e.source_ref, e.id`)} AS evidence
  FROM allegation a WHERE a.case_id = c.id AND a.withdrawn_at IS NULL ORDER BY a.position`;

const FILE = `
  SELECT jsonb_build_object(
    'reference', c.reference, 'procedureType', c.procedure_type, 'countryOfOrigin', c.country_of_origin,
    'claim', c.snapshot -> 'claim',
    'person', (SELECT jsonb_build_object('id', p.id, 'whereabouts', p.snapshot -> 'whereabouts', 'sealed',
      translate(encode(p.sealed, 'base64'), E'\\n', '')) FROM person p WHERE p.case_id = c.id),
    'allegations', ${list(ALLEGATION)},
    'interviews', ${list(INTERVIEW)},
    'documents', ${list(`SELECT d.id, d.sha256, d.bytes, d.media_type AS "mediaType", ${iso('d.added_at', 'addedAt')}, ${b64('d.sealed')}
      FROM document d WHERE d.case_id = c.id ORDER BY d.added_at, d.id`)},
    'notices', ${list(`SELECT n.id, n.kind, n.interview_id AS "interviewId", ${iso('n.served_at', 'servedAt')},
      ${iso('n.reply_due_at', 'replyDueAt')}, ${b64('n.sealed')} FROM notice n WHERE n.case_id = c.id ORDER BY n.served_at, n.id`)},
    'submissions', ${list(`SELECT s.id, s.kind, ${iso('s.received_at', 'receivedAt')}, ${b64('s.sealed')}
      FROM submission s WHERE s.case_id = c.id ORDER BY s.received_at, s.id`)}
  ) AS file
  FROM case_file c WHERE c.id = $1`;
