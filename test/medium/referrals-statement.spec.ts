import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import { signed } from '../../src/receiver/receipts.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { statementAt, takeStatement } from '../../src/referrals/statements.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';

describe("an authority's own list", () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-statement-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let receiver: RunningReceiver;
  let system: INestApplicationContext;
  let house: House;
  let id: string;

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    receiver = await aReceiver();
    const { endpoint, receiptPublicKey } = receiver;
    house = await aHouse(database.ownerUrl, [{ code: 'abroad', webhook: { endpoint, receiptPublicKey } }]);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
    receiver.trust(system.get(Keys).signing.publicKey);
    const file = await aFileForDecision(database.ownerUrl, house, system.get(Keys));
    id = (await decideExclusion(system, house, file)).obliged[0]!.obligationId;
    await eventually(async () => (await rows('SELECT FROM receipt WHERE referral_id = $1', [id])).length === 1);
  });

  afterAll(async () => {
    await system?.close();
    await receiver?.close();
    await queue.drop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const rows = (sql: string, values: unknown[] = []) => system.get(Database).inWorkerTx((tx) => tx.rows(sql, values));
  const reconcile = (chains = false) => system.get(ReconcilerService, { strict: false }).reconcile({ chains });
  const key = generateKeyPairSync('ed25519');
  const list = (referrals: object[]) =>
    signed({ format: 'f1-statement/1', at: new Date().toISOString(), referrals }, key.privateKey);
  const entry = (of: string, bodySha256 = receiver.log.find(id)!.bodySha256) => ({
    id: of,
    bodySha256,
    receivedAt: 'x',
  });

  it('agrees with ours as the reference receiver gives it', async () => {
    const given = await fetch(receiver.endpoint.replace('/referrals', '/statement'));
    expect(await takeStatement(system.get(Database), await given.text())).toMatchObject({
      authority: 'abroad',
      referrals: 1,
    });
    expect(await reconcile(true)).toMatchObject({ ok: true, differences: [], chains: [] });
  });

  it('is read no further than it may be long', async () => {
    const url = receiver.endpoint.replace('/referrals', '/statement');
    expect((await statementAt(url)).length).toBeGreaterThan(20);
    await expect(statementAt(url, 20)).rejects.toThrow(/longer than 20 bytes/);
  });

  it('is taken from nobody whose receipt key we do not know', async () => {
    await expect(takeStatement(system.get(Database), await list([]))).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it.each<[string, () => object[], string]>([
    ['does not have what we hold a receipt for', () => [], 'unknownToAuthority'],
    ['has what we never sent', () => [entry(id), entry(randomUUID())], 'unknownToUs'],
    ['has another body than we sent', () => [entry(id, '0'.repeat(64))], 'statedWithAnotherBody'],
  ])('is a difference when it %s', async (_what, referrals, what) => {
    const publicKey = key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await asOwner(database.ownerUrl, (owner) =>
      owner.query('UPDATE authority SET receipt_public_key = $1', [publicKey]),
    );
    await takeStatement(system.get(Database), await list(referrals()));
    const found = await reconcile();
    expect(found.ok).toBe(false);
    expect(found.differences.map((difference) => difference.what)).toEqual([what]);
  });

  it('finds a row whose state is not the one its chain leads to', async () => {
    await asOwner(database.ownerUrl, (owner) =>
      owner.query(`UPDATE referral SET snapshot = '{"delivery":"closed","standing":"valid"}' WHERE id = $1`, [id]),
    );
    expect((await reconcile(true)).chains).toContain(`referral/${id}`);
  });

  it('is part of what is signed and kept', async () => {
    const [kept] = (await eventually(async () => {
      const found = await rows('SELECT statement, signature FROM reconciliation ORDER BY at DESC LIMIT 1');
      return found.length > 0 && found;
    })) as [{ statement: string; signature: Buffer }];
    const { publicKey } = system.get(Keys).signing;
    expect(verify(null, Buffer.from(kept.statement), publicKey, kept.signature)).toBe(true);
    expect(JSON.parse(kept.statement)).toMatchObject({ format: 'f1-reconciliation/1', chains: expect.any(Array) });
  });
});
