import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt } from '../factories/case-walk.js';
import { toldOf } from '../factories/closed-case.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { Manipulation } from '../support/manipulated.js';

/** What is left of how often, when and with what outcome it was tried to deliver a referral. */
describe('attempts at a delivery', () => {
  let application: TestApplication;
  let manipulation: Manipulation;
  let referral: string;
  const verified = async (...statements: string[]) =>
    (await manipulation.after(['delivery_attempt', 'outbox'], ...statements)).verify;

  beforeAll(async () => {
    application = await anApplication();
    const { id } = await aCaseAt(await application.cast(), 'excluded');
    [{ id: referral }] = (await toldOf(application, id)) as unknown as [{ id: string }];
    manipulation = await Manipulation.of(application);
  });
  afterAll(async () => {
    await manipulation?.end();
    await application?.close();
  });

  it('are whole before', async () => {
    expect(await manipulation.found()).toEqual({ verify: [], reconcile: [] });
    const told = await application.rows(
      `SELECT facets -> 'attempts' AS attempts FROM event WHERE aggregate_id = $1 AND type = 'RECORD_RECEIPT'`,
      [referral],
    );
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(told).toEqual([{ attempts: { count: 1, newest: 1, open: [1], sha256 } }]);
  });

  it('are missed once they are gone', async () => {
    const gone = `DELETE FROM delivery_attempt WHERE referral_id = '${referral}'`;
    const place = `delivery_attempt/${referral}`;
    expect(await verified(gone)).toEqual([`rowMissing ${place}`, `rowChanged ${place}`]);
    const uncounted = `UPDATE outbox SET begun = 0, newest = 0 WHERE referral_id = '${referral}'`;
    expect(await verified(gone, uncounted)).toEqual([`rowChanged ${place}`]);
  });

  it('are missed of what has no receipt yet', async () => {
    // As the worker begins and ends it, to an authority that does not answer.
    const begun = `UPDATE outbox SET epoch = 3, begun = 3, newest = 3 WHERE referral_id = '${referral}'`;
    expect(await verified(begun)).toEqual([`rowMissing delivery_attempt/${referral}`]);
  });

  it.each([
    ['when it began', `started_at = started_at - interval '1 hour'`],
    ['who tried', `worker = 'somebody else'`],
    ['its number', 'number = 2'],
  ])('are seen to be changed in %s', async (_what, change) => {
    expect(await verified(`UPDATE delivery_attempt SET ${change} WHERE referral_id = '${referral}'`)).toEqual([
      `rowChanged delivery_attempt/${referral}`,
    ]);
  });

  it('are seen to be invented among those before the receipt', async () => {
    const invented = `INSERT INTO delivery_attempt (referral_id, number, case_id, worker, outcome, finished_at)
      SELECT referral_id, 0, case_id, worker, 'unreachable', started_at FROM delivery_attempt WHERE referral_id = '${referral}'`;
    expect(await verified(invented)).toEqual([`rowChanged delivery_attempt/${referral}`]);
  });

  it('are not asked of a receipt of an earlier release', async () => {
    const told = `UPDATE event SET facets = facets - 'attempts' WHERE aggregate_id = '${referral}' AND facets ? 'attempts'`;
    const { verify } = await manipulation.after(['event'], told);
    expect(verify.filter((one) => !/^event/.test(one))).toEqual([]);
  });
});
