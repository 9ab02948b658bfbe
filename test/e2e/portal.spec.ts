import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { RoutePolicyCheck } from '../../src/identity/route-policy.check.js';
import { aCaseAt, GENOCIDE } from '../factories/case-walk.js';
import { ATTEMPTS } from '../factories/foreign-requests.js';
import {
  A_GRANT,
  A_HOLD,
  A_REQUEST,
  aPlantedFile,
  aSearch,
  PLANTED,
  type PlantedFile,
} from '../factories/planted-file.js';
import { eventually } from '../faults/support/referral-system.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';
import { aPortal, aProcess, type TestProcess } from '../support/portal.js';

/** The walks are long, and other tests run beside them. */
const WALK_MS = 300_000;

/** All that a portal answers to somebody who signed in, or who does. */
const ROUTES = [
  'DELETE session',
  'GET authorities',
  'GET me',
  'GET package-schema',
  'GET person-requests',
  'GET person-requests/:id',
  'GET referrals',
  'GET referrals/:id',
  'GET referrals/:id/documents/:documentId',
  'GET referrals/:id/feedback',
  'GET referrals/:id/grants',
  'GET referrals/:id/holds',
  'GET referrals/:id/package',
  'GET referrals/:id/package.pdf',
  'GET referrals/:id/recordings/:recordingId',
  'GET referrals/:id/requests',
  'POST person-requests',
  'POST person-requests/:id/withdrawal',
  'POST referrals/:id/commands',
  'POST referrals/:id/grants',
  'POST referrals/:id/holds',
  'POST referrals/:id/holds/:holdId/withdrawal',
  'POST referrals/:id/requests',
  'POST referrals/:id/requests/:requestId/withdrawal',
  'POST session',
  'POST tokens',
];
const WATCHED = ['GET health/live', 'GET health/ready', 'GET metrics'];

const routesOf = ({ app }: Pick<TestProcess, 'app'>): string[] =>
  app
    .get(RoutePolicyCheck, { strict: false })
    .routes()
    .map(({ name }) => name.replace(/ \S+ \((.*)\)$/, ' $1'));
const revealed = (text: string): string[] => Object.values(PLANTED).filter((word) => text.includes(word));

