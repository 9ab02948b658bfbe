import type { NestExpressApplication } from '@nestjs/platform-express';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { accountId } from '../../src/demo/seed.js';
import { DocumentsModule } from '../../src/documents/documents.module.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { anIdentityApp, type IdentityApp } from './identity-app.js';

export const MAX_DOCUMENT = 300_000;
/** What is said of a file where the test is not about it. */
export const ABOUT = { source: 'Handed over by an invented applicant', custody: 'In the applicant’s hands since 1994' };

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface Sent {
  readonly as?: string;
  readonly key?: string;
  readonly about?: object | string;
  readonly name?: string;
  readonly type?: string;
}

/** Documents and recordings of one case, over HTTP, and the files that they leave on the disk. */
export class DocumentHouse {
  private readonly tokens = new Map<string, string>();

  private constructor(
    private readonly house: IdentityApp,
    readonly owner: pg.Client,
    readonly files: CaseFileIds,
  ) {}

  static async open(): Promise<DocumentHouse> {
    const limits = { F1_MAX_DOCUMENT_BYTES: MAX_DOCUMENT, F1_MAX_RECORDING_BYTES: 2_000_000 };
    const house = await anIdentityApp([], limits, [DocumentsModule]);
    const owner = new pg.Client({ connectionString: house.database.ownerUrl });
    await owner.connect();
    const wanted = { keys: keysFrom(house.config), unit: 'central', by: accountId('officer') };
    const documents = new DocumentHouse(house, owner, await aCaseFile(owner, wanted));
    // The factory's rows are for asking policies: what they seal cannot be opened.
    await owner.query('DELETE FROM recording_mark; DELETE FROM recording; DELETE FROM document');
    for (const name of ['officer', 'officer-north', 'reviewer', 'prosecutor']) await documents.signIn(name);
    return documents;
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.house.close();
  }

  private async signIn(username: string): Promise<void> {
    const { body } = await request(this.app.getHttpServer())
      .post('/api/tokens')
      .send({ username, password: this.house.passwordOf(username) });
    this.tokens.set(username, (body as { token: string }).token);
  }

  get app(): NestExpressApplication {
    return this.house.app;
  }

  get documentsPath(): string {
    return `/api/cases/${this.files.caseId}/documents`;
  }

  get recordingsPath(): string {
    return `/api/interviews/${this.files.interviewId}/recordings`;
  }

  bearer(as: string): string {
    return `Bearer ${this.tokens.get(as)!}`;
  }

  get(path: string, as = 'officer'): request.Test {
    return request(this.app.getHttpServer()).get(path).set('Authorization', this.bearer(as));
  }

  post(path: string, as = 'officer'): request.Test {
    return request(this.app.getHttpServer()).post(path).set('Authorization', this.bearer(as));
  }

  upload(path: string, content: Buffer, sent: Sent = {}): request.Test {
    const asked = this.post(path, sent.as);
    if (sent.key) void asked.set('Idempotency-Key', sent.key);
    const said = sent.about ?? ABOUT;
    return asked
      .field('about', typeof said === 'string' ? said : JSON.stringify(said))
      .attach('file', content, { filename: sent.name ?? 'letter.pdf', contentType: sent.type ?? 'application/pdf' });
  }

  /** The answer with its body as bytes. */
  bytesOf(path: string, as = 'officer'): request.Test {
    return this.get(path, as).buffer(true).parse(rawBody);
  }

  async eventsOf(aggregate: string): Promise<pg.QueryResultRow[]> {
    return (await this.owner.query('SELECT * FROM event WHERE aggregate_id = $1 ORDER BY seq', [aggregate])).rows;
  }

  /** Where a stored file lies, by its name on the disk. */
  pathOf(storedAs: string): string {
    return join(this.house.dataDir, 'files', storedAs.slice(0, 2), storedAs.slice(2, 4), storedAs);
  }

  /** The names of the files that are stored. */
  storedFiles(): string[] {
    return readdirSync(join(this.house.dataDir, 'files'), { recursive: true })
      .map((name) => String(name).split('/').at(-1)!)
      .filter((name) => name.length === 64);
  }

  /** The names of those that are still being received, or were broken off. */
  unfinished(): string[] {
    return readdirSync(join(this.house.dataDir, 'files', 'unfinished'));
  }
}

function rawBody(response: request.Response, done: (error: Error | null, body: Buffer) => void): void {
  const parts: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('end', () => done(null, Buffer.concat(parts)));
}
