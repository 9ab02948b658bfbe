import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
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

  it('remembers receipts and duplicates across a restart', () => {
    const before = new ReceiptLog(path);
    before.add(receipt('one'));
    before.addDuplicate('one', '2026-01-02T00:00:00.000Z', true);
    before.close();
    const after = new ReceiptLog(path);
    expect(after.find('one')).toEqual(receipt('one'));
    expect(after.summary()).toEqual({ ids: ['one'], wireDuplicates: 1, changedBodies: 0 });
    after.close();
  });

  it('forgets a line that a crash cut off, and goes on writing whole lines after it', () => {
    const before = new ReceiptLog(path);
    before.add(receipt('one'));
    before.close();
    appendFileSync(path, '{"id":"two","bodySha');
    const after = new ReceiptLog(path);
    expect(after.find('two')).toBeUndefined();
    after.add(receipt('two'));
    after.close();
    expect(new ReceiptLog(path).summary().ids).toEqual(['one', 'two']);
  });
});
