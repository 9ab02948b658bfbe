import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { type Fault, FAULTS } from '../../src/receiver/faults.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';

interface Attempt {
  number: number;
  outcome: string | null;
  problem: string | null;
}

describe('delivery by webhook', () => {
  let telling: Telling;

  beforeAll(async () => {
    telling = await aTelling();
  });

  afterAll(() => telling.stop());

  beforeEach(() => telling.receiver.fail('none'));

  const refer = async (): Promise<string> => (await telling.refer()).id;
  const attemptsOf = (id: string) =>
    telling.read<Attempt>(
      'SELECT number, outcome, problem FROM delivery_attempt WHERE referral_id = $1 ORDER BY number',
      id,
    );
  const receiptOf = async (id: string) =>
    (await telling.read<{ proof: string; body_sha256: string }>('SELECT * FROM receipt WHERE referral_id = $1', id))[0];

  const tryAgainNow = (id: string): Promise<unknown> =>
    telling.owner('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1', [id]);

  it('ends in the receipt that the recipient signed over the very bytes it was sent', async () => {
    const id = await refer();
    const receipt = await eventually(() => receiptOf(id));
    const arrived = telling.receiver.log.find(id);
    expect(arrived).toMatchObject({ bodySha256: receipt.body_sha256, receipt: receipt.proof });
    expect(await attemptsOf(id)).toEqual([{ number: 1, outcome: 'received', problem: null }]);
  });

  it('goes through the queue and not around it', async () => {
    const handed = register.getSingleMetric('f1_relay_handed_total')!;
    const values = (await handed.get()).values;
    expect(values.find(({ labels }) => labels['way'] === 'queue')?.value).toBeGreaterThan(0);
    expect(values.find(({ labels }) => labels['way'] === 'direct')).toBeUndefined();
  });

  const failures: [Fault, string, string][] = [
    ['error500', 'refused', 'serverError'],
    ['tooManyRequests', 'refused', 'tooManyRequests'],
    ['forbidden', 'refused', 'notAdmitted'],
    ['unprocessable', 'refused', 'clientError'],
    ['redirect', 'refused', 'redirect'],
    ['resetAfterProcessing', 'unreachable', 'connectionReset'],
    ['unsignedReceipt', 'badReceipt', 'unsignedReceipt'],
    ['wrongReceipt', 'badReceipt', 'wrongReceipt'],
    ['earlyReceipt', 'badReceipt', 'receiptBeforeReferral'],
    ['replayedReceipt', 'badReceipt', 'wrongReceipt'],
    ['hugeError', 'refused', 'serverError'],
    ['hugeResponse', 'unreachable', 'responseTooLarge'],
    ['hang', 'unreachable', 'timeout'],
    ['slowDrip', 'unreachable', 'timeout'],
  ];

  it('has a case for every fault the receiver knows', () => {
    expect(failures.map(([fault]) => fault).sort()).toEqual(
      Object.keys(FAULTS)
        .filter((name) => name !== 'none')
        .sort(),
    );
  });

  it.each(failures)(
    'names the failure %s (%s, %s), tries again with the same bytes and is received once',
    async (fault, outcome, problem) => {
      await telling.receiver.fail(fault);
      const id = await refer();
      const failed = await eventually(async () => (await attemptsOf(id)).find((attempt) => attempt.outcome !== null));
      expect(failed).toEqual({ number: 1, outcome, problem });
      expect(await receiptOf(id)).toBeUndefined();
      await telling.receiver.fail('none');
      await eventually(async () => {
        await tryAgainNow(id);
        return receiptOf(id);
      });
      expect(telling.receiver.log.summary().ids.filter((arrived) => arrived === id)).toHaveLength(1);
      expect(telling.receiver.log.summary().changedBodies).toBe(0);
    },
  );

  it('waits five seconds after the first failure and a minute after the second', async () => {
    await telling.receiver.fail('error500');
    const id = await refer();
    const wait = async (number: number) => {
      await eventually(async () => (await attemptsOf(id)).find((a) => a.number === number && a.outcome !== null));
      const sql = `SELECT extract(epoch FROM o.next_attempt_at - a.finished_at)::float AS seconds FROM outbox o
        JOIN delivery_attempt a USING (referral_id) WHERE a.referral_id = $1 ORDER BY a.number DESC LIMIT 1`;
      return (await telling.read<{ seconds: number }>(sql, id))[0]!.seconds;
    };
    expect(await wait(1)).toBeCloseTo(5, 0);
    await tryAgainNow(id);
    expect(await wait(2)).toBeCloseTo(60, 0);
    await telling.receiver.fail('none');
    await tryAgainNow(id);
    await eventually(() => receiptOf(id));
  });

  it('never sends to a country of the person, even when it becomes one after the decision', async () => {
    await telling.receiver.fail('error500');
    const { file, id } = await telling.refer();
    await eventually(async () => (await attemptsOf(id))[0]?.outcome === 'refused');
    await telling.owner(
      `INSERT INTO person_country (person_id, case_id, country, link) SELECT id, case_id, 'BE', 'residence' FROM person WHERE case_id = $1`,
      [file.caseId],
    );
    await telling.receiver.fail('none');
    await tryAgainNow(id);
    const second = await eventually(async () =>
      (await attemptsOf(id)).find(({ number, outcome }) => number === 2 && outcome),
    );
    expect(second).toMatchObject({ outcome: 'refused', problem: 'blockedRecipient' });
    expect(telling.receiver.log.find(id)).toBeUndefined();
    // In service two persons take it back.
    await telling.owner(
      `ALTER TABLE person_country DISABLE TRIGGER country_stays; DELETE FROM person_country WHERE country = 'BE';
       ALTER TABLE person_country ENABLE TRIGGER country_stays`,
    );
    await tryAgainNow(id);
    await eventually(() => receiptOf(id));
  });

  it('backs off from a body that does not open, and says so, instead of trying without pause', async () => {
    await telling.receiver.fail('error500');
    const id = await refer();
    await eventually(async () => (await attemptsOf(id))[0]?.outcome === 'refused');
    await telling.receiver.fail('none');
    const spoil = () =>
      telling.owner(`UPDATE referral SET body = set_byte(body, 40, 255 - get_byte(body, 40)) WHERE id = $1`, [id]);
    await spoil();
    await tryAgainNow(id);
    await eventually(async () => (await attemptsOf(id))[1]?.problem === 'unforeseen');
    expect(telling.receiver.log.find(id)).toBeUndefined();
    await spoil();
    await tryAgainNow(id);
    await eventually(() => receiptOf(id));
  });

  it('reconciles to nothing missing and nothing unjustified', async () => {
    const result = await telling.system.get(ReconcilerService, { strict: false }).reconcile();
    expect(result).toMatchObject({ ok: true, differences: [], inFlight: 0 });
    expect(result.receipts).toBe(result.obligations);
    expect(telling.receiver.log.summary().ids).toHaveLength(result.obligations);
  });
});
