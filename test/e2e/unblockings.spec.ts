import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import type { Cast } from '../../src/demo/case-walk.js';
import type { TaskDto } from '../../src/tasks/tasks.dto.js';
import { aCaseAt, anApplicant } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const WHY = { reason: 'Another one was meant.' };
const NO = { reason: 'The file says otherwise: answer 12.' };

describe('asking that a recipient be barred no longer', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let second: Person;
  let path: string;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    officer = await application.as('officer');
    second = await application.as('interviewer');
  });
  afterAll(() => application?.close());

  const said = ({ status, body }: Answer) => ({ status, code: body?.code as string | undefined });
  const aCase = async (about: object = {}) => {
    const { id } = await aCaseAt(cast, 'triage', { applicant: anApplicant({ residences: [], ...about }) });
    path = `/api/cases/${id}`;
    return id;
  };
  /** Something that bars, which the officer asked to take back; its path. */
  const askedOfActor = async (): Promise<string> => {
    const given = { name: 'An invented service', country: 'CD', reason: 'Answer 12.' };
    const { items } = (await officer.post(`${path}/persecution-actors`, given)).body;
    const at = `${path}/persecution-actors/${items.at(-1).id}/withdrawal`;
    expect((await officer.post(at, WHY)).status).toBe(200);
    return at;
  };
  const askedOfThird = async (): Promise<string> => {
    const witness = { category: 'witness', relation: 'none', name: 'W. Exemplaris', countries: ['CD'] };
    const { items } = (await officer.post(`${path}/third-persons`, witness)).body;
    const at = `${path}/third-persons/${items.at(-1).id}/withdraw`;
    expect((await officer.post(at, WHY)).status).toBe(200);
    return at;
  };
  const latest = async (who: Person = second) => (await who.get(`${path}/unblockings`)).body.items[0];
  const end = async (who: Person, how: 'refusal' | 'withdrawal', body: object = NO, headers?: Record<string, string>) =>
    who.post(`${path}/unblockings/${(await latest()).id}/${how}`, body, headers);
  const taskOf = async (who: Person, id: string): Promise<TaskDto | undefined> =>
    ((await who.get('/api/tasks?limit=200')).body.items as TaskDto[]).find(
      ({ deadline }) => deadline?.subjectId === id,
    );
  const open = (id: string) =>
    application.rows<{ username: string; because: string }>(
      `SELECT u.username, t.because FROM task t JOIN deadline d ON d.id = t.deadline_id JOIN app_user u ON u.id = t.assignee_id
       WHERE d.subject_id = $1 AND t.done_at IS NULL ORDER BY u.username`,
      [id],
    );
  const barred = async (): Promise<boolean> => {
    const [row] = await application.rows<{ barred: boolean }>(
      `SELECT EXISTS (SELECT FROM person_country WHERE case_id = $1 AND country = 'CD')
         OR EXISTS (SELECT FROM persecution_actor WHERE case_id = $1 AND withdrawn_at IS NULL)
         OR EXISTS (SELECT FROM third_person WHERE case_id = $1 AND withdrawn_at IS NULL) AS barred`,
      [path.split('/').at(-1)],
    );
    return row!.barred;
  };

  it('is at once on the lists of those who may be the second, never of who asked, and done when it is confirmed', async () => {
    await aCase();
    const at = await askedOfActor();
    const { id } = await latest();
    const told = await open(id);
    expect(told.map(({ username }) => username)).toEqual(expect.arrayContaining(['interviewer']));
    expect(told.map(({ username }) => username)).not.toContain('officer');
    const roles = await application.rows<{ unit: string; fits: boolean }>(
      `SELECT DISTINCT unit, roles && '{caseOfficer,officer1F}' AS fits FROM app_user WHERE username = ANY ($1)`,
      [told.map(({ username }) => username)],
    );
    expect(roles).toEqual([{ unit: 'central', fits: true }]);
    const task = await taskOf(second, id);
    expect(task).toMatchObject({ deadline: { kind: 'unblocking', percent: 0, source: 'house rule' } });
    expect(task?.what).toContain(`GET ${path}/unblockings`);
    expect(task?.what).toContain('A second person is needed');
    expect(await taskOf(officer, id)).toBeUndefined();
    expect((await second.post(at, WHY)).status).toBe(200);
    expect(await open(id)).toEqual([]);
    expect(await latest()).toMatchObject({ outcome: 'confirmed', reason: WHY.reason, endReason: WHY.reason, next: [] });
    expect(await barred()).toBe(false);
  });

  it('reaches, told by the database, whom the worker would tell, and only those assigned where some are', async () => {
    const caseId = await aCase();
    const escalation = application.app.get(EscalationService, { strict: false });
    for (const username of [undefined, 'interviewer', 'officer']) {
      if (username) await officer.post(`/api/cases/${caseId}/assignments`, { username, role: 'officer1F' });
      await askedOfActor();
      const { id } = await latest();
      const told = await open(id);
      await application.rows(
        `UPDATE task SET done_at = now(), done_because = 'reassigned' WHERE deadline_id IN (SELECT id FROM deadline WHERE subject_id = $1)`,
        [id],
      );
      await escalation.readdress();
      expect(await open(id)).toEqual(told);
      if (username) expect(told).toEqual([{ username: 'interviewer', because: 'assigned' }]);
      else expect(new Set(told.map(({ because }) => because))).toEqual(new Set(['seconds']));
    }
  });

  it.each([
    ['an actor of persecution', () => askedOfActor()],
    ['a third person', () => askedOfThird()],
  ])('is taken back by the asker alone, of %s: it bars, and may be asked anew', async (_what, ask) => {
    await aCase();
    const at = await ask();
    const { id, next } = await latest(officer);
    expect(next).toEqual([`Take it back: POST ${path}/unblockings/${id}/withdrawal.`]);
    expect(said(await end(second, 'withdrawal'))).toEqual({ status: 409, code: 'conflict' });
    expect(said(await end(officer, 'refusal'))).toEqual({ status: 409, code: 'fourEyes' });
    expect(said(await end(officer, 'withdrawal', {}))).toEqual({ status: 400, code: 'invalidInput' });
    expect((await end(officer, 'withdrawal')).status).toBe(200);
    expect(said(await officer.post(`${path}/unblockings/${id}/withdrawal`, NO))).toEqual({
      status: 409,
      code: 'conflict',
    });
    expect(await latest()).toMatchObject({ outcome: 'withdrawn', reason: WHY.reason, endReason: NO.reason });
    expect(await open(id)).toEqual([]);
    expect(await barred()).toBe(true);
    // The second one's word is a first one now.
    expect((await second.post(at, WHY)).status).toBe(200);
    expect(await barred()).toBe(true);
    expect((await officer.post(at, WHY)).status).toBe(200);
    expect(await barred()).toBe(false);
  });

  it.each([
    ['an actor of persecution', () => askedOfActor()],
    ['a third person', () => askedOfThird()],
  ])('is refused by a second person, of %s, once for one key; the history keeps both reasons', async (_what, ask) => {
    await aCase();
    await ask();
    const { id, next } = await latest();
    expect(next).toEqual([
      expect.stringContaining('Confirm it'),
      expect.stringContaining(`/unblockings/${id}/refusal`),
    ]);
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await end(second, 'refusal', NO, headers);
    expect(first.status).toBe(200);
    expect((await second.post(`${path}/unblockings/${id}/refusal`, NO, headers)).body).toEqual(first.body);
    expect(await latest()).toMatchObject({ outcome: 'refused', reason: WHY.reason, endReason: NO.reason });
    expect(await barred()).toBe(true);
    const events = await application.rows<{ type: string }>(
      `SELECT type FROM event WHERE case_id = $1 AND type ~ 'UNBLOCKING|ASK_' ORDER BY seq`,
      [path.split('/').at(-1)],
    );
    expect(events.map(({ type }) => type)).toEqual([expect.stringMatching(/^ASK_.*_WITHDRAWAL$/), 'REFUSE_UNBLOCKING']);
  });

  describe('of a country that was corrected away', () => {
    const correct = (who: Person, about: object, unblocks: string[] = []) =>
      who.put(`${path}/applicant`, { applicant: anApplicant(about), unblocks, ...WHY });
    const countries = async () => (await officer.get(path)).body.applicant;

    it.each([
      ['refused', 'residences', () => second],
      ['withdrawn', 'nationalities', () => officer],
    ] as const)('is %s, and the country is among the %s again', async (outcome, list, who) => {
      const before = { residences: ['UG'], nationalities: ['RW'], [list]: [list === 'residences' ? 'UG' : 'RW', 'CD'] };
      await aCase(before);
      await correct(officer, { ...before, [list]: before[list].slice(0, 1) });
      const { id, country, link, reason } = await latest();
      expect([country, link, reason]).toEqual(['CD', list === 'residences' ? 'residence' : 'nationality', WHY.reason]);
      expect(await open(id)).not.toEqual([]);
      expect((await end(who(), outcome === 'refused' ? 'refusal' : 'withdrawal')).status).toBe(200);
      expect(await latest()).toMatchObject({ outcome, endReason: NO.reason });
      expect((await countries())[list]).toEqual(before[list]);
      expect((await officer.get(`${path}/person`)).body.stillBlocked).toEqual([]);
      expect(await open(id)).toEqual([]);
    });

    it('is confirmed by its name, and ends where the country is named again in the particulars', async () => {
      await aCase({ residences: ['CD'] });
      await correct(officer, { residences: [] });
      const asked = await latest();
      await correct(second, { residences: ['CD'] });
      expect(await latest()).toMatchObject({ id: asked.id, outcome: 'refused', endReason: WHY.reason });
      expect(await barred()).toBe(true);
      await correct(second, { residences: [] });
      expect((await correct(officer, { residences: [] }, ['CD'])).status).toBe(200);
      const confirmed = await latest();
      expect(confirmed).toMatchObject({ outcome: 'confirmed', country: 'CD' });
      expect(await open(confirmed.id)).toEqual([]);
      expect(await barred()).toBe(false);
    });

    it('is not for anybody to write past the program, nor for a stranger', async () => {
      const caseId = await aCase({ residences: ['CD'] });
      await correct(officer, { residences: [] });
      const { id } = await latest();
      const stranger = await application.as('officer-north');
      for (const how of ['refusal', 'withdrawal'])
        expect(said(await stranger.post(`${path}/unblockings/${id}/${how}`, NO))).toEqual({
          status: 404,
          code: 'notFound',
        });
      expect(said(await stranger.get(`${path}/unblockings`))).toEqual({ status: 404, code: 'notFound' });
      expect(
        said(await (await application.as('reviewer')).post(`${path}/unblockings/${id}/refusal`, NO)),
      ).toMatchObject({
        status: 403,
      });
      expect(said(await second.post(`${path}/unblockings/${randomUUID()}/refusal`, NO))).toMatchObject({ status: 404 });
      const reset = application.rows(
        'UPDATE person_country SET dropped_by = NULL, dropped_at = NULL WHERE case_id = $1',
        [caseId],
      );
      await expect(reset).rejects.toMatchObject({ code: 'F1062' });
      expect(await latest()).toMatchObject({ outcome: null });
    });
  });

  it('leaves chains and rows that verify, and shows what was changed behind them', async () => {
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
    await application.rows(`ALTER TABLE unblocking DISABLE TRIGGER USER`);
    await application.rows(
      `UPDATE unblocking SET ended_by = (SELECT id FROM app_user WHERE username = 'analyst') WHERE outcome = 'refused'`,
    );
    const { findings } = await application.verifyAudit();
    expect(findings.map(({ kind, where }) => `${kind} ${where.split('/')[0]}`)).toContain('rowChanged unblocking');
  });
});
