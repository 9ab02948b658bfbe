import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { holdSending } from '../../src/platform/backup/sending-hold.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import type { Received } from '../../src/referrals/delivery-channel.js';
import { type Receipted, ReceiptsService } from '../../src/referrals/receipts.service.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';

describe('receipts that come at the same time', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-receipts-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let system: INestApplicationContext;
  let house: House;

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    house = await aHouse(database.ownerUrl, [
      { code: 'abroad', webhook: { endpoint: 'http://127.0.0.1:9/referrals', receiptPublicKey: 'unused' } },
    ]);
    await asOwner(database.ownerUrl, holdSending); // nothing but this test brings a receipt
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
  });

  afterAll(async () => {
    await system?.close();
    await queue.drop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const read = <T extends object>(sql: string, values: unknown[]): Promise<T[]> =>
    system.get(Database).inWorkerTx((tx) => tx.rows<T>(sql, values));
  const refer = async () => {
    const file = await aFileForDecision(database.ownerUrl, house, system.get(Keys));
    const id = (await decideExclusion(system, house, file)).obliged[0]!.obligationId;
    return { id, caseId: file.caseId };
  };
  const record = async (id: string): Promise<void> => {
    const [row] = await read<{ hash: string }>('SELECT workflow_hash AS hash FROM referral WHERE id = $1', [id]);
    const of = { referralId: id, workflowHash: row!.hash };
    const parcel: Receipted = { ...of, channel: 'webhook', authority: 'abroad', alerts: false };
    const bodySha256 = 'a'.repeat(64);
    const receipt: Received = { outcome: 'received', receivedAt: new Date(), bodySha256, proof: 'a proof' };
    return system.get(ReceiptsService, { strict: false }).record(parcel, receipt, null);
  };
  const receipted = async (ids: readonly string[]): Promise<string[]> => {
    const sql = 'SELECT referral_id AS id FROM receipt WHERE referral_id = ANY ($1)';
    const found = new Set((await read<{ id: string }>(sql, [ids])).map(({ id }) => id));
    return ids.filter((id) => found.has(id));
  };

  it('are all recorded but that of an erased case, and wait for nobody who has another referral locked', async () => {
    const told = [await refer(), await refer(), await refer(), await refer(), await refer()];
    const ids = told.map(({ id }) => id);
    const [, , locked, erased] = told;
    await asOwner(database.ownerUrl, (owner) =>
      owner.query('UPDATE data_key SET wrapped = NULL, erased_at = now() WHERE case_id = $1', [erased!.caseId]),
    );
    const somebody = new pg.Client({ connectionString: database.ownerUrl });
    await somebody.connect();
    await somebody.query('BEGIN');
    await somebody.query('SELECT FROM referral WHERE id = $1 FOR NO KEY UPDATE', [locked!.id]);
    // The one that somebody has comes first, and holds up nobody.
    const recorded = Promise.allSettled([locked!.id, ...ids.filter((id) => id !== locked!.id)].map(record));
    const others = ids.filter((id) => id !== locked!.id && id !== erased!.id);
    await eventually(async () => (await receipted(ids)).length === others.length);
    expect(await receipted(ids)).toEqual(others);
    await somebody.query('COMMIT');
    await somebody.end();
    const outcomes = (await recorded).map(({ status }) => status).sort();
    expect(outcomes).toEqual([...Array(4).fill('fulfilled'), 'rejected']);
    expect(await receipted(ids)).toEqual(ids.filter((id) => id !== erased!.id));
  });

  it('are one receipt where they are of one referral', async () => {
    const { id } = await refer();
    const { id: other } = await refer();
    await Promise.all([other, id, id, id].map(record));
    expect(await receipted([id, other])).toEqual([id, other]);
    const events = await read(`SELECT FROM event WHERE aggregate_id = $1 AND type = 'RECORD_RECEIPT'`, [id]);
    expect(events).toHaveLength(1);
  });
});
