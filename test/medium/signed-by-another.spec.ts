import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { Stopping } from '../../src/platform/queue/stopping.js';
import { ReconcilerRun } from '../../src/referrals/reconciler.run.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { ReconciliationsStore } from '../../src/referrals/reconciliations.store.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

/** Both authorities are known here with keys in force; only who signed what is wrong. */
describe('what one authority was asked for and another one signed', () => {
  let telling: TellingHouse;
  let north: RunningReceiver;
  let south: RunningReceiver;

  beforeAll(async () => {
    [north, south] = [await aReceiver(), await aReceiver()];
    const reachedAt = ({ endpoint, receiptPublicKey }: RunningReceiver) => ({ endpoint, receiptPublicKey });
    telling = await aTellingHouse([
      { code: 'north', webhook: reachedAt(north) },
      { code: 'south', webhook: reachedAt(south) },
    ]);
    for (const one of [north, south]) one.trust(telling.system.get(Keys).signing.publicKey);
  });

  afterAll(async () => {
    await telling?.stop();
    await Promise.all([north, south].map((one) => one?.close()));
  });

  const of = <T>(what: new (...args: never[]) => T): T => telling.system.get(what, { strict: false });

  it('is no receipt: the attempt fails with its reason, and the right one is taken when it comes', async () => {
    await telling.owner(`UPDATE authority SET endpoint = $1 WHERE code = 'north'`, [south.endpoint]);
    const { obliged } = await decideExclusion(telling.system, telling.house, await telling.aFile());
    const id = obliged.find(({ authorityId }) => authorityId === telling.house.authorities['north']!.id)!.obligationId;
    const failed = await eventually(
      async () =>
        (
          await telling.read<{ outcome: string; problem: string }>(
            'SELECT outcome, problem FROM delivery_attempt WHERE referral_id = $1 AND outcome IS NOT NULL',
            id,
          )
        )[0],
    );
    expect(failed).toEqual({ outcome: 'badReceipt', problem: 'wrongSignature' });
    expect(await telling.read('SELECT FROM receipt WHERE referral_id = $1', id)).toEqual([]);
    await telling.owner(`UPDATE authority SET endpoint = $1 WHERE code = 'north'`, [north.endpoint]);
    await eventually(async () => {
      await telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);
      return (await telling.read('SELECT FROM receipt WHERE referral_id = $1', id)).length === 1;
    });
  });

  it('is no list: it is not taken for that of either, and the reason is kept, signed, with what was reconciled', async () => {
    const lists = (receiver: RunningReceiver) => receiver.endpoint.replace('/referrals', '/statement');
    await telling.owner(`UPDATE authority SET statement_url = $1 WHERE code = 'north'`, [lists(south)]);
    const stopping = new Stopping();
    const round = new ReconcilerRun(of(ReconcilerService), of(ReconciliationsStore), of(Database), stopping);
    round.onApplicationBootstrap();
    const failure = await eventually(async () => {
      const [newest] = await telling.read<{ lists: { authority: string; failure?: { reason: string } }[] }>(
        `SELECT statement::jsonb -> 'lists' AS lists FROM reconciliation ORDER BY at DESC LIMIT 1`,
      );
      return newest?.lists.find(({ authority }) => authority === 'north')?.failure;
    });
    await stopping.beforeApplicationShutdown();
    expect(failure.reason).toMatch(/It came from the address of north, and south signed it/);
    expect(await telling.read('SELECT FROM authority_statement')).toEqual([]);

    await telling.owner(`UPDATE authority SET statement_url = $1 WHERE code = 'north'`, [lists(north)]);
    const again = new Stopping();
    new ReconcilerRun(of(ReconcilerService), of(ReconciliationsStore), of(Database), again).onApplicationBootstrap();
    await eventually(async () => (await telling.read('SELECT FROM authority_statement')).length === 1);
    await again.beforeApplicationShutdown();
  });
});
