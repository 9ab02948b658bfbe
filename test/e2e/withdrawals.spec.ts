import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt, anApplicant, type CaseAt } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const BASIS = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };
const BACK = { reasons: 'The invented search is off.' };
const WEIGHED = { granted: true, reasons: 'Weighed.' };
const SOUGHT = {
  purpose: 'investigation',
  legalBasis: 'an invented code, section 3',
  scope: 'Whether the person is here.',
  reasons: 'Named by an invented witness.',
  particulars: { familyName: 'Quaesitus', givenNames: 'Fictus' },
};
const REFUSAL = { outcome: 'refused', refusal: 'notDisclosed', reasons: 'Nobody was found.' };

describe('what a prosecutor takes back', () => {
  let application: TestApplication;
  let prosecutor: Person;
  let stranger: Person;
  let legal: Person;
  let decider: Person;
  let file: CaseAt;
  let path: string;

  beforeAll(async () => {
    application = await anApplication();
    file = await aCaseAt(await application.cast(), 'excluded', { applicant: anApplicant() });
    const [row] = await application.rows<{ id: string; code: string }>(
      `SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1`,
      [file.id],
    );
    const names = row!.code === 'demo-prosecution' ? ['prosecutor', 'war-crimes'] : ['war-crimes', 'prosecutor'];
    [prosecutor, stranger, legal, decider] = (await Promise.all(
      [...names, 'legal', 'decider'].map((name) => application.as(name)),
    )) as [Person, Person, Person, Person];
    path = `/api/referrals/${row!.id}`;
  });
  afterAll(() => application?.close());

  const refused = ({ status, body }: Answer, says: string): void => {
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
    expect(body.detail).toContain(says);
  };
  /** Whose lists it is on, and whether its clocks run. */
  const waits = async (subjectId: string) => {
    const [row] = await application.rows<{ tasks: number; clocks: number }>(
      `SELECT (SELECT count(*)::int FROM task t JOIN deadline d ON d.id = t.deadline_id WHERE d.subject_id = $1 AND t.done_at IS NULL)
         AS tasks, (SELECT count(*)::int FROM deadline WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL) AS clocks`,
      [subjectId],
    );
    return row!;
  };
  const hold = async (kind: string): Promise<string> =>
    (await prosecutor.post(`${path}/holds`, { kind, ...BASIS })).body.id as string;
  const request = async (): Promise<string> => {
    const [asked] = await application.rows<{ id: string }>(
      'SELECT question_id AS id FROM answer WHERE interview_id = $1 LIMIT 1',
      [file.interview],
    );
    const about = { kind: 'explanation', text: 'Why so?', legalBasis: 'an invented code', questionIds: [asked!.id] };
    return (await prosecutor.post(`${path}/requests`, about)).body.id as string;
  };

  describe('of a hold', () => {
    it('ends what the authority would decide, once, and stays on record', async () => {
      const id = await hold('preserve');
      expect((await waits(id)).tasks).toBeGreaterThan(0);
      const at = `${path}/holds/${id}/withdrawal`;
      expect((await stranger.post(at, BACK)).status).toBe(404);
      expect((await legal.post(at, BACK)).status).toBe(403);
      const { status, body } = await prosecutor.post(at, BACK);
      expect({ status, state: body.state, because: body.endedBecause }).toEqual({
        status: 200,
        state: 'withdrawn',
        because: 'withdrawn',
      });
      expect(await waits(id)).toEqual({ tasks: 0, clocks: 0 });
      refused(await prosecutor.post(at, BACK), 'withdrawn by whoever asked');
      refused(await legal.post(`${path}/holds/${id}/decision`, WEIGHED), 'withdrawn by whoever asked');
      const shown = (await legal.get(`/api/cases/${file.id}/holds`)).body.items;
      expect(shown).toContainEqual(expect.objectContaining({ id, state: 'withdrawn', reasons: BASIS.reasons }));
    });

    it('lets go what a granted one stopped', async () => {
      const id = await hold('delayedNotice');
      await legal.post(`${path}/holds/${id}/decision`, WEIGHED);
      const serve = () =>
        decider.post(`/api/cases/${file.id}/commands`, { type: 'SERVE_DECISION', served: 'On counsel.' });
      expect((await serve()).body.code).toBe('heldBack');
      expect((await prosecutor.post(`${path}/holds/${id}/withdrawal`, BACK)).body.state).toBe('withdrawn');
      expect((await serve()).status).toBe(200);
      expect(await waits(id)).toEqual({ tasks: 0, clocks: 0 });
    });

    it('is refused where nothing is held: refused, or ended by the authority', async () => {
      const none = await hold('noAlert');
      await legal.post(`${path}/holds/${none}/decision`, { granted: false, reasons: 'Weighed.' });
      refused(await prosecutor.post(`${path}/holds/${none}/withdrawal`, BACK), 'was refused');
      const over = await hold('noAlert');
      await legal.post(`${path}/holds/${over}/decision`, WEIGHED);
      await legal.post(`${path}/holds/${over}/end`, { reasons: 'It is over.' });
      refused(await prosecutor.post(`${path}/holds/${over}/withdrawal`, BACK), 'ended by the authority');
    });
  });

  describe('of a request on a file', () => {
    it('ends what the authority would answer, once, and stays on record', async () => {
      const id = await request();
      const at = `${path}/requests/${id}/withdrawal`;
      expect((await stranger.post(at, BACK)).status).toBe(404);
      expect((await prosecutor.post(at, BACK)).body).toMatchObject({ id, state: 'withdrawn' });
      expect(await waits(id)).toEqual({ tasks: 0, clocks: 0 });
      refused(await prosecutor.post(at, BACK), 'was withdrawn on');
      refused(await legal.post(`${path}/requests/${id}/answer`, { text: 'Because.' }), 'was withdrawn on');
      const { items } = (await legal.get(`/api/cases/${file.id}/requests`)).body;
      expect(items).toContainEqual(
        expect.objectContaining({ id, state: 'withdrawn', answer: expect.objectContaining({ text: BACK.reasons }) }),
      );
    });

    it('is refused once it was answered', async () => {
      const id = await request();
      expect((await legal.post(`${path}/requests/${id}/answer`, { text: 'Because.' })).status).toBe(200);
      refused(await prosecutor.post(`${path}/requests/${id}/withdrawal`, BACK), 'was answered on');
    });
  });

  describe('of a request about a person', () => {
    const ask = async (): Promise<string> => (await prosecutor.post('/api/person-requests', SOUGHT)).body.id as string;
    const propose = (id: string) => legal.post(`/api/person-requests/${id}/proposals`, REFUSAL);
    const confirm = async (id: string): Promise<Answer> => {
      const { proposals } = (await decider.get(`/api/person-requests/${id}`)).body;
      const at = `/api/person-requests/${id}/proposals/${proposals.at(-1).id}/decision`;
      return decider.post(at, { decision: 'confirmed', reasons: 'So it is.' });
    };

    it('names nobody in its legal basis, which lies in clear on the referral that answers it', async () => {
      const { status, body } = await prosecutor.post('/api/person-requests', {
        ...SOUGHT,
        legalBasis: 'the invented warrant against Quaésitus',
      });
      expect({ status, pointer: body.errors[0].pointer }).toEqual({ status: 400, pointer: '/legalBasis' });
      expect(body.errors[0].detail).toContain('quaesitus');
    });

    it('ends what the authority would answer, and a proposal for it is decided no more', async () => {
      const id = await ask();
      await propose(id);
      const at = `/api/person-requests/${id}/withdrawal`;
      expect((await stranger.post(at, BACK)).status).toBe(404);
      expect((await prosecutor.post(at, BACK)).body).toMatchObject({
        id,
        withdrawnAt: expect.any(String),
        withdrawalReasons: BACK.reasons,
      });
      expect(await waits(id)).toEqual({ tasks: 0, clocks: 0 });
      refused(await prosecutor.post(at, BACK), 'withdrew this request');
      refused(await confirm(id), 'withdrew this request');
      expect((await legal.get(`/api/person-requests/${id}`)).body.withdrawalReasons).toBe(BACK.reasons);
    });

    it('tells nothing of an answer that was decided and not told yet, neither then nor when its time comes', async () => {
      const id = await ask();
      await propose(id);
      expect((await confirm(id)).status).toBe(200);
      expect((await prosecutor.post(`/api/person-requests/${id}/withdrawal`, BACK)).status).toBe(200);
      await application.owner.query(`ALTER TABLE person_request_answer DISABLE TRIGGER USER;
        UPDATE person_request_answer SET told_from = decided_at; ALTER TABLE person_request_answer ENABLE TRIGGER USER`);
      expect((await prosecutor.get(`/api/person-requests/${id}`)).body.answer).toBeNull();
      expect((await legal.get(`/api/person-requests/${id}`)).body.answer).toMatchObject({ outcome: 'refused' });
    });

    it('is refused once it was told', async () => {
      const id = await ask();
      await legal.post(`/api/person-requests/${id}/proposals`, { ...REFUSAL, refusal: 'tooVague' });
      await confirm(id);
      refused(await prosecutor.post(`/api/person-requests/${id}/withdrawal`, BACK), 'was refused on');
    });
  });

  it('leaves chains and rows that verify', async () => {
    const { ok, findings } = await application.verifyAudit();
    expect({ ok, findings }).toEqual({ ok: true, findings: [] });
  });
});
