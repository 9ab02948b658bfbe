import { describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../src/platform/database/database.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { aQueueServer, type QueueServer } from '../faults/support/queue-server.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually, type SystemWanted } from '../faults/support/referral-system.js';
import { aWorkerProcess, type WorkerProcess } from '../faults/support/worker-process.js';
import { aDatabase } from '../support/database.js';
import { EmbeddedUser } from '../support/embedded-user.js';

/** A lease ends after half a minute; a process frozen inside a transaction keeps its row locks for a minute. */
const RECOVERY_MS = 120_000;

interface Scene {
  readonly receiver: RunningReceiver;
  /** What is to be undone after it, the last first. */
  readonly undo: (() => unknown)[];
}

interface Stage extends Scene {
  readonly wanted: SystemWanted;
  readonly ownerUrl: string;
  readonly api: INestApplicationContext;
  readonly house: House;
  readonly server: QueueServer;
}

/** Plays it with a receiver of its own: most of a scene is waiting for leases to end, so they are played beside each other. */
const scene = (play: (own: Scene) => Promise<void>) => async (): Promise<void> => {
  const receiver = await aReceiver();
  const undo: Scene['undo'] = [() => receiver.close()];
  try {
    await play({ receiver, undo });
  } finally {
    for (const step of undo.reverse()) await step();
  }
};

/** The API in this process, deciding; workers run in processes of their own. */
async function aStage(
  { receiver, undo }: Scene,
  { ownerUrl, appUrl }: { ownerUrl: string; appUrl: string },
): Promise<Stage> {
  await migrateQueue(ownerUrl);
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-faults-'));
  undo.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const { endpoint, receiptPublicKey } = receiver;
  const house = await aHouse(ownerUrl, [{ code: 'abroad', webhook: { endpoint, receiptPublicKey } }, { code: 'here' }]);
  const server = await aQueueServer(ownerUrl);
  undo.push(() => server.close());
  const api = await aReferralSystem({ appUrl, dataDir });
  undo.push(() => api.close());
  receiver.trust(api.get(Keys).signing.publicKey);
  return { receiver, undo, wanted: { appUrl, dataDir, queue: server.queue }, ownerUrl, api, house, server };
}

async function onTestServer(own: Scene): Promise<Stage> {
  const database = await aDatabase();
  own.undo.push(() => database.drop());
  return aStage(own, database);
}

async function aWorker({ wanted, undo }: Stage): Promise<WorkerProcess> {
  const worker = await aWorkerProcess(wanted);
  undo.push(() => worker.stop());
  return worker;
}

/** Decides that many cases; the ids that the recipient abroad must have received in the end. */
async function decide({ api, house, ownerUrl }: Stage, cases: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < cases; n++) {
    const file = await aFileForDecision(ownerUrl, house, api.get(Keys));
    const { obliged } = await decideExclusion(api, house, file);
    ids.push(obliged.find(({ authorityId }) => authorityId === house.authorities['abroad']!.id)!.obligationId);
  }
  return ids.sort();
}

const read = <T extends object>({ api }: Stage, sql: string): Promise<T[]> =>
  api.get(Database).inWorkerTx((tx) => tx.rows<T>(sql));

async function expectEachReceivedOnce(stage: Stage, ids: readonly string[]): Promise<void> {
  const reconciler = new ReconcilerService(stage.api.get(Database), stage.api.get(Keys));
  const result = await eventually(async () => {
    const now = await reconciler.reconcile();
    return now.inFlight === 0 && now;
  }, RECOVERY_MS);
  expect(result).toMatchObject({ ok: true, differences: [], causes: ids.length, obligations: ids.length * 2 });
  expect(result.receipts).toBe(ids.length * 2);
  const arrived = stage.receiver.log.summary();
  expect([...arrived.ids].sort()).toEqual(ids);
  expect(arrived.changedBodies).toBe(0);
}

