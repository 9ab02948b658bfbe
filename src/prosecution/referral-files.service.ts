import { Injectable, StreamableFile } from '@nestjs/common';
import { DocumentsService } from '../documents/documents.service.js';
import type { FileContent, PartWanted } from '../documents/file-content.js';
import { RecordingsService } from '../documents/recordings.service.js';
import { Database } from '../platform/database/database.js';
import { DomainError, NotFound } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import { PrintedPackagesService } from '../referrals/printed/printed-packages.service.js';
import { closedBecause } from './access.js';
import { type AccessRow, GrantStore } from './grant.store.js';
import { ProsecutionService } from './prosecution.service.js';
import { ProsecutionStore } from './prosecution.store.js';
import { watermark, type Watermark } from './watermark.js';

/** Documents and recordings that a package names, under the same grant as the package, each download marked with its reader. */
@Injectable()
export class ReferralFilesService {
  constructor(
    private readonly database: Database,
    private readonly store: ProsecutionStore,
    private readonly grants: GrantStore,
    private readonly documents: DocumentsService,
    private readonly recordings: RecordingsService,
    private readonly prosecution: ProsecutionService,
    private readonly printed: PrintedPackagesService,
  ) {}

  /**
   * The package as a PDF, marked on every page with its reader. Throws as the package itself does; and what is printed to be posted
   * is refused where it may not leave.
   */
  async pdf(
    actor: Actor,
    referralId: string,
  ): Promise<{ file: StreamableFile; headers: Watermark['headers']; access: AccessRow }> {
    if (actor.authorityId === null) await this.assertPostable(actor, referralId);
    const { row, access, text, now } = await this.prosecution.opened(actor, referralId);
    const marked = watermark(actor, row, access, now);
    const pdf = await this.printed.print({
      body: text,
      sha256: row.body_sha256,
      watermark: { reader: actor.username, authority: row.authority, at: now.toISOString() },
    });
    const options = {
      type: 'application/pdf',
      disposition: `attachment; filename="${marked.stem}.pdf"`,
      length: pdf.byteLength,
    };
    return { file: new StreamableFile(pdf, options), headers: marked.headers, access };
  }

  private async assertPostable(actor: Actor, referralId: string): Promise<void> {
    const kept = await this.database.inActorTx(actor.id, (tx) => this.store.keptFromPostInTx(tx, referralId));
    if (!kept) return;
    throw new DomainError(
      'blockedRecipient',
      `This goes by post to ${kept.authority}, and must not leave: ` +
        `${kept.recalled ? 'it was called back.' : 'the file bars that recipient.'} It is not printed. Read it as GET /api/referrals/${referralId}/package.`,
    );
  }

  /** Throws NotFound for what the package does not name, and what `closedBecause` says while no grant opens it. */
  async content(
    actor: Actor,
    referralId: string,
    kind: 'document' | 'recording',
    id: string,
    part: PartWanted,
  ): Promise<{ content: FileContent; access: AccessRow }> {
    const { referral, access, now } = await this.database.inActorTx(actor.id, async (tx) => {
      const row = await this.store.findInTx(tx, referralId);
      if (!row || !(await this.grants.namesInTx(tx, referralId, kind, id)))
        throw new NotFound(`${kind} in this referral`);
      return { referral: row, access: await this.grants.accessInTx(tx, referralId, row.case_id), now: tx.now };
    });
    const closed = closedBecause(actor, referral, access);
    if (closed) throw closed;
    const marked = watermark(actor, referral, access, now);
    const service = kind === 'document' ? this.documents : this.recordings;
    const content = await service.content(actor, id, part, (name) => `${marked.stem}_${id}${kindOfFile(name)}`);
    return { content: { ...content, headers: { ...content.headers, ...marked.headers } }, access };
  }
}

/** The package names the file by its id and withholds words of its name that tell where somebody is; so does the download. */
const kindOfFile = (name: string): string => /\.[a-z0-9]{1,4}$/i.exec(name)?.[0] ?? '';
