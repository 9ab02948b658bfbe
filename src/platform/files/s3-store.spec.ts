import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DataKey } from '../database/sealing.js';
import { FileMissing } from './file-store.js';
import { S3Store } from './s3-store.js';
import { SealedFiles } from './sealed-files.js';

/** As much of the S3 protocol as a store needs: signed PUT with its checksum, ranged GET, DELETE, and pages of a listing. */
class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  /** Answers so many requests with 503 first. */
  failing = 0;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((ready) => this.server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://fake');
    const send = (status: number, body: string | Buffer = '', headers = {}) =>
      response.writeHead(status, headers).end(body);
    const refuse = (status: number, code: string) => send(status, `<Error><Code>${code}</Code></Error>`);
    if (this.failing > 0) {
      this.failing -= 1;
      return void refuse(503, 'SlowDown');
    }
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=an-example/')) {
      return void refuse(403, 'AccessDenied');
    }
    if (url.searchParams.get('list-type') === '2')
      return void send(200, this.page(url), { 'content-type': 'application/xml' });
    const name = url.pathname;
    const found = this.objects.get(name);
    if (request.method === 'PUT') {
      const body = Buffer.concat(parts);
      const sum = createHash('sha256').update(body).digest('base64');
      if (request.headers['x-amz-checksum-sha256'] !== sum) return void refuse(400, 'BadDigest');
      this.objects.set(name, body);
      return void send(200);
    }
    if (request.method === 'DELETE') {
      this.objects.delete(name);
      return void send(204);
    }
    if (!found) return void refuse(404, 'NoSuchKey');
    const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (Number(from) >= found.length) return void refuse(416, 'InvalidRange');
    send(206, found.subarray(Number(from), Number(to) + 1));
  }

  private page(url: URL): string {
    const names = [...this.objects.keys()]
      .map((name) => name.replace(/^\/files\//, ''))
      .filter((name) => name.startsWith(url.searchParams.get('prefix') ?? ''))
      .sort();
    const from = Number(url.searchParams.get('continuation-token') ?? 0);
    const shown = names.slice(from, from + 2);
    const more = from + 2 < names.length;
    const rows = shown.map(
      (name) => `<Contents><Key>${name}</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified></Contents>`,
    );
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${rows.join('')}${
      more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''
    }</ListBucketResult>`;
  }
}

describe('an S3-compatible store', () => {
  let spoolFolder: string;
  let s3: FakeS3;
  let store: S3Store;

  beforeAll(() => {
    spoolFolder = mkdtempSync(join(tmpdir(), 'f1-spool-'));
  });
  afterAll(() => rmSync(spoolFolder, { recursive: true, force: true }));
  beforeEach(async () => {
    s3 = new FakeS3();
    store = new S3Store({
      url: 's3://files/cases/2026/',
      endpoint: await s3.start(),
      region: 'us-east-1',
      credentials: { accessKeyId: 'an-example', secretAccessKey: 'not-a-secret' },
      spoolFolder,
    });
  });
  afterEach(async () => {
    store.close();
    await s3.stop();
  });

  async function* streamOf(bytes: Buffer): AsyncGenerator<Buffer> {
    yield bytes;
  }
  async function all(stream: Readable): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  it('keeps an object under its hash and prefix, and gives back what was put in, whole or in part', async () => {
    const files = new SealedFiles(store);
    const key = DataKey.create('00000000-0000-4000-8000-000000000001');
    const content = randomBytes(200_000);
    const file = await files.put(key, streamOf(content), 1_000_000);
    const { storedAs: address } = file;
    expect([...s3.objects.keys()]).toEqual([
      `/files/cases/2026/${address.slice(0, 2)}/${address.slice(2, 4)}/${address}`,
    ]);
    expect((await all(await files.open(key, file))).equals(content)).toBe(true);
    const part = await all(await files.open(key, file, { start: 65_530, end: 131_080 }));
    expect(part.equals(content.subarray(65_530, 131_080))).toBe(true);
    expect(readdirSync(spoolFolder)).toEqual([]);
  });

  it('sends a file again when the store is busy, and keeps no copy here when it stays so', async () => {
    s3.failing = 2;
    const address = await store.put(streamOf(Buffer.from('sent at the third attempt')));
    expect((await all(await store.read(address, { start: 0, end: 4 }))).toString()).toBe('sent');
    s3.failing = 100;
    await expect(store.put(streamOf(Buffer.from('never')))).rejects.toThrow();
    expect(readdirSync(spoolFolder)).toEqual([]);
  });

  it('says which file is missing or shorter than it was', async () => {
    const address = await store.put(streamOf(Buffer.from('short')));
    await expect(store.read(address, { start: 5, end: 6 })).rejects.toThrow(FileMissing);
    await store.remove(address);
    await expect(store.read(address, { start: 0, end: 1 })).rejects.toThrow(FileMissing);
    await expect(store.read('../other', { start: 0, end: 1 })).rejects.toThrow(FileMissing);
  });

  it('lists its own files over several pages, and nothing that others keep in the bucket', async () => {
    const put = ['one', 'two', 'three', 'four', 'five'].map((text) => store.put(streamOf(Buffer.from(text))));
    const addresses = await Promise.all(put);
    s3.objects.set('/files/cases/2026/notes.txt', Buffer.from('not ours'));
    s3.objects.set(`/files/elsewhere/${addresses[0]!}`, Buffer.from('not ours'));
    const listed: string[] = [];
    for await (const { address, storedAt } of store.list()) {
      expect(storedAt).toEqual(new Date('2026-11-20T10:00:00.000Z'));
      listed.push(address);
    }
    expect(listed.sort()).toEqual(addresses.sort());
  });
});
