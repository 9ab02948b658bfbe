import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, aSealedInterview, anAgreement, anApplicant, SURVIVED } from '../factories/case-walk.js';
import { type Answer, anApplication, type TestApplication } from '../support/application.js';

const REASONS = { reasons: 'The invented person saw what an inquiry is about.' };

describe("a victim's or witness's own account", () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
  });
  afterAll(() => application?.close());

  const send = async (who: string, id: string, type: string, more: object = {}): Promise<Answer> =>
    (await application.as(who)).post(`/api/cases/${id}/commands`, { type, ...more });
  const agreements = async (id: string) =>
    (await (await application.as('officer')).get(`/api/cases/${id}/agreements`)).body.items;
  const agree = async (id: string, interview: string, about: object = {}, who = 'officer'): Promise<Answer> =>
    (await application.as(who)).post(`/api/cases/${id}/agreements`, anAgreement(interview, about));
  const referrals = (id: string) =>
    application.rows<{ id: string; kind: string; suspended: boolean; received: boolean }>(
      `SELECT r.id, r.kind, r.suspended_at IS NOT NULL AS suspended,
         EXISTS (SELECT FROM receipt p WHERE p.referral_id = r.id) AS received FROM referral r
       WHERE r.case_id = $1 ORDER BY r.created_at, r.id`,
      [id],
    );
  const received = async (id: string, kind: string): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      if ((await referrals(id)).some((one) => one.kind === kind && one.received)) return;
      await pause(50);
    }
    throw new Error(`the ${kind} of case ${id} was not received`);
  };

  /** A case in which a survivor was heard, and agreed. */
  const heard = async () => {
    const { id } = await aCaseAt(cast, 'interviewing');
    const interview = await aSealedInterview(cast.interviewer, id, 'exclusion', SURVIVED);
    return { id, interview };
  };
  const agreed = async () => {
    const { id, interview } = await heard();
    const { body } = await agree(id, interview);
    return { id, agreementId: body.items[0].id as string };
  };
  const referred = async () => {
    const found = await agreed();
    const { id, agreementId } = found;
    expect((await send('officer', id, 'REFER_ACCOUNT', { agreementId, ...REASONS })).status).toBe(200);
    const confirmed = await send('reviewer', id, 'CONFIRM_ACCOUNT');
    expect(confirmed.status).toBe(200);
    return { ...found, confirmed };
  };

  it('is agreed to for answers about what the person saw or suffered, and for nothing else of the interview', async () => {
    const { id, interview } = await heard();
    const more = await agree(id, interview, { questionIds: ['accountLife', 'witnessAccount.what'] });
    expect(more.body).toMatchObject({ status: 400, detail: expect.stringContaining('witnessAccount.what') });
    expect((await agree(id, randomUUID())).status).toBe(400);
    expect((await agree(id, interview, { givenAt: '2999-01-01T00:00:00Z' })).status).toBe(400);
    expect((await agree(id, interview, {}, 'prosecutor')).status).toBe(403);
    expect((await agree(id, interview)).body.items).toMatchObject([
      { category: 'victim', state: 'given', recipients: [], says: expect.stringMatching(/can be revoked/) },
    ]);
  });

  it('is agreed to for a child by the representative', async () => {
    const applicant = anApplicant({
      birthDate: '2012-05-01',
      representative: { name: 'Invented Guardian', capacity: 'guardian' },
    });
    const { id, interview } = await heard();
    const corrected = { applicant, reason: 'A birth certificate was handed in.' };
    expect((await (await application.as('officer')).put(`/api/cases/${id}/applicant`, corrected)).status).toBe(200);
    const alone = await agree(id, interview);
    expect(alone.body).toMatchObject({ status: 409, detail: expect.stringMatching(/representative must give/) });
    expect((await agree(id, interview, { representative: 'Invented Guardian' })).status).toBe(201);
  });

  it('needs two persons, of whom one proposes and another confirms, and is referred once', async () => {
    const { id, agreementId } = await agreed();
    const roles = ['caseOfficer', 'reviewer'] as const;
    const both = await application.withAccount(`both-${id.slice(0, 8)}`, { roles, certificates: [] });
    const by = (type: string, more: object = {}) => both.post(`/api/cases/${id}/commands`, { type, ...more });
    expect((await by('REFER_ACCOUNT', { agreementId, ...REASONS })).body.state.account).toBe('accountProposed');
    const alone = await by('CONFIRM_ACCOUNT');
    expect(alone.body).toMatchObject({ status: 409, detail: expect.stringMatching(/other than the person/) });
    expect((await send('legal', id, 'CONFIRM_ACCOUNT')).status).toBe(200);
    const again = await send('officer', id, 'REFER_ACCOUNT', { agreementId, ...REASONS });
    expect(again.body).toMatchObject({ status: 409, detail: expect.stringMatching(/not referred already/) });
  });

  it('carries the own words of the questions named and who spoke, under no suspicion, and leaves the claim as it was', async () => {
    const { id, confirmed } = await referred();
    expect(confirmed.body.state).toMatchObject({
      claim: 'pending',
      assessment: 'interviewing',
      suspicion: 'undecided',
    });
    const [referral, ...others] = await referrals(id);
    expect({ kind: referral!.kind, others }).toEqual({ kind: 'account', others: [] });
    const read = await application.read('war-crimes', referral!.id);
    const { facts, persons, status, allegations, assessments } = read.body.package;
    expect(facts.interviews.map(({ answers }: { answers: object[] }) => answers)).toMatchObject([
      [{ questionId: 'witnessAccount.what', words: { interpreted: 'We hid in the invented marsh.' } }],
    ]);
    expect(read.text).not.toMatch(/An invented life|neighbouring hill/);
    expect(persons).toMatchObject({
      underSuspicion: [],
      witnesses: [],
      victims: [{ isApplicant: true, whereabouts: null }],
    });
    expect(status.claim).toBeNull();
    expect([...allegations, ...assessments.indicators, ...facts.documents, ...facts.interviews[0].recordings]).toEqual(
      [],
    );
  });

  it('is called back when the agreement is revoked before anybody used it', async () => {
    const { id, agreementId } = await referred();
    await received(id, 'account');
    const revoked = await send('officer', id, 'REVOKE_AGREEMENT', { agreementId, ...REASONS });
    expect(revoked.status).toBe(200);
    const [account, correction] = await referrals(id);
    expect([account, correction]).toMatchObject([
      { kind: 'account', suspended: true },
      { kind: 'correction', suspended: false },
    ]);
    expect((await application.read('war-crimes', account!.id)).status).toBeGreaterThanOrEqual(400);
    const told = (await (await application.as('legal')).get(`/api/cases/${id}/corrections`)).body;
    expect(told.items).toMatchObject([{ cause: 'agreementRevoked', suspicion: 'notAsked' }]);
    expect(await agreements(id)).toMatchObject([
      {
        state: 'revoked',
        recipients: [{ used: false, recalled: true }],
        says: expect.stringMatching(/before .* used/),
      },
    ]);
    expect((await send('officer', id, 'REVOKE_AGREEMENT', { agreementId, ...REASONS })).status).toBe(409);
  });

  it('is not sent any more once it was called back on its way, and the correction is', async () => {
    const unit = `code = 'demo-war-crimes-unit'`;
    await application.rows(`UPDATE authority SET channel = 'webhook', endpoint = 'http://127.0.0.1:9/' WHERE ${unit}`);
    const { id, agreementId } = await referred();
    await send('officer', id, 'REVOKE_AGREEMENT', { agreementId, ...REASONS });
    await application.rows(`UPDATE authority SET channel = 'inbox', endpoint = NULL WHERE ${unit}`);
    await application.rows(
      'UPDATE outbox SET next_attempt_at = f1_now(), lease_until = NULL WHERE case_id = $1 AND done_at IS NULL',
      [id],
    );
    await received(id, 'correction');
    expect(await referrals(id)).toMatchObject([{ kind: 'account', received: false }, { kind: 'correction' }]);
    const { duties } = (await (await application.as('officer')).get(`/api/cases/${id}`)).body;
    expect(duties.obligations).toMatchObject([
      { kind: 'account', state: 'recalled' },
      { kind: 'correction', state: 'received' },
    ]);
  });

  it('stays where it was used, which the record of a later revocation says', async () => {
    const { id, agreementId } = await referred();
    const [account] = await referrals(id);
    await application.read('war-crimes', account!.id);
    expect((await agreements(id))[0].says).toMatch(/can no longer take it back/);
    expect((await send('legal', id, 'REVOKE_AGREEMENT', { agreementId, ...REASONS })).status).toBe(200);
    expect(await referrals(id)).toMatchObject([{ kind: 'account', suspended: false }]);
    expect(await agreements(id)).toMatchObject([
      {
        state: 'revoked',
        recipients: [{ used: true, recalled: false }],
        says: expect.stringMatching(/cannot be taken back/),
      },
    ]);
  });

  it('cannot be confirmed or proposed once its agreement was revoked', async () => {
    const { id, agreementId } = await agreed();
    await send('officer', id, 'REFER_ACCOUNT', { agreementId, ...REASONS });
    const { body } = await send('officer', id, 'REVOKE_AGREEMENT', { agreementId, ...REASONS });
    expect(body.state.account).toBe('noAccount');
    expect((await send('reviewer', id, 'CONFIRM_ACCOUNT')).status).toBe(409);
    const again = await send('officer', id, 'REFER_ACCOUNT', { agreementId, ...REASONS });
    expect(again.body).toMatchObject({ status: 409, detail: expect.stringMatching(/not revoked/) });
    expect((await agreements(id))[0].says).toMatch(/nobody was sent it/);
  });

  it('is refused by the database without an agreement that lives and two persons', async () => {
    const { id, agreementId } = await agreed();
    const cause = `INSERT INTO duty_cause (id, case_id, kind) VALUES ($1, $2, 'account')`;
    await expect(application.rows(cause, [randomUUID(), id])).rejects.toMatchObject({ code: 'F1210' });
    await expect(application.rows(cause, [agreementId, id])).rejects.toMatchObject({ code: 'F1210' });
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    const { differences, kinds } = await application.reconcile();
    expect(differences).toEqual([]);
    expect(kinds.account.causes).toBeGreaterThan(3);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});
