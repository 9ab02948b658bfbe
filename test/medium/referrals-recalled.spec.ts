import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, correctDecision, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';

describe('a referral on its way', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-recalled-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let receiver: RunningReceiver;
  let system: INestApplicationContext;
  let house: House;

  beforeAll(async () => {
    database = await aDatabase();
    receiver = await aReceiver();
    await migrateQueue(database.ownerUrl);
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

  const owner = (sql: string, values: unknown[] = []) =>
    asOwner(database.ownerUrl, (client) => client.query(sql, values));
  const read = <T extends object>(sql: string, id: string): Promise<T[]> =>
    system.get(Database).inWorkerTx((tx) => tx.rows<T>(sql, [id]));
  const last = async (id: string) =>
    (
      await read<{ problem: string; failed: number }>(
        'SELECT last_problem AS problem, attempts AS failed FROM outbox WHERE referral_id = $1',
        id,
      )
    )[0]!;
  const due = () => owner('UPDATE outbox SET next_attempt_at = now(), lease_until = NULL WHERE done_at IS NULL');
  /** Refused by its recipient once, so that it waits for another attempt. */
  const waiting = async () => {
    await receiver.fail('error500');
    const file = await aFileForDecision(database.ownerUrl, house, system.get(Keys));
    const { decisionId, obliged } = await decideExclusion(system, house, file);
    const id = obliged[0]!.obligationId;
    await eventually(async () => (await last(id)).problem === 'serverError');
    return { file, decisionId, id };
  };

  it.each(['mistakenIdentity', 'unlawfulTransmission'] as const)(
    'does not leave any more once it was called back for %s; the correction does, and nothing is overdue',
    async (reason) => {
      const { file, decisionId, id } = await waiting();
      const [correction] = await correctDecision(system, house, file, decisionId, reason);
      await receiver.fail('none');
      await owner(`UPDATE obligation SET due_at = now() - interval '1 day' WHERE id = $1`, [id]);
      await due();
      await eventually(() => Promise.resolve(receiver.log.find(correction!.obligationId)));
      expect(receiver.log.find(id)).toBeUndefined();
      const clocks = await read<{ ended: boolean }>(
        `SELECT ended_at IS NOT NULL AS ended FROM deadline WHERE subject_id = $1 AND kind = 'refer'`,
        id,
      );
      expect(clocks).toEqual([{ ended: true }]);
      const received = () => read('SELECT FROM receipt WHERE referral_id = $1', correction!.obligationId);
      await eventually(async () => (await received()).length === 1);
      const { differences } = await system.get(ReconcilerService, { strict: false }).reconcile();
      expect(differences).toEqual([]);
    },
  );

  it('still leaves when it was corrected for another cause, before the correction or after it', async () => {
    const { file, decisionId, id } = await waiting();
    await correctDecision(system, house, file, decisionId, 'factualError');
    await receiver.fail('none');
    await due();
    await eventually(() => Promise.resolve(receiver.log.find(id)));
  });

  it('fails its attempt, and is tried ever more rarely, when the key of its case is gone', async () => {
    const { file, id } = await waiting();
    await owner('UPDATE data_key SET wrapped = NULL, erased_at = now() WHERE case_id = $1', [file.caseId]);
    const { failed } = await last(id);
    await due();
    await eventually(async () => (await last(id)).problem === 'unforeseen');
    expect((await last(id)).failed).toBe(failed + 1);
    await owner(`UPDATE obligation SET due_at = now() - interval '1 day' WHERE id = $1`, [id]);
    const { ok, differences, erasedUnreceipted } = await system.get(ReconcilerService, { strict: false }).reconcile();
    expect({ ok, differences }).toEqual({ ok: true, differences: [] });
    expect(erasedUnreceipted).toMatchObject([{ obligationId: id, authority: 'abroad', listed: null }]);
    const open = await read('SELECT FROM delivery_attempt WHERE referral_id = $1 AND finished_at IS NULL', id);
    expect(open).toEqual([]);
  });
});
