import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataKeys } from '../../src/platform/database/data-keys.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { Config } from '../../src/platform/config/config.js';
import { DeliveryStore } from '../../src/referrals/delivery.store.js';
import type { CorrectionReason } from '../../src/referrals/duty-to-tell.js';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { aFileForDecision, aHouse, type FileOnCase, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, correctDecision, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aTelling, type Telling } from '../support/telling.js';

const ENDPOINTS: Readonly<Record<string, string>> = {
  webhook: 'http://127.0.0.1:9/none',
  file: 'file:///srv/none',
};
const RAREST = '8 hours';

describe('what one recipient is told of one case', () => {
  let database: TestDatabase;
  let dataDir: string;
  let system: INestApplicationContext;
  let house: House;
  let store: DeliveryStore;
  let file: FileOnCase;
  let decisionId: string;
  let first: string;

  beforeAll(async () => {
    database = await aDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'f1-order-'));
    const webhook = { endpoint: ENDPOINTS['webhook']!, receiptPublicKey: 'unused' };
    house = await aHouse(database.ownerUrl, [{ code: 'abroad', webhook }]);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir });
    store = new DeliveryStore(system.get(Database), system.get(DataKeys));
  });
  afterAll(async () => {
    await system?.close();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const owner = <T extends object>(text: string, values: unknown[] = []) =>
    asOwner(database.ownerUrl, async (client) => (await client.query<T>(text, values)).rows);
  const anExclusion = async () => {
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: dataDir }));
    const about = await aFileForDecision(database.ownerUrl, house, keys);
    const decided = await decideExclusion(system, house, about);
    return { about, decisionId: decided.decisionId, id: decided.obliged[0]!.obligationId };
  };
  const correct = async (reason: CorrectionReason): Promise<string> =>
    (await correctDecision(system, house, file, decisionId, reason))[0]!.obligationId;
  const claimed = async () => (await store.claim('a relay', 100, 30_000)).map(({ referralId }) => referralId);
  const reachedBy = (channel: string) =>
    owner('UPDATE authority SET channel = $1, endpoint = $2', [channel, ENDPOINTS[channel]]);
  const due = (id: string) => owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
  /** It failed so often, and is tried again after that time. */
  const failed = (id: string, failures: number, again: string, problem = 'serverError') =>
    owner(
      `UPDATE outbox SET attempts = $2, next_attempt_at = now() + $3::interval, last_problem = $4, lease_until = NULL, lease_owner = NULL
       WHERE referral_id = $1`,
      [id, failures, again, problem],
    );
  const rowOf = async (id: string) =>
    (
      await owner<{ attempts: number; due: boolean; problem: string | null }>(
        'SELECT attempts, next_attempt_at <= now() AS due, last_problem AS problem FROM outbox WHERE referral_id = $1',
        [id],
      )
    )[0]!;

  beforeEach(async () => {
    const made = await anExclusion();
    ({ about: file, decisionId, id: first } = made);
  });
  afterEach(async () => {
    await owner(`UPDATE outbox SET done_at = now(), lease_until = NULL WHERE done_at IS NULL`);
    await reachedBy('webhook');
  });

  it('leaves in the order in which it was said, and what is told of another case waits for none of it', async () => {
    const quashed = await correct('quashedNotFinal');
    const reinstated = await correct('reinstated');
    const { id: other } = await anExclusion();
    expect((await claimed()).sort()).toEqual([first, other].sort());
    expect(await rowOf(quashed)).toEqual({ attempts: 0, due: false, problem: 'behindEarlier' });
    for (const id of [quashed, reinstated]) await due(id);
    expect(await claimed()).toEqual([]);
    await owner('UPDATE outbox SET done_at = now() WHERE referral_id = $1', [first]);
    for (const id of [quashed, reinstated]) await due(id);
    expect(await claimed()).toEqual([quashed]);
  });

  it('is tried at once, as if for the first time, when something comes to wait behind it', async () => {
    await failed(first, 9, RAREST);
    const { id: other } = await anExclusion();
    expect(await rowOf(first)).toMatchObject({ attempts: 9, due: false });
    await failed(other, 9, RAREST);
    await correct('quashedFinal');
    expect(await rowOf(first)).toMatchObject({ attempts: 0, due: true });
    expect(await rowOf(other)).toMatchObject({ attempts: 9, due: false });
  });

  it.each([
    ['2 minutes', true],
    ['30 s', false],
  ])('is tried at once when a clock put it off that ran ahead by %s: %s', async (by, goes) => {
    await owner(`UPDATE outbox SET next_attempt_at = now() + interval '1 hour' WHERE referral_id = $1`, [first]);
    expect(await claimed()).toEqual([]);
    await owner(`UPDATE outbox SET put_off_at = now() + $2::interval WHERE referral_id = $1`, [first, by]);
    expect(await claimed()).toEqual([]);
    expect(await claimed()).toEqual(goes ? [first] : []);
  });

  it('is held no longer by a lease of a clock that ran ahead than by one given now, and those hold up nothing else', async () => {
    const rest = async () =>
      (
        await owner<{ rest: number }>(
          'SELECT extract(epoch FROM lease_until - now())::float AS rest FROM outbox WHERE referral_id = $1',
          [first],
        )
      )[0]!.rest;
    await owner(`UPDATE outbox SET lease_owner = 'x', lease_until = now() + interval '90 s' WHERE referral_id = $1`, [
      first,
    ]);
    expect(await claimed()).toEqual([]);
    expect(await rest()).toBeGreaterThan(60);
    await owner(`UPDATE outbox SET put_off_at = now() + interval '10 minutes' WHERE referral_id = $1`, [first]);
    const { id: other } = await anExclusion();
    expect((await store.claim('a relay', 1, 30_000)).map(({ referralId }) => referralId)).toEqual([other]);
    expect(await rest()).toBeLessThanOrEqual(30);
  });

  it('is not begun any more once it was called back, whoever holds a lease on it', async () => {
    const { id: other } = await anExclusion();
    const leased = await store.claim('a relay', 100, 30_000);
    await correct('mistakenIdentity');
    const begun = await store.startAttempts(leased, 'a worker', 30_000);
    expect(begun.flatMap((parcel) => parcel?.referralId ?? [])).toEqual([other]);
  });

  it('is not kept back by what was recalled', async () => {
    await failed(first, 9, RAREST);
    const correction = await correct('mistakenIdentity');
    expect(await claimed()).toEqual([correction]);
  });

  it('is kept back by what is on its way or will be tried again, but goes past it right after it was refused for hours', async () => {
    const correction = await correct('quashedFinal');
    for (const [failures, again, goes] of [
      [3, '5 minutes', false],
      [6, '1 hour', false],
      [6, '7 hours 50 minutes', false],
      [6, '7 hours 58 minutes', true],
    ] as const) {
      await failed(first, failures, again);
      await due(correction);
      expect(await claimed()).toEqual(goes ? [correction] : []);
    }
    await owner('UPDATE outbox SET lease_until = NULL');
    await due(first);
    await due(correction);
    expect(await claimed()).toEqual([first]);
  });

  it.each(['clientError', 'wrongReceipt', 'receiptBeforeReferral'])(
    'is not kept back for good by several that are refused for themselves (%s), and by no other failure let past',
    async (problem) => {
      const refused = [first];
      for (const reason of ['quashedNotFinal', 'reinstated', 'quashedNotFinal', 'reinstated'] as const)
        refused.push(await correct(reason));
      const last = refused.pop()!;
      for (const [failures, why, goes] of [
        [5, problem, false],
        [6, 'serverError', false],
        [6, 'connectionFailed', false],
        [6, 'notAdmitted', false],
        [6, problem, true],
      ] as const) {
        for (const id of refused) await failed(id, failures, '1 hour', why);
        await due(last);
        expect(await claimed()).toEqual(goes ? [last] : []);
      }
      await owner('UPDATE outbox SET lease_until = NULL');
      const newer = await correct('quashedFinal');
      expect(await rowOf(first)).toEqual({ attempts: 6, due: true, problem });
      for (const id of [last, newer]) await due(id);
      expect((await claimed()).sort()).toEqual([...refused, last].sort());
      expect(await rowOf(newer)).toMatchObject({ problem: 'behindEarlier' });
    },
  );

  it('is tried once each earlier one was refused often enough, however many they are', async () => {
    const all = [first];
    for (const reason of ['quashedNotFinal', 'reinstated', 'quashedNotFinal', 'reinstated', 'quashedNotFinal'] as const)
      all.push(await correct(reason));
    const tried = new Map<string, number>();
    for (let round = 0; round < 60 && !tried.has(all.at(-1)!); round++) {
      for (const one of await store.claim('a relay', 100, 30_000)) {
        tried.set(one.referralId, (tried.get(one.referralId) ?? 0) + 1);
        if (one.referralId !== all.at(-1)) await store.fail(one, 'refused', 'clientError');
      }
      await owner('UPDATE outbox SET next_attempt_at = now() WHERE done_at IS NULL');
    }
    expect(all.map((id) => tried.has(id))).toEqual(all.map(() => true));
    expect(tried.get(first)).toBeGreaterThanOrEqual(6);
  });

  it.each([
    ['file', 'awaitingReceipt'],
    ['paper', 'awaitingPost'],
  ])('by %s lies beside what was handed over before, and is not kept back by it', async (channel, problem) => {
    await reachedBy(channel);
    await failed(first, 0, '1 day', problem);
    const correction = await correct('quashedFinal');
    expect(await claimed()).toEqual([correction]);
    await owner('UPDATE outbox SET lease_until = NULL');
    await reachedBy('webhook');
    await due(correction);
    expect(await claimed()).toEqual([]);
  });
});

