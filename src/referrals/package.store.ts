import { Injectable } from '@nestjs/common';
import {
  type AllegationInFile,
  type AnswerInFile,
  type CaseFile,
  type Content,
  type InterviewInFile,
  place,
  type ReferralKind,
} from '../domain/referral/file.js';
import type { Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import type { Call, Prepared } from '../platform/database/prepared.js';
import type { DataKey } from '../platform/database/sealing.js';
import { FILE } from './package.sql.js';
import { type PersonsNamed, withheldOf } from './whereabouts-withheld.js';

/** A version that the interview was moved from is listed too: some answers were given to its questions. */
export interface Pin {
  readonly code: string;
  readonly version: number;
  readonly hash: string;
  readonly position: number;
  readonly replaced: boolean;
}

type Worded = 'question' | 'inWords' | 'labels';

/** An interview without the words of its questionnaires. */
export interface InterviewOpened extends Omit<InterviewInFile, 'questionnaires' | 'answers' | 'indicators'> {
  readonly questionnaires: readonly Pin[];
  readonly answers: readonly Omit<AnswerInFile, Worded>[];
  readonly indicators: readonly Omit<InterviewInFile['indicators'][number], 'questions'>[];
}

/** Leave for the package to go although something is missing, approved for the present revision of the analysis. */
export interface OverrideApproved {
  readonly gapsHash: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly reason: string;
  readonly approval: string;
}

export interface FileOpened extends Omit<CaseFile, 'interviews' | 'timeline'> {
  readonly interviews: readonly InterviewOpened[];
  readonly overrides: readonly OverrideApproved[];
  /** Allegations that the waiting suspicion proposal names; null when none waits. */
  readonly proposed: readonly string[] | null;
}

/** Reads what a file holds and opens what is sealed in it, in one round trip. */
@Injectable()
export class PackageStore {
  async getInTx(tx: Tx, caseId: string, key: DataKey, kind: ReferralKind): Promise<FileOpened> {
    const [rows] = await tx.all([this.reading(caseId, kind)]);
    return this.opened(rows, caseId, key);
  }

  /**
   * What `getInTx` sends, for whoever reads more in the same round trip. An account is what its agreement names of one interview,
   * and moves only by itself; other kinds carry no witness interview.
   */
  reading(caseId: string, kind: ReferralKind): Call {
    return { statement: READING, values: [caseId, String(kind === 'account'), kind] };
  }

  /** What `reading` was answered with. Throws NotFound. */
  opened(rows: readonly object[], caseId: string, key: DataKey): FileOpened {
    const found = rows[0] as { file: FileRow } | undefined;
    if (!found?.file.person) throw new NotFound('case');
    const { withdrawnPersons: _withdrawn, markings: _markings, ...file } = found.file;
    const opened = opener(key);
    const each = <T extends Row>(table: string, rows: readonly T[]) =>
      rows.map((row) => withContent(table, row, opened));
    return {
      ...file,
      caseId,
      claim: nameOf(file.claim),
      person: personOf(found.file.person, opened),
      thirdPersons: each('third_person', file.thirdPersons),
      whereaboutsWithheld: withheldOf(found.file, caseId, key),
      allegations: file.allegations.map((row) => allegationOf(row, opened)),
      interviews: file.interviews.map((row) => interviewOf(row, opened)),
      documents: each('document', file.documents),
      notices: each('notice', file.notices),
      disclosures: each('disclosure', file.disclosures),
      submissions: each('submission', file.submissions),
      overrides: file.overrides.map(({ id, sealed, sealedOutcome, ...row }) => ({
        ...row,
        reason: String(opened('package_override', sealed, id)['reason']),
        approval: String(opened('package_override', sealedOutcome, id, 'outcome')['reason']),
      })),
    };
  }
}

const READING: Prepared = { name: 'f1_referral_file', types: ['uuid', 'boolean', 'text'], text: FILE };

interface Row {
  readonly id: string;
  readonly sealed: string;
}

type Sealed<T> = T extends { readonly content: Content }
  ? { [K in keyof Omit<T, 'content'>]: SealedList<T[K]> } & { readonly id: string; readonly sealed: string }
  : T;
type SealedList<T> = T extends readonly (infer E)[] ? readonly Sealed<E>[] : T;

type FileRow = {
  [K in keyof Omit<FileOpened, 'caseId' | 'person' | 'allegations' | 'overrides' | 'whereaboutsWithheld'>]: SealedList<
    FileOpened[K]
  >;
} & Omit<PersonsNamed, 'thirdPersons'> & {
    readonly person: PersonRow | null;
    readonly allegations: readonly AllegationRow[];
    readonly overrides: readonly (Omit<OverrideApproved, 'reason' | 'approval'> &
      Row & { readonly sealedOutcome: string })[];
  };

interface PersonRow extends Row {
  readonly whereabouts: unknown;
  readonly identity: unknown;
  readonly history: readonly {
    readonly seq: number;
    readonly type: string;
    readonly at: string;
    readonly sealed: string;
  }[];
}

/** A state inside another one is named with it: `ended.withdrawn`. */
function nameOf(state: unknown): string | null {
  if (state === null || typeof state !== 'object') return state === null ? null : String(state);
  const [[outer, inner] = []] = Object.entries(state);
  return outer === undefined ? null : [outer, nameOf(inner)].filter((name) => name !== null).join('.');
}

type Opener = (table: string, sealed: string, ...keyColumns: (string | number)[]) => Content;

const opener =
  (key: DataKey): Opener =>
  (table, sealed, ...keyColumns) =>
    key.open<Content>(Buffer.from(sealed, 'base64'), place(table, ...keyColumns));

function withContent<T extends Row>(
  table: string,
  { sealed, ...row }: T,
  opened: Opener,
): Omit<T, 'sealed'> & { content: Content } {
  return { ...row, content: opened(table, sealed, row.id) };
}

const personOf = ({ history, ...row }: PersonRow, opened: Opener): CaseFile['person'] => ({
  ...withContent('person', row, opened),
  whereabouts: nameOf(row.whereabouts),
  identity: nameOf(row.identity),
  history: history.map(({ seq, type, at, sealed }) => ({ type, at, content: opened('event', sealed, row.id, seq) })),
});

const interviewOf = (row: Sealed<InterviewOpened>, opened: Opener): InterviewOpened => ({
  ...withContent('interview', row, opened),
  answers: row.answers.map((answer) => withContent('answer', answer, opened)),
  indicators: row.indicators.map((indicator) => withContent('raised_indicator', indicator, opened)),
  recordings: row.recordings.map((recording) => withContent('recording', recording, opened)),
  translations: row.translations.map((translation) => withContent('translation', translation, opened)),
});

/** A publication is named by a token, and its citation lies sealed beside it. */
type EvidenceRow = AllegationInFile['evidence'][number] & { readonly id: string; readonly sealed: string | null };

const citedOf = ({ id, sealed, ...piece }: EvidenceRow, opened: Opener): AllegationInFile['evidence'][number] =>
  sealed === null ? piece : { ...piece, sourceRef: String(opened('evidence', sealed, id)['ref']) };

type AllegationRow = Omit<Sealed<AllegationInFile>, 'evidence'> & { readonly evidence: readonly EvidenceRow[] };

const allegationOf = (row: AllegationRow, opened: Opener): AllegationInFile => ({
  ...withContent('allegation', row, opened),
  evidence: row.evidence.map((piece) => citedOf(piece, opened)),
  elements: row.elements.map(({ sealed, ...finding }) => ({
    ...finding,
    content: opened('element_finding', sealed, row.id, finding.element),
  })),
});
