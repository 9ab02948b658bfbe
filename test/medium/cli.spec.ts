import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, createPublicKey, randomBytes, randomUUID, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { Config } from '../../src/platform/config/config.js';
import { canonical } from '../../src/platform/database/sealing.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile } from '../factories/case-file.js';
import { f1 } from '../support/cli.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { asTheGuideSays } from '../support/proof-guide.js';

describe('f1 on an installation', () => {
  let dataDir: string;
  let database: TestDatabase;
  let superuser: pg.Client;
  let owner: pg.Client;
  /** A schema owner as a production would have it: it may create databases, for verifying backups. */
  const login = `f1_test_owner_${randomBytes(4).toString('hex')}`;

  const emptyDatabase = async (suffix: string) => {
    const name = `${database.name}_${suffix}`;
    await superuser.query(`CREATE DATABASE ${name} OWNER f1_owner`);
    return name;
  };
  const on = (name: string, as?: string) => {
    const url = (from: string) => Object.assign(new URL(from), { pathname: name });
    const migration = url(database.ownerUrl);
    if (as) Object.assign(migration, { username: as, password: 'invented' });
    return {
      F1_DATA_DIR: dataDir,
      DATABASE_URL: url(database.appUrl).href,
      MIGRATION_DATABASE_URL: migration.href,
    };
  };
  const here = () => on(database.name, login);

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'f1-cli-'));
    database = await aDatabase();
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await superuser.query(`CREATE ROLE ${login} LOGIN CREATEDB PASSWORD 'invented' IN ROLE f1_owner`);
  });

  afterAll(async () => {
    await owner.end();
    await superuser.query(`DROP ROLE ${login}`);
    await superuser.end();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('migrates an empty database, and the second time has nothing to do', async () => {
    const environment = on(await emptyDatabase('migrated'));
    const first = await f1(['migrate'], environment);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/applied .*\n(.*\n)*published \d+ workflows\n/);
    const second = await f1(['migrate'], environment);
    expect(second).toEqual({ code: 0, stdout: 'The database is up to date.\n', stderr: '' });
  });

  it('seeds accounts for trying out, never in production', async () => {
    const seeded = await f1(['seed'], here());
    expect(seeded.code).toBe(0);
    expect(seeded.stdout).toContain('officer');
    const key = Buffer.alloc(32, 1).toString('base64');
    const refused = await f1(['seed'], {
      ...here(),
      NODE_ENV: 'production',
      F1_MASTER_KEY_COMMAND: `echo ${key}`,
      F1_INDEX_KEY: key,
      F1_SIGNING_KEY: `MC4CAQAwBQYDK2VwBCIEI${key.slice(0, 43)}`,
      F1_ORIGIN: 'https://f1.example.org',
      F1_COUNTRY: 'BE',
    });
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/never created .*\n$/) });
  });

  describe('with a case in it', () => {
    let backup: string;

    beforeAll(async () => {
      await f1(['seed'], here());
      const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: dataDir }));
      const authorities = [authorityId('demo-prosecution')];
      await aCaseFile(owner, { keys, unit: 'central', by: accountId('officer'), authorities, recorded: true });
      await owner.query(`
        DELETE FROM correction; UPDATE outbox SET done_at = now();
        UPDATE obligation SET due_at = now() + interval '5 days'; UPDATE deadline SET due_at = now() + interval '5 days'`);
      backup = join(dataDir, 'a backup');
    });

    it('reconciles: one line of JSON with counts by kind, and exit code 1 when a duty is not met', async () => {
      const fine = await f1(['reconcile', '--json'], here());
      expect(fine).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\{.*\}\n$/) });
      const numbers = { causes: 1, obligations: 1, receipts: 1, inFlight: 0, differences: [], notListed: 0 };
      const none = { ok: true, causes: 0, obligations: 0, receipts: 0, inFlight: 0, differences: [], notListed: 0 };
      expect(JSON.parse(fine.stdout)).toEqual({
        ok: true,
        at: expect.any(String),
        chains: [],
        erasedUnreceipted: [],
        closedAsBlocked: [],
        recalled: [],
        lists: [],
        ...numbers,
        kinds: { exclusion: { ok: true, ...numbers }, suspicion: none, account: none, correction: none },
      });
      await owner.query('UPDATE outbox SET done_at = NULL');
      const unmet = await f1(['reconcile', '--json'], here());
      expect(unmet.code).toBe(1);
      const kept = await owner.query('SELECT ok, statement FROM reconciliation ORDER BY at DESC LIMIT 1');
      expect(kept.rows[0].ok).toBe(false);
      expect(JSON.parse(kept.rows[0].statement)).toMatchObject(JSON.parse(unmet.stdout));
      expect(JSON.parse(unmet.stdout)).toMatchObject({
        ok: false,
        differences: [{ kind: 'exclusion', what: 'receiptedButStillTried', authority: 'demo-prosecution' }],
      });
      const told = await f1(['reconcile'], here());
      expect(told).toMatchObject({ code: 1, stdout: expect.stringMatching(/Duties are not met\.\n$/) });
      await owner.query('UPDATE outbox SET done_at = now()');
    });

    it('proves the duties: a statement that the public key alone checks, with every duty that it counts', async () => {
      const folder = join(dataDir, 'proof');
      const { code, stdout } = await f1(['reconcile', '--json', '--proof', folder], here());
      expect(code).toBe(0);
      const [bytes, signature] = [
        readFileSync(join(folder, 'statement.json')),
        readFileSync(join(folder, 'statement.sig')),
      ];
      const key = createPublicKey(readFileSync(join(folder, 'key.pem')));
      expect(verify(null, bytes, key, signature)).toBe(true);
      const { duties, checkpoint, format, keyId, ...found } = JSON.parse(bytes.toString());
      expect(JSON.parse(stdout)).toEqual(found);
      expect(duties).toHaveLength(found.obligations);
      expect(duties[0]).toMatchObject({ kind: 'exclusion', authority: 'demo-prosecution' });
      expect([format, typeof keyId, checkpoint]).toEqual(['article-1f duty proof 1', 'string', null]);
      expect(verify(null, Buffer.concat([bytes, Buffer.from(' ')]), key, signature)).toBe(false);
    });

    it('proves them as the guide tells it to a reader who has openssl and what is in the folder', async () => {
      const folder = join(dataDir, 'proof for a court');
      expect((await f1(['reconcile', '--proof', folder], here())).code).toBe(0);
      const statement = JSON.parse(readFileSync(join(folder, 'statement.json'), 'utf8'));
      const key = createPublicKey(readFileSync(join(folder, 'key.pem'))).export({ type: 'spki', format: 'der' });
      expect(asTheGuideSays(folder, 'pkey -pubin')).toContain(createHash('sha256').update(key).digest('hex'));
      expect(asTheGuideSays(folder, '-in statement.json -sigfile')).toBe('Signature Verified Successfully\n');
      expect(asTheGuideSays(folder, 'duties.txt').split('\n')).toEqual([
        `"at":"${statement.at}"`,
        ...['"causes":1', '"inFlight":0', '"obligations":1', '"ok":true', '"receipts":1', '1 duties', '1 received', ''],
      ]);
      const [{ obligation: referralId, receivedSha256: bodySha256, receivedAt }] = statement.duties;
      const [verified, ...receipt] = asTheGuideSays(folder, 'receipt.jws').split('\n');
      expect(verified).toBe('Signature Verified Successfully');
      expect(JSON.parse(receipt.join(''))).toEqual({ referralId, bodySha256, receivedAt });
    });

    it('gives a reader of the guide who counts again what a statement would be hiding', async () => {
      const folder = join(dataDir, 'a false proof');
      expect((await f1(['reconcile', '--proof', folder], here())).code).toBe(0);
      const file = join(folder, 'statement.json');
      const statement = JSON.parse(readFileSync(file, 'utf8'));
      const [duty] = statement.duties;
      const counted = (change: object): string[] => {
        writeFileSync(file, `${canonical({ ...statement, ...change })}\n`);
        return asTheGuideSays(folder, 'duties.txt').split('\n').slice(-4);
      };
      expect(() => asTheGuideSays(folder, '-in statement.json -sigfile')).not.toThrow();
      expect(counted({ duties: [] }).slice(-3)).toEqual(['0 duties', '0 received', '']);
      expect(counted({ duties: [duty, duty] })).toEqual(['2 duties', '2 received', duty.obligation, '']);
      const [obligationId, correctionId] = [duty.obligation, randomUUID()];
      const back = { ...duty, receivedAt: null, receipt: null, recalledBy: correctionId };
      const recalled = [{ obligationId, correctionId }];
      expect(counted({ duties: [back], recalled }).slice(-3)).toEqual(['1 duties', '0 received', '']);
      expect(() => counted({ duties: [back] })).toThrow('Command failed');
      expect(() => counted({ recalled })).toThrow('Command failed');
      expect(() => asTheGuideSays(folder, '-in statement.json -sigfile')).toThrow('Command failed');
    });

    it('counts: the referrals of a period as one line of JSON or as a table, and refuses a period that is none', async () => {
      const year = new Date().getUTCFullYear();
      const period = ['statistics', '--from', `${year - 1}-01-01`, '--to', `${year}-12-31`];
      const counted = await f1([...period, '--json'], here());
      expect(counted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\{.*\}\n$/) });
      const took = { count: 1, medianHours: 0 };
      expect(JSON.parse(counted.stdout)).toMatchObject({
        ...{ from: `${year - 1}-01-01`, to: `${year}-12-31`, complete: false, referrals: 1, received: 1 },
        ...{ overdue: 0, corrected: 0, toRefer: took, toAcknowledge: took, toFeedback: took },
        ...{ byKind: { exclusion: { referrals: 1 } }, byCountry: { RW: { referrals: 1 } } },
      });
      const table = await f1(period, here());
      expect(table).toMatchObject({ code: 0, stdout: expect.stringMatching(/^dimension,value,referrals,received,/) });
      expect(table.stdout).toMatch(/^country,RW,1,1,/m);
      expect(table.stderr).toContain('This period is not over');
      const turned = await f1(['statistics', '--from', `${year}-02-01`, '--to', `${year}-01-01`], here());
      expect(turned).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--to is before --from') });
    });

    it('audits: one line of JSON, and exit code 1 with the place when something was changed', async () => {
      const fine = await f1(['audit', 'verify', '--json'], here());
      expect(fine).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\{.*\}\n$/) });
      expect(JSON.parse(fine.stdout)).toMatchObject({ ok: true, cases: 1, findings: [], notListed: 0 });
      const change = (from: string, to: string) =>
        superuser.query(`
          SET session_replication_role = 'replica';
          UPDATE event SET type = '${to}' WHERE aggregate_kind = 'interview' AND seq = 2 AND type = '${from}';
          RESET session_replication_role`);
      await change('NOTE', 'FORGED');
      const forged = await f1(['audit', 'verify', '--json'], here());
      expect(forged.code).toBe(1);
      expect(JSON.parse(forged.stdout)).toMatchObject({
        ok: false,
        findings: [{ kind: 'eventChanged', where: expect.stringMatching(/^interview\/.*#2$/) }],
      });
      await change('FORGED', 'NOTE');
    });

    it('backs up, proves that the backup restores, and restores it', async () => {
      const created = await f1(['backup', 'create', '--to', backup], here());
      expect(created).toMatchObject({ code: 0, stderr: '' });
      expect(created.stdout).toMatch(/Keep each apart[^]*master key[^]*index key[^]*signing key[^]*recordings/);

      const verified = await f1(['backup', 'verify', '--file', backup, '--json'], here());
      expect(verified).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\{.*\}\n$/) });
      const proof = JSON.parse(verified.stdout) as { backup: { tables: number; rows: number } };
      expect(proof).toMatchObject({
        ok: true,
        backup: { file: backup },
        restored: { tables: proof.backup.tables, rows: proof.backup.rows },
        reconciliation: { ok: true, causes: 1 },
        audit: { ok: true, cases: 1 },
      });

      const elsewhere = on(await emptyDatabase('restored'));
      const restored = await f1(['backup', 'restore', '--file', backup, '--json'], elsewhere);
      expect({ code: restored.code, ...JSON.parse(restored.stdout) }).toMatchObject({ code: 0, ok: true });
      expect(JSON.parse((await f1(['reconcile', '--json'], elsewhere)).stdout)).toMatchObject({ ok: true, causes: 1 });
      const again = await f1(['backup', 'restore', '--file', backup, '--json'], elsewhere);
      expect({ code: again.code, ...JSON.parse(again.stdout) }).toMatchObject({ code: 1, refused: 'databaseNotEmpty' });
    });

    it('takes a backup first when none is named, and says what a login lacks to verify it', async () => {
      const { code, stdout } = await f1(['backup', 'verify'], here());
      expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({
        code: 0,
        last: 'The backup can be restored and is whole.',
      });
      const lacking = await f1(['backup', 'verify'], on(database.name));
      expect(lacking).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^A backup is verified .*CREATEDB.*\n$/),
      });
    });

    it('refuses a backup that was changed, by name in JSON and in a sentence otherwise', async () => {
      const changed = `${backup} changed`;
      writeFileSync(changed, readFileSync(backup).subarray(0, 5_000));
      const json = await f1(['backup', 'verify', '--file', changed, '--json'], here());
      expect({ code: json.code, ...JSON.parse(json.stdout) }).toMatchObject({
        code: 1,
        ok: false,
        refused: 'truncated',
      });
      const told = await f1(['backup', 'verify', '--file', changed], here());
      expect(told).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/cut off.*\n$/) });
    });
  });
});
