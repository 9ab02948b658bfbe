import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { type Reconciliation, type Found, reconciliationOf } from '../../src/referrals/reconciler.service.js';
import { RECONCILE } from '../../src/referrals/reconciler.sql.js';
import { correctDecision, eventually } from '../faults/support/referral-system.js';
import { aTelling, type Telling } from '../support/telling.js';

/** What the roles of the running product can do to rows without a command; each test undoes it. */
describe('the reconciler, after somebody wrote beside the commands', () => {
  let telling: Telling;
  let superuser: pg.Client;
  let referral: { id: string; decisionId: string; caseId: string };
  let correction: string;

  beforeAll(async () => {
    telling = await aTelling();
    superuser = new pg.Client({ connectionString: telling.database.superuserUrl });
    await superuser.connect();
    const { file, decisionId, id } = await telling.refer();
    referral = { id, decisionId, caseId: file.caseId };
    await received(id);
    const [corrected] = await correctDecision(telling.system, telling.house, file, decisionId, 'quashedNotFinal');
    correction = corrected!.obligationId;
    await received(correction);
  });

  afterAll(async () => {
    await superuser?.end();
    await telling?.stop();
  });

  const received = (id: string) =>
    eventually(async () => (await telling.read('SELECT FROM receipt WHERE referral_id = $1', id)).length === 1);

  /** As this role, past no constraint and no policy but those of the moment of commit; what was found is undone. */
  async function foundAfter(role: 'f1_api' | 'f1_worker' | 'nobody', ...changes: string[]): Promise<Reconciliation> {
    await superuser.query('BEGIN');
    try {
      if (role === 'nobody') await superuser.query('SET LOCAL session_replication_role = replica');
      else await superuser.query(`SET LOCAL ROLE ${role}`);
      await superuser.query(`SELECT set_config('f1.actor', $1, true)`, [telling.house.decisionMaker]);
      for (const change of changes) expect((await superuser.query(change)).rowCount).toBeGreaterThan(0);
      await superuser.query('RESET ROLE');
      const { rows } = await superuser.query<Found>(RECONCILE);
      return reconciliationOf(new Date(), rows[0]!, null);
    } finally {
      await superuser.query('ROLLBACK');
    }
  }
  const ways = ({ differences }: Reconciliation): string[] => differences.map(({ what }) => what);

  it('finds nothing before', async () => {
    const { rows } = await superuser.query<Found>(RECONCILE);
    expect(reconciliationOf(new Date(), rows[0]!, null)).toMatchObject({ ok: true, differences: [], notListed: 0 });
  });

  it('finds a referral that was suspended by its column alone, past the database, and does not excuse that it never arrived', async () => {
    const found = await foundAfter('nobody', `UPDATE referral SET suspended_at = now() WHERE id = '${referral.id}'`);
    expect(ways(found)).toEqual(['markNotInHistory', 'suspendedWithoutCorrection']);
    expect(found.ok).toBe(false);
    const late = await foundAfter(
      'nobody',
      `UPDATE referral SET suspended_at = now(), snapshot = '{"delivery":"due","standing":"suspended"}' WHERE id = '${referral.id}'`,
      `DELETE FROM receipt WHERE referral_id = '${referral.id}'`,
      `UPDATE obligation SET due_at = now() - interval '1 day' WHERE id = '${referral.id}'`,
    );
    expect(ways(late)).toEqual(expect.arrayContaining(['overdueReferral', 'suspendedWithoutCorrection']));
  });

  it('finds a mark that was taken away, or set at another time than the history says', async () => {
    for (const mark of ['NULL', `corrected_at - interval '1 s'`]) {
      const change = `UPDATE referral SET corrected_at = ${mark} WHERE id = '${referral.id}'`;
      expect(ways(await foundAfter('f1_api', change))).toEqual(['markNotInHistory']);
    }
  });

  it.each(['ended_at', 'met_at'])('finds the clocks to acknowledge that got an %s', async (column) => {
    const found = await foundAfter(
      'f1_api',
      `UPDATE deadline SET ${column} = now() WHERE case_id = '${referral.caseId}' AND kind = 'acknowledge'`,
    );
    expect(ways(found)).toEqual(['clockNotRunning', 'clockNotRunning']);
    expect(found.differences.map(({ obligationId }) => obligationId).sort()).toEqual([referral.id, correction].sort());
  });

  it('finds that nobody waits for the arrival, the feedback, the answer to a correction or the decision it asks for', async () => {
    const at = (id: string, delivery: string) =>
      `UPDATE referral SET snapshot = snapshot || '{"delivery":"${delivery}"}' WHERE id = '${id}'`;
    const afterCorrection = `UPDATE case_file SET snapshot = jsonb_build_object('suspicion', '{"afterCorrection":"owed"}'::jsonb),
      workflow_hash = (SELECT hash FROM workflow WHERE kind = 'case' ORDER BY version DESC LIMIT 1) WHERE id = '${referral.caseId}'`;
    for (const [change, kind] of [
      [at(referral.id, 'due'), 'exclusion'],
      [at(referral.id, 'acknowledged'), 'exclusion'],
      [at(correction, 'answerAwaited'), 'correction'],
      [afterCorrection, 'correction'],
    ] as const) {
      const found = await foundAfter('nobody', change);
      expect(found.differences).toMatchObject([{ what: 'clockNotRunning', kind }]);
      expect(found.kinds[kind].ok).toBe(false);
    }
  });

  it('finds that nobody was asked for what a recipient says is missing, or that nobody answers in time', async () => {
    const feedback = `INSERT INTO feedback (id, referral_id, case_id, kind, ends, clears, question_ids, sealed, given_by, given_at)
      VALUES (gen_random_uuid(), '${referral.id}', '${referral.caseId}', 'incomplete', false, false, '{}', '', '${telling.house.decisionMaker}', now())`;
    const request = `INSERT INTO referral_request (id, referral_id, case_id, kind, question_ids, feedback_id, asked_by, asked_at, due_at)
      SELECT gen_random_uuid(), referral_id, case_id, 'missing', '{}', id, given_by, given_at, now() FROM feedback`;
    const clock = (
      due: string,
    ) => `INSERT INTO deadline (id, case_id, subject_id, kind, source, due_at, half_at, most_at)
      SELECT gen_random_uuid(), case_id, id, 'requestAnswer', 'house rule', now() + interval '${due}', now(), now() FROM referral_request`;
    const foundWith = async (...changes: string[]) => (await foundAfter('nobody', ...changes)).differences;
    const at = { obligationId: referral.id, kind: 'exclusion' };
    expect(await foundWith(feedback)).toMatchObject([{ what: 'clockNotRunning', ...at }]);
    expect(await foundWith(feedback, request)).toMatchObject([{ what: 'clockNotRunning', ...at }]);
    expect(await foundWith(feedback, request, clock('-1 s'))).toMatchObject([{ what: 'overdueMissing', ...at }]);
    expect(await foundWith(feedback, request, clock('1 h'))).toEqual([]);
  });

  it.each([
    ['overdueAcknowledgement', 'acknowledge', () => correction],
    ['overdueCorrectionAnswer', 'correctionAnswer', () => correction],
    ['overdueCorrectionDecision', 'correctionDecision', () => referral.caseId],
  ] as const)('says %s when that clock has run out', async (what, kind, subject) => {
    const found = await foundAfter(
      'nobody',
      `INSERT INTO deadline (id, case_id, subject_id, kind, source, due_at, half_at, most_at)
       VALUES (gen_random_uuid(), '${referral.caseId}', '${subject()}', '${kind}2', 'house rule', now(), now(), now())`,
      `UPDATE deadline SET kind = '${kind}' || CASE WHEN kind = '${kind}' THEN '1' ELSE '' END, due_at = now() - interval '1 s'
       WHERE subject_id = '${subject()}' AND kind IN ('${kind}', '${kind}2')`,
    );
    expect(ways(found)).toContain(what);
    expect(found.kinds.correction.ok).toBe(false);
    expect(found.ok).toBe(false);
  });

  it('finds that a recipient lists what we hold no receipt for', async () => {
    const found = await foundAfter(
      'nobody',
      `INSERT INTO authority_statement (id, authority_id, at, referrals, signed)
       SELECT gen_random_uuid(), a.id, now(), jsonb_agg(jsonb_build_object('id', r.id, 'bodySha256', r.body_sha256)), 'x'
       FROM authority a JOIN referral r ON r.authority_id = a.id WHERE a.code = 'abroad' GROUP BY a.id`,
      `DELETE FROM receipt WHERE referral_id = '${referral.id}'`,
      `UPDATE outbox SET done_at = NULL WHERE referral_id = '${referral.id}'`,
    );
    expect(found.ok).toBe(false);
    expect(found.differences).toEqual([
      expect.objectContaining({ what: 'receivedWithoutReceipt', obligationId: referral.id, authority: 'abroad' }),
    ]);
  });

  it('says whose own list is missing or old, once something was sent to it before', async () => {
    const expected = `UPDATE authority SET statement_url = 'http://127.0.0.1:9/list' WHERE code = 'abroad'`;
    const fresh = await foundAfter('nobody', expected);
    expect(ways(fresh)).toEqual([]);
    expect(fresh.lists).toEqual([{ authority: 'abroad', expected: true, at: null, entries: null, unmatched: [] }]);
    const sent = `UPDATE delivery_attempt SET started_at = now() - interval '49 hours'`;
    const missing = await foundAfter('nobody', expected, sent);
    expect(missing.ok).toBe(false);
    expect(missing.differences).toMatchObject([{ what: 'listMissing', authority: 'abroad' }]);
    const list = (hours: number) => `INSERT INTO authority_statement (id, authority_id, at, referrals, signed)
      SELECT gen_random_uuid(), id, now() - interval '${hours} hours', '[]', 'x' FROM authority WHERE code = 'abroad'`;
    expect(ways(await foundAfter('nobody', expected, sent, list(49)))).toContain('listStale');
    expect(ways(await foundAfter('nobody', expected, sent, list(47)))).not.toContain('listStale');
  });

  it('counts the differences of each kind, however many there are of another', async () => {
    const found = await foundAfter(
      'nobody',
      `UPDATE deadline SET due_at = now() - interval '3 days' WHERE subject_id = '${referral.id}' AND kind = 'acknowledge'`,
      `INSERT INTO duty_cause (id, case_id, kind) SELECT gen_random_uuid(), '${referral.caseId}', 'correction' FROM generate_series(1, 1100)`,
    );
    expect(found.kinds.exclusion).toMatchObject({ ok: false, notListed: 0 });
    expect(found.kinds.exclusion.differences).toHaveLength(1);
    expect(found.differences).toHaveLength(1000);
    expect(found.notListed).toBe(2200 + 1 - 1000);
    expect(found.kinds.correction.notListed).toBe(found.notListed);
  });

  it('has the audit show each mark and each ended clock of which no event tells', async () => {
    const audit = async () =>
      (await auditVerify(telling.database.ownerUrl, telling.system.get(Keys))).findings.filter(({ where }) =>
        /^(referral|deadline)/.test(where),
      );
    expect(await audit()).toEqual([]);
    await telling.owner(`UPDATE deadline SET ended_at = now() WHERE subject_id = $1 AND kind = 'acknowledge'`, [
      correction,
    ]);
    expect(await audit()).toMatchObject([{ kind: 'rowChanged', where: expect.stringMatching(/^deadline/) }]);
    await telling.owner(`UPDATE deadline SET ended_at = NULL WHERE subject_id = $1 AND kind = 'acknowledge'`, [
      correction,
    ]);
    await superuser.query('SET session_replication_role = replica');
    await superuser.query('UPDATE referral SET suspended_at = now(), corrected_at = NULL WHERE id = $1', [referral.id]);
    expect((await audit()).map(({ kind }) => kind).sort()).toEqual(['rowInserted', 'rowMissing']);
  });
});
