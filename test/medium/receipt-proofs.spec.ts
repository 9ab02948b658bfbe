import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { proveDuties } from '../../src/referrals/duty-proof.js';
import { Database } from '../../src/platform/database/database.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { takeStatement } from '../../src/referrals/statements.js';
import { eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';

describe('the proof of a receipt', () => {
  let telling: Telling;
  let genuine: string;

  beforeAll(async () => {
    telling = await aTelling();
    genuine = (await telling.refer()).id;
    await eventually(
      async () => (await telling.read('SELECT FROM receipt WHERE referral_id = $1', genuine)).length === 1,
    );
  });

  afterAll(() => telling?.stop());

  const reconciler = () => telling.system.get(ReconcilerService, { strict: false });
  const unproven = async (receipts: 'all' | 'new' = 'all') =>
    (await reconciler().reconcile({ receipts })).differences.filter(({ what }) => what === 'receiptNotProven');
  const audited = async () =>
    (await auditVerify(telling.database.ownerUrl, telling.system.get(Keys))).findings.filter(({ what }) =>
      what.startsWith('nobody who could sign'),
    );

  it('still counts when its recipient has another key by now', async () => {
    expect(await unproven()).toEqual([]);
    const another = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    await telling.owner('UPDATE authority SET receipt_public_key = $1', [another]);
    expect(await unproven()).toEqual([]);
    expect(await audited()).toEqual([]);
    await telling.owner('UPDATE authority SET receipt_public_key = $1', [telling.receiver.receiptPublicKey]);
  });

  describe('by a key with dates', () => {
    const dated = (more: string) =>
      telling.owner(
        `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from, revoked_at, valid_until)
         SELECT gen_random_uuid(), id, 'receipt', receipt_public_key, '0123456789abcdef', '2020-01-01', ${more} FROM authority`,
      );
    const listed = async () => {
      const given = await fetch(telling.receiver.endpoint.replace('/referrals', '/statement'));
      return takeStatement(telling.system.get(Database), await given.text());
    };
    /** How the first attempt to tell of another referral ended. */
    const attempted = async () => {
      const { id } = await telling.refer();
      return eventually(async () => {
        const ended =
          'SELECT outcome, problem FROM delivery_attempt WHERE referral_id = $1 AND finished_at IS NOT NULL';
        return (await telling.read<{ outcome: string; problem: string | null }>(ended, id))[0];
      });
    };
    afterEach(() =>
      telling.owner(`ALTER TABLE authority_key DISABLE TRIGGER authority_key_stays; DELETE FROM authority_key;
        ALTER TABLE authority_key ENABLE TRIGGER authority_key_stays`),
    );

    it('counts, as does a list it signed, while that is in force', async () => {
      await dated(`NULL, NULL`);
      expect(await listed()).toMatchObject({ authority: 'abroad' });
      expect(await attempted()).toMatchObject({ outcome: 'received' });
    });

    it.each([
      ['revoked', 'now(), NULL'],
      ['expired', `NULL, now() - interval '1 s'`],
    ])('is none, as is a list it signed, once that is %s', async (_how, more) => {
      await dated(more);
      await expect(listed()).rejects.toMatchObject({ code: 'invalidInput' });
      expect(await attempted()).toMatchObject({ outcome: 'badReceipt' });
    });
  });

  it('is missed, at once and for as long as it is, when a worker wrote down one that nobody signed', async () => {
    await telling.receiver.fail('error500');
    const { id } = await telling.refer();
    await eventually(
      async () =>
        (await telling.read('SELECT FROM delivery_attempt WHERE referral_id = $1 AND problem IS NOT NULL', id)).length >
        0,
    );
    const worker = new pg.Client({ connectionString: telling.database.workerUrl });
    await worker.connect();
    const genuineProof = `(SELECT proof FROM receipt WHERE referral_id = '${genuine}')`;
    await worker.query(
      `INSERT INTO receipt (referral_id, case_id, received_at, channel, body_sha256, proof)
       SELECT id, case_id, now(), 'webhook', body_sha256, ${genuineProof} FROM referral WHERE id = $1`,
      [id],
    );
    await worker.query('UPDATE outbox SET done_at = now() WHERE referral_id = $1', [id]);
    await worker.end();
    const difference = { kind: 'exclusion', what: 'receiptNotProven', obligationId: id, authority: 'abroad' };
    for (const receipts of ['new', 'all', 'new'] as const) expect(await unproven(receipts)).toMatchObject([difference]);
    expect(await audited()).toMatchObject([{ kind: 'rowChanged', where: `receipt/${id}` }]);
    const { proof } = await proveDuties(telling.system.get(Database), telling.system.get(Keys).signing);
    expect(proof.ok).toBe(false);
    expect(proof.kinds.exclusion.differences).toEqual(expect.arrayContaining([expect.objectContaining(difference)]));
  });
});
