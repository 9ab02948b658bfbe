import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { Config, ConfigError } from '../../src/platform/config/config.js';
import { DataKey } from '../../src/platform/database/sealing.js';
import { type KeyProvider, keysFrom } from '../../src/platform/keys/keys.js';
import { renewMasterKeyIn } from '../../src/platform/keys/master-key.js';
import { rewrapDataKeys } from '../../src/platform/keys/rotate.js';
import { aCaseFile } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { erasedAgain } from '../support/erased.js';

describe('the master key', () => {
  let folder: string;
  let database: TestDatabase;
  let owner: pg.Client;
  let config: Config;
  let keys: KeyProvider;
  const cases: string[] = [];

  const aCase = async (under: KeyProvider) => {
    const file = {
      keys: under,
      unit: 'central',
      by: accountId('officer'),
      authorities: [authorityId('demo-prosecution')],
    };
    cases.push((await aCaseFile(owner, { ...file, recorded: true })).caseId);
  };
  const masters = async () =>
    (
      await owner.query<{ id: string }>('SELECT DISTINCT master_key_id AS id FROM data_key WHERE wrapped IS NOT NULL')
    ).rows.map(({ id }) => id);
  const opens = async (under: KeyProvider) => {
    const { rows } = await owner.query<{ case_id: string; wrapped: Buffer }>('SELECT case_id, wrapped FROM data_key');
    return rows.filter(({ case_id, wrapped }) => {
      try {
        return DataKey.unwrap(case_id, wrapped, under) instanceof DataKey;
      } catch {
        return false;
      }
    }).length;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-keys-'));
    config = Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: folder });
    keys = keysFrom(config);
    database = await aDatabase();
    await seedDemo(database.ownerUrl, folder);
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    for (let n = 0; n < 5; n++) await aCase(keys);
  });
  afterAll(async () => {
    await owner?.end();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is renewed while a process that still has the former one reads and writes', async () => {
    const id = renewMasterKeyIn(config);
    const renewed = keysFrom(config);
    expect(renewed.master.id).toBe(id);
    expect(id).not.toBe(keys.master.id);
    expect(await rewrapDataKeys(owner, renewed, 2)).toEqual({ ok: true, masterKeyId: id, rewrapped: 5, unopened: {} });
    expect(await masters()).toEqual([id]);
    expect([await opens(keys), await opens(renewed)]).toEqual([5, 5]);
    await aCase(keys); // the running process still wraps under its own
    expect([await opens(keys), await opens(renewed)]).toEqual([6, 6]);
    expect(await rewrapDataKeys(owner, renewed, 2)).toMatchObject({ ok: true, rewrapped: 1 });
    expect(await masters()).toEqual([id]);
    const { findings } = await auditVerify(database.ownerUrl, renewed);
    expect(
      findings.filter(({ kind }) => kind === 'keyMissing' || kind === 'payloadChanged' || kind === 'sealBroken'),
    ).toEqual([]);
    keys = renewed;
  });

  it('goes on where it was cut off, and says what no known key opens', async () => {
    const text = (n: number) => Buffer.alloc(32, n).toString('base64');
    const from = (current: string, others?: string) =>
      keysFrom(
        Object.assign(new Config(), {
          F1_DATA_DIR: folder,
          F1_MASTER_KEY: current,
          ...(others === undefined ? {} : { F1_OTHER_MASTER_KEYS: others }),
        }),
      );
    const former = keys.master.id;
    const stranger = await rewrapDataKeys(owner, from(text(1)));
    expect(stranger).toEqual({
      ok: false,
      masterKeyId: from(text(1)).master.id,
      rewrapped: 0,
      unopened: { [former]: 6 },
    });
    const { rows } = await owner.query<{ case_id: string; wrapped: Buffer }>(
      'SELECT case_id, wrapped FROM data_key LIMIT 2',
    );
    for (const { case_id, wrapped } of rows) {
      const next = DataKey.unwrap(case_id, wrapped, keys).wrap(from(text(2)));
      await owner.query('UPDATE data_key SET wrapped = $2, master_key_id = $3 WHERE case_id = $1', [
        case_id,
        next,
        from(text(2)).master.id,
      ]);
    }
    expect(await rewrapDataKeys(owner, { ...keys, otherMasters: () => [from(text(2)).master] })).toMatchObject({
      ok: true,
      rewrapped: 2,
    });
    expect(await masters()).toEqual([former]);
  });

  it('leaves an erased key erased', async () => {
    await erasedAgain(database.ownerUrl, cases[0]!);
    renewMasterKeyIn(config);
    expect(await rewrapDataKeys(owner, keysFrom(config))).toMatchObject({ ok: true, rewrapped: 5 });
    const { rows } = await owner.query('SELECT wrapped FROM data_key WHERE case_id = $1', [cases[0]]);
    expect(rows).toEqual([{ wrapped: null }]);
  });

  describe('from a command', () => {
    const script = (text: string) => {
      const file = join(folder, `helper-${randomBytes(4).toString('hex')}.sh`);
      writeFileSync(file, `#!/bin/sh\n${text}\n`);
      chmodSync(file, 0o700);
      return keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder, F1_MASTER_KEY_COMMAND: file }));
    };
    const [one, two] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];

    it('wraps with the first key it prints and opens with the others', () => {
      const given = script(`echo ${one}; echo ${two}`);
      const plain = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder, F1_MASTER_KEY: one }));
      expect(given.master.id).toBe(plain.master.id);
      const key = Buffer.alloc(32, 7);
      expect(given.otherMasters()[0]!.unwrap(given.otherMasters()[0]!.wrap(key, 'here'), 'here')).toEqual(key);
      expect(plain.master.unwrap(given.master.wrap(key, 'here'), 'here')).toEqual(key);
      expect(() => plain.master.unwrap(given.master.wrap(key, 'here'), 'there')).toThrow(/does not open/);
    });

    it.each([
      ['fails', 'echo secret-detail >&1; exit 3', /gave no key \(exit code 3\)/],
      ['prints something else', 'echo secret-detail', /must print keys of 32 bytes/],
      ['prints nothing', 'true', /must print keys of 32 bytes/],
    ])('is refused when it %s, and what it printed is not repeated', (_, text, message) => {
      expect(() => script(text)).toThrow(ConfigError);
      expect(() => script(text)).toThrow(message);
      expect(() => script(text)).not.toThrow(/secret-detail/);
    });
  });
});
