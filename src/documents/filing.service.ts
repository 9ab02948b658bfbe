import { Injectable } from '@nestjs/common';
import { v5 } from 'uuid';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type LockedRow } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import { canonical, type DataKey, sha256 } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import { type FileOfCase, SealedFiles } from '../platform/files/sealed-files.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';
import { DocumentStore } from './document.store.js';
import type { Upload } from './upload.js';

type Row = Readonly<Record<string, unknown>>;

/** What one upload becomes. */
export interface Filing {
  readonly table: 'document' | 'recording';
  readonly command: 'ADD_DOCUMENT' | 'ADD_RECORDING';
  /** The aggregate in whose chain it stands. */
  readonly parent: { readonly kind: 'case' | 'interview'; readonly id: string };
  readonly key: DataKey;
  readonly most: number;
  readonly declaredSha256: string | undefined;
  readonly content: { readonly name: string; readonly source: string; readonly custody: string };
  /** Columns and rows of the table's own. */
  readonly own?: {
    readonly columns?: Row;
    readonly rows?: (id: string) => { table: string; rows: Row[] };
    readonly said?: object;
  };
}

const TABLE_OF = { case: 'case_file', interview: 'interview' } as const;

/** Files one upload: the encrypted file first, then its row and event in one transaction. A crash between leaves a file nobody names. */
@Injectable()
export class FilingService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly files: SealedFiles,
    private readonly store: DocumentStore,
  ) {}

  /** The same content in the same case (or interview) is the same document, whoever sends it how often. */
  async file(
    actor: Actor,
    commandKey: string,
    upload: Upload,
    filing: Filing,
  ): Promise<{ id: string; created: boolean }> {
    const stored = await this.files.put(filing.key, upload.content, filing.most);
    let created = false;
    try {
      assertAsDeclared(stored, filing.declaredSha256);
      const id = v5(stored.sha256, filing.parent.id);
      created = await this.commit(actor, commandKey, upload, filing, { ...stored, id });
      if (!created) await this.discard(stored);
      return { id, created };
    } catch (error) {
      // After an error at COMMIT the row may exist all the same: only what was certainly refused is discarded.
      if (error instanceof DomainError) await this.discard(stored);
      throw error;
    }
  }

  private async commit(
    actor: Actor,
    commandKey: string,
    { mediaType }: Upload,
    filing: Filing,
    file: FileOfCase & { id: string },
  ): Promise<boolean> {
    const { parent, table, command, content, own } = filing;
    const asked = [command, parent.id, file.sha256, mediaType, content, own?.said ?? null];
    const claim = {
      actorId: actor.id,
      key: commandKey,
      requestHash: sha256(canonical(asked)).toString('hex'),
      result: { id: file.id },
      lock: { aggregate: parent.kind, id: parent.id },
    };
    const outcome = await this.database.once(claim, async (tx, locked) => {
      if (!locked) throw new NotFound(parent.kind);
      if (await this.store.existsInTx(tx, table, file.id)) return false;
      const key = this.dataKeys.ofLocked(locked);
      const event = nextEvent(headOf(locked), key, {
        aggregateKind: parent.kind,
        caseId: locked.case_id,
        type: command,
        actorId: actor.id,
        at: tx.now,
        facets: { state: locked['snapshot'], id: file.id, bytes: file.bytes, mediaType },
        payload: { sha256: file.sha256, ...content, ...own?.said },
      });
      const write = new Write()
        .update(TABLE_OF[parent.kind], { id: parent.id }, event.head)
        .insert('event', event.row)
        .insert(table, {
          id: file.id,
          case_id: locked.case_id,
          sha256: file.sha256,
          bytes: file.bytes,
          media_type: mediaType,
          stored_as: file.storedAs,
          sealed: key.seal(content, `${table}:${file.id}`).bytes,
          added_by: actor.id,
          added_at: tx.now,
          ...own?.columns,
        });
      const more = own?.rows?.(file.id);
      if (more) write.insert(more.table, ...more.rows.map((row) => ({ ...row, case_id: locked.case_id })));
      await write.run(tx);
      return true;
    });
    return !outcome.repeated && outcome.value;
  }

  /** A file that stays behind is found by the sweep. */
  private discard({ storedAs }: FileOfCase): Promise<void> {
    return this.files.remove(storedAs).catch(() => undefined);
  }
}

function assertAsDeclared({ sha256: received, bytes }: FileOfCase, declared: string | undefined): void {
  if (bytes === 0) throw new InvalidInput([{ pointer: '/file', detail: 'is empty' }]);
  if (declared === undefined || declared === received) return;
  const detail = `declares ${declared}, but the content that arrived has ${received}: send the file again`;
  throw new InvalidInput([{ pointer: '/about/sha256', detail }]);
}

export const headOf = (row: LockedRow): ChainHead => ({
  id: row.id,
  event_seq: row['event_seq'] as number,
  event_hash: row['event_hash'] as Buffer | null,
});