describe('a recipient that was away', () => {
  let telling: Telling;

  beforeAll(async () => {
    telling = await aTelling();
  });
  afterAll(() => telling?.stop());

  it('is told of the exclusion, then of the judgment, then of its reversal', async () => {
    const { system, house, receiver } = telling;
    await receiver.fail('error500');
    const { file, decisionId, id } = await telling.refer();
    await eventually(async () => {
      const [row] = await telling.read<{ attempts: number }>('SELECT attempts FROM outbox WHERE referral_id = $1', id);
      return row!.attempts > 0;
    });
    await telling.owner(`UPDATE outbox SET attempts = 6, next_attempt_at = now() + interval '8 hours'`);
    const told = [id];
    for (const reason of ['quashedNotFinal', 'reinstated'] as const)
      told.push((await correctDecision(system, house, file, decisionId, reason))[0]!.obligationId);
    await eventually(async () => {
      const rows = await telling.read(`SELECT FROM outbox WHERE last_problem = 'behindEarlier'`);
      return rows.length === 2;
    });
    await receiver.fail('none');
    await telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
    await eventually(async () => receiver.log.list().length === told.length);
    expect(receiver.log.list().map((one) => one.id)).toEqual(told);
  });
});

describe('a clock of the database that ran ahead and was set right', () => {
  let telling: Telling;
  let superuser: pg.Client;
  beforeAll(async () => {
    telling = await aTelling();
    superuser = new pg.Client({ connectionString: telling.database.superuserUrl });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser?.end();
    await telling?.stop();
  });

  const moveClock = async (offset: string) => {
    const { name } = telling.database;
    await superuser.query(`ALTER DATABASE ${name} SET f1.clock_offset = '${offset}'`);
    await superuser.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
      [name],
    );
  };

  it('keeps no referral back', async () => {
    const { receiver } = telling;
    await receiver.fail('error500');
    const { id } = await telling.refer();
    const row = async () => {
      const { rows } = await telling.owner(
        `SELECT attempts, next_attempt_at > now() + interval '2 hours' AS far FROM outbox WHERE referral_id = $1`,
        [id],
      );
      return rows[0] as { attempts: number; far: boolean };
    };
    await eventually(async () => (await row()).attempts > 0);
    await moveClock('3 hours');
    await eventually(async () => (await row()).attempts > 1);
    expect(await row()).toMatchObject({ far: true });
    await receiver.fail('none');
    await moveClock('');
    await eventually(async () => receiver.log.find(id) !== undefined);
  });
});
