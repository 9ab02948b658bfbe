import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { SealedFiles } from '../platform/files/sealed-files.js';
import type { Actor } from '../platform/http/actor.js';
import { type Page, pageOf, readCursor } from '../platform/http/page.js';
import { contentOf, type FileContent, type NameFor, type PartWanted, viewOf } from './file-content.js';
import { DocumentStore, type FileRow } from './document.store.js';
import { FilingService } from './filing.service.js';
import type { Upload } from './upload.js';
import type { AboutDocument, DocumentView } from './upload.dto.js';

/** Documents of a case: who handed over what, when, with its hash; the content under the case's key. */
@Injectable()
export class DocumentsService {
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
    caseId: string,
    about: AboutDocument,
    upload: Upload,
    commandKey: string,
  ): Promise<{ document: DocumentView; created: boolean }> {
    const { source, custody, sha256 } = about;
    const key = await this.database.inActorTx(actor.id, (tx) => this.dataKeys.getInTx(tx, caseId));
    const { id, created } = await this.filing.file(actor, commandKey, upload, {
      table: 'document',
      command: 'ADD_DOCUMENT',
      parent: { kind: 'case', id: caseId },
      key,
      most: this.config.F1_MAX_DOCUMENT_BYTES,
      declaredSha256: sha256,
      content: { name: about.name ?? upload.name ?? 'unnamed', source, custody },
    });
    return { document: this.viewOf(await this.get(actor, id)), created };
  }

  async list(actor: Actor, caseId: string, cursor: string | undefined, limit: number): Promise<Page<DocumentView>> {
    const after = readCursor(cursor, ['at', 'id']);
    const rows = await this.database.inActorTx(actor.id, async (tx) => {
      await this.dataKeys.getInTx(tx, caseId);
      const from = after && { at: String(after['at']), id: String(after['id']) };
      return this.store.documentsInTx(tx, caseId, from, limit + 1);
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
    return contentOf(this.files, this.dataKeys.unwrap(row.case_id, row.wrapped), 'document', row, part, nameFor);
  }

  private async get(actor: Actor, id: string): Promise<FileRow> {
    const row = await this.database.inActorTx(actor.id, (tx) => this.store.findDocumentInTx(tx, id));
    if (!row) throw new NotFound('document');
    return row;
  }

  private viewOf(row: FileRow): DocumentView {
    const key = this.dataKeys.unwrap(row.case_id, row.wrapped);
    return { ...viewOf(row, key, 'document'), caseId: row.case_id };
  }
}
