import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import { SealedFiles } from '../platform/files/sealed-files.js';
import type { Actor } from '../platform/http/actor.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { DocumentStore, type RecordingRow } from './document.store.js';
import { contentOf, type FileContent, type NameFor, type PartWanted, viewOf } from './file-content.js';
import { FilingService, headOf } from './filing.service.js';
import type { Upload } from './upload.js';
import type { AboutRecording, MarkDto, RecordingView } from './upload.dto.js';

interface Mark {
  readonly questionId: string;
  readonly item: string;
  readonly atMs: number;
}

/** Recordings of an interview, which prevail over the record in doubt; marks say where in them each answer is given. */
@Injectable()
export class RecordingsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly files: SealedFiles,
    private readonly filing: FilingService,
    private readonly store: DocumentStore,
  ) {}

  async add(
    actor: Actor,
    interviewId: string,
    about: AboutRecording,
    upload: Upload,
    commandKey: string,
  ): Promise<{ recording: RecordingView; created: boolean }> {
    if (!/^(audio|video)\//.test(upload.mediaType)) {
      throw new InvalidInput([
        { pointer: '/file', detail: 'must be a recording: its media type is audio/… or video/…' },
      ]);
    }
    const { source, custody, sha256 } = about;
    const marks = marksOf(about.marks ?? []);
    const key = await this.database.inActorTx(actor.id, async (tx) => {
      const caseId = await this.getCaseInTx(tx, interviewId);
      await this.assertAnsweredInTx(tx, interviewId, about.marks ?? [], '/about/marks');
      return this.dataKeys.getInTx(tx, caseId);
    });
    const { id, created } = await this.filing.file(actor, commandKey, upload, {
      table: 'recording',
      command: 'ADD_RECORDING',
      parent: { kind: 'interview', id: interviewId },
      key,
      most: this.config.F1_MAX_RECORDING_BYTES,
      declaredSha256: sha256,
      content: { name: about.name ?? upload.name ?? 'unnamed', source, custody },
      own: {
        columns: { interview_id: interviewId },
        rows: (recordingId) => ({ table: 'recording_mark', rows: marks.map((mark) => markRow(recordingId, mark)) }),
        said: { marks },
      },
    });
    return { recording: this.viewOf(await this.get(actor, id)), created };
  }

  /** Adds marks; one that is there already stays. */
  async mark(
    actor: Actor,
    recordingId: string,
    given: readonly MarkDto[],
    asked: Preconditions,
  ): Promise<RecordingView> {
    const { interview_id: interviewId } = await this.get(actor, recordingId);
    const claim = {
      actorId: actor.id,
      key: asked.key,
      requestHash: asked.requestHash,
      result: { id: recordingId },
      lock: { aggregate: 'interview' as const, id: interviewId },
    };
    await this.database.once(claim, async (tx, locked) => {
      if (!locked) throw new NotFound('interview');
      const known = new Set((await this.store.findRecordingInTx(tx, recordingId))?.marks.map(keyOfMark));
      const marks = marksOf(given).filter((mark) => !known.has(keyOfMark(mark)));
      if (marks.length === 0) return;
      await this.assertAnsweredInTx(tx, interviewId, given, '/marks');
      const event = nextEvent(headOf(locked), this.dataKeys.ofLocked(locked), {
        aggregateKind: 'interview',
        caseId: locked.case_id,
        type: 'ADD_RECORDING_MARKS',
        actorId: actor.id,
        at: tx.now,
        facets: { state: locked['snapshot'], id: recordingId, marks: marks.length },
        payload: { marks },
      });
      const rows = marks.map((mark) => ({ ...markRow(recordingId, mark), case_id: locked.case_id }));
      await new Write()
        .update('interview', { id: interviewId }, event.head)
        .insert('event', event.row)
        .insert('recording_mark', ...rows)
        .run(tx);
    });
    return this.viewOf(await this.get(actor, recordingId));
  }

  async list(
    actor: Actor,
    interviewId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<Page<RecordingView>> {
    const after = readCursor(cursor, ['at', 'id']);
    const rows = await this.database.inActorTx(actor.id, async (tx) => {
      await this.getCaseInTx(tx, interviewId);
      const from = after && { at: String(after['at']), id: String(after['id']) };
      return this.store.recordingsInTx(tx, interviewId, from, limit + 1);
    });
    return pageOf(
      rows,
      limit,
      (row) => this.viewOf(row),
      (row) => ({ at: row.added_at.toISOString(), id: row.id }),
    );
  }

  async content(actor: Actor, id: string, part: PartWanted, nameFor?: NameFor): Promise<FileContent> {
    const row = await this.get(actor, id);
    return contentOf(this.files, this.dataKeys.unwrap(row.case_id, row.wrapped), 'recording', row, part, nameFor);
  }

  private async get(actor: Actor, id: string): Promise<RecordingRow> {
    const row = await this.database.inActorTx(actor.id, (tx) => this.store.findRecordingInTx(tx, id));
    if (!row) throw new NotFound('recording');
    return row;
  }

  private async getCaseInTx(tx: Tx, interviewId: string): Promise<string> {
    const caseId = await this.store.findCaseOfInterviewInTx(tx, interviewId);
    if (caseId === undefined) throw new NotFound('interview');
    return caseId;
  }

  private async assertAnsweredInTx(tx: Tx, interviewId: string, marks: readonly MarkDto[], at: string): Promise<void> {
    const ids = [...new Set(marks.map(({ questionId }) => questionId))];
    const answered = await this.store.answeredInTx(tx, interviewId, ids);
    const unknown = marks.flatMap(({ questionId, item = '' }, i) =>
      answered.has(JSON.stringify([questionId, item]))
        ? []
        : [{ pointer: `${at}/${i}/questionId`, detail: 'has no answer in this interview' }],
    );
    if (unknown.length > 0) throw new InvalidInput(unknown);
  }

  private viewOf(row: RecordingRow): RecordingView {
    const key = this.dataKeys.unwrap(row.case_id, row.wrapped);
    return { ...viewOf(row, key, 'recording'), interviewId: row.interview_id, marks: row.marks };
  }
}

const keyOfMark = ({ questionId, item, atMs }: Mark): string => JSON.stringify([questionId, item, atMs]);

const marksOf = (given: readonly MarkDto[]): Mark[] => [
  ...new Map(
    given.map(({ questionId, item = '', atMs }) => [keyOfMark({ questionId, item, atMs }), { questionId, item, atMs }]),
  ).values(),
];

const markRow = (recordingId: string, { questionId, item, atMs }: Mark) => ({
  recording_id: recordingId,
  question_id: questionId,
  item,
  at_ms: atMs,
});
