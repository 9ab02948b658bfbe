import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, aSealedInterview } from '../factories/case-walk.js';
import { type Answer, anApplication, ask, type Person, type TestApplication } from '../support/application.js';
import { expectProblem } from '../support/refusals.js';

describe('hostile requests', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let auditor: Person;
  let caseId: string;
  let interviewId: string;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    officer = await application.as('officer');
    auditor = await application.as('auditor');
    caseId = (await aCaseAt(cast, 'triage')).id;
    interviewId = await aSealedInterview(cast.officer, caseId, 'screening');
  });

  afterAll(() => application?.close());

  const stay = { type: 'PROPOSE_SUSPICION', suspicion: false, reasons: 'None.' };

  describe('a token', () => {
    const me = (authorization: string): Promise<Answer> =>
      application.anonymously('GET', '/api/me', { headers: { Authorization: authorization } });

    it.each([
      ['that was never given', () => `Bearer ${randomBytes(32).toString('base64url')}`],
      [
        'with one letter changed',
        () => `Bearer ${officer.token.slice(0, -1)}${officer.token.endsWith('A') ? 'B' : 'A'}`,
      ],
      ['that claims to be a JWT without signature', () => 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvZmZpY2VyIn0.'],
      ['of nothing', () => 'Bearer '],
      ['under another scheme', () => `Basic ${Buffer.from('officer:x').toString('base64')}`],
      ['with something behind it', () => `Bearer ${officer.token} x`],
      ['of ten thousand letters', () => `Bearer ${'A'.repeat(10_000)}`],
      ['with SQL in it', () => `Bearer ' OR '1'='1`],
    ])('%s signs nobody in', async (_what, authorization) => {
      const answer = await me(authorization());
      expectProblem(answer, 401, 'notSignedIn');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('that has expired signs nobody in, and changes nothing', async () => {
      const { body } = await application.anonymously('POST', '/api/tokens', {
        body: { username: 'officer', password: application.passwordOf('officer') },
      });
      const headers = { Authorization: `Bearer ${(body as { token: string }).token}` };
      expect((await application.anonymously('GET', '/api/me', { headers })).status).toBe(200);
      await application.owner.query(
        `UPDATE session SET expires_at = f1_now() - interval '1 second' WHERE created_at = (SELECT max(created_at) FROM session)`,
      );
      const before = await application.counts();
      const late = await application.anonymously('POST', `/api/cases/${caseId}/commands`, { body: stay, headers });
      expectProblem(late, 401, 'notSignedIn');
      expect(await application.counts()).toEqual(before);
    });

    it('that was ended signs nobody in', async () => {
      const { body } = await application.anonymously('POST', '/api/tokens', {
        body: { username: 'officer', password: application.passwordOf('officer') },
      });
      const headers = { Authorization: `Bearer ${(body as { token: string }).token}` };
      expect((await application.anonymously('DELETE', '/api/session', { headers })).status).toBe(204);
      expectProblem(await application.anonymously('GET', '/api/me', { headers }), 401, 'notSignedIn');
    });

    it('sent as the cookie signs nobody in, and a cookie sent as a token does not either', async () => {
      const asCookie = { headers: { Cookie: `f1_session=${officer.token}` } };
      expectProblem(await application.anonymously('GET', '/api/me', asCookie), 401, 'notSignedIn');
      const cookie = await aCookie();
      expectProblem(await me(`Bearer ${cookie.split('=')[1]}`), 401, 'notSignedIn');
    });

    it('is not given for a wrong password, and the answer does not tell whether the account exists', async () => {
      const signIn = (username: string) =>
        application.anonymously('POST', '/api/tokens', { body: { username, password: 'wrong' } });
      const [known, unknown] = [await signIn('auditor'), await signIn('nobody-at-all')];
      expectProblem(known, 401, 'signInRefused');
      expect(unknown.body).toEqual(known.body);
    });
  });

  describe('another origin', () => {
    const change = async (headers: Record<string, string>): Promise<Answer> =>
      application.anonymously('POST', `/api/cases/${caseId}/commands`, {
        body: stay,
        headers: { Cookie: await aCookie(), ...headers },
      });

    it('may not change anything with our cookie', async () => {
      const before = await application.counts();
      for (const origin of [
        'https://evil.example',
        'null',
        `${application.address}.evil.example`,
        'http://127.0.0.1',
      ]) {
        expectProblem(await change({ Origin: origin }), 403, 'foreignOrigin');
      }
      expectProblem(await change({}), 403, 'foreignOrigin');
      expect(await application.counts()).toEqual(before);
    });

    it('is not ours: from ours the same change is carried out', async () => {
      const { id } = await aCaseAt(cast, 'triage');
      const headers = { Cookie: await aCookie(), Origin: application.address };
      const changed = await application.anonymously('POST', `/api/cases/${id}/commands`, { body: stay, headers });
      expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
    });

    it('may not sign a browser in here', async () => {
      const body = { username: 'officer', password: application.passwordOf('officer') };
      const headers = { Origin: 'https://evil.example' };
      expectProblem(await application.anonymously('POST', '/api/session', { body, headers }), 403, 'foreignOrigin');
    });

    it('is given no permission to read, by no header', async () => {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
        const answer = await application.anonymously(method, '/api/cases', { headers });
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      }
    });
  });

  describe('methods and addresses', () => {
    it('refuses what is at no address, signed in or not', async () => {
      for (const path of ['/api/nothing', '/api/cases/x/y/z', '/api/cases%2f..%2fme']) {
        expectProblem(await officer.get(path), 404, 'notFound');
        expectProblem(await application.anonymously('GET', path), 404, 'notFound');
      }
      for (const path of ['/nothing', '/.env', '/api/../../etc/passwd', '/dist/main.js', '/<script>']) {
        const answer = await application.anonymously('GET', path);
        expect(answer.status).toBe(404);
        expect(answer.text).not.toMatch(/<script>|\/work\/|node_modules/);
      }
    });

    it('answers a path that cannot be decoded with a refusal', async () => {
      expectProblem(await officer.get('/api/cases/%E0%A4%A'), 400, 'malformedRequest');
      expectProblem(await officer.get('/api/cases/%00'), 400, 'malformedRequest');
    });

    it('refuses every method that an address does not have', async () => {
      const before = await application.counts();
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        const answer = await officer.ask(method, `/api/cases/${caseId}`);
        expect([404, 405]).toContain(answer.status);
        expect(answer.body.code).toMatch(/^(notFound|methodNotAllowed)$/);
      }
      expect(await application.counts()).toEqual(before);
    });

    it('answers HEAD like GET without a body, with the same checks', async () => {
      const answer = await officer.ask('HEAD', `/api/cases/${caseId}`);
      expect(answer).toMatchObject({ status: 200, text: '' });
      expect(answer.headers.get('etag')).toMatch(/^"\d+"$/);
      expect((await application.anonymously('HEAD', `/api/cases/${caseId}`)).status).toBe(401);
    });

    it('does not echo a TRACE, and keeps a header from becoming two', async () => {
      const traced = await raw(
        `TRACE /api/me HTTP/1.1\r\nHost: x\r\nCookie: f1_session=secret\r\nConnection: close\r\n\r\n`,
      );
      expect(traced).toMatch(/^HTTP\/1\.1 40[045] /);
      expect(traced).not.toContain('secret');
      const key = `Idempotency-Key: a\r\nX-Injected: 1\r\n b`;
      const split = await raw(
        `POST /api/cases HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${key}\r\nContent-Length: 0\r\n\r\n`,
      );
      expect(split).toMatch(/^HTTP\/1\.1 40[01] /);
      expect(split).not.toMatch(/^X-Injected/im);
      const bare = await raw(
        `GET /api/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\nX-Injected: 1\r\nConnection: close\r\n\r\n`,
      );
      expect(bare).toMatch(/^HTTP\/1\.1 40[01] /);
    });

    it('tells no version of itself, and keeps answers out of frames and sniffing', async () => {
      const { headers } = await officer.get('/api/me');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    });
  });

  describe('ids, cursors and limits', () => {
    const AT_ID = [
      ['GET', '/api/cases/:id'],
      ['GET', '/api/cases/:id/history'],
      ['GET', '/api/cases/:id/allegations'],
      ['GET', '/api/cases/:id/interviews'],
      ['GET', '/api/cases/:id/documents'],
      ['GET', '/api/cases/:id/persecution-actors'],
      ['GET', '/api/interviews/:id'],
      ['GET', '/api/interviews/:id/draft'],
      ['GET', '/api/interviews/:id/recordings'],
      ['GET', '/api/documents/:id/content'],
      ['GET', '/api/recordings/:id/content'],
      ['GET', '/api/referrals/:id'],
    ] as const;

    it.each(AT_ID)('%s %s refuses what is no UUID, and knows nothing of one it never gave', async (method, path) => {
      for (const id of ['1', 'null', '%27%20OR%201=1--', '0'.repeat(36), `${caseId}x`, '..%2f..%2fetc']) {
        const answer = await officer.ask(method, path.replace(':id', id));
        expect([400, 404]).toContain(answer.status);
        expect(answer.body.code).toMatch(/^(malformedRequest|invalidInput|notFound)$/);
      }
      expectProblem(await officer.ask(method, path.replace(':id', randomUUID())), 404, 'notFound');
    });

    it('takes an id in capitals for the same id', async () => {
      expect(await officer.get(`/api/cases/${caseId.toUpperCase()}`)).toMatchObject({
        status: 200,
        body: { id: caseId },
      });
      const interview = await officer.get(`/api/interviews/${interviewId.toUpperCase()}`);
      expect(interview).toMatchObject({ status: 200, body: { id: interviewId } });
      const list = await officer.get(`/api/cases/${caseId.toUpperCase()}/interviews`);
      expect(list).toMatchObject({ status: 200, body: { items: [{ id: interviewId }] } });
      const comment = { type: 'ADD_COMMENT', text: 'One more word.' };
      const added = await officer.post(`/api/interviews/${interviewId.toUpperCase()}/commands`, comment);
      expect(added).toMatchObject({ status: 200, body: { id: interviewId } });
    });

    const lists = (): [Person, string][] => [
      [officer, '/api/cases'],
      [officer, `/api/cases/${caseId}/history`],
      [officer, `/api/cases/${caseId}/interviews`],
      [officer, `/api/cases/${caseId}/documents`],
      [officer, `/api/interviews/${interviewId}/recordings`],
      [officer, '/api/referrals'],
      [officer, '/api/postal-referrals'],
      [officer, '/api/authorities'],
      [auditor, '/api/reconciliations'],
    ];

    it('refuses limits outside the bounds of every list', async () => {
      for (const [person, path] of lists()) {
        for (const limit of ['0', '-1', '1000000000', '201', '1.5', 'ten', '', '1e2', '0x10', '1&limit=2']) {
          const answer = await person.get(`${path}?limit=${limit}`);
          expect({ path, limit, status: answer.status, code: answer.body?.code }).toEqual({
            path,
            limit,
            status: 400,
            code: 'invalidInput',
          });
        }
        expect((await person.get(`${path}?limit=1`)).status).toBe(200);
        expect((await person.get(`${path}?limit=200`)).status).toBe(200);
      }
    });

    it('refuses cursors that are not its own', async () => {
      const of = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
      const forged = [
        'x',
        '%00',
        of(null),
        of([]),
        of({}),
        of({ at: 'yesterday', id: caseId, seq: 'x' }),
        of({ at: "2026-01-01' OR '1'='1", id: caseId, seq: "1' OR 1=1" }),
        of({ at: '2026-01-01', id: 'x', seq: 1e300 }),
        of({ at: '2026-13-45T00:00:00Z', id: caseId, seq: 1.5 }),
        'A'.repeat(501),
      ];
      for (const [person, path] of lists()) {
        for (const cursor of forged) {
          const answer = await person.get(`${path}?cursor=${cursor}`);
          expect({ path, cursor, status: answer.status }).toEqual({ path, cursor, status: 400 });
          expect(answer.body.code).toMatch(/^(invalidInput|malformedRequest)$/);
        }
      }
    });

    it('refuses filters it does not have', async () => {
      expectProblem(await officer.get('/api/cases?colour=red'), 400, 'invalidInput');
      expectProblem(await officer.get('/api/cases?stage[$ne]=x'), 400, 'invalidInput');
      expectProblem(await officer.get('/api/cases?__proto__[x]=1'), 400, 'invalidInput');
      expectProblem(await officer.get('/api/referrals?kind=rumour'), 400, 'invalidInput');
    });

    it('pages through a list by its Link header, each entry once', async () => {
      for (let number = 0; number < 4; number++) await aCaseAt(cast, 'triage');
      const seen: string[] = [];
      let path: string | undefined = '/api/cases?limit=2';
      while (path) {
        const answer: Answer = await officer.get(path);
        const { items } = answer.body as { items: { id: string }[] };
        expect(items.length).toBeLessThanOrEqual(2);
        seen.push(...items.map(({ id }) => id));
        path = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
      }
      const [{ total } = { total: 0 }] = await application.rows<{ total: number }>(
        'SELECT count(*)::int AS total FROM case_file',
      );
      expect(seen).toHaveLength(total);
      expect(new Set(seen).size).toBe(total);
    });
  });

  async function aCookie(): Promise<string> {
    const body = { username: 'officer', password: application.passwordOf('officer') };
    const answer = await ask(application.address, 'POST', '/api/session', { body });
    const [cookie] = (answer.headers.get('set-cookie') ?? '').split(';');
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    return cookie!;
  }

  /** Sends these bytes, which no client would, and gives back what comes. */
  function raw(request: string): Promise<string> {
    const { hostname, port } = new URL(application.address);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.end(request));
      let said = '';
      socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
      socket.on('close', () => resolve(said));
      socket.on('error', reject);
    });
  }
});
