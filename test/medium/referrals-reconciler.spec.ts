import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import type { Difference } from '../../src/referrals/difference.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { RECONCILE } from '../../src/referrals/reconciler.sql.js';
import { aFileForDecision, aHouse, type FileOnCase, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, correctDecision, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';

/** Each way to break a duty needs somebody above the constraints: the reconciler is for exactly what they cannot see. */
describe('the reconciler', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-reconciler-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let superuser: pg.Client;
  let system: INestApplicationContext;
  let house: House;

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    house = await aHouse(database.ownerUrl, [{ code: 'north' }]);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser?.end();
    await system?.close();
    await queue.drop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const reconcile = () => system.get(ReconcilerService, { strict: false }).reconcile();

  const rowsOf = (sql: string, id: string): Promise<object[]> =>
    system.get(Database).inWorkerTx((tx) => tx.rows(sql, [id]));

  async function aReceiptedReferral(): Promise<{ file: FileOnCase; cause: string; obligation: string }> {
    const file = await aFileForDecision(database.ownerUrl, house, system.get(Keys));
    const { decisionId, obliged } = await decideExclusion(system, house, file);
    const obligation = obliged[0]!.obligationId;
    await eventually(async () => (await rowsOf('SELECT FROM receipt WHERE referral_id = $1', obligation)).length === 1);
    return { file, cause: decisionId, obligation };
  }

  /** Breaks something past every trigger, reconciles what is then there, and undoes it. */
  async function differencesAfter(breaks: string, ids: Readonly<Record<string, string>>): Promise<Difference[]> {
    const sql = Object.entries(ids).reduce((text, [name, id]) => text.replaceAll(`:${name}`, `'${id}'`), breaks);
    await superuser.query('BEGIN; SET LOCAL session_replication_role = replica');
    try {
      await superuser.query(sql);
      const { rows } = await superuser.query<{ differences: Difference[] }>(RECONCILE);
      return rows[0]!.differences;
    } finally {
      await superuser.query('ROLLBACK');
    }
  }

  it.each([
    ['decisionWithoutDuty', 'DELETE FROM duty_cause WHERE id = :cause'],
    ['dutyWithoutDecision', 'DELETE FROM decision WHERE id = :cause'],
    ['dutyWithoutDecision', `UPDATE decision SET outcome = 'notExcluded' WHERE id = :cause`],
    ['dutyWithoutRecipient', 'DELETE FROM cause_competence WHERE cause_id = :cause'],
    ['recipientNotObliged', 'DELETE FROM obligation WHERE id = :obligation'],
    ['obligationWithoutLegalBasis', 'DELETE FROM cause_competence WHERE cause_id = :cause'],
    ['obligationWithoutReferral', 'DELETE FROM referral WHERE id = :obligation'],
    ['referralNotOnItsWay', 'DELETE FROM receipt WHERE referral_id = :obligation'],
    [
      'referralNotOnItsWay',
      'DELETE FROM receipt WHERE referral_id = :obligation; DELETE FROM outbox WHERE referral_id = :obligation',
    ],
    ['receiptedButStillTried', 'UPDATE outbox SET done_at = NULL WHERE referral_id = :obligation'],
    ['receiptForAnotherBody', `UPDATE receipt SET body_sha256 = repeat('0', 64) WHERE referral_id = :obligation`],
    [
      'overdueReferral',
      `DELETE FROM receipt WHERE referral_id = :obligation; UPDATE obligation SET due_at = now() - interval '1 s' WHERE id = :obligation`,
    ],
    [
      'overdueAcknowledgement',
      `UPDATE deadline SET due_at = now() - interval '1 s' WHERE subject_id = :obligation AND kind = 'acknowledge'`,
    ],
    ['quashedWithoutCorrection', 'UPDATE decision SET quashed_at = now() WHERE id = :cause'],
  ])('finds %s after: %s', async (what, breaks) => {
    const { cause, obligation } = await aReceiptedReferral();
    const differences = await differencesAfter(breaks, { cause, obligation });
    expect(differences.map((difference) => difference.what)).toContain(what);
    expect(differences.every(({ causeId }) => causeId === cause)).toBe(true);
  });

  it('finds nothing where nothing is wrong, and counts each kind by itself', async () => {
    const { file, cause } = await aReceiptedReferral();
    const before = await reconcile();
    const [correction] = await correctDecision(system, house, file, cause, 'quashedFinal');
    await eventually(
      async () => (await rowsOf('SELECT FROM receipt WHERE referral_id = $1', correction!.obligationId)).length === 1,
    );
    const after = await reconcile();
    expect(after).toMatchObject({ ok: true, differences: [], inFlight: 0 });
    expect(after.kinds.correction.receipts).toBe(before.kinds.correction.receipts + 1);
    expect(after.kinds.exclusion).toEqual(before.kinds.exclusion);
    expect(after.causes).toBe(before.causes + 1);
  });

  it('counts as in flight, and not as a difference, what is on its way in time', async () => {
    const { cause, obligation } = await aReceiptedReferral();
    const undelivered = `DELETE FROM receipt WHERE referral_id = :obligation;
      UPDATE outbox SET done_at = NULL, next_attempt_at = now() + interval '1 hour' WHERE referral_id = :obligation`;
    expect(await differencesAfter(undelivered, { cause, obligation })).toEqual([]);
  });
});
