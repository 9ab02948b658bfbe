import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from '../../../test/support/properties.js';
import { DataKey } from '../database/sealing.js';
import { FileBroken } from './file-cipher.js';
import { FileMissing, type StoredFile } from './file-store.js';
import { FolderStore } from './folder-store.js';
import { type FileOfCase, FileTooLarge, SealedFiles } from './sealed-files.js';

const CHUNK = 64 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const CASE = '00000000-0000-4000-8000-000000000001';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function* streamOf(bytes: Buffer, piece = 10_000): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += piece) yield bytes.subarray(from, from + piece);
}

async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function listed(store: FolderStore): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const file of store.list()) files.push(file);
  return files;
}

describe('files under their case’s key', () => {
  let root: string;
  let folder: string;
  let store: FolderStore;
  let files: SealedFiles;
  const key = DataKey.create(CASE);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'f1-files-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'store-'));
    store = new FolderStore(folder);
    files = new SealedFiles(store);
  });

  const put = (bytes: Buffer, most = 10 * CHUNK): Promise<FileOfCase> => files.put(key, streamOf(bytes), most);
  const pathOf = ({ storedAs }: FileOfCase): string =>
    join(folder, storedAs.slice(0, 2), storedAs.slice(2, 4), storedAs);

  it.each([1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])(
    'gives back %i bytes as they came',
    async (size) => {
      const content = randomBytes(size);
      const file = await put(content);
      expect(file).toMatchObject({ sha256: sha256(content), bytes: size });
      expect((await all(await files.open(key, file))).equals(content)).toBe(true);
    },
  );

  it('gives back any part, however the content was cut into pieces', async () => {
    const content = randomBytes(2 * CHUNK + 500);
    const file = await put(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length - 1), fc.nat(content.length - 1), async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b) + 1];
        const part = await all(await files.open(key, file, { start, end }));
        expect(part.equals(content.subarray(start, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps nothing readable in the store, under the hash of what is there', async () => {
    const content = Buffer.from('An invented statement about Exampletown. '.repeat(100));
    const file = await put(content);
    const kept = readFileSync(pathOf(file));
    expect(sha256(kept)).toBe(file.storedAs);
    expect(kept.includes('Exampletown')).toBe(false);
  });

  it('encrypts the same content differently each time', async () => {
    const content = Buffer.from('the same');
    expect((await put(content)).storedAs).not.toBe((await put(content)).storedAs);
  });

  it('does not open under another case’s key', async () => {
    const file = await put(Buffer.from('of one case only'));
    await expect(files.open(DataKey.create(CASE), file)).rejects.toThrow(FileBroken);
  });

  it('refuses another file of the same case put in its place, before the first byte', async () => {
    const mine = await put(Buffer.from('what was handed in'));
    const other = await put(Buffer.from('what was handed iN'));
    await expect(files.open(key, { ...mine, storedAs: other.storedAs })).rejects.toThrow(FileBroken);
    await expect(files.open(key, { ...mine, sha256: other.sha256 })).rejects.toThrow(FileBroken);
  });

  it('notices a change anywhere, and a cut tail', async () => {
    const size = CHUNK + 100;
    const file = await put(randomBytes(size));
    const kept = readFileSync(pathOf(file));
    for (const at of [0, 5, 40, CHUNK, CHUNK + 60, kept.length - 1]) {
      const changed = Buffer.from(kept);
      changed[at] = changed[at]! ^ 1;
      writeFileSync(pathOf(file), changed);
      await expect(files.open(key, file).then(all)).rejects.toThrow(FileBroken);
    }
    writeFileSync(pathOf(file), kept);
    truncateSync(pathOf(file), kept.length - 1);
    await expect(files.open(key, file)).rejects.toThrow(FileMissing);
  });

  it('keeps nothing of a file that is too large or whose sender goes away', async () => {
    await expect(put(randomBytes(5000), 4999)).rejects.toThrow(FileTooLarge);
    async function* broken(): AsyncGenerator<Buffer> {
      yield randomBytes(100);
      throw new Error('the sender went away');
    }
    await expect(files.put(key, broken(), 1000)).rejects.toThrow('the sender went away');
    expect(await listed(store)).toEqual([]);
    expect(readdirSync(join(folder, 'unfinished'))).toEqual([]);
  });

  it('takes exactly as many bytes as are allowed', async () => {
    expect((await put(randomBytes(5000), 5000)).bytes).toBe(5000);
  });

  it('says which file is missing, and never leaves its folder for a strange address', async () => {
    const file = await put(Buffer.from('soon gone'));
    await files.remove(file.storedAs);
    await files.remove(file.storedAs);
    await expect(files.open(key, file)).rejects.toThrow(FileMissing);
    await expect(store.read('../../etc/passwd', { start: 0, end: 1 })).rejects.toThrow(FileMissing);
  });

  it('lists what is kept, and clears only unfinished uploads that are old', async () => {
    expect(await listed(store)).toEqual([]);
    const file = await put(Buffer.from('kept'));
    expect((await listed(store)).map(({ address }) => address)).toEqual([file.storedAs]);
    const [old, fresh] = ['old.part', 'fresh.part'].map((name) => join(folder, 'unfinished', name));
    writeFileSync(old!, '');
    writeFileSync(fresh!, '');
    utimesSync(old!, new Date('2020-01-01'), new Date('2020-01-01'));
    expect(await store.clearUnfinished(new Date('2026-01-01'))).toBe(1);
    expect(readdirSync(join(folder, 'unfinished'))).toEqual(['fresh.part']);
    expect(await new FolderStore(join(folder, 'nowhere')).clearUnfinished(new Date())).toBe(0);
  });

  it('needs no more memory for a large file than for a small one', async () => {
    const size = 96 * 1024 * 1024;
    let most = 0;
    // What is held, not what waits to be collected.
    const held = (): number => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    let next = 0;
    const measureAt = (bytes: number): void => {
      if (bytes < next) return;
      next = bytes + 16 * 1024 * 1024;
      most = Math.max(most, held());
    };
    async function* large(): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < size; sent += CHUNK) {
        measureAt(sent);
        yield Buffer.alloc(CHUNK, 7);
      }
    }
    const before = held();
    const file = await files.put(key, large(), size);
    let read = 0;
    next = 0;
    for await (const part of await files.open(key, file)) {
      read += (part as Buffer).length;
      measureAt(read);
    }
    expect(read).toBe(size);
    expect(most - before).toBeLessThan(size / 2);
  });
});
