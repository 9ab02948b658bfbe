import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { AuditModule } from '../../src/audit/audit.module.js';
import { accountId, type DemoLogin, seedDemo } from '../../src/demo/seed.js';
import { DocumentsModule } from '../../src/documents/documents.module.js';
import { DocumentStore } from '../../src/documents/document.store.js';
import { OrphanFiles } from '../../src/documents/orphan-files.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { Config } from '../../src/platform/config/config.js';
import { eventHash } from '../../src/platform/database/chain.js';
import { Database } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { FileStore } from '../../src/platform/files/file-store.js';
import { DtoPipe } from '../../src/platform/http/body.pipe.js';
import { ProblemFilter } from '../../src/platform/http/problem.filter.js';
import { KeysModule } from '../../src/platform/keys/keys.module.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const MAX_DOCUMENT = 300_000;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const about = { source: 'Handed over by an invented applicant', custody: 'In the applicant’s hands since 1994' };

describe('documents and recordings', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let app: NestExpressApplication;
  let dataDir: string;
  let files: CaseFileIds;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    database = await aDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'f1-documents-'));
    const logins = await seedDemo(database.ownerUrl, () => undefined, dataDir);
    const limits = { F1_MAX_DOCUMENT_BYTES: MAX_DOCUMENT, F1_MAX_RECORDING_BYTES: 2_000_000 };
    const config = Object.assign(
      new Config(),
      { NODE_ENV: 'test', F1_DATA_DIR: dataDir, DATABASE_POOL_SIZE: 4 },
      limits,
    );
    app = await anApp(config, database);
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    files = await aCaseFile(owner, { keys: keysFrom(config), unit: 'central', by: accountId('officer') });
    // The factory's rows are for asking policies: what they seal cannot be opened.
    await owner.query('DELETE FROM recording_mark; DELETE FROM recording; DELETE FROM document');
    for (const name of ['officer', 'officer-north', 'reviewer', 'prosecutor'])
      tokens.set(name, await signIn(logins, name));
  });

  afterAll(async () => {
    await app?.close();
    await owner?.end();
    await database?.drop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  });

  async function signIn(logins: readonly DemoLogin[], username: string): Promise<string> {
    const { password } = logins.find((login) => login.username === username)!;
    const response = await request(app.getHttpServer()).post('/api/tokens').send({ username, password });
    return (response.body as { token: string }).token;
  }

  const bearer = (as: string) => `Bearer ${tokens.get(as)!}`;
  const get = (path: string, as = 'officer') => request(app.getHttpServer()).get(path).set('Authorization', bearer(as));
  const post = (path: string) => request(app.getHttpServer()).post(path).set('Authorization', bearer('officer'));
  const documentsPath = () => `/api/cases/${files.caseId}/documents`;
  const recordingsPath = () => `/api/interviews/${files.interviewId}/recordings`;

  interface Sent {
    readonly as?: string;
    readonly key?: string;
    readonly about?: object | string;
    readonly name?: string;
    readonly type?: string;
  }
  const upload = (path: string, content: Buffer, sent: Sent = {}) => {
    const asked = request(app.getHttpServer())
      .post(path)
      .set('Authorization', bearer(sent.as ?? 'officer'));
    if (sent.key) void asked.set('Idempotency-Key', sent.key);
    const said = sent.about ?? about;
    return asked
      .field('about', typeof said === 'string' ? said : JSON.stringify(said))
      .attach('file', content, { filename: sent.name ?? 'letter.pdf', contentType: sent.type ?? 'application/pdf' });
  };
  const eventsOf = async (aggregate: string) =>
    (await owner.query(`SELECT * FROM event WHERE aggregate_id = $1 ORDER BY seq`, [aggregate])).rows;
  const storedFiles = () =>
    readdirSync(join(dataDir, 'files'), { recursive: true })
      .map((name) => String(name).split('/').at(-1)!)
      .filter((name) => name.length === 64);
  const unfinished = () => readdirSync(join(dataDir, 'files', 'unfinished'));
  const bytesOf = (path: string, as = 'officer') => get(path, as).buffer(true).parse(rawBody);

  it('files a document under its hash, with its event in the case’s chain, and gives it back as it came', async () => {
    const content = randomBytes(200_000);
    const before = await eventsOf(files.caseId);
    const response = await upload(documentsPath(), content, { name: 'Zeugnis – 証明.pdf' });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      ...about,
      name: 'Zeugnis – 証明.pdf',
      caseId: files.caseId,
      sha256: sha256(content),
      bytes: 200_000,
      mediaType: 'application/pdf',
      addedBy: 'Odile Demo',
    });
    const events = await eventsOf(files.caseId);
    const event = events.at(-1);
    expect(events.length).toBe(before.length + 1);
    expect(event).toMatchObject({ type: 'ADD_DOCUMENT', actor_id: accountId('officer') });
    expect(event.facets).toMatchObject({ bytes: 200_000, mediaType: 'application/pdf' });
    expect(JSON.stringify(event.facets)).not.toContain('Zeugnis');
    const head = (await owner.query('SELECT event_seq, event_hash FROM case_file WHERE id = $1', [files.caseId]))
      .rows[0];
    const chained = eventHash(before.at(-1).hash, {
      aggregateId: files.caseId,
      seq: event.seq,
      aggregateKind: 'case',
      type: event.type,
      actorId: event.actor_id,
      at: (event.at as Date).toISOString(),
      facets: event.facets,
      contentHash: event.content_hash,
    });
    expect(head).toEqual({ event_seq: event.seq, event_hash: chained });

    const download = await bytesOf(`/api/documents/${response.body.id}/content`);
    expect(download.status).toBe(200);
    expect((download.body as Buffer).equals(content)).toBe(true);
    expect(download.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '200000',
      'content-disposition': "attachment; filename*=UTF-8''Zeugnis%20%E2%80%93%20%E8%A8%BC%E6%98%8E.pdf",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const sealed = (await owner.query('SELECT sealed FROM document WHERE id = $1', [response.body.id])).rows[0].sealed;
    expect((sealed as Buffer).toString('latin1')).not.toContain('invented');
  });

  it('takes the same content twice as the same document, and leaves one file and one event', async () => {
    const content = Buffer.from('The same letter, handed over twice.');
    const first = await upload(documentsPath(), content);
    const kept = storedFiles().length;
    const events = (await eventsOf(files.caseId)).length;
    const second = await upload(documentsPath(), content, { as: 'officer', name: 'another name.pdf' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(storedFiles().length).toBe(kept);
    expect((await eventsOf(files.caseId)).length).toBe(events);
  });

  it('answers a repeated request with the first one’s document, and refuses its key for another', async () => {
    const key = randomUUID();
    const first = await upload(documentsPath(), Buffer.from('sent once'), { key });
    const kept = storedFiles().length;
    const again = await upload(documentsPath(), Buffer.from('sent once'), { key });
    const other = await upload(documentsPath(), Buffer.from('something else'), { key });
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422]);
    expect(again.body).toEqual(first.body);
    expect(other.body.code).toBe('idempotencyKeyReused');
    expect(storedFiles().length).toBe(kept);
  });

  it('lets two people add the same content at once: one document, one event', async () => {
    const content = randomBytes(50_000);
    const events = (await eventsOf(files.caseId)).length;
    const both = await Promise.all([upload(documentsPath(), content), upload(documentsPath(), content)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect((await eventsOf(files.caseId)).length).toBe(events + 1);
  });

  it('refuses content that differs from its declared hash, naming both, and keeps nothing', async () => {
    const [declared, sent] = [sha256(Buffer.from('declared')), Buffer.from('sent')];
    const kept = storedFiles().length;
    const response = await upload(documentsPath(), sent, { about: { ...about, sha256: declared } });
    expect(response.status).toBe(400);
    expect(response.body.errors).toEqual([{ pointer: '/about/sha256', detail: expect.stringContaining(declared) }]);
    expect(response.body.errors[0].detail).toContain(sha256(sent));
    expect(storedFiles().length).toBe(kept);
    const right = await upload(documentsPath(), sent, { about: { ...about, sha256: sha256(sent) } });
    expect(right.status).toBe(201);
  });

  it.each<[string, (path: string) => request.Test, number, string]>([
    ['a file that is too large', (path) => upload(path, randomBytes(MAX_DOCUMENT + 1)), 413, 'bodyTooLarge'],
    ['an empty file', (path) => upload(path, Buffer.alloc(0)), 400, '/file'],
    [
      'words that are missing',
      (path) => upload(path, Buffer.from('x'), { about: { source: 'x' } }),
      400,
      '/about/custody',
    ],
    [
      'a field there is not',
      (path) => upload(path, Buffer.from('x'), { about: { ...about, rank: 1 } }),
      400,
      '/about/rank',
    ],
    ['words that are no JSON', (path) => upload(path, Buffer.from('x'), { about: '{' }), 400, '/about'],
    ['words that are a list', (path) => upload(path, Buffer.from('x'), { about: '[]' }), 400, '/about'],
    [
      'a media type that is none',
      (path) => upload(path, Buffer.from('x'), { type: `text/${'x'.repeat(100)}` }),
      400,
      '/file',
    ],
    ['a request without a file', (path) => post(path).field('about', JSON.stringify(about)), 400, '/file'],
    ['a file before the words', (path) => post(path).attach('file', Buffer.from('x'), 'a.txt'), 400, '/about'],
    ['a part there is not', (path) => post(path).field('notes', 'x'), 400, '/notes'],
    ['two files', (path) => upload(path, Buffer.from('one')).attach('file', Buffer.from('two'), 'b.txt'), 400, '/file'],
    ['a JSON body', (path) => post(path).send(about), 415, 'unsupportedMediaType'],
    [
      'a multipart body that is none',
      (path) => post(path).set('Content-Type', 'multipart/form-data; boundary=x').send('garbage'),
      400,
      'malformedRequest',
    ],
  ])('refuses %s and keeps nothing', async (_case, send, status, says) => {
    const before = { files: storedFiles().length, events: (await eventsOf(files.caseId)).length };
    const response = await send(documentsPath());
    expect(response.status).toBe(status);
    expect([response.body.code, ...(response.body.errors ?? []).map((e: { pointer: string }) => e.pointer)]).toContain(
      says,
    );
    expect({ files: storedFiles().length, events: (await eventsOf(files.caseId)).length }).toEqual(before);
    expect(unfinished()).toEqual([]);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const before = storedFiles().length;
    const { port } = app.getHttpServer().address() as AddressInfo;
    const boundary = 'cut';
    const sent = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: documentsPath(),
      headers: {
        authorization: bearer('officer'),
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': 250_000,
      },
    });
    sent.on('error', () => undefined);
    const part = (name: string, rest: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n`;
    sent.write(`${part('about', '')}\r\n${JSON.stringify(about)}\r\n`);
    sent.write(`${part('file', '; filename="a.txt"')}Content-Type: text/plain\r\n\r\n`);
    sent.write(randomBytes(100_000));
    await until(() => unfinished().length === 1);
    sent.destroy();
    await until(() => unfinished().length === 0);
    expect(storedFiles().length).toBe(before);
  });

  it('shows the list in pages to whoever sees the case', async () => {
    const first = await get(`${documentsPath()}?limit=2`, 'reviewer');
    expect(first.status).toBe(200);
    expect(first.body.items).toHaveLength(2);
    const link = /^<(.*)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1];
    const second = await get(link!, 'reviewer');
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('answers 404 to another unit, 403 to roles that never add or read here, and logs both and every read', async () => {
    const { body: mine } = await upload(documentsPath(), Buffer.from('for this unit only'));
    const content = `/api/documents/${mine.id}/content`;
    expect((await get(content, 'officer-north')).status).toBe(404);
    expect((await get(documentsPath(), 'officer-north')).status).toBe(404);
    expect((await upload(documentsPath(), Buffer.from('x'), { as: 'officer-north' })).status).toBe(404);
    expect((await get(content, 'prosecutor')).status).toBe(403);
    expect((await upload(documentsPath(), Buffer.from('x'), { as: 'prosecutor' })).status).toBe(403);
    expect((await upload(documentsPath(), Buffer.from('x'), { as: 'reviewer' })).status).toBe(403);
    expect((await request(app.getHttpServer()).get(content)).status).toBe(401);
    expect((await get(`/api/documents/${randomUUID()}/content`)).status).toBe(404);
    expect((await bytesOf(content, 'reviewer')).status).toBe(200);
    const { rows } = await owner.query<{ actor_id: string; outcome: string }>(
      `SELECT actor_id, outcome FROM access_log WHERE resource LIKE '%' || $1 || '%' ORDER BY at`,
      [mine.id],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { actor_id: accountId('officer-north'), outcome: 'refused' },
        { actor_id: accountId('reviewer'), outcome: 'read' },
      ]),
    );
  });

  it('breaks off rather than gives out a file that was changed on the disk', async () => {
    const { body: mine } = await upload(documentsPath(), randomBytes(200_000));
    const { stored_as: at } = (await owner.query('SELECT stored_as FROM document WHERE id = $1', [mine.id])).rows[0];
    writeFileSync(join(dataDir, 'files', at.slice(0, 2), at.slice(2, 4), at), randomBytes(200_148));
    expect((await get(`/api/documents/${mine.id}/content`)).status).toBe(500);
  });

  it('files a recording in the interview’s chain with its marks, and plays any part of it', async () => {
    const content = randomBytes(500_000);
    const marks = [{ questionId: 'q1', atMs: 61_000 }];
    const before = (await eventsOf(files.interviewId)).length;
    const response = await upload(recordingsPath(), content, {
      about: { ...about, marks },
      name: 'a.ogg',
      type: 'audio/ogg',
    });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      interviewId: files.interviewId,
      sha256: sha256(content),
      marks: [{ questionId: 'q1', item: '', atMs: 61_000 }],
    });
    const events = await eventsOf(files.interviewId);
    expect(events.length).toBe(before + 1);
    expect(events.at(-1)).toMatchObject({ type: 'ADD_RECORDING', aggregate_kind: 'interview', case_id: files.caseId });

    const part = await bytesOf(`/api/recordings/${response.body.id}/content`).set('Range', 'bytes=100000-299999');
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe('bytes 100000-299999/500000');
    expect((part.body as Buffer).equals(content.subarray(100_000, 300_000))).toBe(true);
  });

  it('adds marks once, only to answers there are', async () => {
    const added = await upload(recordingsPath(), randomBytes(100), { name: 'b.ogg', type: 'audio/ogg' });
    const path = `/api/recordings/${added.body.id}/marks`;
    const mark = (marks: object[]) => post(path).send({ marks });
    const before = (await eventsOf(files.interviewId)).length;
    expect((await mark([{ questionId: 'q1', atMs: 5 }])).body.marks).toEqual([{ questionId: 'q1', item: '', atMs: 5 }]);
    expect((await mark([{ questionId: 'q1', atMs: 5 }])).status).toBe(200);
    expect((await eventsOf(files.interviewId)).length).toBe(before + 1);
    const unknown = await mark([
      { questionId: 'q1', atMs: 9 },
      { questionId: 'q2', atMs: 9 },
    ]);
    expect(unknown.body.errors).toEqual([
      { pointer: '/marks/1/questionId', detail: 'has no answer in this interview' },
    ]);
    expect((await mark([{ questionId: 'q1', atMs: -1 }])).body.errors).toMatchObject([{ pointer: '/marks/0/atMs' }]);
    expect((await mark([])).status).toBe(400);
    const seen = await get(recordingsPath());
    expect(seen.body.items.find(({ id }: { id: string }) => id === added.body.id).marks).toHaveLength(1);
  });

  it('refuses a recording that is none, of a question nobody answered, or for an interview that is not seen', async () => {
    const text = await upload(recordingsPath(), Buffer.from('x'), { type: 'text/plain' });
    expect(text.body.errors).toEqual([{ pointer: '/file', detail: expect.stringContaining('audio/') }]);
    const marks = [{ questionId: 'q9', atMs: 1 }];
    const unknown = await upload(recordingsPath(), Buffer.from('x'), { type: 'audio/ogg', about: { ...about, marks } });
    expect(unknown.body.errors).toMatchObject([{ pointer: '/about/marks/0/questionId' }]);
    const elsewhere = await upload(recordingsPath(), Buffer.from('x'), { as: 'officer-north', type: 'audio/ogg' });
    expect(elsewhere.status).toBe(404);
    expect((await get(recordingsPath(), 'officer-north')).status).toBe(404);
  });

  it('sweeps files that no row names once they are old, and nothing else', async () => {
    const { body: mine } = await upload(documentsPath(), Buffer.from('named by its row'));
    const folder = join(dataDir, 'files', 'ab', 'cd');
    mkdirSync(folder, { recursive: true });
    const orphan = join(folder, `abcd${'0'.repeat(60)}`);
    writeFileSync(orphan, 'stored, then the process died');
    const fresh = join(folder, `abcd${'1'.repeat(60)}`);
    writeFileSync(fresh, 'its row may still come');
    for (const name of storedFiles().filter((one) => !fresh.endsWith(one))) {
      const path = join(dataDir, 'files', name.slice(0, 2), name.slice(2, 4), name);
      utimesSync(path, new Date('2026-01-01'), new Date('2026-01-01'));
    }
    expect(await new OrphanFiles(app.get(Database), app.get(FileStore), app.get(DocumentStore)).sweep()).toMatchObject({
      orphans: 1,
      unfinished: 0,
    });
    expect(storedFiles()).toContain(`abcd${'1'.repeat(60)}`);
    expect(storedFiles()).not.toContain(`abcd${'0'.repeat(60)}`);
    expect((await bytesOf(`/api/documents/${mine.id}/content`)).status).toBe(200);
  });
});

async function anApp(config: Config, database: TestDatabase): Promise<NestExpressApplication> {
  @Module({
    imports: [
      ConfigModule.with(config),
      KeysModule,
      DatabaseModule.for(config, { api: database.appUrl, worker: database.appUrl }, []),
      AuditModule,
      IdentityModule,
      DocumentsModule,
    ],
  })
  class TestModule {}
  const app = await NestFactory.create<NestExpressApplication>(TestModule, { logger: false });
  app.setGlobalPrefix('api');
  app.useGlobalPipes(new DtoPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
  return app;
}

function rawBody(response: request.Response, done: (error: Error | null, body: Buffer) => void): void {
  const parts: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('end', () => done(null, Buffer.concat(parts)));
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return;
    await new Promise((next) => setTimeout(next, 25));
  }
  throw new Error('it never came to hold');
}
