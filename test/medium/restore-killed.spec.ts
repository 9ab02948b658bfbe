import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { signHead } from '../../src/audit/ledger.js';
import { Witness } from '../../src/audit/witness.js';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { createBackup } from '../../src/platform/backup/create-backup.js';
import { Config } from '../../src/platform/config/config.js';
import { assertLeastPrivilege, runtimeDataSource } from '../../src/platform/database/data-source.js';
import { ErasureLedger } from '../../src/platform/keys/erasure-ledger.js';
import { type KeyProvider, keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile } from '../factories/case-file.js';
import { f1, type Said } from '../support/cli.js';
import { aDatabase, anInstalledDatabase, type TestDatabase } from '../support/database.js';

/** Each step is a command of its own, with an installation to bring up to date. */
const AT_MOST_MS = 240_000;

describe('a restore that is killed', () => {
  let folder: string;
  let keys: KeyProvider;
  let source: TestDatabase;
  let target: TestDatabase;
  let owner: pg.Client;
  let blocker: pg.Client;
  let erased: string;
  const [backup, another] = ['backup', 'another'];

  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const take = (name: string) =>
    createBackup({ ownerUrl: source.ownerUrl, file: join(folder, name), signing: keys.signing });
  const restore = (file: string, started?: (child: ChildProcess) => void): Promise<Said> => {
    const environment = {
      F1_DATA_DIR: folder,
      F1_ERASURE_LEDGER: join(folder, 'erasures.jsonl'),
      F1_WITNESS_FILE: join(folder, 'witness.jsonl'),
      DATABASE_URL: target.appUrl,
      MIGRATION_DATABASE_URL: target.ownerUrl,
    };
    return f1(['backup', 'restore', '--file', join(folder, file), '--json'], environment, started && { started });
  };
  /** Kills the restore once it waits for what `statement` holds. */
  const killedAt = async (statement: string): Promise<void> => {
    await blocker.query(`BEGIN; ${statement}`);
    let child: ChildProcess | undefined;
    const ended = restore(backup, (started) => (child = started));
    const waits = `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE d.datname = current_database() AND NOT l.granted`;
    for (let look = 0; look < 600 && (await owner.query(waits)).rowCount === 0; look++) await pause(100);
    expect((await owner.query(waits)).rowCount).toBeGreaterThan(0);
    child!.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    // Its sessions end before another may begin.
    await owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'`);
    await blocker.query('ROLLBACK');
    const claimed = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'f1 restore'`;
    while ((await owner.query(claimed)).rowCount !== 0) await pause(50);
  };
  const asking = async (url: string, text: string) => {
    const client = await connect(url);
    return client.query(text).finally(() => client.end());
  };
  const keyOf = async () => (await owner.query('SELECT wrapped FROM data_key WHERE case_id = $1', [erased])).rows;
  const openHolds = async () => (await owner.query('SELECT FROM sending_hold WHERE resumed_at IS NULL')).rowCount;
  const starting = async () => {
    const pool = { url: target.workerUrl, role: 'f1_worker' as const, size: 1, timeZone: 'UTC' };
    const worker = await runtimeDataSource(pool).initialize();
    return assertLeastPrivilege(worker).finally(() => worker.destroy());
  };
  const expectClosed = async () => {
    for (const url of [target.workerUrl, target.apiUrl, target.portalUrl])
      await expect(asking(url, 'SELECT FROM public.outbox')).rejects.toThrow(/permission denied for schema public/);
    await expect(starting()).rejects.toThrow(/nobody is let in before it is finished/);
    expect([await openHolds(), await keyOf()]).toEqual([1, [{ wrapped: null }]]);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-killed-'));
    keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    ({ database: source } = await anInstalledDatabase());
    const authorities = [authorityId('demo-prosecution')];
    const filing = await connect(source.ownerUrl);
    const file = await aCaseFile(filing, { keys, unit: 'central', by: accountId('officer'), authorities });
    erased = file.caseId;
    await take(backup);
    await take(another);
    await filing.end();
    const by = [accountId('operator'), accountId('auditor')];
    const erasedAt = new Date().toISOString();
    new ErasureLedger(join(folder, 'erasures.jsonl'), keys.signing, join(folder, 'witness.jsonl')).append({
      caseId: erased,
      erasedAt,
      by,
    });
    const signedAt = new Date().toISOString();
    const counts = { events: 3, accesses: 2, aggregates: 1, chain: 'ab'.repeat(32), txWatermark: '9' };
    const head = { number: 1, n: 5, ...counts, signedAt, keyId: keys.signing.id };
    const signature = signHead(head, keys.signing.privateKey).toString('base64');
    new Witness(join(folder, 'witness.jsonl')).append([{ ...head, signature }]);
    target = await aDatabase();
    [owner, blocker] = [await connect(target.ownerUrl), await connect(target.ownerUrl)];
  });
  afterAll(async () => {
    await Promise.all([owner.end(), blocker.end()]);
    await Promise.all([source.drop(), target.drop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'is not begun without the file that F1_ERASURE_LEDGER names, or with one that lost its end',
    async () => {
      const ledger = join(folder, 'erasures.jsonl');
      const whole = readFileSync(ledger);
      rmSync(ledger);
      const missing = await restore(backup);
      const cure = expect.stringMatching(/no file.*Put the whole file back/);
      expect(missing).toMatchObject({ code: 1, stdout: '', stderr: cure });
      writeFileSync(ledger, '');
      const empty = await restore(backup);
      const cut = expect.stringMatching(/0 lines, and at least 1 cases/);
      expect(empty).toMatchObject({ code: 1, stdout: '', stderr: cut });
      writeFileSync(ledger, whole);
      expect((await owner.query('SELECT FROM case_file')).rowCount).toBe(0);
    },
    AT_MOST_MS,
  );

  it(
    'before or while its rows are loaded leaves none',
    async () => {
      await killedAt(`SELECT pg_advisory_xact_lock(hashtext('f1 migrate'))`);
      await killedAt('LOCK TABLE case_file IN ACCESS SHARE MODE');
      expect((await owner.query('SELECT FROM case_file')).rowCount).toBe(0);
    },
    AT_MOST_MS,
  );

  it(
    'after its rows are loaded lets nobody in, holds sending and has erased again what was erased',
    async () => {
      await killedAt(`SELECT pg_advisory_xact_lock(hashtext('f1 install'))`);
      expect((await owner.query('SELECT FROM outbox WHERE done_at IS NULL')).rowCount).toBeGreaterThan(0);
      await expectClosed();
    },
    AT_MOST_MS,
  );

  it(
    'is not followed by that of another backup',
    async () => {
      const { code, stdout } = await restore(another);
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 1, ok: false, refused: 'unfinished' });
      await expectClosed();
    },
    AT_MOST_MS,
  );

  it(
    'in its last step still lets nobody in',
    async () => {
      await killedAt('LOCK TABLE sending_hold IN SHARE MODE');
      await expectClosed();
    },
    AT_MOST_MS,
  );

  it(
    'is finished by the same command, which then lets the processes in and begins no other',
    async () => {
      const { code, stdout } = await restore(backup);
      const said = JSON.parse(stdout);
      expect({ code, ...said }).toMatchObject({
        code: 0,
        ok: true,
        erasedAgain: 1,
        keptAsItWentOn: [],
        sendingHeld: true,
      });
      const lost = { fromLeaf: 1, toLeaf: 5, heads: 1, checkpoints: 0 };
      expect(said).toMatchObject({ witness: 'read', lostByRestore: lost });
      const records = await owner.query('SELECT head, statement FROM ledger_restore');
      expect(records.rows.map(({ statement }) => JSON.parse(statement))).toMatchObject([{ lostByRestore: lost }]);
      expect([await openHolds(), await keyOf()]).toEqual([1, [{ wrapped: null }]]);
      await starting();
      await asking(target.workerUrl, 'SELECT FROM outbox');
      const schemas = await owner.query(`SELECT FROM pg_namespace WHERE nspname = 'f1_restore'`);
      expect(schemas.rowCount).toBe(0);
      const again = await restore(backup);
      expect(JSON.parse(again.stdout)).toMatchObject({ ok: false, refused: 'databaseNotEmpty' });
    },
    AT_MOST_MS,
  );
});
