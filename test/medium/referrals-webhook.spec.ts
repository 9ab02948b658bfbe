import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { register } from 'prom-client';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { type Fault, FAULTS } from '../../src/receiver/faults.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { aFileForDecision, aHouse, type FileOnCase, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';

interface Attempt {
  number: number;
  outcome: string | null;
  problem: string | null;
}

describe('delivery by webhook', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-webhook-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let receiver: RunningReceiver;
  let system: INestApplicationContext;
  let house: House;

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    receiver = await aReceiver();
    const { endpoint, receiptPublicKey } = receiver;
    house = await aHouse(database.ownerUrl, [{ code: 'abroad', webhook: { endpoint, receiptPublicKey } }]);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
    receiver.trust(system.get(Keys).signing.publicKey);
  });

  afterAll(async () => {
    await system?.close();
    await receiver?.close();
    await queue.drop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  beforeEach(() => receiver.fail('none'));

  const aFile = (): Promise<FileOnCase> => aFileForDecision(database.ownerUrl, house, system.get(Keys));
  const refer = async (): Promise<string> =>
    (await decideExclusion(system, house, await aFile())).obliged[0]!.obligationId;

  const read = <T extends object>(sql: string, id: string): Promise<T[]> =>
    system.get(Database).inWorkerTx((tx) => tx.rows<T>(sql, [id]));
  const attemptsOf = (id: string) =>
    read<Attempt>('SELECT number, outcome, problem FROM delivery_attempt WHERE referral_id = $1 ORDER BY number', id);
  const receiptOf = async (id: string) =>
    (await read<{ proof: string; body_sha256: string }>('SELECT * FROM receipt WHERE referral_id = $1', id))[0];

  const tryAgainNow = (id: string): Promise<unknown> =>
    asOwner(database.ownerUrl, (owner) =>
      owner.query('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]),
    );

  it('ends in the receipt that the recipient signed over the very bytes it was sent', async () => {
    const id = await refer();
    const receipt = await eventually(() => receiptOf(id));
    const arrived = receiver.log.find(id);
    expect(arrived).toMatchObject({ bodySha256: receipt.body_sha256, receipt: receipt.proof });
    expect(await attemptsOf(id)).toEqual([{ number: 1, outcome: 'received', problem: null }]);
  });

  it('goes through the queue and not around it', async () => {
    const handed = register.getSingleMetric('f1_relay_handed_total')!;
    const values = (await handed.get()).values;
    expect(values.find(({ labels }) => labels['way'] === 'queue')?.value).toBeGreaterThan(0);
    expect(values.find(({ labels }) => labels['way'] === 'direct')).toBeUndefined();
  });

  const failures: [Fault, string, string][] = [
    ['error500', 'refused', 'serverError'],
    ['tooManyRequests', 'refused', 'tooManyRequests'],
    ['redirect', 'refused', 'redirect'],
    ['resetAfterProcessing', 'unreachable', 'connectionReset'],
    ['unsignedReceipt', 'badReceipt', 'unsignedReceipt'],
    ['wrongReceipt', 'badReceipt', 'wrongReceipt'],
    ['hugeResponse', 'unreachable', 'responseTooLarge'],
    ['hang', 'unreachable', 'timeout'],
    ['slowDrip', 'unreachable', 'timeout'],
  ];

  it('has a case for every fault the receiver knows', () => {
    expect(failures.map(([fault]) => fault).sort()).toEqual(
      Object.keys(FAULTS)
        .filter((name) => name !== 'none')
        .sort(),
    );
  });

  it.each(failures)(
    'names the failure %s (%s, %s), tries again with the same bytes and is received once',
    async (fault, outcome, problem) => {
      await receiver.fail(fault);
      const id = await refer();
      const failed = await eventually(async () => (await attemptsOf(id)).find((attempt) => attempt.outcome !== null));
      expect(failed).toEqual({ number: 1, outcome, problem });
      expect(await receiptOf(id)).toBeUndefined();
      await receiver.fail('none');
      await eventually(async () => {
        await tryAgainNow(id);
        return receiptOf(id);
      });
      expect(receiver.log.summary().ids.filter((arrived) => arrived === id)).toHaveLength(1);
      expect(receiver.log.summary().changedBodies).toBe(0);
    },
  );

  it('waits five seconds after the first failure and a minute after the second', async () => {
    await receiver.fail('error500');
    const id = await refer();
    const wait = async (number: number) => {
      await eventually(async () => (await attemptsOf(id)).find((a) => a.number === number && a.outcome !== null));
      const sql = `SELECT extract(epoch FROM o.next_attempt_at - a.finished_at)::float AS seconds FROM outbox o
        JOIN delivery_attempt a USING (referral_id) WHERE a.referral_id = $1 ORDER BY a.number DESC LIMIT 1`;
      return (await read<{ seconds: number }>(sql, id))[0]!.seconds;
    };
    expect(await wait(1)).toBeCloseTo(5, 0);
    await tryAgainNow(id);
    expect(await wait(2)).toBeCloseTo(60, 0);
    await receiver.fail('none');
    await tryAgainNow(id);
    await eventually(() => receiptOf(id));
  });

  it('never sends to a country of the person, even when it becomes one after the decision', async () => {
    await receiver.fail('error500');
    const { caseId } = await (async () => {
      const file = await aFile();
      await decideExclusion(system, house, file);
      return file;
    })();
    const [{ id }] = (await read<{ id: string }>('SELECT id FROM referral WHERE case_id = $1', caseId)) as [
      { id: string },
    ];
    await eventually(async () => (await attemptsOf(id))[0]?.outcome === 'refused');
    await asOwner(database.ownerUrl, async (owner) => {
      await owner.query(
        `INSERT INTO person_country (person_id, case_id, country, link) SELECT id, case_id, 'BE', 'residence' FROM person WHERE case_id = $1`,
        [caseId],
      );
    });
    await receiver.fail('none');
    await tryAgainNow(id);
    const second = await eventually(async () =>
      (await attemptsOf(id)).find(({ number, outcome }) => number === 2 && outcome),
    );
    expect(second).toMatchObject({ outcome: 'refused', problem: 'blockedRecipient' });
    expect(receiver.log.find(id)).toBeUndefined();
    await asOwner(database.ownerUrl, (owner) =>
      owner.query(`DELETE FROM person_country WHERE case_id = $1 AND country = 'BE'`, [caseId]),
    );
    await tryAgainNow(id);
    await eventually(() => receiptOf(id));
  });

  it('backs off from a body that does not open, and says so, instead of trying without pause', async () => {
    await receiver.fail('error500');
    const id = await refer();
    await eventually(async () => (await attemptsOf(id))[0]?.outcome === 'refused');
    await receiver.fail('none');
    const spoil = (owner: pg.Client) =>
      owner.query(`UPDATE referral SET body = set_byte(body, 40, 255 - get_byte(body, 40)) WHERE id = $1`, [id]);
    await asOwner(database.ownerUrl, spoil);
    await tryAgainNow(id);
    await eventually(async () => (await attemptsOf(id))[1]?.problem === 'unforeseen');
    expect(receiver.log.find(id)).toBeUndefined();
    await asOwner(database.ownerUrl, spoil);
    await tryAgainNow(id);
    await eventually(() => receiptOf(id));
  });

  it('reconciles to nothing missing and nothing unjustified', async () => {
    const result = await system.get(ReconcilerService, { strict: false }).reconcile();
    expect(result).toMatchObject({ ok: true, differences: [], inFlight: 0 });
    expect(result.receipts).toBe(result.obligations);
    expect(receiver.log.summary().ids).toHaveLength(result.obligations);
  });
});
