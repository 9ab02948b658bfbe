import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { originOf, readOwnNote, signedNote } from '../../audit/checkpoint.js';
import { Config } from '../config/config.js';
import { ErasureLedger } from './erasure-ledger.js';
import { keysFrom } from './keys.js';
import { keyThatSigned, renewSigningKeyIn, type SigningKey } from './signing-key.js';

const NOW = new Date('2026-11-22T06:00:00Z');
const LATER = new Date('2026-11-24T06:00:00Z');

describe('a signing key that is followed by another', () => {
  let folder: string;
  let former: SigningKey;
  const signing = (more: object = {}) =>
    keysFrom(Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: folder, ...more })).signing;
  const rotate = (now = NOW) => renewSigningKeyIn(join(folder, 'keys'), signing(), now);
  const note = (by: SigningKey, signedAt: Date) =>
    signedNote(
      { origin: originOf(by.id), size: 1, root: Buffer.alloc(32), signedAt: signedAt.toISOString() },
      by.privateKey,
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-signing-'));
    former = signing();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('signs no more, and is known by what it signed until then', () => {
    const { id } = rotate();
    const now = signing();
    expect(now.id).toBe(id);
    expect(now.id).not.toBe(former.id);
    expect(keyThatSigned(now, former.id, NOW)?.equals(former.publicKey)).toBe(true);
    expect(keyThatSigned(now, former.id, LATER)).toBeUndefined();
    expect(keyThatSigned(now, now.id, LATER)?.equals(now.publicKey)).toBe(true);
    expect(keyThatSigned(former, now.id, NOW)).toBeUndefined();
  });

  it('is known after a second one followed, each until its own end', () => {
    rotate();
    rotate(LATER);
    expect(signing().former).toHaveLength(2);
    expect(keyThatSigned(signing(), former.id, LATER)).toBeUndefined();
    expect(keyThatSigned(signing(), former.id, NOW)).toBeDefined();
  });

  it('is told by a variable where keys are kept elsewhere', () => {
    const { former: said } = rotate();
    const pkcs8 = readFileSync(join(folder, 'keys', 'signing.key'), 'utf8');
    const elsewhere = {
      F1_DATA_DIR: join(folder, 'none'),
      F1_SIGNING_KEY: pkcs8,
      F1_INDEX_KEY: KEY,
      F1_MASTER_KEY: KEY,
    };
    expect(keyThatSigned(signing(elsewhere), former.id, NOW)).toBeUndefined();
    expect(keyThatSigned(signing({ ...elsewhere, F1_FORMER_SIGNING_KEYS: said }), former.id, NOW)).toBeDefined();
  });

  it('leaves genuine the checkpoints it signed in its time, and no later one', () => {
    rotate();
    const now = signing();
    expect(readOwnNote(note(former, NOW), now)).toMatchObject({ size: 1 });
    expect(readOwnNote(note(former, LATER), now)).toBeUndefined();
    expect(readOwnNote(note(now, LATER), now)).toMatchObject({ size: 1 });
    expect(readOwnNote(note(now, NOW), former)).toBeUndefined();
  });

  it('leaves the ledger of erasures readable and to be continued', () => {
    const file = join(folder, 'erasures.jsonl');
    const erased = (caseId: string) => ({ caseId, erasedAt: NOW.toISOString(), by: ['one', 'two'] });
    new ErasureLedger(file, former).append(erased('a'));
    rotate();
    new ErasureLedger(file, signing()).append(erased('b'));
    expect(new ErasureLedger(file, signing()).read().map(({ caseId }) => caseId)).toEqual(['a', 'b']);
    expect(() => new ErasureLedger(file, former).read()).toThrow(/signed with another key/);
  });

  it('names its successor in a statement that it signed itself', () => {
    const { id } = rotate();
    const [said, signature] = ['json', 'sig'].map((end) =>
      readFileSync(join(folder, 'keys', `handover.${former.id}.${end}`)),
    );
    expect(verify(null, said!, createPublicKey(former.privateKey), signature!)).toBe(true);
    expect(JSON.parse(said!.toString())).toMatchObject({ former: { id: former.id }, successor: { id } });
  });
});

const KEY = Buffer.alloc(32, 7).toString('base64');
