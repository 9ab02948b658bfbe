import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErasureLedger } from './erasure-ledger.js';

describe('the ledger of erasures', () => {
  let folder: string;
  let file: string;
  const signing = { ...generateKeyPairSync('ed25519'), id: 'one', former: [] };
  const ledger = (key = signing) => new ErasureLedger(file, key);
  const erased = (caseId: string) => ({ caseId, erasedAt: '2026-11-22T00:00:00.000Z', by: ['one', 'two'] });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-ledger-'));
    file = join(folder, 'erasures.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is empty before the first, and keeps each in its order', () => {
    expect(ledger().read()).toEqual([]);
    for (const id of ['a', 'b', 'c']) ledger().append(erased(id));
    expect(ledger().read()).toEqual(['a', 'b', 'c'].map((id, index) => ({ number: index + 1, ...erased(id) })));
  });

  it('does not tell any more of what a later line says did not happen, and of nothing else', () => {
    for (const id of ['a', 'b', 'b', 'c']) ledger().append(erased(id));
    ledger().withdraw('b');
    ledger().withdraw('x');
    expect(ledger().read()).toMatchObject(['a', 'b', 'c'].map((caseId) => ({ caseId })));
    expect(ledger().read()[1]).toMatchObject({ number: 2 });
    ledger().append(erased('d'));
    expect(ledger().read().at(-1)).toEqual({ number: 6, ...erased('d') });
  });

  it('goes on after a line that a crash has torn', () => {
    ledger().append(erased('a'));
    appendFileSync(file, '{"number":2,"case');
    expect(ledger().read()).toHaveLength(1);
    ledger().append(erased('b'));
    expect(
      ledger()
        .read()
        .map(({ caseId }) => caseId),
    ).toEqual(['a', 'b']);
  });

  it.each([
    ['changed', (text: string) => text.replace('"caseId":"b"', '"caseId":"x"')],
    [
      'without one from the middle',
      (text: string) =>
        text
          .split('\n')
          .filter((_, index) => index !== 1)
          .join('\n'),
    ],
    ['with one twice', (text: string) => text + text.split('\n')[2] + '\n'],
    ['in another order', (text: string) => text.trim().split('\n').reverse().join('\n') + '\n'],
  ])('refuses a file that is %s', (_, change) => {
    for (const id of ['a', 'b', 'c']) ledger().append(erased(id));
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    expect(() => ledger().read()).toThrow(/is not as it was written/);
    expect(() => ledger().append(erased('d'))).toThrow(/is not as it was written/);
  });

  it.each([
    ['its last line', (text: string) => text.split('\n').slice(0, 2).join('\n') + '\n'],
    ['every line', () => ''],
  ])('refuses, with the witness, a file that lost %s, and adds nothing to it', (_, cut) => {
    const witnessed = () => new ErasureLedger(file, signing, join(folder, 'witness.jsonl'));
    for (const id of ['a', 'b', 'c']) witnessed().append(erased(id));
    expect(witnessed().read()).toHaveLength(3);
    writeFileSync(file, cut(readFileSync(file, 'utf8')));
    expect(() => witnessed().read()).toThrow(/at least 3 cases were erased.*Put the whole file back/);
    expect(() => witnessed().append(erased('d'))).toThrow(/at least 3 cases were erased/);
    rmSync(file);
    expect(() => witnessed().read()).toThrow(/has no file, and at least 3 cases/);
  });

  it('believes no count in the witness file that was not signed', () => {
    const witnessFile = join(folder, 'witness.jsonl');
    new ErasureLedger(file, signing, witnessFile).append(erased('a'));
    const forged = { erasures: 9, last: 'invented', at: '2026-11-22T00:00:00.000Z', signature: 'AAAA' };
    appendFileSync(witnessFile, `${JSON.stringify(forged)}\n`);
    expect(new ErasureLedger(file, signing, witnessFile).read()).toHaveLength(1);
  });

  it('refuses a file that another key signed', () => {
    ledger({ ...generateKeyPairSync('ed25519'), id: 'two', former: [] }).append(erased('a'));
    expect(() => ledger().read()).toThrow(/signed with another key/);
  });
});
