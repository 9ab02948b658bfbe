import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import {
  aCaseAt,
  anInterviewUnderWay,
  aSealedInterview,
  type CaseAt,
  contentOf,
  GENOCIDE,
  REPLY,
} from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** What each of these roles may reach at all; every other route answers 403. */
const MAY: Readonly<Record<string, RegExp>> = {
  prosecutor: /^\/api\/(me|session|authorities|workflows|referrals|person-requests|element-templates|package-schema)/,
  auditor:
    /^\/api\/(me|session|tasks|audit|reconciliations|statistics|colleagues|questionnaires|authorities|workflows|element-templates|package-schema)/,
  author: /^\/api\/(me|session|tasks|questionnaires|authorities|workflows|element-templates|package-schema)/,
  operator: /^\/api\/(me|session|tasks|authorities|workflows|element-templates|package-schema)/,
};

describe('separation of duties', () => {
  let application: TestApplication;
  let cast: Cast;
  /** One person with every role and certificate on the file: what is refused to them is refused for what they did. */
  let everything: Person;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    everything = await application.withAccount('everything', {
      roles: ['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker'],
      certificates: ['interview1F', 'review1F', 'decide1F'],
    });
  });

  afterAll(() => application?.close());

  const REASONS = { reasons: 'As the record shows.' };

  const send = (by: Person, { id }: { id: string }, type: string, more: object = {}): Promise<Answer> =>
    by.post(`/api/cases/${id}/commands`, { type, ...more });

  const proposeSuspicion = ({ id }: { id: string }): Promise<unknown> =>
    cast.officer.post(`/api/cases/${id}/commands`, { type: 'PROPOSE_SUSPICION', suspicion: false, ...REASONS });

  const expectRefusal = async (answer: Answer, at: CaseAt, sentence: string): Promise<void> => {
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 409, code: 'commandRefused' });
    expect(answer.body.because).toContain(sentence);
    const { body } = await everything.get(`/api/cases/${at.id}`);
    const offered = (body.allowedCommands as { type: string; because: string[] }[]).find(
      ({ type }) => type === answer.body.command,
    );
    expect(offered?.because).toContain(sentence);
  };

  it('lets nobody review, sign off, confirm or decide in a case in which they were the interviewer', async () => {
    const at = await aCaseAt(cast, 'interviewing');
    const caller = await application.caller('everything');
    const interview = await aSealedInterview(caller, at.id, 'exclusion');
    await send(everything, at, 'COMPLETE_INTERVIEWING');
    const path = `/api/cases/${at.id}/allegations/${randomUUID()}`;
    await cast.analyst.put(path, contentOf(GENOCIDE, interview));
    await cast.analyst.post(`/api/cases/${at.id}/commands`, {
      type: 'SERVE_INTENTION',
      text: 'A notice.',
      language: 'rw',
    });
    await cast.officer.post(`/api/cases/${at.id}/submissions`, REPLY);
    await cast.analyst.post(`/api/cases/${at.id}/commands`, { type: 'SUBMIT_FOR_REVIEW' });
    await proposeSuspicion(at);
    const sentence = 'The reviewer must not have interviewed the applicant.';
    for (const type of ['SIGN_OFF_LEGALLY', 'APPROVE_REVIEW'])
      await expectRefusal(await send(everything, at, type, REASONS), at, sentence);
    await expectRefusal(await send(everything, at, 'CONFIRM_SUSPICION'), at, sentence);
    await cast.legal.post(`/api/cases/${at.id}/commands`, { type: 'SIGN_OFF_LEGALLY', ...REASONS });
    await cast.reviewer.post(`/api/cases/${at.id}/commands`, { type: 'APPROVE_REVIEW', ...REASONS });
    const decision = await send(everything, at, 'DECIDE_EXCLUSION', { ...REASONS, allegations: [] });
    await expectRefusal(decision, at, 'The decision-maker must not have interviewed the applicant.');
  });

  it('lets no author of the analysis review it, sign it off, confirm a suspicion or decide on it', async () => {
    const at = await aCaseAt(cast, 'written');
    const edit = contentOf({ ...GENOCIDE, place: 'elsewhere' }, at.interview);
    expect((await everything.put(`/api/cases/${at.id}/allegations/${at.allegations[0]!}`, edit)).status).toBe(200);
    await send(everything, at, 'SERVE_INTENTION', { text: 'A notice.', language: 'rw' });
    await cast.officer.post(`/api/cases/${at.id}/submissions`, REPLY);
    await send(everything, at, 'SUBMIT_FOR_REVIEW');
    await proposeSuspicion(at);
    const sentence = 'The reviewer must not be an author of the analysis.';
    for (const type of ['SIGN_OFF_LEGALLY', 'APPROVE_REVIEW'])
      await expectRefusal(await send(everything, at, type, REASONS), at, sentence);
    await expectRefusal(await send(everything, at, 'CONFIRM_SUSPICION'), at, sentence);
    for (const role of ['reviewer', 'legalAdviser', 'decisionMaker']) {
      const answer = await everything.post(`/api/cases/${at.id}/assignments`, { username: 'everything', role });
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(answer.body.detail).toContain('author');
    }
    await cast.legal.post(`/api/cases/${at.id}/commands`, { type: 'SIGN_OFF_LEGALLY', ...REASONS });
    await cast.reviewer.post(`/api/cases/${at.id}/commands`, { type: 'APPROVE_REVIEW', ...REASONS });
    const decision = await send(everything, at, 'DECIDE_EXCLUSION', { ...REASONS, allegations: at.outcomes });
    await expectRefusal(decision, at, 'The decision-maker must not be an author of the analysis.');
  });

  it('lets no reviewer decide, nor a legal adviser who signed off, and these be two people', async () => {
    const sentence = 'The decision-maker must not be a reviewer of the analysis.';
    const reviewed = await aCaseAt(cast, 'signedOff');
    expect((await send(everything, reviewed, 'APPROVE_REVIEW', REASONS)).status).toBe(200);
    const decide = (at: CaseAt) => send(everything, at, 'DECIDE_EXCLUSION', { ...REASONS, allegations: at.outcomes });
    await expectRefusal(await decide(reviewed), reviewed, sentence);
    const signedOff = await aCaseAt(cast, 'review');
    expect((await send(everything, signedOff, 'SIGN_OFF_LEGALLY', REASONS)).status).toBe(200);
    const approval = await send(everything, signedOff, 'APPROVE_REVIEW', REASONS);
    await expectRefusal(approval, signedOff, 'The legal sign-off and the approval must come from different people.');
    await cast.reviewer.post(`/api/cases/${signedOff.id}/commands`, { type: 'APPROVE_REVIEW', ...REASONS });
    await expectRefusal(await decide(signedOff), signedOff, sentence);
    const assigned = await everything.post(`/api/cases/${signedOff.id}/assignments`, {
      username: 'everything',
      role: 'decisionMaker',
    });
    expect(assigned).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('lets nobody confirm or reject the suspicion decision they proposed', async () => {
    const at = await aCaseAt(cast, 'triage');
    await send(everything, at, 'PROPOSE_SUSPICION', { suspicion: true, ...REASONS });
    const sentence = 'The suspicion decision must be confirmed by somebody other than the person who proposed it.';
    await expectRefusal(await send(everything, at, 'CONFIRM_SUSPICION'), at, sentence);
    await expectRefusal(await send(everything, at, 'REJECT_SUSPICION', REASONS), at, sentence);
  });

  it('lets nobody end a claim on the suspicion decision they confirmed', async () => {
    const at = await aCaseAt(cast, 'triage');
    await proposeSuspicion(at);
    expect((await send(everything, at, 'CONFIRM_SUSPICION')).status).toBe(200);
    const sentence =
      'Whoever ends the examination or the claim must not have confirmed the suspicion decision relied on.';
    await expectRefusal(await send(everything, at, 'CLOSE_WITHOUT_DECISION', REASONS), at, sentence);
    const refusal = await send(everything, at, 'REFUSE_CLAIM', REASONS);
    expect(refusal).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    expect(refusal.body.because).toContain(sentence);
    await cast.decider.post(`/api/cases/${at.id}/commands`, { type: 'REFUSE_CLAIM', ...REASONS });
  });

  it('asks for a certificate of whoever confirms or rejects a suspicion decision', async () => {
    const at = await aCaseAt(cast, 'triage');
    await proposeSuspicion(at);
    const expired = await application.as('reviewer-expired');
    for (const type of ['CONFIRM_SUSPICION', 'REJECT_SUSPICION']) {
      const answer = await send(expired, at, type, type === 'REJECT_SUSPICION' ? REASONS : {});
      expect(answer).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
      expect(answer.body.because).toContain('You must hold a certificate for this work that is valid today.');
    }
  });

  it('lets only the conducting officer abandon an interview that has started', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    const abandon = { type: 'ABANDON_INTERVIEW', reason: 'The officer cannot come.' };
    const underWay = await anInterviewUnderWay(cast.officer, id, 'screening');
    const answer = await everything.post(`/api/interviews/${underWay}/commands`, abandon);
    expect(answer).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    await cast.officer.post(`/api/interviews/${underWay}/commands`, abandon);
    const planned = await cast.officer.post<{ id: string }>(`/api/cases/${id}/interviews`, { purpose: 'screening' });
    const { status } = await everything.post(`/api/interviews/${planned.id}/commands`, abandon);
    expect(status).toBe(200);
  });

  it('refuses the assignment of a person whose certificate has expired, and their work, with the reason', async () => {
    const at = await aCaseAt(cast, 'signedOff');
    const officer = await application.as('officer');
    const assignments = `/api/cases/${at.id}/assignments`;
    const before = await application.counts();
    const expired = await officer.post(assignments, { username: 'reviewer-expired', role: 'reviewer' });
    expect(expired).toMatchObject({ status: 409, body: { code: 'certificateMissing', certificate: 'review1F' } });
    expect(expired.body.detail).toMatch(/review1F expired on \d{4}-\d\d-\d\d.*[Rr]ecord a renewed certificate/);
    expect(expired.body.expiredOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    const never = await officer.post(assignments, { username: 'officer', role: 'officer1F' });
    expect(never).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const nobody = await officer.post(assignments, { username: 'nobody-at-all', role: 'reviewer' });
    expect(nobody).toMatchObject({ status: 404, body: { code: 'notFound' } });
    const review = await send(await application.as('reviewer-expired'), at, 'APPROVE_REVIEW', REASONS);
    expect(review).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    expect(review.body.because).toContain('You must hold a certificate for this work that is valid today.');
    expect(await application.counts()).toEqual(before);

    const assigned = await officer.post(assignments, { username: 'reviewer', role: 'reviewer' });
    expect(assigned).toMatchObject({ status: 201, body: { assignments: [{ role: 'reviewer', name: 'Rosa Demo' }] } });
    const twice = await officer.post(assignments, { username: 'reviewer', role: 'reviewer' });
    expect(twice).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('refuses an exclusion interview to a 1F officer without a certificate', async () => {
    const untrained = await application.withAccount('untrained', { roles: ['officer1F'], certificates: [] });
    const at = await aCaseAt(cast, 'interviewing');
    const answer = await untrained.post(`/api/cases/${at.id}/interviews`, { purpose: 'exclusion' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'certificateMissing', certificate: 'interview1F' } });
  });

  describe('an officer of another unit', () => {
    it('is answered as if there were no such case, in whatever way it is asked for', async () => {
      const at = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
      const north = await application.as('officer-north');
      const { body: view } = await (await application.as('officer')).get(`/api/cases/${at.id}`);
      const referral = view.duties.obligations[0].id as string;
      const before = await application.counts();
      const base = `/api/cases/${at.id}`;
      const interview = `/api/interviews/${at.interview}`;
      for (const answer of [
        await north.get(base),
        await north.get(`${base}/history`),
        await north.get(`${base}/interviews`),
        await north.get(`${base}/allegations`),
        await north.get(`${base}/documents`),
        await north.get(`${base}/person`),
        await north.get(interview),
        await north.get(`${interview}/recordings`),
        await north.get(`/api/referrals/${referral}`),
        await north.post(`${base}/commands`, { type: 'PROPOSE_SUSPICION', suspicion: true, ...REASONS }),
        await north.post(`${base}/commands`, { type: 'APPEAL', court: 'Demo Court' }),
        await north.post(`${base}/interviews`, { purpose: 'screening' }),
        await north.post(`${base}/submissions`, REPLY),
        await north.post(`${base}/assignments`, { username: 'officer-north', role: 'caseOfficer' }),
        await north.post(`${interview}/answers`, { questionId: 'birthDate', value: '1970' }),
        await north.post(`${interview}/commands`, { type: 'ADD_COMMENT', text: 'A comment.' }),
        await north.put(`${interview}/draft`, { questionId: 'birthDate', value: '1970' }),
      ]) {
        expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: 'notFound' });
        expect(answer.text).not.toContain('Exemplaris');
      }
      expect((await north.get('/api/cases')).body).toEqual({ items: [], next: null });
      expect((await north.get('/api/referrals')).body).toEqual({ items: [], next: null });
      expect(await application.counts()).toEqual(before);
    });

    it('learns of a reference in use, and nothing of whose it is', async () => {
      const officer = await application.as('officer');
      const north = await application.as('officer-north');
      const applicant = {
        familyName: 'Exemplaris',
        givenNames: 'Septima',
        birthDate: '1970',
        sex: 'female',
        nationalities: ['RW'],
      };
      const body = { applicant, countryOfOrigin: 'RW', externalReference: 'ASYL-77' };
      const { body: own } = await officer.post('/api/cases', body);
      const answer = await north.post('/api/cases', body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(answer.text).not.toContain(own.id);
      expect(answer.text).not.toContain(own.reference);
    });

    it('sees a case while it is assigned to them', async () => {
      const { id } = await aCaseAt(cast, 'triage');
      const officer = await application.as('officer');
      const north = await application.as('officer-north');
      const assignments = `/api/cases/${id}/assignments`;
      const { body } = await officer.post(assignments, { username: 'officer-north', role: 'caseOfficer' });
      expect((await north.get(`/api/cases/${id}`)).status).toBe(200);
      expect((await north.get('/api/cases?assignee=me')).body.items).toHaveLength(1);
      const ended = await officer.post(`${assignments}/${body.assignments[0].id}/end`, {});
      expect(ended).toMatchObject({ status: 200, body: { assignments: [] } });
      expect((await north.get(`/api/cases/${id}`)).status).toBe(404);
    });
  });

  describe('every route of the OpenAPI document', () => {
    let routes: Route[];

    beforeAll(async () => {
      const { body } = await application.anonymously('GET', '/api/openapi.json');
      const paths = body.paths as Record<string, Record<string, unknown>>;
      routes = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => ({
          method: method.toUpperCase(),
          path: path.replace(/\{[^}]+\}/g, () => randomUUID()),
        })),
      );
      expect(routes.length).toBeGreaterThan(25);
    });

    it('asks who is there, but for signing in', async () => {
      for (const { method, path } of routes) {
        if (method === 'POST' && /^\/api\/(session|tokens)$/.test(path)) continue;
        const body = method === 'GET' || method === 'DELETE' ? undefined : {};
        const answer = await application.anonymously(method, path, { body });
        expect({ method, path, status: answer.status }).toEqual({ method, path, status: 401 });
      }
    });

    it.each(Object.entries(MAY))('refuses the %s what is not theirs', async (username, may) => {
      const person = await application.as(username);
      const before = await application.counts();
      for (const { method, path } of routes) {
        if (may.test(path) || /^\/api\/tokens$/.test(path)) continue;
        const answer = await person.ask(method, path, method === 'GET' ? {} : { body: {} });
        expect({ method, path, status: answer.status, code: answer.body?.code }).toEqual({
          method,
          path,
          status: 403,
          code: 'forbidden',
        });
        expect(answer.body.detail).toMatch(/it is for: \w+/);
      }
      expect(await application.counts()).toEqual(before);
    });
  });

  it('writes down who was refused what, without saying anything of the person', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    await anInterviewUnderWay(cast.officer, id, 'screening');
    const prosecutor = await application.as('prosecutor');
    await prosecutor.get(`/api/cases/${id}`);
    const auditor = await application.as('auditor');
    const { body, text } = await auditor.get(`/api/audit/access?resource=${encodeURIComponent(`/api/cases/${id}`)}`);
    expect(body.items).toContainEqual(
      expect.objectContaining({ action: 'read Case', outcome: 'refused', resource: expect.stringContaining(id) }),
    );
    expect(text).not.toContain('Exemplaris');
  });

  it('lets a prosecutor read and acknowledge referrals of the own authority and nothing else of the case', async () => {
    const at = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const prosecutor = await application.as('prosecutor');
    const { body: inbox } = await prosecutor.get('/api/referrals?limit=200');
    const { body: view } = await (await application.as('officer')).get(`/api/cases/${at.id}`);
    const obligations = (view.duties.obligations as { id: string }[]).map(({ id }) => id);
    const own = (inbox.items as { id: string }[]).filter(({ id }) => obligations.includes(id));
    expect(own).toHaveLength(1);
    const [foreign] = obligations.filter((id) => id !== own[0]!.id);
    const before = await application.counts();
    expect((await prosecutor.get(`/api/referrals/${foreign!}`)).status).toBe(404);
    const acknowledged = await prosecutor.post(`/api/referrals/${foreign!}/commands`, { type: 'ACKNOWLEDGE' });
    expect(acknowledged).toMatchObject({ status: 404, body: { code: 'notFound' } });
    const officers = await (
      await application.as('officer')
    ).post(`/api/referrals/${own[0]!.id}/commands`, {
      type: 'ACKNOWLEDGE',
    });
    expect(officers).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await application.counts()).toEqual(before);
    for (const path of [`/api/cases/${at.id}`, `/api/interviews/${at.interview}`, `/api/cases/${at.id}/history`]) {
      expect((await prosecutor.get(path)).status).toBe(403);
    }
  });
});
