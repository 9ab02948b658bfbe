import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Config } from '../platform/config/config.js';
import { witnessEmbedded } from './witness.js';

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
