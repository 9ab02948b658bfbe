import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { LedgerSequencer } from '../../src/audit/ledger-sequencer.service.js';
import { TransparencyLog } from '../../src/audit/transparency-log.service.js';
import { LedgerStore } from '../../src/audit/ledger.store.js';
import { heldApart, verifyBackup } from '../../src/cli/verify-backup.js';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { type BackupManifest, readBackup, writeFrames } from '../../src/platform/backup/backup-file.js';
import { createBackup } from '../../src/platform/backup/create-backup.js';
import { checkBackup, restoreBackup } from '../../src/platform/backup/restore-backup.js';
import { withScratchDatabase } from '../../src/platform/backup/scratch-database.js';
import { Config } from '../../src/platform/config/config.js';
import { runtimeDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { type KeyProvider, keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

describe('a backup', () => {
  let folder: string;
  let config: Config;
  let keys: KeyProvider;
  let source: TestDatabase;
  let owner: pg.Client;
  let superuser: pg.Client;
  let file: string;
  let scratch: string;
  let files = 0;

  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const newFile = () => join(folder, `backup-${++files}`);
  const take = async (to = newFile()) => {
    await createBackup({ ownerUrl: source.ownerUrl, file: to, signing: keys.signing });
    return to;
  };
  const verify = (backup?: string) =>
    verifyBackup(
      {
        config,
        local: undefined,
        ownerUrl: () => source.ownerUrl,
        workerUrl: () => source.workerUrl,
        adminUrl: () => source.superuserUrl,
      },
      backup,
    );
  const drain = async (_name: string, rows: AsyncIterable<Buffer>) => {
    for await (const chunk of rows) expect(chunk.length).toBeGreaterThan(0);
  };
  const manifestOf = (backup: string) => readBackup(backup, keys.signing, drain);
  const urls = () => ({ adminUrl: source.superuserUrl, ownerUrl: source.ownerUrl });
  /** Of this installation: other tests of the run have theirs. */
  const scratchDatabases = async () =>
    (await superuser.query('SELECT datname FROM pg_database WHERE datname = $1', [scratch])).rows;

  /** Puts the file of the factory in order: what was decided was told, in time. */
  const tidy = () =>
    owner.query(`
      DELETE FROM correction;
      UPDATE outbox SET done_at = now();
      UPDATE obligation SET due_at = now() + interval '5 days';
      UPDATE deadline SET due_at = now() + interval '5 days'`);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-backup-test-'));
    config = Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: folder });
    keys = keysFrom(config);
    source = await aDatabase();
    owner = await connect(source.ownerUrl);
    superuser = await connect(source.superuserUrl);
    await seedDemo(source.ownerUrl, folder);
    const authorities = [authorityId('demo-prosecution')];
    await aCaseFile(owner, { keys, unit: 'central', by: accountId('officer'), authorities, recorded: true });
    await tidy();
    await owner.query(`
      SELECT nextval('case_reference_number'), nextval('case_reference_number');
      INSERT INTO session (id, token_hash, user_id, kind, expires_at)
      SELECT gen_random_uuid(), '\\x01', id, 'cookie', now() + interval '12 hours' FROM app_user LIMIT 1;
      INSERT INTO access_log (id, actor_id, action, resource, outcome, detail)
      SELECT gen_random_uuid(), id, 'read Case', E'with a tab\\t, a \\\\ and a\\nnew line', 'read', '{"é": null}'
      FROM app_user LIMIT 3`);
    const worker = await runtimeDataSource({
      url: source.workerUrl,
      role: 'f1_worker',
      size: 1,
      timeZone: 'UTC',
    }).initialize();
    const database = new Database(undefined, worker);
    const log = TransparencyLog.of(config, database, keys);
    await new LedgerSequencer(config, database, keys, new LedgerStore(), log).sequence();
    await worker.destroy();
    scratch = await withScratchDatabase(urls(), async (url) => new URL(url).pathname.slice(1));
    file = await take();
  });

  afterAll(async () => {
    await Promise.all([owner.end(), superuser.end()]);
    await source.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('being made', () => {
    it('is readable by its owner only and holds no key and no session', async () => {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const content = gunzipSync(readFileSync(file));
      const secrets = ['master.key', 'index.key', 'signing.key'].map((name) =>
        readFileSync(join(folder, 'keys', name), 'utf8'),
      );
      for (const secret of secrets) {
        expect(content.includes(secret.trim())).toBe(false);
        expect(content.includes(Buffer.from(secret, 'base64'))).toBe(false);
      }
      const { tables } = await manifestOf(file);
      expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['case_file', 'event', 'referral']));
      expect(tables.map(({ name }) => name)).not.toContain('session');
    });

    it('shows one instant, however long it takes', async () => {
      const other = await connect(source.ownerUrl);
      await other.query('BEGIN; LOCK TABLE known_place IN ACCESS EXCLUSIVE MODE');
      const taking = take();
      const blocked = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'f1 backup' AND wait_event_type = 'Lock'`;
      while ((await superuser.query(blocked)).rowCount === 0) await pause(20);
      await other.query(`INSERT INTO known_place (key, known_until) VALUES ('\\x01', now()); COMMIT`);
      await other.end();
      const { tables } = await manifestOf(await taking);
      expect(tables.find(({ name }) => name === 'known_place')).toMatchObject({ rows: 0 });
      await owner.query('DELETE FROM known_place');
    });

    it('overwrites nothing, and leaves nothing behind when it fails', async () => {
      await expect(take(file)).rejects.toMatchObject({ code: 'fileExists' });
      const unmade = newFile();
      const taking = createBackup({ ownerUrl: source.apiUrl, file: unmade, signing: keys.signing });
      await expect(taking).rejects.toThrow(/permission denied/);
      expect(() => statSync(`${unmade}.unfinished`)).toThrow(/ENOENT/);
      expect(() => statSync(unmade)).toThrow(/ENOENT/);
    });
  });

  describe('being restored', () => {
    let target: TestDatabase;
    let restored: pg.Client;
    let manifest: BackupManifest;

    beforeAll(async () => {
      target = await aDatabase();
      manifest = await checkBackup(file, keys.signing);
      await restoreBackup({ ownerUrl: target.ownerUrl, file, signing: keys.signing, manifest });
      restored = await connect(target.ownerUrl);
    });

    afterAll(async () => {
      await restored.end();
      await target.drop();
    });

    it('brings back every row of every table as it was, and no session', async () => {
      for (const { name, rows } of manifest.tables) {
        const content = `SELECT count(*)::int AS rows, md5(string_agg(t::text, ';' ORDER BY t::text)) AS content FROM ${name} t`;
        const [before, after] = await Promise.all([owner.query(content), restored.query(content)]);
        expect({ name, ...after.rows[0] }).toEqual({ name, ...before.rows[0], rows });
      }
      expect((await restored.query('SELECT FROM session')).rowCount).toBe(0);
    });

    it('goes on with the next number and with every safeguard', async () => {
      const next = await restored.query(`SELECT nextval('case_reference_number')::int AS next`);
      expect(next.rows).toEqual([{ next: 3 }]);
      const asleep = await restored.query(`SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'`);
      expect(asleep.rows).toEqual([]);
      await expect(restored.query('DELETE FROM event')).rejects.toMatchObject({ code: 'F1001' });
    });

    it('is refused where there is something already, and changes nothing', async () => {
      const again = restoreBackup({ ownerUrl: target.ownerUrl, file, signing: keys.signing, manifest });
      await expect(again).rejects.toMatchObject({ code: 'databaseNotEmpty' });
      const cases = await restored.query('SELECT FROM case_file');
      expect(cases.rowCount).toBe(1);
    });
  });

  describe('that is not what was made', () => {
    const changedContent = (from: string, to: string) => {
      const content = gunzipSync(readFileSync(file));
      const at = content.indexOf(from);
      expect(at).toBeGreaterThan(0);
      content.write(to, at, 'latin1');
      const changed = newFile();
      writeFileSync(changed, gzipSync(content));
      return changed;
    };
    const refusal = (backup: string) => expect(checkBackup(backup, keys.signing)).rejects;

    it('is refused when a row, the manifest or both were changed', async () => {
      await refusal(changedContent('Demo Training Centre', 'Demo training centre')).toMatchObject({ code: 'changed' });
      const { tables } = await manifestOf(file);
      const sha = tables.find(({ name }) => name === 'case_file')!.sha256;
      await refusal(changedContent(sha, sha.replace(/./g, '0'))).toMatchObject({ code: 'changed' });
    });

    it('is refused when it was cut off, inside the compression or between two frames', async () => {
      const cut = newFile();
      writeFileSync(cut, readFileSync(file));
      truncateSync(cut, Math.floor(statSync(file).size / 2));
      await refusal(cut).toMatchObject({ code: 'truncated' });
      const content = gunzipSync(readFileSync(file));
      const signature = content.length - 5 - 64;
      const unsigned = newFile();
      writeFileSync(unsigned, gzipSync(content.subarray(0, signature)));
      await refusal(unsigned).toMatchObject({ code: 'truncated' });
    });

    it('is refused when it is damaged, something else or not there', async () => {
      const damaged = newFile();
      const bytes = readFileSync(file);
      bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64);
      writeFileSync(damaged, bytes);
      await refusal(damaged).toMatchObject({ code: 'damaged' });
      const stranger = newFile();
      writeFileSync(stranger, 'a letter');
      await refusal(stranger).toMatchObject({ code: 'notABackup' });
      writeFileSync(stranger, gzipSync('a letter, compressed, which is no backup either'));
      await refusal(stranger).toMatchObject({ code: 'notABackup' });
      await refusal(newFile()).toMatchObject({ code: 'notFound' });
    });

    it("is refused when another installation's key signed it", async () => {
      const other = generateKeyPairSync('ed25519');
      const signing = { ...other, id: 'another', former: [] };
      await expect(checkBackup(file, signing)).rejects.toMatchObject({ code: 'signedByAnother' });
    });

    it('is refused when a later release made it', async () => {
      const manifest = { ...(await manifestOf(file)), migrations: ['Later1999999999999'], tables: [] };
      const later = newFile();
      const frames: Buffer[] = [];
      for await (const frame of Readable.from(writeFrames([], async () => manifest, keys.signing)))
        frames.push(frame as Buffer);
      writeFileSync(later, gzipSync(Buffer.concat(frames)));
      await refusal(later).toMatchObject({ code: 'otherRelease' });
    });
  });

  describe('being verified', () => {
    it('is restored, reconciled and audited in a scratch database that is gone afterwards', async () => {
      const { ok, backup, restored, reconciliation, audit } = await verify();
      expect({ ok, differences: reconciliation.differences, findings: audit.findings }).toEqual({
        ok: true,
        differences: [],
        findings: [],
      });
      expect(restored).toEqual({ tables: backup.tables, rows: backup.rows });
      expect(backup.file).toBeUndefined();
      expect(reconciliation).toMatchObject({ causes: 1, obligations: 1, receipts: 1 });
      expect(audit).toMatchObject({ cases: 1 });
      expect(audit.events).toBeGreaterThan(0);
      expect(await scratchDatabases()).toEqual([]);
    });

    it('is judged as at the moment it was taken', async () => {
      await owner.query(`
        ALTER TABLE receipt DISABLE TRIGGER receipt_stays;
        CREATE TEMP TABLE kept AS SELECT * FROM receipt; DELETE FROM receipt; UPDATE outbox SET done_at = NULL;
        UPDATE obligation SET due_at = now() + interval '2 seconds'`);
      const backup = await take();
      await owner.query(`
        INSERT INTO receipt SELECT * FROM kept; DROP TABLE kept;
        ALTER TABLE receipt ENABLE TRIGGER receipt_stays`);
      while ((await owner.query('SELECT FROM obligation WHERE due_at > now()')).rowCount !== 0) await pause(50);
      await tidy();
      const { reconciliation, audit } = await verify(backup);
      expect(reconciliation).toMatchObject({ ok: true, inFlight: 1, differences: [] });
      // The chain remembers the receipt that was taken away here.
      expect(audit.findings.map(({ kind }) => kind)).toEqual(['rowMissing']);
    });

    it('names what is held for a barred recipient, late or not, and finds it in order', async () => {
      const { rows } = await owner.query('SELECT country FROM authority WHERE id = $1', [
        authorityId('demo-prosecution'),
      ]);
      await owner.query(`
        ALTER TABLE receipt DISABLE TRIGGER receipt_stays;
        CREATE TEMP TABLE kept AS SELECT * FROM receipt; DELETE FROM receipt; UPDATE outbox SET done_at = NULL;
        UPDATE obligation SET due_at = now() - interval '1 minute';
        UPDATE authority SET country = (SELECT min(country) FROM person_country) WHERE code = 'demo-prosecution'`);
      const barred = await verify();
      await owner.query(`UPDATE authority SET country = $1 WHERE code = 'demo-prosecution'`, [rows[0].country]);
      const late = await verify();
      await owner.query(`
        INSERT INTO receipt SELECT * FROM kept; DROP TABLE kept;
        ALTER TABLE receipt ENABLE TRIGGER receipt_stays`);
      await tidy();
      expect(barred.held.map(({ what }) => what).sort()).toEqual(['blockedAfter', 'overdueReferral']);
      expect(barred.reconciliation.differences).toHaveLength(2);
      expect(heldApart(barred.reconciliation).unmet).toBe(false);
      expect(late.reconciliation.differences.map(({ what }) => what)).toEqual(['overdueReferral']);
      expect(heldApart(late.reconciliation)).toEqual({ held: [], unmet: true });
    });

    it('is not ok when the record in it was changed or a duty is not met', async () => {
      await superuser.query(`
        SET session_replication_role = 'replica';
        UPDATE event SET type = 'FORGED' WHERE aggregate_kind = 'interview' AND seq = 1;
        UPDATE receipt SET body_sha256 = repeat('0', 64);
        RESET session_replication_role`);
      const { ok, audit, reconciliation } = await verify();
      expect(ok).toBe(false);
      expect(audit.findings.map(({ kind }) => kind)).toContain('eventChanged');
      expect(reconciliation.differences.map(({ what }) => what)).toEqual(['receiptForAnotherBody', 'receiptNotProven']);
      expect(await scratchDatabases()).toEqual([]);
    });
  });

  describe('the scratch database', () => {
    it('is removed when the work in it fails, and so is one left by a killed verification', async () => {
      const failing = withScratchDatabase(urls(), async (url) => {
        const client = await connect(url);
        await client.query('CREATE TABLE half_done (id int)');
        await client.end();
        throw new Error('the disk is full');
      });
      await expect(failing).rejects.toThrow('the disk is full');
      expect(await scratchDatabases()).toEqual([]);
      await superuser.query(`CREATE DATABASE ${scratch} OWNER f1_owner`);
      const tables = await withScratchDatabase(urls(), async (url) => {
        const client = await connect(url);
        const { rows } = await client.query(`SELECT relname FROM pg_class WHERE relname = 'half_done'`);
        await client.end();
        return rows;
      });
      expect(tables).toEqual([]);
      expect(await scratchDatabases()).toEqual([]);
    });

    it('lets no runtime role in', async () => {
      await withScratchDatabase(urls(), async (url) => {
        const asWorker = new URL(source.workerUrl);
        asWorker.pathname = new URL(url).pathname;
        await expect(connect(asWorker.href)).rejects.toThrow(/permission denied/);
      });
    });

    it('is one at a time: a second verification says so and leaves the first alone', async () => {
      await withScratchDatabase(urls(), async (url) => {
        const second = withScratchDatabase(urls(), async () => undefined);
        await expect(second).rejects.toMatchObject({ code: 'verifying' });
        const client = await connect(url);
        await client.end();
      });
    });

    it('is refused in a sentence to a login that may not create databases', async () => {
      const refused = withScratchDatabase({ ...urls(), adminUrl: source.ownerUrl }, async () => undefined);
      await expect(refused).rejects.toMatchObject({
        code: 'mayNotCreateDatabases',
        message: expect.stringMatching(/ALTER ROLE f1_owner CREATEDB/),
      });
    });
  });
});
