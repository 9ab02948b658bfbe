import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import pg from 'pg';
import { authorityId, useWebhook } from '../../src/demo/seed.js';
import { Database } from '../../src/platform/database/database.js';
import { refusalOf } from '../../src/platform/database/errors.js';
import { Write } from '../../src/platform/database/write.js';
import { ReceiptsService } from '../../src/referrals/receipts.service.js';
import { aCaseAt, GENOCIDE } from '../factories/case-walk.js';
import { A_REQUEST } from '../factories/planted-file.js';
import { eventually } from '../faults/support/referral-system.js';
import { anApplication, type Answer, type TestApplication } from '../support/application.js';

const UNIT = authorityId('demo-war-crimes-unit');
const HOLD = { kind: 'preserve', legalBasis: 'an invented code', reasons: 'An invented search.' };

/** Each act is stopped in the middle by a table that somebody has locked, and goes on when the other waits too, or is done. */
describe('acts of a case and of a recipient at the same moment', () => {
  let application: TestApplication;
  let id: string;
  let referral: { id: string; hash: string; sha: string };

  beforeAll(async () => {
    application = await anApplication();
    // Nobody listens there: receipts come from the test alone.
    const { publicKey } = generateKeyPairSync('ed25519');
    const receiptPublicKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    for (const code of ['demo-prosecution', 'demo-war-crimes-unit'])
      await useWebhook(application.database.ownerUrl, code, {
        endpoint: `http://127.0.0.1:9/${code}`,
        receiptPublicKey,
      });
  });
  afterAll(() => application?.close());

  beforeEach(async () => {
    id = (await aCaseAt(await application.cast(), 'excluded', { allegations: [GENOCIDE] })).id;
    const told = await application.rows<typeof referral>(
      'SELECT id, workflow_hash AS hash, body_sha256 AS sha FROM referral WHERE case_id = $1 AND authority_id = $2',
      [id, UNIT],
    );
    referral = told[0]!;
  });

  /** Both begin while the table is locked: the second once the first waits, and the table is free once the second waits or is done. */
  async function inTurn<A, B>(table: string, first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
    const somebody = new pg.Client({ connectionString: application.database.ownerUrl });
    await somebody.connect();
    try {
      await somebody.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
      let done = 0;
      const noted = <T>(act: Promise<T>): Promise<T> => act.finally(() => (done += 1));
      const stuck = (many: number) =>
        eventually(async () => {
          const [row] = await application.rows<{ waiting: number }>(
            `SELECT count(DISTINCT l.pid)::int AS waiting FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE NOT l.granted AND a.datname = current_database()`,
          );
          return row!.waiting + done >= many;
        });
      const one = noted(first());
      await stuck(1);
      const two = noted(second());
      await stuck(2);
      await somebody.query('COMMIT');
      return await Promise.all([one, two]);
    } finally {
      await somebody.end();
    }
  }

  const departs = async (): Promise<Answer> => {
    const expectedOn = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const said = { expectedOn, source: 'An invented removal order.' };
    return (await application.as('officer')).put(`/api/cases/${id}/departure`, said);
  };
  const arrives = (): Promise<void> => {
    const parcel = { referralId: referral.id, workflowHash: referral.hash, authority: 'demo-war-crimes-unit' };
    const receipt = { receivedAt: new Date(), bodySha256: referral.sha, proof: 'a proof' };
    return application.app
      .get(ReceiptsService, { strict: false })
      .record({ ...parcel, channel: 'webhook', alerts: false }, { outcome: 'received', ...receipt }, null);
  };
  const acts = async (path: string, body: object): Promise<Answer> =>
    (await application.as('war-crimes')).post(`/api/referrals/${referral.id}/${path}`, body);
  const bars = async (): Promise<Answer> => {
    const said = { name: 'An invented service', reason: 'Answer 12.', authorityId: UNIT };
    return (await application.as('officer')).post(`/api/cases/${id}/persecution-actors`, said);
  };
  const late = (): Promise<{ kind: string; late: boolean }[]> =>
    application.rows(
      `SELECT d.kind, d.due_at >= p.expected_at AS late FROM deadline d JOIN departure p USING (case_id)
       WHERE d.case_id = $1 AND d.kind IN ('acknowledge', 'holdDecision') AND d.met_at IS NULL AND d.ended_at IS NULL`,
      [id],
    );

  it('a departure shortens the time to acknowledge of a receipt that is being recorded', async () => {
    const [, put] = await inTurn('receipt', arrives, departs);
    expect(put.status).toBe(200);
    expect(await late()).toEqual([{ kind: 'acknowledge', late: false }]);
  });

  it('a receipt that waits for a departure to be recorded counts with it', async () => {
    const [put] = await inTurn('departure', departs, arrives);
    expect(put.status).toBe(200);
    expect(await late()).toEqual([{ kind: 'acknowledge', late: false }]);
  });

  it.each([
    ['a hold that is being asked for', 'hold', 0],
    ['a hold that is asked for meanwhile', 'departure', 1],
  ] as const)('a departure shortens the time to decide %s', async (_, table, before) => {
    const both = [() => acts('holds', HOLD), departs];
    const answers = await inTurn(table, both[before]!, both[1 - before]!);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(await late()).toEqual([{ kind: 'holdDecision', late: false }]);
  });

  it('the reconciler finds a clock that a departure did not reach', async () => {
    await arrives();
    await departs();
    const before = (await application.reconcile()).differences;
    expect(before.filter(({ what }) => what === 'clockPastDeparture')).toEqual([]);
    await application.rows(
      `UPDATE deadline SET due_at = due_at + interval '9 days' WHERE subject_id = $1 AND kind = 'acknowledge'`,
      [referral.id],
    );
    const { differences, ok } = await application.reconcile();
    expect(ok).toBe(false);
    const found = differences.filter(({ what }) => what === 'clockPastDeparture');
    expect(found).toMatchObject([{ kind: 'exclusion', obligationId: referral.id }]);
    await departs();
    const after = (await application.reconcile()).differences;
    expect(after.filter(({ what }) => what === 'clockPastDeparture')).toEqual([]);
  });

  const ACTS = [
    ['asks for a hold', 'hold', 'holds', () => HOLD],
    ['opens the file', 'access_grant', 'grants', () => ({ purpose: 'investigation', legalBasis: 'an invented code' })],
    ['acknowledges', 'acknowledgement', 'commands', () => ({ type: 'ACKNOWLEDGE', packageSha256: referral.sha })],
  ] as const;

  const readyTo = async (path: string): Promise<void> => {
    await arrives();
    if (path === 'commands') await application.read('war-crimes', referral.id);
  };

  it.each(ACTS)('a recipient that %s is barred after it', async (_, table, path, body) => {
    await readyTo(path);
    const [acted, barred] = await inTurn(table, () => acts(path, body()), bars);
    expect(barred.status).toBe(201);
    // It is done; what came of it is read back afterwards, and may be closed by then.
    if (acted.status >= 300) expect([acted.status, acted.body.code]).toEqual([404, 'notFound']);
    const kept = await application.rows(`SELECT FROM ${table} WHERE case_id = $1`, [id]);
    expect(kept).toHaveLength(1);
    expect((await acts(path, body())).status).toBe(404);
  });

  it.each(ACTS)('a recipient that %s while it is being barred finds nothing', async (_, table, path, body) => {
    await readyTo(path);
    const [barred, acted] = await inTurn('persecution_actor', bars, () => acts(path, body()));
    expect([barred.status, acted.status, acted.body.code]).toEqual([201, 404, 'notFound']);
    expect(await application.rows(`SELECT FROM ${table} WHERE case_id = $1 AND $2 <> 'grants'`, [id, path])).toEqual(
      [],
    );
  });

  it.each([...ACTS, ['asks for more', 'referral_request', 'requests', () => A_REQUEST]] as const)(
    'a recipient that %s while a setting comes to bar it is refused, and nothing is written',
    async (_, table, path, body) => {
      await readyTo(path);
      const written = () => application.rows(`SELECT FROM ${table} WHERE case_id = $1`, [id]);
      const before = await written();
      const settle = (country: string) =>
        application.rows('UPDATE authority SET country = $2 WHERE id = $1', [UNIT, country]);
      const [acted] = await inTurn(
        table,
        () => acts(path, body()),
        () => settle('RW'),
      );
      expect([
        [404, 'notFound'],
        [409, 'conflict'],
      ]).toContainEqual([acted.status, acted.body.code]);
      expect(await written()).toEqual(before);
      expect((await acts(path, body())).status).toBe(404);
      await settle('BE');
    },
  );

  it('a write that misses its row is a refusal', async () => {
    const missed = application.app.get(Database).inWorkerTx((tx) => {
      const nothing = new Write().update('outbox', { referral_id: randomUUID() }, { done_at: tx.now });
      return nothing.run(tx);
    });
    const error: unknown = await missed.catch((thrown: unknown) => thrown);
    expect(refusalOf(error)).toMatchObject({ code: 'conflict' });
  });
});
