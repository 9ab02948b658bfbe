import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount } from '../../src/identity/account-administration.js';
import { holdSending } from '../../src/platform/backup/sending-hold.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { publicHalf } from '../../src/receiver/envelope.js';
import { signed } from '../../src/receiver/receipts.js';
import { f1, type Said } from '../support/cli.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

/** Each run of the command starts a process of its own. */
jest.setTimeout(240_000);
const PASSWORD = 'an invented passphrase for tests';

describe('f1 and how authorities are reached', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-channels-'));
  const opens = generateKeyPairSync('x25519').privateKey;
  const receipts = generateKeyPairSync('ed25519').privateKey;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await aDatabase();
    await asOwner(database.ownerUrl, async (owner) => {
      for (const username of ['first', 'second'])
        await createAccount(owner, {
          id: randomUUID(),
          username,
          displayName: 'Invented',
          roles: ['operator'],
          password: PASSWORD,
        });
    });
  });

  afterAll(async () => {
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const here = () => ({
    F1_DATA_DIR: folder,
    DATABASE_URL: database.appUrl,
    MIGRATION_DATABASE_URL: database.ownerUrl,
  });
  const inProduction = () => ({
    ...here(),
    NODE_ENV: 'production',
    F1_MASTER_KEY_COMMAND: `echo ${Buffer.alloc(32, 1).toString('base64')}`,
    F1_INDEX_KEY: Buffer.alloc(32, 2).toString('base64'),
    F1_SIGNING_KEY: receipts.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    F1_ORIGIN: 'https://f1.example.org',
    F1_COUNTRY: 'BE',
  });
  const key = (purpose: string, privateKey: KeyObject, more: object = {}) => ({
    purpose,
    publicKey: publicHalf(privateKey),
    validFrom: '2026-01-01',
    ...more,
  });
  const apply = (authority: object, environment = inProduction()) => {
    const file = join(folder, `${randomUUID()}.json`);
    const unit = { code: 'unit', name: 'An invented unit', country: 'BE', channel: 'file' };
    writeFileSync(
      file,
      JSON.stringify({ authorities: [{ ...unit, endpoint: 'file:///srv/drop/unit', ...authority }] }),
    );
    return byTwo(file, environment);
  };
  /** Whatever changes where data leaves is asked by one operator and confirmed by another. */
  const byTwo = async (file: string, environment: NodeJS.ProcessEnv): Promise<Said> => {
    const as = (username: string) => f1(['apply', file, '--as', username], environment, { typed: `${PASSWORD}\n` });
    const first = await as('first');
    return first.stdout.startsWith('Asked') ? as('second') : first;
  };
  const stored = async <T>(sql: string): Promise<T[]> =>
    asOwner(database.ownerUrl, async (owner) => (await owner.query(sql)).rows as T[]);
  const keys = () =>
    stored<object>(
      `SELECT purpose, valid_until IS NOT NULL AS ends, revoked_at IS NOT NULL AS revoked FROM authority_key ORDER BY purpose`,
    );

  it('applies in production nobody reached outside without a key to encrypt to, and leaves nothing behind', async () => {
    const refused = await apply({ keys: [key('receipt', receipts)] });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/webhook or file needs an encryption key in force: unit\.\n$/);
    const early = key('encryption', opens, { validFrom: '2999-01-01' });
    expect((await apply({ keys: [key('receipt', receipts), early] })).code).toBe(1);
    expect(await stored('SELECT FROM authority')).toEqual([]);
  });

  it.each([
    ['an encryption key that only signs', () => [key('encryption', receipts)], 'X25519 or P-256'],
    ['a receipt key that only encrypts', () => [key('receipt', opens)], 'Ed25519'],
    ['a key that is none', () => [{ purpose: 'receipt', publicKey: 'x', validFrom: '2026-01-01' }], 'Ed25519'],
  ])('applies no authority with %s', async (_what, given, says) => {
    const refused = await apply({ keys: given() });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(says);
  });

  it('applies no calendar of which no holidays are known', async () => {
    const refused = await apply({ keys: [key('receipt', receipts), key('encryption', opens)], calendar: 'XX' });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/calendar.*holidays are known/s);
    expect(await stored('SELECT FROM authority')).toEqual([]);
  });

  it('applies no endpoint in another spelling than it is kept, and says which', async () => {
    const keys = [key('receipt', receipts), key('encryption', opens)];
    const refused = await apply({ keys, endpoint: 'file:///srv/drop//x/../%75nit/' });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('endpoint: must be spelt file:///srv/drop/unit\n');
  });

  it.each([
    ['endpoint', { endpoint: 'file:///srv/drop/Unit' }],
    ['encryption key', { endpoint: 'file:///srv/drop/other' }],
  ])('applies no authority of another country with the %s of one', async (_what, where) => {
    const keys = [key('receipt', receipts), key('encryption', opens)];
    expect(await apply({ keys })).toMatchObject({ code: 0 });
    const abroad = { code: 'abroad', name: 'Elsewhere', country: 'RW', ...where };
    const refused = await apply({ ...abroad, keys });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/abroad is not applied: an endpoint or encryption key is that of unit/);
    expect(await stored(`SELECT FROM authority WHERE code = 'abroad'`)).toEqual([]);
  });

  it('applies keys and contact points, twice the same, ends and revokes them, and takes nothing back', async () => {
    const contacts = [{ office: 'Registry', phone: '+32 2 000 00 00', languages: ['fr'] }];
    const both = [key('receipt', receipts), key('encryption', opens)];
    for (let time = 0; time < 2; time++) expect(await apply({ keys: both, contacts })).toMatchObject({ code: 0 });
    const fine = { ends: false, revoked: false };
    expect(await keys()).toEqual([
      { purpose: 'encryption', ...fine },
      { purpose: 'receipt', ...fine },
    ]);
    expect(await stored('SELECT contacts FROM authority')).toEqual([{ contacts }]);
    const another = generateKeyPairSync('x25519').privateKey;
    const revoked = [key('encryption', another), key('encryption', opens, { revoked: true }), key('receipt', receipts)];
    expect(await apply({ keys: revoked })).toMatchObject({ code: 0 });
    expect(await apply({ keys: both })).toMatchObject({ code: 0 });
    expect(await stored('SELECT FROM authority_key WHERE revoked_at IS NOT NULL')).toHaveLength(1);
    const moved = await apply({ keys: [key('receipt', receipts, { validFrom: '2026-02-01' })] });
    expect(moved).toMatchObject({ code: 1, stderr: expect.stringMatching(/known since 2026-01-01: that cannot/) });
  });

  it('takes a signed list from a file, says a difference with it, and refuses what no authority signed', async () => {
    const list = async (by: KeyObject) => {
      const at = new Date().toISOString();
      const referrals = [{ id: randomUUID(), bodySha256: '0'.repeat(64), receivedAt: at }];
      const file = join(folder, `${randomUUID()}.jws`);
      writeFileSync(file, await signed({ format: 'f1-statement/1', at, referrals }, by));
      return file;
    };
    const foreign = await f1(
      ['reconcile', '--statement', await list(generateKeyPairSync('ed25519').privateKey)],
      here(),
    );
    expect(foreign).toMatchObject({ code: 1, stdout: '' });
    expect(foreign.stderr).toContain('No receipt key of an authority signed it.');
    const missing = await f1(['reconcile', '--statement', join(folder, 'none.jws')], here());
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/none\.jws cannot be read/) });
    expect(JSON.parse((await f1(['reconcile', '--json'], here())).stdout)).toMatchObject({ ok: true });
    const taken = await f1(['reconcile', '--json', '--statement', await list(receipts)], here());
    expect({ code: taken.code, ...JSON.parse(taken.stdout) }).toMatchObject({
      code: 1,
      ok: false,
      differences: [{ what: 'unknownToUs', authority: 'unit' }],
      lists: [{ authority: 'unit', entries: 1, unmatched: [{ what: 'unknownToUs', number: 1 }] }],
    });
    await asOwner(database.ownerUrl, holdSending);
    const said = await f1(['reconcile'], here());
    expect(said.stdout).toMatch(/^Nothing has been sent since .+ \(UTC[^)]*\), .+ resume-sending --as <username> /m);
    expect(said.stdout).toMatch(/^list of unit, made on .+ \(UTC[^)]*\): 1 entry, not matching: unknownToUs 1$/m);
  });

  it('applies the example of the guide in production', async () => {
    const applied = await byTwo('docs/examples/settings.json', inProduction());
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(applied.stdout).toMatch(/^3 authorities, 1 new competence rules/);
  });
});
