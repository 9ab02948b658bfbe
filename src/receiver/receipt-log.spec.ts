import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiptLog } from './receipt-log.js';

describe('the receipt log', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-log-'));
    path = join(folder, 'receipts.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const receipt = (id: string) => ({ id, bodySha256: 'b', receivedAt: '2026-01-01T00:00:00.000Z', receipt: `r-${id}` });

  it('remembers receipts and duplicates across a restart', async () => {
    const before = new ReceiptLog(path);
    await before.add(receipt('one'));
    await before.addDuplicate('one', '2026-01-02T00:00:00.000Z', { bodySha256: 'b', packageSha256: 'p' });
    await before.close();
    const after = new ReceiptLog(path);
    expect(after.find('one')).toEqual(receipt('one'));
    expect([after.another('two'), after.another('one')]).toEqual([receipt('one'), undefined]);
    expect(after.summary()).toEqual({ ids: ['one'], wireDuplicates: 1, changedBodies: 0 });
    await after.close();
  });

  it('forgets a line that a crash cut off, and goes on writing whole lines after it', async () => {
    const before = new ReceiptLog(path);
    await before.add(receipt('one'));
    await before.close();
    appendFileSync(path, '{"id":"two","bodySha');
    const after = new ReceiptLog(path);
    expect(after.find('two')).toBeUndefined();
    await after.add(receipt('two'));
    await after.close();
    expect(new ReceiptLog(path).summary().ids).toEqual(['one', 'two']);
  });

  it('has what came at once on disk, in order, when each is answered', async () => {
    const log = new ReceiptLog(path);
    const ids = Array.from({ length: 20 }, (_, n) => `r${n}`);
    await Promise.all(
      ids.map(async (id) => {
        await log.add(receipt(id));
        expect(readFileSync(path, 'utf8')).toContain(`"id":"${id}"`);
      }),
    );
    expect(new ReceiptLog(path).summary().ids).toEqual(ids);
    await log.close();
  });

  it('writes what it was given before it closes, and confirms nothing afterwards', async () => {
    const log = new ReceiptLog(path);
    const given = [log.add(receipt('one')), log.add(receipt('two'))];
    await log.close();
    await Promise.all(given);
    await expect(log.add(receipt('three'))).rejects.toThrow('closed');
    await expect(
      log.addDuplicate('three', '2026-01-02T00:00:00.000Z', { bodySha256: 'b', packageSha256: 'p' }),
    ).rejects.toThrow('closed');
    expect(new ReceiptLog(path).summary().ids).toEqual(['one', 'two']);
  });
});
