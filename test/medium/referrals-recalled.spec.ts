import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Found, reconciliationOf, ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { RECONCILE } from '../../src/referrals/reconciler.sql.js';
import { correctDecision, eventually } from '../faults/support/referral-system.js';
import { erasedAgain } from '../support/erased.js';
import { aTelling, type Telling } from '../support/telling.js';

describe('a referral on its way', () => {
  let telling: Telling;

  beforeAll(async () => {
    telling = await aTelling();
  });

  afterAll(() => telling.stop());

  const last = async (id: string) =>
    (
      await telling.read<{ problem: string; failed: number }>(
        'SELECT last_problem AS problem, attempts AS failed FROM outbox WHERE referral_id = $1',
        id,
      )
    )[0]!;
  const due = () =>
    telling.owner('UPDATE outbox SET next_attempt_at = now(), lease_until = NULL WHERE done_at IS NULL');
  /** Refused by its recipient once, so that it waits for another attempt. */
  const waiting = async () => {
    await telling.receiver.fail('error500');
    const referred = await telling.refer();
    await eventually(async () => (await last(referred.id)).problem === 'serverError');
    return referred;
  };

  const causeOf = async (obligation: string) =>
    (await telling.read<{ cause: string }>('SELECT cause_id AS cause FROM obligation WHERE id = $1', obligation))[0]!
      .cause;

  it.each(['mistakenIdentity', 'unlawfulTransmission'] as const)(
    'does not leave any more once it was called back for %s; the correction does, and nothing is overdue',
    async (reason) => {
      const { file, decisionId, id } = await waiting();
      const [correction] = await correctDecision(telling.system, telling.house, file, decisionId, reason);
      await telling.receiver.fail('none');
      await telling.owner(`UPDATE obligation SET due_at = now() - interval '1 day' WHERE id = $1`, [id]);
      await due();
      await eventually(() => Promise.resolve(telling.receiver.log.find(correction!.obligationId)));
      expect(telling.receiver.log.find(id)).toBeUndefined();
      const clocks = await telling.read<{ ended: boolean }>(
        `SELECT ended_at IS NOT NULL AS ended FROM deadline WHERE subject_id = $1 AND kind = 'refer'`,
        id,
      );
      expect(clocks).toEqual([{ ended: true }]);
      const received = () => telling.read('SELECT FROM receipt WHERE referral_id = $1', correction!.obligationId);
      await eventually(async () => (await received()).length === 1);
      const { differences, recalled } = await telling.system.get(ReconcilerService, { strict: false }).reconcile();
      expect(differences).toEqual([]);
      expect(recalled.filter(({ causeId }) => causeId === decisionId)).toEqual([
        {
          ...{ kind: 'exclusion', causeId: decisionId, obligationId: id, authority: 'abroad' },
          correctionId: await causeOf(correction!.obligationId),
        },
      ]);
    },
  );

  it('is excused by no correction that somebody else was told of', async () => {
    const { file, decisionId, id } = await waiting();
    const [correction] = await correctDecision(telling.system, telling.house, file, decisionId, 'mistakenIdentity');
    const superuser = new pg.Client({ connectionString: telling.database.superuserUrl });
    await superuser.connect();
    const ofThis = async () => {
      const found = reconciliationOf(new Date(), (await superuser.query<Found>(RECONCILE)).rows[0]!, null);
      const named = ({ obligationId }: { obligationId: string | null }) => obligationId === id;
      return [found.differences.filter(named).map(({ what }) => what), found.recalled.filter(named).length];
    };
    try {
      await superuser.query('BEGIN; SET LOCAL session_replication_role = replica');
      expect(await ofThis()).toEqual([[], 1]);
      const elsewhere = randomUUID();
      await superuser.query(
        `INSERT INTO authority SELECT (jsonb_populate_record(a, jsonb_build_object('id', $1::text, 'code', 'elsewhere'))).*
         FROM authority a WHERE code = 'abroad'`,
        [elsewhere],
      );
      for (const table of ['obligation', 'referral'])
        await superuser.query(`UPDATE ${table} SET authority_id = $1 WHERE id = $2`, [
          elsewhere,
          correction!.obligationId,
        ]);
      expect(await ofThis()).toEqual([['suspendedWithoutCorrection'], 0]);
    } finally {
      await superuser.query('ROLLBACK');
      await superuser.end();
    }
  });

  it('still leaves when it was corrected for another cause, before the correction or after it', async () => {
    const { file, decisionId, id } = await waiting();
    await correctDecision(telling.system, telling.house, file, decisionId, 'factualError');
    await telling.receiver.fail('none');
    await due();
    await eventually(() => Promise.resolve(telling.receiver.log.find(id)));
  });

  it('fails its attempt, and is tried ever more rarely, when the key of its case is gone', async () => {
    const { file, id } = await waiting();
    await erasedAgain(telling.database.ownerUrl, file.caseId);
    const { failed } = await last(id);
    await due();
    await eventually(async () => (await last(id)).problem === 'unforeseen');
    expect((await last(id)).failed).toBe(failed + 1);
    await telling.owner(`UPDATE obligation SET due_at = now() - interval '1 day' WHERE id = $1`, [id]);
    const reconciled = () => telling.system.get(ReconcilerService, { strict: false }).reconcile();
    const untold = await reconciled();
    expect(untold).toMatchObject({ ok: false, differences: [{ what: 'erasedWithOpenDuty', obligationId: id }] });
    expect(untold.differences).toHaveLength(1);
    expect(untold.erasedUnreceipted).toMatchObject([{ obligationId: id, authority: 'abroad', listed: null }]);
    // Its recipient says itself that it has it: it was told before what the backup knows.
    const told = (await telling.read<{ id: string }>('SELECT referral_id AS id FROM receipt')).map((one) => one.id);
    await telling.owner(
      `INSERT INTO authority_statement (id, authority_id, at, referrals, signed)
       SELECT gen_random_uuid(), id, now(), $1::jsonb, 'invented' FROM authority WHERE code = 'abroad'`,
      [JSON.stringify([...told, id].map((one) => ({ id: one, bodySha256: '' })))],
    );
    const listed = await reconciled();
    expect(listed.differences.filter(({ what }) => what !== 'statedWithAnotherBody')).toEqual([]);
    expect(listed.erasedUnreceipted).toMatchObject([{ obligationId: id, listed: true }]);
    const open = await telling.read('SELECT FROM delivery_attempt WHERE referral_id = $1 AND finished_at IS NULL', id);
    expect(open).toEqual([]);
  });
});