describe('a referral survives', () => {
  it.concurrent(
    'a worker killed in the middle of a delivery',
    scene(async (own) => {
      const stage = await onTestServer(own);
      const { receiver } = stage;
      const first = await aWorker(stage);
      await receiver.fail('slowDrip');
      const ids = await decide(stage, 1);
      await eventually(async () => receiver.log.find(ids[0]!) !== undefined);
      await first.kill();
      await receiver.fail('none');
      await aWorker(stage);
      await expectEachReceivedOnce(stage, ids);
      expect(receiver.log.summary().wireDuplicates).toBe(1);
      const attempts = await read<{ number: number; outcome: string }>(
        stage,
        `SELECT number, outcome FROM delivery_attempt JOIN receipt USING (referral_id) WHERE channel = 'webhook' ORDER BY number`,
      );
      expect(attempts).toEqual([
        { number: 1, outcome: 'abandoned' },
        { number: 2, outcome: 'received' },
      ]);
    }),
    2 * RECOVERY_MS,
  );

  it.concurrent(
    'a worker frozen past its lease: what it does when it wakes changes nothing',
    scene(async (own) => {
      const stage = await onTestServer(own);
      const { receiver } = stage;
      const frozen = await aWorker(stage);
      stage.undo.push(() => frozen.thaw());
      await receiver.fail('slowDrip');
      const ids = await decide(stage, 1);
      await eventually(async () => receiver.log.find(ids[0]!) !== undefined);
      frozen.freeze();
      await receiver.fail('none');
      await aWorker(stage);
      await expectEachReceivedOnce(stage, ids);
      frozen.thaw();
      expect(await frozen.stop()).toBe(0);
      await expectEachReceivedOnce(stage, ids);
      const outbox = await read<{ done: boolean; last_problem: string | null }>(
        stage,
        'SELECT done_at IS NOT NULL AS done, last_problem FROM outbox',
      );
      expect(outbox).toEqual([
        { done: true, last_problem: null },
        { done: true, last_problem: null },
      ]);
    }),
    2 * RECOVERY_MS,
  );

  it.concurrent(
    'a queue that loses everything it holds, waiting and active',
    scene(async (own) => {
      const stage = await onTestServer(own);
      const { receiver } = stage;
      await aWorker(stage);
      await receiver.fail('hang');
      const ids = await decide(stage, 24);
      await eventually(async () => {
        const [row] = await read<{ busy: number }>(
          stage,
          'SELECT count(*)::int AS busy FROM delivery_attempt WHERE outcome IS NULL',
        );
        return row!.busy >= 16;
      });
      await stage.server.lose();
      await receiver.fail('none');
      await expectEachReceivedOnce(stage, ids);
    }),
    2 * RECOVERY_MS,
  );

  it.concurrent(
    'a queue that goes away and comes back: the relay hands work over itself meanwhile',
    scene(async (own) => {
      const stage = await onTestServer(own);
      await aWorker(stage);
      const before = await decide(stage, 1);
      await expectEachReceivedOnce(stage, before);
      await stage.server.leave();
      const meanwhile = await decide(stage, 3);
      await expectEachReceivedOnce(stage, [...before, ...meanwhile].sort());
      await stage.server.comeBack();
      const after = await decide(stage, 1);
      await expectEachReceivedOnce(stage, [...before, ...meanwhile, ...after].sort());
    }),
    2 * RECOVERY_MS,
  );

  it.concurrent(
    'a worker asked to stop: what it began it ends and records, and it leaves nothing leased',
    scene(async (own) => {
      const stage = await onTestServer(own);
      const { receiver } = stage;
      const worker = await aWorker(stage);
      await receiver.fail('slowDrip');
      const ids = await decide(stage, 1);
      await eventually(async () => receiver.log.find(ids[0]!) !== undefined);
      expect(await worker.stop()).toBe(0);
      const [left] = await read<{ open: number; leased: number }>(
        stage,
        `SELECT (SELECT count(*)::int FROM delivery_attempt WHERE outcome IS NULL) AS open,
           (SELECT count(*)::int FROM outbox WHERE done_at IS NULL AND lease_until IS NOT NULL) AS leased`,
      );
      expect(left).toEqual({ open: 0, leased: 0 });
      await receiver.fail('none');
      await aWorker(stage);
      await expectEachReceivedOnce(stage, ids);
    }),
    2 * RECOVERY_MS,
  );

  it.concurrent(
    'PostgreSQL killed and started again under running deliveries',
    scene(async ({ receiver, undo }) => {
      const folder = mkdtempSync(join(tmpdir(), 'f1-restart-'));
      const user = EmbeddedUser.start(folder);
      const server = await user.answer();
      undo.push(async () => {
        await user.leave();
        rmSync(server.folder, { recursive: true, force: true });
        rmSync(folder, { recursive: true, force: true });
      });
      const passwords = JSON.parse(readFileSync(join(server.folder, 'passwords.json'), 'utf8')) as Record<
        string,
        string
      >;
      const urlFor = (role: string) => `postgresql://${role}:${passwords[role]}@127.0.0.1:${server.port}/f1`;
      const ownerUrl = urlFor('f1_owner');
      await migrate({ url: ownerUrl });
      const stage = await aStage({ receiver, undo }, { ownerUrl, appUrl: urlFor('f1_app') });
      await aWorker(stage);
      await receiver.fail('error500');
      const ids = await decide(stage, 10);
      await eventually(async () => {
        const [row] = await read<{ failed: number }>(
          stage,
          `SELECT count(*)::int AS failed FROM delivery_attempt WHERE outcome = 'refused'`,
        );
        return row!.failed >= 5;
      });
      process.kill(
        Number(readFileSync(join(server.folder, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]),
        'SIGKILL',
      );
      await receiver.fail('none');
      await expectEachReceivedOnce(stage, ids);
    }),
    2 * RECOVERY_MS,
  );
});
