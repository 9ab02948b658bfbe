import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import type { SigningKey } from '../platform/keys/signing-key.js';
import { originOf, signedNote } from './checkpoint.js';
import { signHead } from './ledger.js';
import { type KeptLog, Losses, lostByRestore, readRestore, signRestore } from './restore-record.js';
import type { WitnessedCheckpoint, WitnessedHead, WitnessSegment } from './witness.js';

const aKey = (id: string): SigningKey => ({ id, ...generateKeyPairSync('ed25519'), former: [] });
const signing = aKey('ours');
const minute = (n: number): string => new Date(Date.UTC(2026, 2, 1, 8, n)).toISOString();

/** Head n covers ten leaves more than the one before and is signed in minute n, unless said otherwise. */
function head(number: number, at = number, key = signing): WitnessedHead {
  const said = {
    ...{ number, n: 10 * number, events: 10 * number, accesses: 0, aggregates: 1 },
    ...{ chain: 'ab', txWatermark: '9', signedAt: minute(at), keyId: key.id },
  };
  return { ...said, signature: signHead(said, key.privateKey).toString('base64') };
}
function checkpoint(size: number, at: number, key = signing): WitnessedCheckpoint {
  const said = { origin: originOf(key.id), size, root: Buffer.alloc(32, size), signedAt: minute(at) };
  return { size, checkpoint: signedNote(said, key.privateKey) };
}
const segment = (
  heads: readonly WitnessedHead[],
  checkpoints: readonly WitnessedCheckpoint[] = [],
  restore?: string,
): WitnessSegment => ({ heads, checkpoints, ...(restore ? { restore } : {}) });
const kept: KeptLog = { head: 2, leaves: 20, chain: 'ab', checkpoint: 15 };
const heads = [1, 2, 3, 4].map((number) => head(number));
const seen = segment(heads, [checkpoint(15, 2), checkpoint(35, 4)]);
const restored = (lost = lostByRestore(kept, [seen], [], signing)) =>
  readRestore(
    signRestore(
      { restoredAt: minute(10), backupTakenAt: minute(2), kept, witness: 'read', lostByRestore: lost },
      signing,
    ),
    signing,
  )!;

describe('what a restore lost', () => {
  it('is what the witness has beyond the backup: from which leaf to which, and since when', () => {
    expect(lostByRestore(kept, [seen], [], signing)).toEqual({
      ...{ fromLeaf: 21, toLeaf: 40, heads: 2, checkpoints: 1, lastHead: 4, lastSeenAt: minute(4) },
      lastCheckpoint: checkpoint(35, 4).checkpoint,
    });
  });

  it('is nothing where the witness knows no more than the backup', () => {
    expect(lostByRestore(kept, [segment(heads.slice(0, 2), [checkpoint(15, 2)])], [], signing)).toBeNull();
  });

  it('is no leaf where only a checkpoint came after it', () => {
    expect(lostByRestore(kept, [segment(heads.slice(0, 2), [checkpoint(20, 3)])], [], signing)).toMatchObject({
      ...{ fromLeaf: 21, toLeaf: 20, heads: 0, checkpoints: 1 },
    });
  });

  it('counts nothing that somebody else wrote into the file, and nothing twice', () => {
    const other = aKey('theirs');
    const forged = { ...head(9), n: 1_000_000 };
    const file = [segment([...heads, ...heads, head(8, 8, other), forged], [checkpoint(99, 9, other)])];
    expect(lostByRestore(kept, file, [], signing)).toMatchObject({ toLeaf: 40, heads: 2, checkpoints: 0 });
  });

  it('does not count again what an earlier restore on record lost', () => {
    const earlier = restored();
    const file = [seen, segment([head(3, 11), head(4, 12), head(5, 13)], [], earlier.id)];
    const later = { head: 3, leaves: 30, chain: 'ab', checkpoint: 15 };
    expect(lostByRestore(later, file, [earlier], signing)).toMatchObject({ heads: 2, lastSeenAt: minute(13) });
  });
});

describe('a line of the witness file', () => {
  const lost = (line: WitnessedHead, ...[file = [seen], at = 0]: [WitnessSegment[]?, number?]) =>
    new Losses(file, [restored()], signing).haveHead(line, at);

  it('is known to be lost when the restore says so', () => {
    expect([3, 4].map((number) => lost(head(number)))).toEqual([true, true]);
    const losses = new Losses([seen], [restored()], signing);
    expect(losses.haveCheckpoint(checkpoint(35, 4), 0)).toBe(true);
  });

  it('is not when it is older than the backup, beyond the loss, signed after it, or not ours', () => {
    for (const line of [head(2), head(5, 4), head(3, 11), head(3, 3, aKey('theirs')), { ...head(3), n: 31 }])
      expect(lost(line)).toBe(false);
    const losses = new Losses([seen], [restored()], signing);
    for (const line of [checkpoint(15, 2), checkpoint(41, 4), checkpoint(35, 11), checkpoint(35, 4, aKey('theirs'))])
      expect(losses.haveCheckpoint(line, 0)).toBe(false);
  });

  it('is not when the file has it after that restore', () => {
    const restore = restored();
    const file = [seen, segment([head(3)], [], restore.id)];
    const losses = new Losses(file, [restore], signing);
    expect([losses.haveHead(head(3), 0), losses.haveHead(head(3), 1)]).toEqual([true, false]);
  });
});

describe('the record of a restore', () => {
  it('is read only as it was signed', () => {
    const record = signRestore(
      { restoredAt: minute(10), backupTakenAt: minute(2), kept, witness: 'none', lostByRestore: null },
      signing,
    );
    expect(readRestore(record, signing)).toMatchObject({ id: record.id, kept, backupTakenAt: minute(2) });
    expect(readRestore({ ...record, statement: record.statement.replace('20', '21') }, signing)).toBeUndefined();
    expect(readRestore({ ...record, statement: 'x' }, signing)).toBeUndefined();
    expect(readRestore(record, aKey('ours'))).toBeUndefined();
  });
});
