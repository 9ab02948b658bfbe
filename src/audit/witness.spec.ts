import { describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../platform/config/config.js';
import { readWitness, Witness, type WitnessedHead, witnessEmbedded } from './witness.js';

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
