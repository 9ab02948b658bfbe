import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { Config } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { DataKeys } from '../../src/platform/database/data-keys.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { DeliveryStore } from '../../src/referrals/delivery.store.js';
import { Random } from '../faults/harness/random.js';
import { claimed, failed, LEASE_MS, type OutboxRow, started } from '../faults/model/outbox.js';
import { aFileForDecision, aHouse } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const SAMPLES = 40;

/** Times in a row of the model are told from now: the database's own now, as each statement reads it. */
describe('the model of the outbox', () => {
  let database: TestDatabase;
  let dataDir: string;
  let system: INestApplicationContext;
  let store: DeliveryStore;
  let referralId: string;
  let caseId: string;

  beforeAll(async () => {
    database = await aDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'f1-model-'));
    const house = await aHouse(database.ownerUrl, [{ code: 'one' }]);
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: dataDir }));
    const file = await aFileForDecision(database.ownerUrl, house, keys);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir });
    const { obliged } = await decideExclusion(system, house, file);
    referralId = obliged[0]!.obligationId;
    caseId = file.caseId;
    store = new DeliveryStore(system.get(Database), system.get(DataKeys));
  });
  afterAll(async () => {
    await system.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const rows = <T extends object>(text: string, values: unknown[] = []) =>
    asOwner(database.ownerUrl, async (owner) => (await owner.query<T>(text, values)).rows);

  /** Puts the one row and its attempts where the model says, at the database's now. */
  async function place({ epoch, failures, nextAt, leaseUntil, done, attempts }: OutboxRow): Promise<void> {
    await rows(
      `UPDATE outbox SET epoch = $2, attempts = $3, next_attempt_at = f1_now() + $4 * interval '1 ms',
         lease_until = f1_now() + $5 * interval '1 ms', lease_owner = 'x',
         done_at = CASE WHEN $6 THEN f1_now() END WHERE referral_id = $1`,
      [referralId, epoch, failures, nextAt, leaseUntil, done],
    );
    const begun = Object.keys(attempts).map(Number);
    await rows('UPDATE outbox SET begun = $2, newest = $3 WHERE referral_id = $1', [
      referralId,
      begun.length,
      begun.at(-1) ?? null,
    ]);
    await rows('DELETE FROM delivery_attempt WHERE referral_id = $1', [referralId]);
    for (const [number, outcome] of Object.entries(attempts))
      await rows(
        `INSERT INTO delivery_attempt (referral_id, number, case_id, worker, outcome, finished_at)
         VALUES ($1, $2, $3, 'x', $4::text, CASE WHEN $4::text IS NULL THEN NULL ELSE f1_now() END)`,
        [referralId, number, caseId, outcome === 'failed' ? 'refused' : outcome],
      );
  }

  /** What the database holds now, in the words of the model; times to the second. */
  async function held() {
    const [row] = await rows<Omit<OutboxRow, 'attempts'>>(
      `SELECT epoch, attempts AS failures, done_at IS NOT NULL AS done,
         round(extract(epoch FROM next_attempt_at - f1_now()))::int AS "nextAt",
         round(extract(epoch FROM lease_until - f1_now()))::int AS "leaseUntil" FROM outbox WHERE referral_id = $1`,
      [referralId],
    );
    const attempts = await rows<{ number: number; outcome: string | null }>(
      'SELECT number, outcome FROM delivery_attempt WHERE referral_id = $1',
      [referralId],
    );
    return { ...row!, attempts: Object.fromEntries(attempts.map(({ number, outcome }) => [number, outcome])) };
  }

  const near = (actual: number | null, expected: number | null): boolean =>
    actual === null || expected === null ? actual === expected : Math.abs(actual - expected / 1000) <= 3;

  async function agrees(expected: OutboxRow): Promise<void> {
    const actual = await held();
    const ends = Object.entries(expected.attempts).map(([n, end]) => [n, end === 'failed' ? 'refused' : end] as const);
    const { epoch, failures, done, attempts } = actual;
    expect({ epoch, failures, done, attempts }).toEqual({
      epoch: expected.epoch,
      failures: expected.failures,
      done: expected.done,
      attempts: Object.fromEntries(ends),
    });
    expect([near(actual.nextAt, expected.nextAt), near(actual.leaseUntil, expected.leaseUntil)]).toEqual([true, true]);
  }

  function sample(random: Random): OutboxRow {
    const epoch = random.whole(0, 3);
    const attempts: Record<number, 'failed' | 'received' | 'abandoned' | null> = {};
    for (let number = 1; number <= epoch; number++) {
      const end = random.pick(['none', 'failed', 'abandoned', 'received', null] as const);
      if (end !== 'none') attempts[number] = end;
    }
    return {
      epoch,
      failures: random.whole(0, 7),
      nextAt: random.pick([-60_000, 0, 600_000]),
      leaseUntil: random.pick([null, -60_000, LEASE_MS / 2]),
      done: random.next() < 0.2,
      attempts,
    };
  }

  it('claims, begins and fails as the statements on PostgreSQL do, from any state', async () => {
    const random = new Random(4);
    for (let n = 0; n < SAMPLES; n++) {
      const row = sample(random);
      const epoch = Math.max(0, row.epoch - random.whole(0, 1));
      await place(row);
      const step = random.pick(['claim', 'start', 'fail'] as const);
      if (step === 'claim') {
        const leased = await store.claim(randomUUID(), 10, LEASE_MS);
        const expected = claimed(row, 0);
        const authorityId = expect.any(String) as unknown as string;
        expect(leased).toEqual(expected ? [{ referralId, epoch: expected.epoch, authorityId }] : []);
        await agrees(expected ?? row);
      } else if (step === 'start') {
        const [parcel] = await store.startAttempts([{ referralId, epoch }], 'a worker', LEASE_MS);
        const expected = started(row, epoch, 0);
        expect(parcel !== undefined).toBe(expected !== undefined);
        await agrees(expected ?? row);
      } else {
        await store.fail({ referralId, epoch }, 'refused', 'serverError');
        await agrees(failed(row, epoch, 0));
      }
    }
  });

  it('begins the attempt of the epoch that runs, whichever jobs ask at the same time', async () => {
    const row = { epoch: 2, failures: 1, nextAt: 0, leaseUntil: LEASE_MS / 2, done: false, attempts: { 1: null } };
    await place(row);
    const jobs = [1, 2, 2].map((epoch) => ({ referralId, epoch }));
    const [stale, running, again] = await store.startAttempts(jobs, 'a worker', LEASE_MS);
    expect([stale, running?.referralId, again]).toEqual([undefined, referralId, undefined]);
    expect((await held()).attempts).toEqual({ 1: 'abandoned', 2: null });
    expect(await rows('SELECT begun, newest FROM outbox WHERE referral_id = $1', [referralId])).toEqual([
      { begun: 2, newest: 2 },
    ]);
  });

  it('counts an attempt once that two connections begin at the same time', async () => {
    const row = { epoch: 1, failures: 0, nextAt: 0, leaseUntil: LEASE_MS / 2, done: false, attempts: {} };
    for (let n = 0; n < 10; n++) {
      await place(row);
      const begin = () => store.startAttempts([{ referralId, epoch: 1 }], 'a worker', LEASE_MS);
      const parcels = (await Promise.all([begin(), begin(), begin()])).flat();
      expect(parcels.filter((parcel) => parcel !== undefined)).toHaveLength(1);
      expect(await rows('SELECT begun FROM outbox WHERE referral_id = $1', [referralId])).toEqual([{ begun: 1 }]);
    }
  });

  it('lets go of no lease whose attempt another connection begins at that moment', async () => {
    await place({ epoch: 1, failures: 0, nextAt: 0, leaseUntil: LEASE_MS / 2, done: false, attempts: {} });
    await asOwner(database.ownerUrl, async (beginning) => {
      await beginning.query('BEGIN');
      await beginning.query('UPDATE outbox SET begun = 1, newest = 1 WHERE referral_id = $1', [referralId]);
      await beginning.query(
        `INSERT INTO delivery_attempt (referral_id, number, case_id, worker) VALUES ($1, 1, $2, 'x')`,
        [referralId, caseId],
      );
      const lettingGo = store.letGo([{ referralId, epoch: 1 }], 1_000);
      const waits = `SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE NOT l.granted AND a.datname = current_database()`;
      await eventually(async () => (await rows(waits)).length === 1);
      await beginning.query('COMMIT');
      await lettingGo;
    });
    const lease = 'SELECT lease_owner, lease_until IS NOT NULL AS leased FROM outbox WHERE referral_id = $1';
    expect(await rows(lease, [referralId])).toEqual([{ lease_owner: 'x', leased: true }]);
  });
});
