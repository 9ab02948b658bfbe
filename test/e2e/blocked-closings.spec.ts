import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import type { Cast } from '../../src/demo/case-walk.js';
import { authorityId } from '../../src/demo/seed.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';
import { eventually } from '../faults/support/referral-system.js';

const UNIT = authorityId('demo-war-crimes-unit');
const SAID = { name: 'An invented service', reason: 'Answer 12 of the interview.', authorityId: UNIT };
const WHY = { reason: 'It can answer nothing any more, and its superior was asked.' };

/** Somebody was told rightly, and the file bars them afterwards. */
describe('a recipient that is barred after it was told', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let decider: Person;
  let file: CaseAt;
  let told: string;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    officer = await application.as('officer');
    decider = await application.as('decider');
    file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const [row] = await application.rows<{ id: string }>(
      'SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2',
      [file.id, UNIT],
    );
    told = row!.id;
    await eventually(async () => (await receipts(told)) === 1);
  });
  afterAll(() => application?.close());

  const receipts = async (id: string): Promise<number> =>
    (await application.rows('SELECT FROM receipt WHERE referral_id = $1', [id])).length;
  const said = ({ status, body }: Answer) => ({ status, code: body?.code as string | undefined });
  const clocks = (id: string) =>
    application.rows<{ kind: string }>(
      'SELECT kind FROM deadline WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL ORDER BY kind',
      [id],
    );
  const tasks = async (username: string): Promise<{ what: string; kind: string; deadline: { subjectId: string } }[]> =>
    (await (await application.as(username)).get('/api/tasks?limit=200')).body.items;
  const mine = async (username: string, id: string) =>
    (await tasks(username)).filter(({ deadline }) => deadline?.subjectId === id);
  const path = (id: string) => `/api/referrals/${id}/closings`;
  const about = (what: string, id: string) => ({ what, obligationId: id });
  const differences = async () => (await application.reconcile()).differences;

  it('is not asked to be closed while nothing bars it', async () => {
    expect(said(await officer.post(path(told), WHY))).toEqual({ status: 409, code: 'conflict' });
    expect(said(await officer.get(path(told)))).toEqual({ status: 404, code: 'notFound' });
    const past = application.rows(
      `INSERT INTO blocked_closing (id, referral_id, case_id, asked_by, asked_at)
       SELECT gen_random_uuid(), $1, $2, id, now() FROM app_user WHERE username = 'officer'`,
      [told, file.id],
    );
    await expect(past).rejects.toMatchObject({ code: 'F1066' });
  });

  it('is named with what it holds by the answer that bars it and by the case; the decider and the auditor are told', async () => {
    const answer = await officer.post(`/api/cases/${file.id}/persecution-actors`, SAID);
    expect(answer).toMatchObject({
      status: 201,
      body: { toldBefore: [{ referralId: told, authority: 'demo-war-crimes-unit', kind: 'exclusion', closing: null }] },
    });
    const [one] = answer.body.toldBefore;
    expect(one.says).toContain('before the file barred it');
    expect(one.owed).toEqual(['acknowledge']);
    expect(one.next.join(' ')).toContain('REPORT_UNLAWFUL_TRANSMISSION');
    expect((await officer.get(`/api/cases/${file.id}`)).body.blockedRecipients).toEqual(answer.body.toldBefore);
    const lists = (await Promise.all(['decider', 'officer', 'interviewer'].map((name) => mine(name, told)))).flat();
    expect(lists.map(({ what }) => what)).toContainEqual(expect.stringContaining(`POST ${path(told)}`));
    const escalation = application.app.get(EscalationService, { strict: false });
    await escalation.tellOperators();
    expect((await tasks('auditor')).map(({ kind }) => kind)).toEqual(['blockedRecipient']);
    expect((await tasks('operator')).map(({ kind }) => kind)).not.toContain('blockedRecipient');
    // Whom the database tells, the worker would tell.
    const open = () =>
      application.rows(
        `SELECT assignee_id, because FROM task WHERE done_at IS NULL AND deadline_id IN (SELECT id FROM deadline WHERE subject_id = $1 AND kind = 'blockedRecipient')`,
        [told],
      );
    const before = await open();
    expect(before).toHaveLength(1);
    await application.rows(
      `UPDATE task SET done_at = now(), done_because = 'reassigned' WHERE deadline_id IN (SELECT id FROM deadline WHERE subject_id = $1 AND kind = 'blockedRecipient')`,
      [told],
    );
    await escalation.readdress();
    expect(await open()).toEqual(before);
  });

  let correction: string;

  it('is owed a correction that is held, no longer "on the way", and told of too', async () => {
    const report = {
      type: 'REPORT_UNLAWFUL_TRANSMISSION',
      reasons: 'It should never have been sent.',
      referralIds: [told],
    };
    const legal = await application.as('legal');
    expect((await legal.post(`/api/cases/${file.id}/commands`, report)).status).toBe(200);
    const [row] = await application.rows<{ id: string }>(
      `SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2 AND kind = 'correction'`,
      [file.id, UNIT],
    );
    correction = row!.id;
    expect(await clocks(correction)).toEqual([{ kind: 'blockedRecipient' }, { kind: 'refer' }]);
    const found = await application.reconcile();
    expect(found.differences).toContainEqual(expect.objectContaining(about('blockedAfter', correction)));
    expect(found).toMatchObject({ inFlight: 0, kinds: { correction: { inFlight: 0 } } });
    const all = (await officer.get(`/api/cases/${file.id}`)).body.blockedRecipients as { says: string }[];
    expect(all[1]).toMatchObject({ referralId: correction, says: expect.stringContaining('it is held') });
  });

  it('is closed by two, with a reason, and never by one; who may be the second is told', async () => {
    expect(said(await officer.post(path(correction), {}))).toEqual({ status: 400, code: 'invalidInput' });
    expect(said(await (await application.as('war-crimes')).post(path(correction), WHY))).toMatchObject({ status: 403 });
    const north = await application.as('officer-north');
    expect(said(await north.post(path(correction), WHY))).toEqual({ status: 404, code: 'notFound' });
    const key = { 'Idempotency-Key': randomUUID() };
    const asked = await officer.post(path(correction), WHY, key);
    expect(asked).toMatchObject({ status: 200, body: { closing: { reason: WHY.reason, confirmedBy: null } } });
    expect(await officer.post(path(correction), WHY, key)).toMatchObject({ status: 200, body: asked.body });
    expect(said(await decider.post(path(correction), WHY))).toEqual({ status: 409, code: 'conflict' });
    const { id } = asked.body.closing as { id: string };
    expect(await mine('officer', id)).toEqual([]);
    expect((await mine('interviewer', id)).concat(await mine('decider', id))).not.toEqual([]);
    expect(said(await officer.post(`${path(correction)}/${id}/confirmation`, {}))).toEqual({
      status: 409,
      code: 'fourEyes',
    });
    const alone = application.rows(
      `UPDATE blocked_closing SET outcome = 'confirmed', ended_by = asked_by, ended_at = now() WHERE id = $1`,
      [id],
    );
    await expect(alone).rejects.toThrow('blocked_closing_by_two');
    expect((await officer.post(`${path(correction)}/${id}/refusal`, WHY)).body.closing).toBeNull();
    expect(await differences()).toContainEqual(expect.objectContaining(about('blockedAfter', correction)));
  });

  it('once closed is no difference, runs no clock, is listed as closed, keeps no file, and nothing left', async () => {
    for (const id of [told, correction]) {
      const { body } = await officer.post(path(id), WHY);
      const confirmed = await decider.post(`${path(id)}/${body.closing.id}/confirmation`, {});
      expect(confirmed).toMatchObject({ status: 200, body: { owed: [], next: [] } });
      expect(confirmed.body.closing.confirmedBy).toEqual(expect.any(String));
      expect(await clocks(id)).toEqual([]);
    }
    const found = await application.reconcile();
    expect(found.differences.filter(({ obligationId }) => [told, correction].includes(obligationId!))).toEqual([]);
    expect(found.closedAsBlocked.map(({ obligationId, received }) => [obligationId, received])).toEqual([
      [correction, false],
      [told, true],
    ]);
    const duties = await application.rows('SELECT FROM f1_open_duties($1, NULL) WHERE subject_id = ANY ($2)', [
      file.id,
      [told, correction],
    ]);
    expect(duties).toEqual([]);
    expect(await receipts(correction)).toBe(0);
    expect(await application.rows('SELECT FROM envelope WHERE referral_id = $1', [correction])).toEqual([]);
    await application.app.get(EscalationService, { strict: false }).tellOperators();
    expect(await tasks('auditor')).toEqual([]);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });

  it('is owed again what was closed once it is barred no longer, and is told', async () => {
    const actors = `/api/cases/${file.id}/persecution-actors`;
    const { items } = (await officer.get(actors)).body as { items: { id: string }[] };
    for (const name of ['officer', 'interviewer'])
      await (
        await application.as(name)
      ).post(`${actors}/${items[0]!.id}/withdrawal`, { reason: 'Another one was meant.' });
    expect((await officer.get(`/api/cases/${file.id}`)).body.blockedRecipients).toEqual([]);
    expect((await application.reconcile()).closedAsBlocked).toEqual([]);
    await application.rows('UPDATE outbox SET next_attempt_at = now() WHERE referral_id = $1 AND done_at IS NULL', [
      correction,
    ]);
    await eventually(async () => (await receipts(correction)) === 1);
    expect(await clocks(correction)).toEqual([{ kind: 'acknowledge' }]);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });
});
