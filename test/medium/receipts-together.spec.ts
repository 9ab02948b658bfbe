import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Received } from '../../src/referrals/delivery-channel.js';
import { type Receipted, ReceiptsService } from '../../src/referrals/receipts.service.js';
import { correctDecision, eventually } from '../faults/support/referral-system.js';
import { erasedAgain } from '../support/erased.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

describe('receipts that come at the same time', () => {
  let telling: TellingHouse;

  beforeAll(async () => {
    const webhook = { endpoint: 'http://127.0.0.1:9/referrals', receiptPublicKey: 'unused' };
    telling = await aTellingHouse([{ code: 'abroad', webhook }], { held: true });
  });

  afterAll(() => telling?.stop());

  const record = async (id: string, channel: Receipted['channel'] = 'webhook'): Promise<void> => {
    const [row] = await telling.read<{ hash: string }>('SELECT workflow_hash AS hash FROM referral WHERE id = $1', id);
    const of = { referralId: id, workflowHash: row!.hash };
    const parcel: Receipted = { ...of, channel, authority: 'abroad', alerts: false };
    const bodySha256 = 'a'.repeat(64);
    const receipt: Received = { outcome: 'received', receivedAt: new Date(), bodySha256, proof: 'a proof' };
    return telling.system.get(ReceiptsService, { strict: false }).record(parcel, receipt, null);
  };
  const receipted = async (ids: readonly string[]): Promise<string[]> => {
    const sql = 'SELECT referral_id AS id FROM receipt WHERE referral_id = ANY ($1)';
    const found = new Set((await telling.read<{ id: string }>(sql, ids)).map(({ id }) => id));
    return ids.filter((id) => found.has(id));
  };

  it('are all recorded, of an erased case too, but one that the database refuses, and wait for nobody who has another referral locked', async () => {
    const told = [
      await telling.refer(),
      await telling.refer(),
      await telling.refer(),
      await telling.refer(),
      await telling.refer(),
      await telling.refer(),
    ];
    const ids = told.map(({ id }) => id);
    const [, , locked, erased, refused] = told;
    await erasedAgain(telling.database.ownerUrl, erased!.file.caseId);
    const somebody = new pg.Client({ connectionString: telling.database.ownerUrl });
    await somebody.connect();
    await somebody.query('BEGIN');
    await somebody.query('SELECT FROM referral WHERE id = $1 FOR NO KEY UPDATE', [locked!.id]);
    // The one that somebody has comes first, and holds up nobody.
    const inTurn = [locked!.id, ...ids.filter((id) => id !== locked!.id)];
    const unknown = 'pigeon' as Receipted['channel'];
    const recorded = Promise.allSettled(inTurn.map((id) => record(id, id === refused!.id ? unknown : 'webhook')));
    const others = ids.filter((id) => id !== locked!.id && id !== refused!.id);
    await eventually(async () => (await receipted(ids)).length === others.length);
    expect(await receipted(ids)).toEqual(others);
    await somebody.query('COMMIT');
    await somebody.end();
    const outcomes = (await recorded).map(({ status }) => status).sort();
    expect(outcomes).toEqual([...Array(5).fill('fulfilled'), 'rejected']);
    expect(await receipted(ids)).toEqual(ids.filter((id) => id !== refused!.id));
  });

  it('call who waits behind', async () => {
    const { id, file, decisionId } = await telling.refer();
    const [correction] = await correctDecision(telling.system, telling.house, file, decisionId, 'quashedNotFinal');
    const behind = correction!.obligationId;
    await telling.owner(
      `UPDATE outbox SET last_problem = 'behindEarlier', next_attempt_at = now() + interval '1 minute' WHERE referral_id = $1`,
      [behind],
    );
    const due = () => telling.read('SELECT next_attempt_at <= now() AS due FROM outbox WHERE referral_id = $1', behind);
    expect(await due()).toEqual([{ due: false }]);
    await record(id);
    expect(await due()).toEqual([{ due: true }]);
  });

  it('are one receipt where they are of one referral', async () => {
    const { id } = await telling.refer();
    const { id: other } = await telling.refer();
    await Promise.all([other, id, id, id].map((one) => record(one)));
    expect(await receipted([id, other])).toEqual([id, other]);
    const events = await telling.read(`SELECT FROM event WHERE aggregate_id = $1 AND type = 'RECORD_RECEIPT'`, id);
    expect(events).toHaveLength(1);
  });
});
