import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { Database } from '../../src/platform/database/database.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { signed } from '../../src/receiver/receipts.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { statementAt, takeStatement } from '../../src/referrals/statements.js';
import { eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';

describe("an authority's own list", () => {
  let telling: Telling;
  let id: string;

  beforeAll(async () => {
    telling = await aTelling();
    ({ id } = await telling.refer());
    const receipts = () => telling.read('SELECT FROM receipt WHERE referral_id = $1', id);
    await eventually(async () => (await receipts()).length === 1);
  });

  afterAll(() => telling.stop());

  const reconcile = (chains = false) => telling.system.get(ReconcilerService, { strict: false }).reconcile({ chains });
  const key = generateKeyPairSync('ed25519');
  const list = (referrals: object[]) =>
    signed({ format: 'f1-statement/1', at: new Date().toISOString(), referrals }, key.privateKey);
  const entry = (of: string, bodySha256 = telling.receiver.log.find(id)!.bodySha256) => ({
    id: of,
    bodySha256,
    receivedAt: 'x',
  });

  it('agrees with ours as the reference receiver gives it', async () => {
    const given = await fetch(telling.receiver.endpoint.replace('/referrals', '/statement'));
    expect(await takeStatement(telling.system.get(Database), await given.text())).toMatchObject({
      authority: 'abroad',
      referrals: 1,
    });
    const lists = [{ authority: 'abroad', entries: 1, unmatched: [] }];
    expect(await reconcile(true)).toMatchObject({ ok: true, differences: [], chains: [], lists });
  });

  it('is read no further than it may be long', async () => {
    const url = telling.receiver.endpoint.replace('/referrals', '/statement');
    expect((await statementAt(url)).length).toBeGreaterThan(20);
    await expect(statementAt(url, 20)).rejects.toThrow(/longer than 20 bytes/);
  });

  it('is taken from nobody whose receipt key we do not know', async () => {
    await expect(takeStatement(telling.system.get(Database), await list([]))).rejects.toMatchObject({
      code: 'invalidInput',
    });
  });

  it.each(['11/22/60', 'Nov 22 55', '2026-02-30T00:00:00Z', '2060-01-01T00:00:00Z'])(
    'is not taken when it is dated %s',
    async (at) => {
      const publicKey = key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      await telling.owner('UPDATE authority SET receipt_public_key = $1', [publicKey]);
      const dated = await signed({ format: 'f1-statement/1', at, referrals: [] }, key.privateKey);
      await expect(takeStatement(telling.system.get(Database), dated)).rejects.toMatchObject({ code: 'invalidInput' });
    },
  );

  it.each<[string, () => object[], string]>([
    ['does not have what we hold a receipt for', () => [], 'unknownToAuthority'],
    ['has what we never sent', () => [entry(id), entry(randomUUID())], 'unknownToUs'],
    ['has another body than we sent', () => [entry(id, '0'.repeat(64))], 'statedWithAnotherBody'],
  ])('is a difference when it %s', async (_what, referrals, what) => {
    const publicKey = key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await telling.owner('UPDATE authority SET receipt_public_key = $1', [publicKey]);
    await takeStatement(telling.system.get(Database), await list(referrals()));
    const found = await reconcile();
    expect(found.ok).toBe(false);
    expect(found.differences.map((difference) => difference.what)).toEqual([what]);
  });

  it('finds a row whose state is not the one its chain leads to', async () => {
    await telling.owner(`UPDATE referral SET snapshot = '{"delivery":"closed","standing":"valid"}' WHERE id = $1`, [
      id,
    ]);
    expect((await reconcile(true)).chains).toContain(`referral/${id}`);
  });

  it('is part of what is signed and kept', async () => {
    const kept = await eventually(async () => {
      const found = await telling.read<{ statement: string; signature: Buffer }>(
        'SELECT statement, signature FROM reconciliation ORDER BY at DESC LIMIT 1',
      );
      return found[0];
    });
    const { publicKey } = telling.system.get(Keys).signing;
    expect(verify(null, Buffer.from(kept.statement), publicKey, kept.signature)).toBe(true);
    expect(JSON.parse(kept.statement)).toMatchObject({ format: 'f1-reconciliation/1', chains: expect.any(Array) });
  });
});
