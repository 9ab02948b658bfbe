import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../config/config.js';
import { keysFrom } from './keys.js';

describe('the keys of a process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const keysOf = (ROLE: Config['ROLE']) => keysFrom(Object.assign(new Config(), { ROLE, F1_DATA_DIR: folder }));

  it('are made where none are kept, once for all processes', () => {
    const first = keysOf('api');
    expect(readdirSync(join(folder, 'keys')).sort()).toEqual(['index.key', 'master.key', 'signing.key']);
    expect(keysOf('worker').signing.id).toBe(first.signing.id);
    expect(keysOf('portal').master.id).toBe(first.master.id);
  });

  it('hold none to sign with in a portal, and make none there', () => {
    const keys = keysOf('portal');
    expect(() => keys.signing).toThrow('signs nothing');
    expect(readdirSync(join(folder, 'keys')).sort()).toEqual(['index.key', 'master.key']);
  });
});
