import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { eraseCase, holdCase, keepCase, releaseCase } from '../../src/cases/erasure.js';
import { eraseAndSettle, repeatErasures } from '../../src/cases/settled-erasures.js';
import { accountId } from '../../src/demo/seed.js';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import { createBackup } from '../../src/platform/backup/create-backup.js';
import { checkBackup, restoreBackup } from '../../src/platform/backup/restore-backup.js';
import { holdSending, resumeSending } from '../../src/platform/backup/sending-hold.js';
import { withScratchDatabase } from '../../src/platform/backup/scratch-database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { DataKey } from '../../src/platform/database/sealing.js';
import { ErasureLedger } from '../../src/platform/keys/erasure-ledger.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { DeliveryStore } from '../../src/referrals/delivery.store.js';
import { StatisticsService } from '../../src/statistics/statistics.service.js';
import { aCaseAt, decideSuspicion } from '../factories/case-walk.js';
import { aClosedCase, toldOf } from '../factories/closed-case.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { f1 } from '../support/cli.js';
import { suspending } from '../support/suspended.js';

const BASIS = 'an invented order';

describe('the content of a case', () => {
  let application: TestApplication;
  let folder: string;
  let ledger: ErasureLedger;
  let backup: string;
  let first: { id: string; reference: string };
  let second: { id: string; reference: string };
  const [one, two] = [accountId('operator'), accountId('auditor')];

  const owned = <T>(work: (owner: pg.Client) => Promise<T>) => asOwner(application.database.ownerUrl, work);
  const erase = (reference: string, actorId: string, basis = BASIS) =>
    owned((owner) => eraseCase(owner, means(), { reference, basis, actorId }));
  const keep = (reference: string, actorId: string) => owned((owner) => keepCase(owner, { reference, actorId }));
  const toldOperators = async () => {
    await application.app.get(EscalationService, { strict: false }).tellOperators();
    const { body } = await (await application.as('operator')).get('/api/tasks');
    return (body as { items: { kind: string; what: string }[] }).items.find(({ kind }) => kind === 'erasureWaits');
  };
  const means = () => ({ ledger, keys: keysFrom(application.config) });
  const hold = (basis: string) =>
    owned((owner) =>
      holdCase(owner, keysFrom(application.config), { reference: first.reference, basis, actorId: one }),
    );
  const keyOf = async (id: string) =>
    (
      await application.rows<{ there: boolean }>(
        'SELECT wrapped IS NOT NULL AS there FROM data_key WHERE case_id = $1',
        [id],
      )
    )[0]?.there;
  const aCase = () => aClosedCase(application);
  /** What the statistics say of all that was told so far. */
  const figures = async () => {
    const year = new Date().getUTCFullYear();
    const period = { from: `${year - 1}-01-01`, to: `${year + 1}-12-31` };
    const { until: _, ...said } = await application.app.get(StatisticsService, { strict: false }).forOperator(period);
    return said;
  };

  beforeAll(async () => {
    application = await anApplication();
    folder = mkdtempSync(join(tmpdir(), 'f1-erasure-'));
    ledger = new ErasureLedger(join(folder, 'erasures.jsonl'), keysFrom(application.config).signing);
    first = await aCase();
    second = await aCase();
    backup = join(folder, 'backup');
    const { signing } = keysFrom(application.config);
    await createBackup({ ownerUrl: application.database.ownerUrl, file: backup, signing });
  });
  afterAll(async () => {
    await application?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not erased by one account, not even when it asks twice', async () => {
    expect(await erase(first.reference, one)).toEqual({ reference: first.reference, outcome: 'asked' });
    await expect(erase(first.reference, one)).rejects.toThrow(/another account confirms/);
    expect(await keyOf(first.id)).toBe(true);
    expect(ledger.read()).toEqual([]);
  });

  it('that one operator asked to erase is on the lists of all of them, and the command says which and why', async () => {
    expect((await toldOperators())?.what).toMatch(/second one must want the same.*f1 keys erasures/);
    const run = (...also: string[]) =>
      f1(['keys', 'erasures', ...also], {
        F1_DATA_DIR: folder,
        F1_TIME_ZONE: 'Asia/Kathmandu',
        DATABASE_URL: application.database.workerUrl,
        MIGRATION_DATABASE_URL: application.database.ownerUrl,
      });
    const { stdout } = await run();
    expect(stdout).toMatch(
      new RegExp(`^${first.reference}: asked for by operator on .* \\(UTC\\+05:45\\), on the basis "${BASIS}"\\n`),
    );
    const said = JSON.parse((await run('--json')).stdout) as { waiting: object[] };
    expect(said.waiting).toEqual([
      {
        reference: first.reference,
        basis: BASIS,
        askedBy: 'operator',
        askedAt: expect.stringMatching(/Z$/) as unknown as string,
      },
    ]);
  });

  it('is not erased where the second account gives another basis than the first', async () => {
    await expect(erase(first.reference, two, 'another order')).rejects.toThrow(
      new RegExp(`operator asked .* on another basis, "${BASIS}".*Nothing is erased`),
    );
    expect([await keyOf(first.id), ledger.read()]).toEqual([true, []]);
  });

  it('is kept where an operator ends what was asked, and may be asked for anew on another basis', async () => {
    const { id, reference } = await aCase();
    await expect(keep(reference, one)).rejects.toThrow(/Nobody asked/);
    await erase(reference, one);
    await keep(reference, two);
    expect(await erase(reference, two, 'order 8')).toMatchObject({ outcome: 'asked' });
    await keep(reference, two);
    const acts = await application.rows<{ actor_id: string; action: string }>(
      `SELECT actor_id, action FROM access_log WHERE resource = $1 AND action LIKE '%Erasure' ORDER BY at, tx`,
      [`case/${id}`],
    );
    expect(acts).toEqual([
      { actor_id: one, action: 'ask Erasure' },
      { actor_id: two, action: 'end Erasure' },
      { actor_id: two, action: 'ask Erasure' },
      { actor_id: two, action: 'end Erasure' },
    ]);
  });

  it('is neither held nor erased on words that name the person, for they would outlive the file', async () => {
    const [row] = await application.rows<{ sealed: Buffer; wrapped: Buffer; id: string }>(
      'SELECT p.id, p.sealed, k.wrapped FROM person p JOIN data_key k ON k.case_id = p.case_id WHERE p.case_id = $1',
      [first.id],
    );
    const key = DataKey.unwrap(first.id, row!.wrapped, keysFrom(application.config));
    const { familyName } = key.open<{ familyName: string }>(row!.sealed, `person:${row!.id}`);
    await expect(hold(`Order about ${familyName.toUpperCase()}`)).rejects.toThrow(/names the person.*by its number/);
    expect(await application.rows('SELECT FROM legal_hold')).toEqual([]);
  });

  it('is not erased under a legal hold, neither by the command nor past it, until somebody else releases it', async () => {
    await hold(BASIS);
    await expect(erase(first.reference, two)).rejects.toThrow(/under a legal hold/);
    const past = application.rows('UPDATE data_key SET wrapped = NULL, erased_at = now() WHERE case_id = $1', [
      first.id,
    ]);
    await expect(past).rejects.toMatchObject({ code: 'F1016' });
    await expect(owned((owner) => releaseCase(owner, { reference: first.reference, actorId: one }))).rejects.toThrow(
      /another account releases it/,
    );
    await owned((owner) => releaseCase(owner, { reference: first.reference, actorId: two }));
    expect(await keyOf(first.id)).toBe(true);
  });

  it('is erased when a second account confirms; hashes and chains verify, and the ledger outside tells of it', async () => {
    const spaced = ` ${BASIS.replaceAll(' ', '  ')} `;
    expect(await erase(first.reference, two, spaced)).toEqual({ reference: first.reference, outcome: 'erased' });
    expect(await keyOf(first.id)).toBe(false);
    const left = await application.rows('SELECT FROM person_token WHERE case_id = $1', [first.id]);
    expect(left).toEqual([]);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
    expect(ledger.read()).toMatchObject([{ caseId: first.id, by: [one, two] }]);
    expect((await (await application.as('officer')).get(`/api/cases/${first.id}`)).status).toBe(404);
    expect((await (await application.as('officer')).get(`/api/cases/${second.id}`)).status).toBe(200);
    await expect(erase(first.reference, two)).rejects.toThrow(/erased already/);
    await expect(keep(first.reference, two)).rejects.toThrow(/erased already/);
    expect(await toldOperators()).toBeUndefined();
  });

  it('that an older backup brings back is erased again, and nothing else', async () => {
    const { ownerUrl, superuserUrl: adminUrl } = application.database;
    const keys = keysFrom(application.config);
    const manifest = await checkBackup(backup, keys.signing);
    await withScratchDatabase({ adminUrl, ownerUrl }, async (scratch) => {
      await restoreBackup({ ownerUrl: scratch, file: backup, signing: keys.signing, manifest });
      const again = () => asOwner(scratch, (owner) => repeatErasures(owner, ledger.read()));
      expect([await again(), await again()]).toEqual([
        { repeated: 1, wentOn: [] },
        { repeated: 0, wentOn: [] },
      ]);
      const { rows } = await asOwner(scratch, (owner) =>
        owner.query('SELECT case_id FROM data_key WHERE wrapped IS NOT NULL AND case_id = ANY ($1::uuid[])', [
          [first.id, second.id],
        ]),
      );
      expect(rows).toEqual([{ case_id: second.id }]);
      expect(await auditVerify(scratch, keys)).toMatchObject({ findings: [] });
    });
  });

  it('that was held after a line of the ledger whose erasure never came to be is kept, and said so', async () => {
    const { id, reference } = await aCase();
    const line = { number: 99, caseId: id, erasedAt: new Date(Date.now() - 60_000).toISOString(), by: [one, two] };
    const again = (erased: typeof line) => owned((owner) => repeatErasures(owner, [erased]));
    await owned((owner) =>
      holdCase(owner, keysFrom(application.config), { reference, basis: 'order 7', actorId: one }),
    );
    expect(await again(line)).toEqual({ repeated: 0, wentOn: [reference] });
    expect(await keyOf(id)).toBe(true);
    // A hold from before the line was released before it, or the case would not have been erased.
    expect(await again({ ...line, erasedAt: new Date(Date.now() + 60_000).toISOString() })).toEqual({
      repeated: 1,
      wentOn: [],
    });
    expect(await keyOf(id)).toBe(false);
  });

  it('in which somebody acted after the line of an erasure that never came to be is kept, and said so', async () => {
    const { id, reference } = await aCase();
    expect(await erase(reference, one)).toMatchObject({ outcome: 'asked' });
    const slow = new pg.Client({ connectionString: application.database.ownerUrl });
    await slow.connect();
    await slow.query('BEGIN');
    await eraseCase(slow, means(), { reference, basis: BASIS, actorId: two });
    await slow.query('ROLLBACK');
    await slow.end();
    expect(ledger.read().at(-1)).toMatchObject({ caseId: id });
    await decideSuspicion(await application.cast(), id, true);
    expect(await owned((owner) => repeatErasures(owner, ledger.read()))).toEqual({
      repeated: 0,
      wentOn: [reference],
    });
    expect(await keyOf(id)).toBe(true);
    await toldOf(application, id);
    expect((await application.reconcile()).differences).toEqual([]);
  });

  it('is not erased where the COMMIT fails, and the ledger says that it did not happen', async () => {
    const { id, reference } = await aCase();
    await erase(reference, one);
    await application.rows(`CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'the disk is full'; END $$`);
    await application.rows(`CREATE CONSTRAINT TRIGGER away AFTER UPDATE ON erasure DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION away()`);
    const before = ledger.read();
    const settled = () =>
      eraseAndSettle(application.database.ownerUrl, means(), () =>
        Promise.resolve({ reference, basis: BASIS, actorId: two }),
      );
    await expect(settled()).rejects.toThrow(/the disk is full.*It did not happen/);
    await application.rows('DROP TRIGGER away ON erasure');
    expect([ledger.read(), await keyOf(id)]).toEqual([before, true]);
    expect(await settled()).toEqual({ reference, outcome: 'erased' });
    expect([ledger.read().at(-1), await keyOf(id)]).toMatchObject([{ caseId: id, number: before.length + 3 }, false]);
  });

  it('is erased one after the other when two are confirmed at once, each in a line of its own in the ledger', async () => {
    const [third, fourth] = [await aCase(), await aCase()];
    for (const { reference } of [third, fourth]) await erase(reference, one);
    const known = ledger.read().length;
    const slow = new pg.Client({ connectionString: application.database.ownerUrl });
    await slow.connect();
    await slow.query('BEGIN');
    const wanted = { basis: BASIS, actorId: two };
    const means = { ledger, keys: keysFrom(application.config) };
    await eraseCase(slow, means, { reference: third.reference, ...wanted });
    const another = erase(fourth.reference, two);
    const waits = async () =>
      (await application.rows(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length === 1;
    for (let look = 0; look < 100 && !(await waits()); look++) await new Promise((done) => setTimeout(done, 50));
    const [waited, lines] = [await waits(), ledger.read().length - known];
    await slow.query('COMMIT');
    await slow.end();
    await another;
    expect([waited, lines]).toEqual([true, 1]);
    expect(
      ledger
        .read()
        .slice(known)
        .map(({ caseId }) => caseId),
    ).toEqual([third.id, fourth.id]);
  });

  it('is not kept by a referral that was called back and will not arrive any more, which goes on to count', async () => {
    const fifth = await aClosedCase(application, true);
    await toldOf(application, fifth.id);
    await application.rows('UPDATE outbox SET done_at = NULL, next_attempt_at = $2 WHERE case_id = $1', [
      fifth.id,
      new Date('2999-01-01'),
    ]);
    await application.rows(
      'UPDATE deadline SET met_at = f1_now() WHERE case_id = $1 AND met_at IS NULL AND ended_at IS NULL',
      [fifth.id],
    );
    await expect(erase(fifth.reference, one)).rejects.toThrow(/has not arrived yet/);
    await owned((owner) => owner.query(suspending('now()', `case_id = '${fifth.id}'`)));
    expect(await erase(fifth.reference, one)).toMatchObject({ outcome: 'asked' });
    const counted = await figures();
    expect(counted.received).toBeGreaterThan(0);
    expect(await erase(fifth.reference, two)).toMatchObject({ outcome: 'erased' });
    expect(await figures()).toEqual(counted);
  });

  it('is sent to nobody after a restore until an operator lets it', async () => {
    await owned(holdSending);
    await owned(holdSending); // once is enough
    const { id } = await aCaseAt(await application.cast(), 'excluded');
    const store = application.app.get(DeliveryStore, { strict: false });
    expect(await store.claim('test', 10, 1_000)).toEqual([]);
    const waiting = await application.rows<{ done: boolean; epoch: number }>(
      'SELECT done_at IS NOT NULL AS done, epoch FROM outbox WHERE case_id = $1',
      [id],
    );
    expect(waiting).toEqual([
      { done: false, epoch: 0 },
      { done: false, epoch: 0 },
    ]);
    expect(await owned((owner) => resumeSending(owner, one))).toBeInstanceOf(Date);
    expect(await owned((owner) => resumeSending(owner, one))).toBeUndefined();
    const arrived = async () => (await application.rows('SELECT FROM receipt WHERE case_id = $1', [id])).length;
    for (let look = 0; look < 100 && (await arrived()) < 2; look++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await arrived()).toBe(2);
  });
});
