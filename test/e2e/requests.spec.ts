import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asOwner } from '../../src/platform/database/owner.js';
import { randomUUID } from 'node:crypto';
import { aCaseAt, anApplicant, type CaseAt } from '../factories/case-walk.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';

const ASKED = { kind: 'documents', text: 'The service book, please.', legalBasis: 'an invented code' };
const SOUGHT = {
  purpose: 'investigation',
  legalBasis: 'an invented code, section 3',
  scope: 'Whether the person is here, and the file.',
  reasons: 'Named by an invented witness.',
};

describe('what prosecutors ask', () => {
  let application: TestApplication;
  let prosecutor: Person;
  let stranger: Person;
  let legal: Person;
  let decider: Person;
  let file: CaseAt;
  let referral: string;

  beforeAll(async () => {
    application = await anApplication();
    const applicant = anApplicant({ familyName: 'Quaesitus', givenNames: 'Fictus' });
    file = await aCaseAt(await application.cast(), 'excluded', { applicant });
    [prosecutor, stranger, legal, decider] = (await Promise.all(
      ['prosecutor', 'war-crimes', 'legal', 'decider'].map((name) => application.as(name)),
    )) as [Person, Person, Person, Person];
    const [row] = await application.rows<{ id: string; code: string }>(
      `SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1`,
      [file.id],
    );
    referral = row!.id;
    if (row!.code !== 'demo-prosecution') [prosecutor, stranger] = [stranger, prosecutor];
  });
  afterAll(() => application.close());

  describe('of a file that was referred to them', () => {
    const path = () => `/api/referrals/${referral}/requests`;
    const question = async (): Promise<string> => {
      const [row] = await application.rows<{ id: string }>(
        'SELECT question_id AS id FROM answer WHERE interview_id = $1 LIMIT 1',
        [file.interview],
      );
      return row!.id;
    };

    it('refuses a question to the applicant, says why, and logs the refusal', async () => {
      const answer = await prosecutor.post(path(), { ...ASKED, kind: 'questionToApplicant', questionIds: [] });
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 409, code: 'notPutToApplicant' });
      expect(answer.body.detail).toContain('Prosecutors never route questions through officers');
      const logged = await application.rows(
        `SELECT FROM access_log WHERE outcome = 'refused' AND detail ->> 'code' = 'notPutToApplicant'`,
      );
      expect(logged).toHaveLength(1);
    });

    it('refuses what names no question of the package', async () => {
      const none = await prosecutor.post(path(), { ...ASKED, questionIds: [] });
      const unknown = await prosecutor.post(path(), { ...ASKED, questionIds: ['not-a-question'] });
      expect([none.status, unknown.status]).toEqual([400, 400]);
      expect(unknown.body.errors[0].pointer).toBe('/questionIds/0');
    });

    it('is answered with a document that opens from then on, under a grant, once', async () => {
      const key = randomUUID();
      const asking = { ...ASKED, questionIds: [await question()] };
      const asked = await prosecutor.post(path(), asking, { 'Idempotency-Key': key });
      const again = await prosecutor.post(path(), asking, { 'Idempotency-Key': key });
      expect(asked.status).toBe(201);
      expect(again.body.id).toBe(asked.body.id);
      const officer = await application.as('officer');
      const uploaded = await officer.ask('POST', `/api/cases/${file.id}/documents`, aFile('service-book.txt'));
      expect(uploaded.status).toBe(201);
      const documentId = uploaded.body.id as string;
      const wanted = { text: 'It was handed in since.', documentIds: [documentId] };
      const at = `${path()}/${asked.body.id}/answer`;
      expect((await prosecutor.post(at, wanted)).status).toBe(403);
      const foreign = await legal.post(at, { ...wanted, documentIds: [randomUUID()] });
      expect({ status: foreign.status, at: foreign.body.errors[0].pointer }).toEqual({
        status: 400,
        at: '/documentIds/0',
      });
      expect((await legal.post(at, wanted)).body.state).toBe('answered');
      expect((await legal.post(at, wanted)).status).toBe(409);

      const closed = await prosecutor.get(path());
      expect(closed.body.items[0]).toMatchObject({ state: 'answered', answer: null });
      await application.read(prosecutor.username, referral);
      const open = await prosecutor.get(path());
      expect(open.body.items[0].answer).toEqual({ ...wanted, recordingIds: [] });
      expect((await prosecutor.get(`/api/referrals/${referral}/documents/${documentId}`)).status).toBe(200);
      expect((await stranger.get(path())).status).toBe(404);
      const clocks = await application.rows<{ met: boolean }>(
        `SELECT met_at IS NOT NULL AS met FROM deadline WHERE subject_id = $1 AND kind = 'requestAnswer'`,
        [asked.body.id],
      );
      expect(clocks).toEqual([{ met: true }]);
    });

    it('is asked by feedback that says what is missing: once, told at once, and answered as every other', async () => {
      const commands = `/api/referrals/${referral}/commands`;
      const { body: cover } = await prosecutor.get(`/api/referrals/${referral}`);
      await prosecutor.post(commands, { type: 'ACKNOWLEDGE', packageSha256: cover.packageSha256 });
      const words = { text: 'A page cannot be read.', missing: ['page 2 of the service book'] };
      const said = { type: 'GIVE_FEEDBACK', feedback: 'incomplete', ...words, questionIds: [await question()] };
      const key = { 'Idempotency-Key': randomUUID() };
      const twice = [await prosecutor.post(commands, said, key), await prosecutor.post(commands, said, key)];
      expect(twice.map(({ status }) => status)).toEqual([200, 200]);
      const missing = async () => {
        const { items } = (await prosecutor.get(path())).body as { items: { id: string; kind: string }[] };
        return items.filter(({ kind }) => kind === 'missing');
      };
      const [request, ...others] = await missing();
      expect(others).toEqual([]);
      const { legalBasis } = cover;
      expect(request).toMatchObject({ ...words, legalBasis, state: 'open', questionIds: said.questionIds });
      const taskOf = async (person: Person) => {
        const { items } = (await person.get('/api/tasks?limit=200')).body as { items: { deadline: object | null }[] };
        return items.find(({ deadline }) => (deadline as { subjectId?: string } | null)?.subjectId === request!.id);
      };
      expect(await taskOf(decider)).toMatchObject({
        what: expect.stringContaining('or says is missing from the file'),
        deadline: { kind: 'requestAnswer', percent: 0 },
      });
      const answered = await legal.post(`${path()}/${request!.id}/answer`, { text: 'Read from the original.' });
      expect(answered.body).toMatchObject({ ...words, state: 'answered' });
      expect(await missing()).toMatchObject([
        { ...words, state: 'answered', answer: { text: 'Read from the original.' } },
      ]);
      expect(await taskOf(decider)).toBeUndefined();
    });

    it('is refused with the reason that questions are never routed through officers', async () => {
      const asked = await prosecutor.post(path(), { ...ASKED, kind: 'explanation', questionIds: [await question()] });
      const refusal = { refusal: 'putToApplicant', reasons: 'Only the applicant could say it.' };
      await legal.post(`${path()}/${asked.body.id}/refuse`, refusal);
      const { body } = await legal.get(`/api/cases/${file.id}/requests`);
      const last = body.items.at(-1);
      expect(last).toMatchObject({ state: 'refused', refusal: 'putToApplicant' });
      expect(last.answer.text).toContain('never route questions through officers');
    });
  });

  describe('about a person who was not referred to them', () => {
    const about = (familyName: string) => ({ ...SOUGHT, particulars: { familyName, givenNames: 'Fictus' } });
    const ask = async (familyName: string): Promise<string> =>
      (await prosecutor.post('/api/person-requests', about(familyName))).body.id as string;
    const propose = (by: Person, id: string, more: object) =>
      by.post(`/api/person-requests/${id}/proposals`, { reasons: 'As found.', ...more });
    const decide = async (by: Person, id: string, decision: string) => {
      const { body } = await by.get(`/api/person-requests/${id}`);
      const at = `/api/person-requests/${id}/proposals/${body.proposals.at(-1).id}/decision`;
      return by.post(at, { decision, reasons: 'I agree.' });
    };

    it('shows who asks the same whether there is a case or not, and no way to search', async () => {
      const [known, unknown] = [await ask('Quaesitus'), await ask('Nemo')];
      const views = await Promise.all([known, unknown].map((id) => prosecutor.get(`/api/person-requests/${id}`)));
      const shape = ({ status, body }: (typeof views)[0]) => ({
        status,
        answer: body.answer,
        proposals: body.proposals,
      });
      expect(shape(views[0]!)).toEqual({ status: 200, answer: null, proposals: [] });
      expect(shape(views[1]!)).toEqual(shape(views[0]!));
      expect((await prosecutor.get(`/api/person-requests/${known}/candidates`)).status).toBe(403);
      expect((await stranger.get(`/api/person-requests/${known}`)).status).toBe(404);
    });

    it('finds the case by name for those who answer, and logs what they saw', async () => {
      const id = await ask('Quaesitus');
      const { body } = await legal.get(`/api/person-requests/${id}/candidates`);
      expect(body.items[0]).toMatchObject({ id: file.id, name: 'Quaesitus, Fictus', sameNames: 2 });
      const logged = await application.rows<{ ids: string[] }>(
        `SELECT detail -> 'ids' AS ids FROM access_log WHERE resource LIKE '%' || $1 || '/candidates' AND outcome = 'read'`,
        [id],
      );
      expect(logged[0]?.ids).toContain(file.id);
      expect((await (await application.as('officer')).get(`/api/person-requests/${id}`)).status).toBe(403);
    });

    it('is decided by another person than the one who proposed', async () => {
      const id = await ask('Nemo');
      expect((await propose(legal, id, { outcome: 'refused', refusal: 'notDisclosed' })).status).toBe(201);
      expect((await propose(decider, id, { outcome: 'refused', refusal: 'tooVague' })).status).toBe(409);
      const own = await decide(legal, id, 'confirmed');
      expect({ status: own.status, code: own.body.code }).toEqual({ status: 409, code: 'fourEyes' });
      expect((await decide(decider, id, 'returned')).status).toBe(200);
      expect((await propose(decider, id, { outcome: 'refused', refusal: 'tooVague' })).status).toBe(201);
      expect((await decide(legal, id, 'confirmed')).status).toBe(200);
      const told = await prosecutor.get(`/api/person-requests/${id}`);
      expect(told.body.answer).toMatchObject({ outcome: 'refused', refusal: 'tooVague', reply: null });
      expect(told.body.proposals).toEqual([]);
    });

    it('is refused in the words of the ground alone, so that no file is told in a refusal', async () => {
      const id = await ask('Quaesitus');
      const reply = `We hold ${file.id}.`;
      const { status, body } = await propose(legal, id, { outcome: 'refused', refusal: 'tooVague', reply });
      expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ pointer: '/reply' }] });
      const written = application.owner.query(
        `INSERT INTO person_request_answer (request_id, outcome, refusal, sealed, decided_by, decided_at, told_from)
         SELECT id, 'refused', 'tooVague', 'words', asked_by, now(), now() FROM person_request WHERE id = $1`,
        [id],
      );
      await expect(written).rejects.toMatchObject({ constraint: 'person_request_answer_words' });
    });

    it('is proposed anew by nobody who waited while it was answered', async () => {
      const id = await ask('Nemo');
      await propose(legal, id, { outcome: 'refused', refusal: 'tooVague' });
      const waiting = async (count: number) => {
        // Who waits for a row holds or awaits its lock as a tuple.
        const locked = `SELECT FROM pg_locks WHERE locktype = 'tuple' AND relation = 'person_request'::regclass`;
        while ((await application.rows(locked)).length < count) await new Promise((done) => setTimeout(done, 20));
      };
      const answers = await asOwner(application.database.ownerUrl, async (owner) => {
        await owner.query('SELECT FROM person_request WHERE id = $1 FOR UPDATE', [id]);
        const first = decide(decider, id, 'confirmed');
        await waiting(1);
        const second = propose(legal, id, { outcome: 'refused', refusal: 'tooVague' });
        await waiting(2);
        return [first, second];
      });
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 409]);
    });

    it('hides a refusal that could follow from a search until the time to answer has run out', async () => {
      const id = await ask('Nemo');
      await propose(legal, id, { outcome: 'refused', refusal: 'notDisclosed' });
      await decide(decider, id, 'confirmed');
      expect((await legal.get(`/api/person-requests/${id}`)).body.answer.outcome).toBe('refused');
      expect((await prosecutor.get(`/api/person-requests/${id}`)).body.answer).toBeNull();
    });

    it('discloses by a referral of its own, under the cause that stands, and once', async () => {
      const id = (await stranger.post('/api/person-requests', about('Quaesitus'))).body.id as string;
      const lacking = (await propose(legal, id, { outcome: 'disclosed' })).body.errors as { pointer: string }[];
      expect(lacking.map(({ pointer }) => pointer)).toEqual(['/caseId', '/reply']);
      await propose(legal, id, { outcome: 'disclosed', caseId: file.id, reply: 'As decided.' });
      const { status, body } = await decide(decider, id, 'confirmed');
      expect(status).toBe(200);
      const { answer } = (await stranger.get(`/api/person-requests/${id}`)).body;
      expect(answer).toMatchObject({ outcome: 'disclosed', referralId: body.answer.referralId });
      const read = await application.read(stranger.username, answer.referralId);
      expect(read.body.package).toMatchObject({ kind: 'exclusion', referralId: answer.referralId });
      expect((await application.reconcile()).differences).toEqual([]);
    });

    it('discloses nothing of a case in which no cause stands, and says what to do', async () => {
      const applicant = anApplicant({ familyName: 'Innocens', givenNames: 'Fictus' });
      const other = await aCaseAt(await application.cast(), 'preparing', { applicant });
      const id = await ask('Innocens');
      const { status, body } = await propose(legal, id, {
        outcome: 'disclosed',
        caseId: other.id,
        reply: 'As decided.',
      });
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'noCauseToTell' });
      expect((await prosecutor.get(`/api/person-requests/${id}`)).body.answer).toBeNull();
    });

    it('discloses nothing where what stood when that was proposed stands no more', async () => {
      const applicant = anApplicant({ familyName: 'Absolutus', givenNames: 'Fictus' });
      const other = await aCaseAt(await application.cast(), 'excluded', { applicant });
      const id = await ask('Absolutus');
      const proposed = await propose(legal, id, { outcome: 'disclosed', caseId: other.id, reply: 'As decided.' });
      expect(proposed.status).toBe(201);
      const commands = `/api/cases/${other.id}/commands`;
      await legal.post(commands, { type: 'APPEAL', court: 'Invented Court' });
      const judged = { court: 'Invented Court', final: true, reasons: 'As the court says.' };
      expect((await legal.post(commands, { type: 'QUASH', ...judged })).status).toBe(200);
      const { status, body } = await decide(decider, id, 'confirmed');
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'noCauseToTell' });
      expect((await prosecutor.get(`/api/person-requests/${id}`)).body.answer).toBeNull();
    });
  });

  it('leaves chains and rows that verify', async () => {
    const { ok, findings } = await application.verifyAudit();
    expect({ ok, findings }).toEqual({ ok: true, findings: [] });
  });
});

/** As a browser sends a file with what is said about it. */
function aFile(name: string): { body: string; headers: Record<string, string> } {
  const boundary = 'f1-boundary';
  const about = JSON.stringify({ source: 'An invented applicant.', custody: 'Handed over at the counter.' });
  const part = (head: string, text: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
  const file = part(`name="file"; filename="${name}"\r\nContent-Type: text/plain`, 'an invented page');
  return {
    body: `${part('name="about"', about)}${file}--${boundary}--\r\n`,
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  };
}