describe('a portal, apart from the rest', () => {
  let application: TestApplication;
  let portal: TestProcess;
  let file: PlantedFile;
  let recipients: Person[];
  let caseId: string;
  let own: string;
  let document: string;

  beforeAll(async () => {
    application = await anApplication();
    file = await aPlantedFile(application);
    const cast = await application.cast();
    const at = await aCaseAt(cast, 'approved', { allegations: [GENOCIDE] });
    caseId = at.id;
    const officer = await application.as('officer');
    const form = new FormData();
    form.set('about', JSON.stringify({ name: 'letter.txt', source: 'the applicant', custody: 'filed at the counter' }));
    form.set('file', new Blob(['An invented letter.'], { type: 'text/plain' }), 'letter.txt');
    const filed = await fetch(`${application.address}/api/cases/${caseId}/documents`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${officer.token}` },
      body: form,
    });
    document = ((await filed.json()) as { id: string }).id;
    await cast.decider.post(`/api/cases/${caseId}/commands`, {
      type: 'DECIDE_EXCLUSION',
      reasons: 'Serious reasons for considering.',
      allegations: at.outcomes,
    });
    const { rows } = await application.owner.query<{ id: string }>(
      `SELECT r.id FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 AND a.code = 'demo-prosecution'`,
      [caseId],
    );
    own = rows[0]!.id;
    portal = await aPortal(application);
    recipients = await Promise.all(['prosecutor', 'war-crimes'].map((name) => portal.as(name)));
  }, WALK_MS);
  afterAll(async () => {
    await portal?.close();
    await application?.close();
  });

  const arrived = async (id: string): Promise<void> => {
    while ((await application.rows('SELECT FROM receipt WHERE referral_id = $1', [id])).length === 0)
      await setTimeout(50);
  };

  describe('to a prosecutor', () => {
    const at = (path = '') => `/api/referrals/${own}${path}`;
    const done = async (asked: Promise<Answer>): Promise<Answer['body']> => {
      const answer = await asked;
      if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
      return answer.body;
    };

    it('tells who signed in, and ends the session', async () => {
      const body = { username: 'prosecutor', password: application.passwordOf('prosecutor') };
      const opened = await portal.anonymously('POST', '/api/session', { body });
      const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
      const headers = { cookie, origin: portal.address };
      const me = await portal.anonymously('GET', '/api/me', { headers });
      expect(me.body).toMatchObject({ username: 'prosecutor', roles: ['prosecutor'], certificates: [] });
      expect((await portal.anonymously('DELETE', '/api/session', { headers })).status).toBe(204);
      expect((await portal.anonymously('GET', '/api/me', { headers })).status).toBe(401);
    });

    it('gives a whole day: inbox, file, acknowledgement, feedback, request, hold and search', async () => {
      await arrived(own);
      const me = recipients[0]!;
      const inbox = await done(me.get('/api/referrals?order=priority&acknowledged=no'));
      expect((inbox.items as { id: string }[]).map(({ id }) => id)).toContain(own);
      expect((await me.get(at('/package'))).body.code).toBe('grantRequired');
      const key = randomUUID();
      const grant = await done(me.post(at('/grants'), A_GRANT, { 'Idempotency-Key': key }));
      expect((await done(me.post(at('/grants'), A_GRANT, { 'Idempotency-Key': key }))).id).toBe(grant.id);
      const read = await done(me.get(at('/package')));
      expect(read).toMatchObject({ grant: grant.id, package: { kind: 'exclusion' } });
      const pdf = await me.get(at('/package.pdf'));
      expect([pdf.status, pdf.text.slice(0, 5)]).toEqual([200, '%PDF-']);
      const letter = await me.get(at(`/documents/${document}`));
      expect(letter).toMatchObject({ status: 200, text: 'An invented letter.' });
      expect(letter.headers.get('x-watermark')).toContain('reader=prosecutor');
      const command = (body: object) => done(me.post(at('/commands'), body));
      const acknowledged = await command({
        type: 'ACKNOWLEDGE',
        packageSha256: read.packageSha256,
        note: 'It is here.',
      });
      expect(acknowledged).toMatchObject({ stage: 'acknowledged', acknowledgementNote: 'It is here.' });
      await command({
        type: 'GIVE_FEEDBACK',
        feedback: 'opened',
        text: 'An invented investigation.',
        questionIds: A_REQUEST.questionIds,
      });
      expect((await done(me.get(at('/feedback')))).items).toHaveLength(1);
      await done(me.post(at('/requests'), A_REQUEST));
      expect((await done(me.get(at('/requests')))).items).toMatchObject([{ state: 'open' }]);
      await done(me.post(at('/holds'), A_HOLD));
      expect((await done(me.get(at('/holds')))).items).toMatchObject([{ state: 'asked' }]);
      expect((await done(me.get(at('/grants')))).items).toMatchObject([{ state: 'live' }]);
      const sought = await done(me.post('/api/person-requests', aSearch()));
      expect(await done(me.get(`/api/person-requests/${sought.id}`))).toMatchObject({ answer: null, proposals: [] });
      expect((await done(me.get('/api/person-requests'))).items).toHaveLength(2);
      expect((await done(me.get('/api/authorities'))).items.length).toBeGreaterThan(1);
      expect((await done(me.get('/api/package-schema'))).$schema).toContain('2020-12');
    });

    it('shows the other side what was asked, and the answer comes back', async () => {
      const legal = await application.as('legal');
      const { body } = await legal.get(`/api/cases/${caseId}/requests`);
      const [asked] = body.items as { id: string }[];
      const answer = { text: 'It was handed in.', documentIds: [document] };
      expect((await legal.post(at(`/requests/${asked!.id}/answer`), answer)).status).toBe(200);
      const { items } = await done(recipients[0]!.get(at('/requests')));
      expect(items).toMatchObject([{ state: 'answered', answer: { text: answer.text } }]);
      const [hold] = (await done(recipients[0]!.get(at('/holds')))).items as { id: string }[];
      const decided = await legal.post(at(`/holds/${hold!.id}/decision`), { granted: true, reasons: 'It is kept.' });
      expect(decided.status).toBe(200);
      expect((await done(recipients[0]!.get(at('/holds')))).items).toMatchObject([{ state: 'live' }]);
    });

    it('takes back what was asked, and what was granted, and the authority waits no more', async () => {
      const me = recipients[0]!;
      const back = { reasons: 'The invented investigation took another way.' };
      const [hold] = (await done(me.get(at('/holds')))).items as { id: string }[];
      expect(await done(me.post(at(`/holds/${hold!.id}/withdrawal`), back))).toMatchObject({ state: 'withdrawn' });
      const request = await done(me.post(at('/requests'), A_REQUEST));
      expect(await done(me.post(at(`/requests/${request.id}/withdrawal`), back))).toMatchObject({ state: 'withdrawn' });
      const sought = await done(me.post('/api/person-requests', aSearch()));
      const withdrawn = await done(me.post(`/api/person-requests/${sought.id}/withdrawal`, back));
      expect(withdrawn).toMatchObject({ answer: null, withdrawalReasons: back.reasons });
      const clocks = await application.rows(
        'SELECT DISTINCT ended_at IS NOT NULL AS ended FROM deadline WHERE subject_id = ANY ($1) AND met_at IS NULL',
        [[hold!.id, request.id, sought.id]],
      );
      expect(clocks).toEqual([{ ended: true }]);
    });

    it('opens a reconsideration with feedback that clears the person, and takes the answer to a correction', async () => {
      const me = recipients[0]!;
      const clears = {
        type: 'GIVE_FEEDBACK',
        feedback: 'outcome',
        outcome: 'acquitted',
        text: 'An invented judgment.',
      };
      await done(me.post(at('/commands'), clears));
      const opened = 'SELECT FROM reconsideration WHERE case_id = $1';
      while ((await application.rows(opened, [caseId])).length === 0) await setTimeout(50);
      const correction = file.referrals.prosecutor.id;
      const { items } = await done(me.get('/api/referrals?kind=correction&limit=200'));
      const told = (items as { id: string; corrects: string }[]).find(({ corrects }) => corrects === correction)!;
      await arrived(told.id);
      const { packageSha256 } = await done(me.get(`/api/referrals/${told.id}/package`));
      const command = (body: object) => done(me.post(`/api/referrals/${told.id}/commands`, body));
      await command({ type: 'ACKNOWLEDGE', packageSha256 });
      const answered = { type: 'ANSWER_CORRECTION', answer: 'restricted', law: 'an invented code, Article 16' };
      expect(await command(answered)).toMatchObject({ stage: 'kept' });
    });

    it('logs what was read there, and every chain and row is in order afterwards', async () => {
      const read = await application.rows<{ action: string; detail: { grant?: string } }>(
        `SELECT action, detail FROM access_log WHERE resource = $1 AND outcome = 'read'`,
        [at('/package')],
      );
      expect(read).toEqual([
        { action: 'read Referral', detail: expect.objectContaining({ purpose: 'investigation' }) },
      ]);
      expect(await application.verifyAudit()).toMatchObject({ ok: true });
      expect(await application.reconcile()).toMatchObject({ ok: true });
    });

    const foreign = Object.entries(ATTEMPTS).filter(
      ([route, { meantFor = [] }]) => ROUTES.includes(route) && !meantFor.includes('war-crimes'),
    );
    it.each(foreign)('shows and does nothing of what was referred to somebody else: %s', async (route, attempt) => {
      const before = await application.counts();
      const [method, pattern] = route.split(' ') as [string, string];
      for (const person of recipients.filter(({ username }) => !attempt.meantFor?.includes(username))) {
        const ids = attempt.ids(file, person.username);
        const path = pattern.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? randomUUID());
        const { status, text, body } = await person.ask(method, `/api/${path}`, attempt.asking?.(file) ?? {});
        expect([404, ...(attempt.empty ? [200] : [])]).toContain(status);
        expect({ revealed: revealed(text), items: body?.items ?? [] }).toEqual({ revealed: [], items: [] });
      }
      expect(await application.counts()).toEqual(before);
    });
  });

  it('is nothing but the routes that prosecutors use', async () => {
    expect(routesOf(portal).sort()).toEqual([...WATCHED, ...ROUTES].sort());
    const { body } = await portal.anonymously('GET', '/api/openapi.json');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(5).replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.sort()).toEqual([...ROUTES].sort());
    const ready = await portal.anonymously('GET', '/health/ready');
    expect(ready.body).toEqual({ status: 'up', parts: { 'database (portal)': 'up' } });
  });

  it('has nothing at any other address of the API, whoever asks', async () => {
    const elsewhere = routesOf(application).filter((route) => ![...WATCHED, ...ROUTES].includes(route));
    expect(elsewhere.length).toBeGreaterThan(80);
    const officer = portal.with(await application.as('officer'));
    for (const route of elsewhere) {
      const [method, pattern] = route.split(' ') as [string, string];
      const path = `/api/${pattern.replace(/:\w+/g, () => randomUUID())}`;
      for (const person of [recipients[0]!, officer]) {
        const { status, body } = await person.ask(method, path, method === 'GET' ? {} : { body: {} });
        expect({ route, status, detail: body.detail }).toEqual({
          route,
          status: 404,
          detail: 'There is nothing at this address.',
        });
      }
    }
  });

  it.each(['officer', 'interviewer', 'reviewer', 'legal', 'decider', 'author', 'auditor', 'operator'])(
    'does not know the account %s, here or with a token from elsewhere',
    async (username) => {
      const refused = await portal.signIn(username);
      const stranger = { username: `nobody-${username}`, password: 'an invented password' };
      const unknown = await portal.anonymously('POST', '/api/tokens', { body: stranger });
      expect([refused.status, refused.text]).toEqual([401, unknown.text]);
      const { status } = await portal.with(await application.as(username)).get('/api/me');
      expect(status).toBe(401);
    },
  );

  it('is the only place for prosecutors where the installation says so', async () => {
    const inside = await aProcess(application, { ROLE: 'api', F1_PROSECUTORS_AT: 'portal' });
    try {
      const refused = await inside.signIn('prosecutor');
      expect(refused).toMatchObject({ status: 401, body: { code: 'signInRefused' } });
      expect(refused.body.detail).toContain('portal');
      const carried = await inside.with(recipients[0]!).get('/api/referrals');
      expect(carried).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(carried.body.detail).toContain('portal');
      const officer = await inside.as('officer');
      expect((await officer.get(`/api/cases/${caseId}`)).status).toBe(200);
    } finally {
      await inside.close();
    }
  });

  it('has a worker beside it that is ready and answers nobody, whatever is sent', async () => {
    const worker = await aProcess(application, { ROLE: 'worker' });
    try {
      const ready = () => worker.anonymously('GET', '/health/ready');
      await eventually(async () => (await ready()).status === 200);
      for (const length of [10, 100_000]) {
        const body = { username: 'officer', password: 'x'.repeat(length) };
        expect((await worker.anonymously('POST', '/api/tokens', { body })).status).toBe(length > 10 ? 401 : 404);
      }
    } finally {
      await worker.close();
    }
  });
});
