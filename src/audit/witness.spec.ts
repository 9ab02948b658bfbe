import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../platform/config/config.js';
import type { SigningKey } from '../platform/keys/signing-key.js';
import { signRestore } from './restore-record.js';
import { readCheckpoints, readSegments, readWitness, Witness, type WitnessedHead, witnessEmbedded } from './witness.js';

describe('a witness file', () => {
  it('has every head that is told after a line which a crash has torn', () => {
    const folder = mkdtempSync(join(tmpdir(), 'f1-witness-'));
    const file = join(folder, 'witness.jsonl');
    const head = (number: number) => ({ number, n: number, signature: 'invented' }) as WitnessedHead;
    new Witness(file).append([head(1)]);
    appendFileSync(file, '{"number":2,"n":');
    const witness = new Witness(file);
    expect(witness.lastNumber()).toBe(1);
    witness.append([head(2)]);
    expect(readWitness(file)).toEqual([head(1), head(2)]);
    rmSync(folder, { recursive: true });
  });
});

describe('a witness file after a restore', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signing: SigningKey = { id: 'a key', privateKey, publicKey, former: [] };
  const restored = (head: number, checkpoint: number) =>
    signRestore(
      {
        restoredAt: '2026-03-02T08:00:00.000Z',
        backupTakenAt: '2026-03-01T08:00:00.000Z',
        kept: { head, leaves: 10 * head, chain: 'ab', checkpoint },
        witness: 'read',
        lostByRestore: null,
      },
      signing,
    );
  const head = (number: number) => ({ number, n: number, signature: 'invented' }) as WitnessedHead;
  const numbers = (file: string) => readWitness(file).map(({ number }) => number);
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-witness-'));
    file = join(folder, 'witness.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes on from the head and the checkpoint that came with the backup, below what it has', () => {
    const before = new Witness(file);
    before.append([1, 2, 3, 4].map(head));
    before.addCheckpoint(40, 'a note');
    const [restore, running] = [restored(2, 15), new Witness(file)];
    expect(running.lastNumber()).toBe(4);
    running.noteRestores([restore]);
    expect(running.lastNumber()).toBe(2);
    running.append([head(3)]);
    running.addCheckpoint(30, 'another note');
    expect(numbers(file)).toEqual([1, 2, 3, 4, 3]);
    expect(readCheckpoints(file).map(({ size }) => size)).toEqual([40, 30]);
    expect(readSegments(file)).toMatchObject([{}, { restore: restore.id, kept: { head: 2, checkpoint: 15 } }]);
  });

  it('says so once, and nothing is taken back by a second worker that says it again', () => {
    const restore = restored(1, 0);
    const [one, other] = [new Witness(file), new Witness(file)];
    one.append([1, 2].map(head));
    one.noteRestores([restore]);
    one.append([2, 3].map(head));
    other.noteRestores([restore]);
    expect(other.lastNumber()).toBe(3);
    appendFileSync(file, `${JSON.stringify({ ...restore, restored: restore.id })}\n`);
    expect(new Witness(file).lastNumber()).toBe(3);
  });

  it('gets every head where it is a new one', () => {
    const witness = new Witness(file);
    witness.noteRestores([restored(7, 70)]);
    expect(witness.lastNumber()).toBe(0);
    witness.addCheckpoint(70, 'a note');
    expect(readCheckpoints(file)).toEqual([{ size: 70, checkpoint: 'a note' }]);
  });

  it.each(['{"kept":{}}', 'nothing', '{}'])('is not taken back by a line with %s', (statement) => {
    new Witness(file).append([1, 2].map(head));
    appendFileSync(file, `${JSON.stringify({ restored: 'x', statement, signature: '' })}\n`);
    expect(new Witness(file).lastNumber()).toBe(2);
  });
});

describe('the witness of an embedded database', () => {
  it('lies in the data folder, beside the database', () => {
    const config = Object.assign(new Config(), { F1_DATA_DIR: 'somewhere' });
    witnessEmbedded(config);
    expect(config.F1_WITNESS_FILE).toBe(join('somewhere', 'witness.jsonl'));
  });

  it('is the one that was named, where one was', () => {
    const config = Object.assign(new Config(), { F1_WITNESS_FILE: 'elsewhere.jsonl' });
    witnessEmbedded(config);
    expect(config.F1_WITNESS_FILE).toBe('elsewhere.jsonl');
  });
});
