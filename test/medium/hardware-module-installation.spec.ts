import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Config } from '../../src/platform/config/config.js';
import { DataKey, SealBroken } from '../../src/platform/database/sealing.js';
import { type KeyProvider, keysFrom } from '../../src/platform/keys/keys.js';
import { ask } from '../support/application.js';
import { f1, type Said } from '../support/cli.js';
import { anInstalledDatabase, type TestDatabase } from '../support/database.js';
import { ServerProcess } from '../support/server-process.js';
import { describeWithSoftHsm, TestToken } from '../support/softhsm.js';

/** Commands and servers take seconds where other tests run beside them. */
const PROCESSES_MS = 180_000;
const APPLICANT = { familyName: 'Exemplaris', givenNames: 'Inventus', birthDate: '1971~', sex: 'unknown' };

describeWithSoftHsm('an installation whose master key moves into a hardware module', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let token: TestToken;
  let device: ReturnType<TestToken['apart']>;
  let password: string;
  let inFile: KeyProvider;
  let server: ServerProcess | undefined;

  const base = () => ({
    F1_DATA_DIR: token.folder,
    DATABASE_URL: database.appUrl,
    MIGRATION_DATABASE_URL: database.ownerUrl,
  });
  const withModule = (more: Record<string, string> = {}) => ({ ...base(), ...device.environment, ...more });
  const json = ({ code, stdout, stderr }: Said) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const wrapped = async () =>
    (
      await owner.query<{ case_id: string; wrapped: Buffer; master_key_id: string }>(
        'SELECT case_id, wrapped, master_key_id FROM data_key ORDER BY case_id',
      )
    ).rows;
  const under = async () => [...new Set((await wrapped()).map((row) => row.master_key_id))];
  const unreadable = async (environment: Record<string, string>) => {
    const { stdout } = await f1(['audit', 'verify', '--json'], environment);
    const { cases, findings } = JSON.parse(stdout) as { cases: number; findings: { kind: string }[] };
    expect(cases).toBeGreaterThan(0);
    return findings.filter(({ kind }) => kind === 'keyMissing').length;
  };
  const asOfficer = async (method: string, path: string, body?: object) => {
    const { address } = server!;
    const signedIn = await ask(address, 'POST', '/api/tokens', { body: { username: 'officer', password } });
    const { token: bearer } = signedIn.body as { token: string };
    const headers = { Authorization: `Bearer ${bearer}`, ...(body ? { 'Idempotency-Key': randomUUID() } : {}) };
    return ask(address, method, path, { headers, body });
  };
  const register = () =>
    asOfficer('POST', '/api/cases', { applicant: { ...APPLICANT, nationalities: ['RW'] }, countryOfOrigin: 'RW' });
  const readiness = async () => {
    const { status, body } = await ask(server!.address, 'GET', '/health/ready');
    return { status, masterKey: (body as { parts: Record<string, string> }).parts['master key'] };
  };

  beforeAll(async () => {
    const installed = await anInstalledDatabase();
    ({ database } = installed);
    password = installed.logins.find(({ username }) => username === 'officer')!.password;
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    token = new TestToken();
    device = token.apart();
    inFile = keysFrom(Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: token.folder }));
    server = await ServerProcess.start(base());
    for (let n = 0; n < 2; n++) expect((await register()).status).toBe(201);
    await server.kill();
  }, PROCESSES_MS);
  afterAll(async () => {
    await server?.kill();
    await owner?.end();
    await database?.drop();
    rmSync(token.folder, { recursive: true, force: true });
  });

  it(
    'makes its key on the token, and says where it is kept',
    async () => {
      const named = withModule({ F1_PKCS11_KEY: 'first' });
      const absent = await f1(['keys'], named);
      expect(absent).toMatchObject({ code: 1, stderr: expect.stringMatching(/F1_PKCS11_KEY: .* is not there/) });
      const { masterKeyId } = json(await f1(['keys', 'make', '--json'], named));
      expect(json(await f1(['keys', '--json'], named))).toMatchObject({
        masterKeyId,
        masterKeyKept: `in a hardware module, key "first" on the token "${token.label}"`,
      });
      expect(masterKeyId).not.toBe(inFile.master.id);
    },
    PROCESSES_MS,
  );

  it(
    'reads with the former key what it wrapped, wraps it anew in the module, and needs the former one no more',
    async () => {
      const former = readFileSync(join(token.folder, 'keys', 'master.key'), 'utf8').trim();
      const alone = withModule({ F1_PKCS11_KEY: 'first' });
      const both = { ...alone, F1_OTHER_MASTER_KEYS: former };
      expect([await unreadable(alone), await unreadable(both)]).toEqual([2, 0]);
      const rotated = json(await f1(['keys', 'rotate', '--json'], both));
      expect(rotated).toMatchObject({ ok: true, rewrapped: 2, unopened: {} });
      expect(await under()).toEqual([rotated['masterKeyId']]);
      expect(await unreadable(alone)).toBe(0);
    },
    PROCESSES_MS,
  );

  it(
    'serves: what is registered is sealed under the module, and dump, files and every other key open nothing',
    async () => {
      server = await ServerProcess.start(withModule({ F1_PKCS11_KEY: 'first' }));
      const made = await register();
      expect(made.status).toBe(201);
      const read = await asOfficer('GET', `/api/cases/${(made.body as { id: string }).id}`);
      expect(read.status).toBe(200);
      expect(read.text).toContain('Exemplaris');
      expect(await readiness()).toEqual({ status: 200, masterKey: 'up' });
      const rows = await wrapped();
      expect(rows).toHaveLength(3);
      for (const row of rows) expect(() => DataKey.unwrap(row.case_id, row.wrapped, inFile)).toThrow(SealBroken);
    },
    PROCESSES_MS,
  );

  it(
    'is not ready while the token is away, answers that it comes back, and does without a restart',
    async () => {
      device.takeAway();
      expect(await readiness()).toEqual({ status: 503, masterKey: 'down' });
      const refused = await asOfficer('GET', '/api/cases');
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable', retryAfter: 5 } });
      device.bringBack();
      for (let n = 0; n < 100 && (await readiness()).status !== 200; n++)
        await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await asOfficer('GET', '/api/cases')).text).toContain('Exemplaris');
    },
    PROCESSES_MS,
  );

  it(
    'gets another key on the same token while a process that has the former one reads and writes',
    async () => {
      const next = withModule({ F1_PKCS11_KEY: 'second' });
      const refused = await f1(['keys', 'rotate', '--new'], withModule({ F1_PKCS11_KEY: 'first' }));
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/set F1_PKCS11_KEY to a new label/) });
      const { masterKeyId } = json(await f1(['keys', 'make', '--json'], next));
      expect(json(await f1(['keys', 'rotate', '--json'], next))).toMatchObject({ ok: true, masterKeyId, rewrapped: 3 });
      expect(await under()).toEqual([masterKeyId]);
      expect((await asOfficer('GET', '/api/cases')).text).toContain('Exemplaris');
    },
    PROCESSES_MS,
  );

  it(
    'leaves the module again: its keys open while a key service wraps',
    async () => {
      const key = Buffer.alloc(32, 9).toString('base64');
      const service = withModule({ F1_MASTER_KEY_COMMAND: `echo ${key}` });
      const rotated = json(await f1(['keys', 'rotate', '--json'], service));
      expect(rotated).toMatchObject({ ok: true, rewrapped: 3, unopened: {} });
      expect(await unreadable({ ...base(), F1_MASTER_KEY_COMMAND: `echo ${key}` })).toBe(0);
    },
    PROCESSES_MS,
  );

  it(
    'does not start with a wrong pin, and says in a sentence what to put right',
    async () => {
      token.writePin('another');
      const { code, stderr } = await f1(['keys'], withModule({ F1_PKCS11_KEY: 'second' }));
      token.writePin('invented-pin');
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/F1_PKCS11_PIN_FILE: .* is wrong/) });
      expect(stderr).not.toMatch(/another|\n\s+at /);
    },
    PROCESSES_MS,
  );
});
