import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import request from 'supertest';
import { accountId } from '../../src/demo/seed.js';
import { DocumentStore } from '../../src/documents/document.store.js';
import { OrphanFiles } from '../../src/documents/orphan-files.js';
import { eventHash } from '../../src/platform/database/chain.js';
import { Database } from '../../src/platform/database/database.js';
import { FileStore } from '../../src/platform/files/file-store.js';
import { ABOUT, DocumentHouse, MAX_DOCUMENT, sha256 } from '../support/document-house.js';

describe('documents and recordings', () => {
  let house: DocumentHouse;

  beforeAll(async () => {
    house = await DocumentHouse.open();
  });

  afterAll(() => house?.close());

  it('files a document under its hash, with its event in the case’s chain, and gives it back as it came', async () => {
    const content = randomBytes(200_000);
    const before = await house.eventsOf(house.files.caseId);
    const response = await house.upload(house.documentsPath, content, { name: 'Zeugnis – 証明.pdf' });
    expect(response.status).toBe(201);
    expect(response.body).toMatchObject({
      ...ABOUT,
      name: 'Zeugnis – 証明.pdf',
      caseId: house.files.caseId,
      sha256: sha256(content),
      bytes: 200_000,
      mediaType: 'application/pdf',
      addedBy: 'Odile Demo',
    });
    const events = await house.eventsOf(house.files.caseId);
    const event = events.at(-1)!;
    expect(events.length).toBe(before.length + 1);
    expect(event).toMatchObject({ type: 'ADD_DOCUMENT', actor_id: accountId('officer') });
    expect(event.facets).toMatchObject({ bytes: 200_000, mediaType: 'application/pdf' });
    expect(JSON.stringify(event.facets)).not.toContain('Zeugnis');
    const head = (
      await house.owner.query('SELECT event_seq, event_hash FROM case_file WHERE id = $1', [house.files.caseId])
    ).rows[0];
    const chained = eventHash(before.at(-1)!.hash, {
      aggregateId: house.files.caseId,
      seq: event.seq,
      aggregateKind: 'case',
      type: event.type,
      actorId: event.actor_id,
      at: (event.at as Date).toISOString(),
      facets: event.facets,
      contentHash: event.content_hash,
    });
    expect(head).toEqual({ event_seq: event.seq, event_hash: chained });

    const download = await house.bytesOf(`/api/documents/${response.body.id}/content`);
    expect(download.status).toBe(200);
    expect((download.body as Buffer).equals(content)).toBe(true);
    expect(download.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '200000',
      'content-disposition': "attachment; filename*=UTF-8''Zeugnis%20%E2%80%93%20%E8%A8%BC%E6%98%8E.pdf",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const sealed = (await house.owner.query('SELECT sealed FROM document WHERE id = $1', [response.body.id])).rows[0]
      .sealed;
    expect((sealed as Buffer).toString('latin1')).not.toContain('invented');
  });

  it('takes the same content twice as the same document, and leaves one file and one event', async () => {
    const content = Buffer.from('The same letter, handed over twice.');
    const first = await house.upload(house.documentsPath, content);
    const kept = house.storedFiles().length;
    const events = (await house.eventsOf(house.files.caseId)).length;
    const second = await house.upload(house.documentsPath, content, { as: 'officer', name: 'another name.pdf' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(house.storedFiles().length).toBe(kept);
    expect((await house.eventsOf(house.files.caseId)).length).toBe(events);
  });

  it('answers a repeated request with the first one’s document, and refuses its key for another', async () => {
    const key = randomUUID();
    const first = await house.upload(house.documentsPath, Buffer.from('sent once'), { key });
    const kept = house.storedFiles().length;
    const again = await house.upload(house.documentsPath, Buffer.from('sent once'), { key });
    const other = await house.upload(house.documentsPath, Buffer.from('something else'), { key });
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422]);
    expect(again.body).toEqual(first.body);
    expect(other.body.code).toBe('idempotencyKeyReused');
    expect(house.storedFiles().length).toBe(kept);
  });

  it('lets two people add the same content at once: one document, one event', async () => {
    const content = randomBytes(50_000);
    const events = (await house.eventsOf(house.files.caseId)).length;
    const both = await Promise.all([
      house.upload(house.documentsPath, content),
      house.upload(house.documentsPath, content),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect((await house.eventsOf(house.files.caseId)).length).toBe(events + 1);
  });

  it('refuses content that differs from its declared hash, naming both, and keeps nothing', async () => {
    const [declared, sent] = [sha256(Buffer.from('declared')), Buffer.from('sent')];
    const kept = house.storedFiles().length;
    const response = await house.upload(house.documentsPath, sent, { about: { ...ABOUT, sha256: declared } });
    expect(response.status).toBe(400);
    expect(response.body.errors).toEqual([{ pointer: '/about/sha256', detail: expect.stringContaining(declared) }]);
    expect(response.body.errors[0].detail).toContain(sha256(sent));
    expect(house.storedFiles().length).toBe(kept);
    const right = await house.upload(house.documentsPath, sent, { about: { ...ABOUT, sha256: sha256(sent) } });
    expect(right.status).toBe(201);
  });

  it.each<[string, (path: string) => request.Test, number, string]>([
    ['a file that is too large', (path) => house.upload(path, randomBytes(MAX_DOCUMENT + 1)), 413, 'bodyTooLarge'],
    ['an empty file', (path) => house.upload(path, Buffer.alloc(0)), 400, '/file'],
    [
      'words that are missing',
      (path) => house.upload(path, Buffer.from('x'), { about: { source: 'x' } }),
      400,
      '/about/custody',
    ],
    [
      'a field there is not',
      (path) => house.upload(path, Buffer.from('x'), { about: { ...ABOUT, rank: 1 } }),
      400,
      '/about/rank',
    ],
    ['words that are no JSON', (path) => house.upload(path, Buffer.from('x'), { about: '{' }), 400, '/about'],
    ['words that are a list', (path) => house.upload(path, Buffer.from('x'), { about: '[]' }), 400, '/about'],
    [
      'a media type that is none',
      (path) => house.upload(path, Buffer.from('x'), { type: `text/${'x'.repeat(100)}` }),
      400,
      '/file',
    ],
    ['a request without a file', (path) => house.post(path).field('about', JSON.stringify(ABOUT)), 400, '/file'],
    ['a file before the words', (path) => house.post(path).attach('file', Buffer.from('x'), 'a.txt'), 400, '/about'],
    ['a part there is not', (path) => house.post(path).field('notes', 'x'), 400, '/notes'],
    [
      'two files',
      (path) => house.upload(path, Buffer.from('one')).attach('file', Buffer.from('two'), 'b.txt'),
      400,
      '/file',
    ],
    ['a JSON body', (path) => house.post(path).send(ABOUT), 415, 'unsupportedMediaType'],
    [
      'a multipart body that is none',
      (path) => house.post(path).set('Content-Type', 'multipart/form-data; boundary=x').send('garbage'),
      400,
      'malformedRequest',
    ],
  ])('refuses %s and keeps nothing', async (_case, send, status, says) => {
    const before = { files: house.storedFiles().length, events: (await house.eventsOf(house.files.caseId)).length };
    const response = await send(house.documentsPath);
    expect(response.status).toBe(status);
    expect([response.body.code, ...(response.body.errors ?? []).map((e: { pointer: string }) => e.pointer)]).toContain(
      says,
    );
    expect({ files: house.storedFiles().length, events: (await house.eventsOf(house.files.caseId)).length }).toEqual(
      before,
    );
    expect(house.unfinished()).toEqual([]);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const before = house.storedFiles().length;
    const { port } = house.app.getHttpServer().address() as AddressInfo;
    const boundary = 'cut';
    const sent = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: house.documentsPath,
      headers: {
        authorization: house.bearer('officer'),
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': 250_000,
      },
    });
    sent.on('error', () => undefined);
    const part = (name: string, rest: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n`;
    sent.write(`${part('about', '')}\r\n${JSON.stringify(ABOUT)}\r\n`);
    sent.write(`${part('file', '; filename="a.txt"')}Content-Type: text/plain\r\n\r\n`);
    sent.write(randomBytes(100_000));
    await until(() => house.unfinished().length === 1);
    sent.destroy();
    await until(() => house.unfinished().length === 0);
    expect(house.storedFiles().length).toBe(before);
  });

  it('shows the list in pages to whoever sees the case', async () => {
    const first = await house.get(`${house.documentsPath}?limit=2`, 'reviewer');
    expect(first.status).toBe(200);
    expect(first.body.items).toHaveLength(2);
    const link = /^<(.*)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1];
    const second = await house.get(link!, 'reviewer');
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('answers 404 to another unit, 403 to roles that never add or read here, and logs both and every read', async () => {
    const { body: mine } = await house.upload(house.documentsPath, Buffer.from('for this unit only'));
    const content = `/api/documents/${mine.id}/content`;
    expect((await house.get(content, 'officer-north')).status).toBe(404);
    expect((await house.get(house.documentsPath, 'officer-north')).status).toBe(404);
    expect((await house.upload(house.documentsPath, Buffer.from('x'), { as: 'officer-north' })).status).toBe(404);
    expect((await house.get(content, 'prosecutor')).status).toBe(403);
    expect((await house.upload(house.documentsPath, Buffer.from('x'), { as: 'prosecutor' })).status).toBe(403);
    expect((await house.upload(house.documentsPath, Buffer.from('x'), { as: 'reviewer' })).status).toBe(403);
    expect((await request(house.app.getHttpServer()).get(content)).status).toBe(401);
    expect((await house.get(`/api/documents/${randomUUID()}/content`)).status).toBe(404);
    expect((await house.bytesOf(content, 'reviewer')).status).toBe(200);
    const { rows } = await house.owner.query<{ actor_id: string; outcome: string }>(
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
    const { body: mine } = await house.upload(house.documentsPath, randomBytes(200_000));
    const { stored_as: at } = (await house.owner.query('SELECT stored_as FROM document WHERE id = $1', [mine.id]))
      .rows[0];
    writeFileSync(house.pathOf(at), randomBytes(200_148));
    expect((await house.get(`/api/documents/${mine.id}/content`)).status).toBe(500);
  });

  it('sweeps files that no row names once they are old, and nothing else', async () => {
    const { body: mine } = await house.upload(house.documentsPath, Buffer.from('named by its row'));
    await house.upload(house.recordingsPath, Buffer.from('named by its own'), { type: 'audio/ogg' });
    const [orphan, fresh] = ['0', '1'].map((digit) => `abcd${digit.repeat(60)}`) as [string, string];
    mkdirSync(dirname(house.pathOf(orphan)), { recursive: true });
    writeFileSync(house.pathOf(orphan), 'stored, then the process died');
    writeFileSync(house.pathOf(fresh), 'its row may still come');
    const old = new Date('2026-01-01');
    for (const name of house.storedFiles().filter((one) => one !== fresh)) utimesSync(house.pathOf(name), old, old);
    const { app } = house;
    const swept = await new OrphanFiles(app.get(Database), app.get(FileStore), app.get(DocumentStore)).sweep();
    expect(swept).toMatchObject({ orphans: 1, unfinished: 0 });
    expect(house.storedFiles()).toContain(fresh);
    expect(house.storedFiles()).not.toContain(orphan);
    expect((await house.bytesOf(`/api/documents/${mine.id}/content`)).status).toBe(200);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return;
    await new Promise((next) => setTimeout(next, 25));
  }
  throw new Error('it never came to hold');
}
