import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import pg from 'pg';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { accountId, seedDemo, tellOfDemo, useWebhook } from '../../src/demo/seed.js';
import { createAccount } from '../../src/identity/account-administration.js';
import { Allows } from '../../src/identity/allows.decorator.js';
import { CertificatesService } from '../../src/identity/certificates.service.js';
import { Database } from '../../src/platform/database/database.js';
import { DomainError, NotFound } from '../../src/platform/database/errors.js';
import { anIdentityApp, type IdentityApp } from '../support/identity-app.js';

const CASE = '0b0c0000-0000-4000-8000-000000000001';

@Controller('cases')
class ProbeController {
  @Get(':id')
  @Allows('read', 'Case')
  read(@Param('id') id: string) {
    if (id !== CASE) throw new NotFound('case');
    return { id };
  }

  @Get()
  @Allows('read', 'Case')
  list() {
    return { items: [{ id: CASE }] };
  }

  @Post(':id/commands')
  @Allows('command', 'Case')
  command(@Body() _body: object) {
    throw new DomainError('commandRefused', 'Refused: not in this state.');
  }
}

@Controller('loose')
class LooseController {
  @Get()
  undeclared() {
    return { leaked: true };
  }

  @Post()
  @Allows('add', 'Audit')
  allowedToNobody() {
    return { leaked: true };
  }
}

describe('signing in', () => {
  let house: IdentityApp;
  let owner: pg.Client;
  const http = () => request(house.app.getHttpServer());
  const signIn = (username: string, password = house.passwordOf(username)) =>
    http().post('/api/tokens').send({ username, password });
  const tokenOf = async (username: string) => (await signIn(username).expect(201)).body.token as string;
  const logged = async (outcome: string) =>
    (
      await owner.query<{ actor_id: string | null; action: string; resource: string; detail: Record<string, unknown> }>(
        'SELECT actor_id, action, resource, detail FROM access_log WHERE outcome = $1 ORDER BY at, id',
        [outcome],
      )
    ).rows;

  beforeAll(async () => {
    house = await anIdentityApp([ProbeController]);
    house.app.set('trust proxy', true); // lets a test say from which address it comes
    owner = new pg.Client({ connectionString: house.database.ownerUrl });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await house.close();
  });

  it('gives an API client a token that is stored as a hash only, and tells who is signed in', async () => {
    const { body } = await signIn('interviewer').expect(201);
    expect(body).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/), expiresAt: expect.stringMatching(/Z$/) });
    const { rows } = await owner.query(`SELECT 1 FROM session WHERE token_hash = sha256($1::bytea)`, [body.token]);
    expect(rows).toHaveLength(1);
    const me = await http().get('/api/me').set('Authorization', `Bearer ${body.token}`).expect(200);
    expect(me.body).toMatchObject({
      username: 'interviewer',
      roles: ['officer1F'],
      unit: 'central',
      certificates: [{ name: 'interview1F', valid: true }],
    });
  });

  it('gives a browser a cookie that scripts and other sites cannot use, and ends it', async () => {
    const server = http();
    const origin = new URL(server.get('/').url).origin;
    const answer = await server
      .post('/api/session')
      .send({ username: ' Officer ', password: house.passwordOf('officer') })
      .expect(201);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^f1_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    expect(answer.body.token).toBeUndefined();
    const value = cookie.split(';')[0]!;
    await http().get('/api/me').set('Cookie', value).expect(200);
    await http().delete('/api/session').set('Cookie', value).set('Origin', origin).expect(204);
    await http().get('/api/me').set('Cookie', value).expect(401);
  });

  it('says the same of a wrong password, an unknown name and a closed account', async () => {
    const id = '0b0c0000-0000-4000-8000-0000000000aa';
    await createAccount(owner, { id, username: 'gone', displayName: 'Gone Demo', roles: ['author'], password: 'once' });
    await owner.query('UPDATE app_user SET disabled_at = now() WHERE id = $1', [id]);
    const answers = [await signIn('officer', 'wrong'), await signIn('nobody', 'wrong'), await signIn('gone', 'once')];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const refused = await logged('signInRefused');
    expect(refused.map(({ resource }) => resource)).toEqual([
      `account/${accountId('officer')}`,
      'account/unknown',
      `account/${id}`,
    ]);
  });

  it.each([
    ['no body', undefined, ''],
    ['a list', [], ''],
    ['a number as password', { username: 'officer', password: 1 }, '/password'],
    ['an unknown field', { username: 'officer', password: 'x', admin: true }, '/admin'],
  ])('refuses %s with a pointer', async (_, body, pointer) => {
    const { status, body: problem } = await http()
      .post('/api/tokens')
      .send(body as object);
    expect(status).toBe(400);
    expect((problem.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(
      pointer === '' && body === undefined ? '/username' : pointer,
    );
  });

  it.each([
    ['no token', {}],
    ['a forged token', { Authorization: `Bearer ${'A'.repeat(43)}` }],
    ['another scheme', { Authorization: 'Basic b2ZmaWNlcjp4' }],
    ['a cookie of no session', { Cookie: `f1_session=${'A'.repeat(43)}` }],
  ])('answers 401 to %s', async (_, headers) => {
    const answer = await http()
      .get('/api/me')
      .set(headers as Record<string, string>)
      .expect(401);
    expect(answer.body.code).toBe('notSignedIn');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('never takes a cookie for a token, a token for a cookie, or the cookie when a bad token comes along', async () => {
    const bearer = await tokenOf('officer');
    await http().get('/api/me').set('Cookie', `f1_session=${bearer}`).expect(401);
    const { headers } = await http()
      .post('/api/session')
      .send({ username: 'officer', password: house.passwordOf('officer') });
    const cookie = String(headers['set-cookie']).split(';')[0]!;
    await http()
      .get('/api/me')
      .set('Authorization', `Bearer ${cookie.slice('f1_session='.length)}`)
      .expect(401);
    await http().get('/api/me').set('Cookie', cookie).set('Authorization', 'Bearer nonsense').expect(401);
  });

  it('ends a token when it expires and a session when its account is closed', async () => {
    const token = await tokenOf('author');
    const me = () => http().get('/api/me').set('Authorization', `Bearer ${token}`);
    await me().expect(200);
    await owner.query(`UPDATE app_user SET disabled_at = now() WHERE username = 'author'`);
    await me().expect(401);
    await owner.query(`UPDATE app_user SET disabled_at = NULL WHERE username = 'author'`);
    await me().expect(200);
    await owner.query(`UPDATE session SET expires_at = now() WHERE user_id = $1`, [accountId('author')]);
    await me().expect(401);
  });

  it('refuses a change that rides on the cookie from another origin, from none and from "null"', async () => {
    const signedIn = await http()
      .post('/api/session')
      .send({ username: 'officer', password: house.passwordOf('officer') });
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!;
    const change = () => http().post(`/api/cases/${CASE}/commands`).set('Cookie', cookie).send({ type: 'X' });
    for (const origin of ['https://elsewhere.example', 'null', undefined]) {
      const answer = await (origin ? change().set('Origin', origin) : change());
      expect([answer.status, answer.body.code]).toEqual([403, 'foreignOrigin']);
    }
    const own = change();
    await own.set('Origin', new URL(own.url).origin).expect(409);
    await http()
      .post('/api/session')
      .set('Origin', 'https://elsewhere.example')
      .send({ username: 'officer', password: house.passwordOf('officer') })
      .expect(403);
  });

  describe('guessing', () => {
    const from = (address: string, username: string, password: string) =>
      http().post('/api/tokens').set('X-Forwarded-For', address).send({ username, password });

    it('is slowed after ten wrong passwords at one address, and the person elsewhere is not locked out', async () => {
      for (let i = 0; i < 10; i++) await from('192.0.2.1', 'reviewer', `guess ${i}`).expect(401);
      const blocked = await from('192.0.2.1', 'reviewer', house.passwordOf('reviewer')).expect(429);
      expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(60);
      await from('192.0.2.2', 'reviewer', house.passwordOf('reviewer')).expect(201);
    });

    it('from many addresses locks new places of that account only; a name that does not exist is treated alike', async () => {
      await from('198.51.100.1', 'decider', house.passwordOf('decider')).expect(201);
      for (const username of ['decider', 'no-such-person']) {
        for (let i = 0; i < 20; i++) await from(`203.0.113.${i}`, username, 'guess').expect(401);
        await from('203.0.113.99', username, 'guess').expect(429);
      }
      await from('203.0.113.98', 'decider', house.passwordOf('decider')).expect(429);
      await from('198.51.100.1', 'decider', house.passwordOf('decider')).expect(201);
    });

    it('at many accounts from one address blocks that address for strangers, not for those who work there', async () => {
      await from('192.0.2.50', 'analyst', house.passwordOf('analyst')).expect(201);
      for (let i = 0; i < 50; i++) await from('192.0.2.50', `stranger-${i}`, 'guess').expect(401);
      await from('192.0.2.50', 'stranger-50', 'guess').expect(429);
      await from('192.0.2.50', 'analyst', house.passwordOf('analyst')).expect(201);
    });

    it('sent at once does not slip through, and a right password gives its attempt back', async () => {
      for (let i = 0; i < 12; i++) await from('192.0.2.8', 'legal', house.passwordOf('legal')).expect(201);
      const answers = await Promise.all(Array.from({ length: 16 }, () => from('192.0.2.9', 'legal', 'guess')));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(6);
    });

    it('leaves neither names nor addresses in the counters', async () => {
      const { rows } = await owner.query<{ all: string }>(
        `SELECT string_agg(encode(key, 'escape'), ' ') AS all FROM throttle`,
      );
      expect(rows[0]!.all).not.toMatch(/192\.0\.2|decider|no-such-person/);
    });
  });

  it('clears away counters and sessions that have run out', async () => {
    await owner.query(`UPDATE throttle SET window_ends_at = now() - interval '1 second'`);
    await owner.query(`UPDATE session SET expires_at = now() WHERE user_id = $1`, [accountId('operator')]);
    await signIn('operator').expect(201);
    await signIn('operator').expect(201);
    const { rows } = await owner.query<{ counters: number; sessions: number }>(
      `SELECT (SELECT count(*)::int FROM throttle WHERE window_ends_at <= now()) AS counters,
         (SELECT count(*)::int FROM session WHERE user_id = $1) AS sessions`,
      [accountId('operator')],
    );
    expect(rows[0]).toEqual({ counters: 0, sessions: 2 });
  });

  describe('the policy and the access log', () => {
    const as = async (username: string, method: 'get' | 'post', path: string) =>
      http()
        [method](path)
        .set('Authorization', `Bearer ${await tokenOf(username)}`);

    it('refuses a role that may never use the endpoint, says who may, and records it', async () => {
      const answer = await as('auditor', 'get', `/api/cases/${CASE}`);
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
      expect(answer.body.detail).toContain('caseOfficer');
      expect((await logged('refused')).at(-1)).toMatchObject({
        actor_id: accountId('auditor'),
        action: 'read Case',
        resource: `/api/cases/${CASE}`,
        detail: { code: 'forbidden' },
      });
    });

    it('does not let the application start with a route that declares nothing, or what no role may', async () => {
      await expect(anIdentityApp([LooseController])).rejects.toThrow(
        /GET LooseController\.undeclared \(loose\)[^]*POST LooseController\.allowedToNobody/,
      );
    });

    it('records what was read, by id, and what was not found, without repeating what was typed', async () => {
      expect((await as('officer', 'get', `/api/cases/${CASE}`)).status).toBe(200);
      expect((await as('officer', 'get', '/api/cases')).status).toBe(200);
      expect((await as('officer', 'get', '/api/cases/Example-Name')).status).toBe(404);
      expect((await logged('read')).slice(-2)).toEqual([
        { actor_id: accountId('officer'), action: 'read Case', resource: `/api/cases/${CASE}`, detail: {} },
        { actor_id: accountId('officer'), action: 'read Case', resource: '/api/cases', detail: { ids: [CASE] } },
      ]);
      expect((await logged('refused')).at(-1)).toMatchObject({
        resource: '/api/cases/?',
        detail: { code: 'notFound' },
      });
    });

    it('records a refused command', async () => {
      const post = await as('officer', 'post', `/api/cases/${CASE}/commands`);
      expect(post.status).toBe(409);
      const sent = await http()
        .post(`/api/cases/${CASE}/commands`)
        .set('Authorization', `Bearer ${await tokenOf('officer')}`)
        .send({ type: 'DECIDE_EXCLUSION' });
      expect(sent.status).toBe(409);
      expect((await logged('refused')).at(-1)).toMatchObject({
        action: 'command Case',
        resource: `/api/cases/${CASE}/commands`,
        detail: { code: 'commandRefused', command: 'DECIDE_EXCLUSION' },
      });
    });

    it('shows nothing when the record of it cannot be written', async () => {
      const token = await tokenOf('officer');
      await owner.query('REVOKE INSERT ON access_log FROM f1_api');
      try {
        const answer = await http().get(`/api/cases/${CASE}`).set('Authorization', `Bearer ${token}`);
        expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
        expect(answer.text).not.toContain(CASE);
      } finally {
        await owner.query('GRANT INSERT ON access_log TO f1_api');
      }
    });
  });

  describe('certificates', () => {
    const assert = (username: string, name: 'interview1F' | 'review1F' | 'decide1F', at = new Date()) =>
      house.app
        .get(Database)
        .inActorTx(accountId('officer'), (tx) =>
          house.app.get(CertificatesService, { strict: false }).assertInTx(tx, accountId(username), name, at),
        );

    it('let a person with a valid one through', async () => {
      await expect(assert('reviewer', 'review1F')).resolves.toBeUndefined();
    });

    it('refuse an expired one, saying since when and what to do', async () => {
      await expect(assert('reviewer-expired', 'review1F')).rejects.toMatchObject({
        code: 'certificateMissing',
        message: expect.stringMatching(/review1F expired on \d{4}-\d\d-\d\d\. Record a renewed certificate/),
      });
    });

    it('refuse one that does not exist and one that is not valid yet', async () => {
      await expect(assert('reviewer', 'decide1F')).rejects.toMatchObject({
        message: expect.stringContaining('no certificate decide1F is on record'),
      });
      await expect(assert('reviewer', 'review1F', new Date('2020-01-01T12:00:00Z'))).rejects.toMatchObject({
        message: expect.stringContaining('is not valid before'),
      });
    });

    it('hold through their last day where the authority works', async () => {
      await owner.query(`UPDATE certificate SET valid_until = '2031-06-30' WHERE user_id = $1`, [accountId('legal')]);
      // 21:59 UTC is 23:59 in Brussels in summer; one minute later a new day has begun there.
      await expect(assert('legal', 'review1F', new Date('2031-06-30T21:59:00Z'))).resolves.toBeUndefined();
      await expect(assert('legal', 'review1F', new Date('2031-06-30T22:00:00Z'))).rejects.toThrow(
        /expired on 2031-06-30/,
      );
    });
  });

  describe('seeding the demo', () => {
    it('again changes no password and no row, and keeps the file to its owner', async () => {
      const count = async () =>
        (
          await owner.query(`SELECT (SELECT count(*) FROM app_user) AS users, (SELECT count(*) FROM authority) AS authorities,
            (SELECT count(*) FROM competence_rule) AS rules, (SELECT count(*) FROM deadline_rule) AS deadlines,
            (SELECT max(changed_at) FROM credential) AS changed`)
        ).rows[0] as object;
      const before = await count();
      const lines: string[] = [];
      expect(await seedDemo(house.database.ownerUrl, house.dataDir)).toEqual(house.logins);
      tellOfDemo(house.logins, (line) => lines.push(line));
      expect(await count()).toEqual(before);
      expect(lines.join('\n')).toContain(house.passwordOf('officer'));
      const atAPortal: string[] = [];
      tellOfDemo(house.logins, (line) => atAPortal.push(line), ['prosecutor']);
      expect(atAPortal.join('\n')).toContain(house.passwordOf('prosecutor'));
      expect(atAPortal.join('\n')).not.toContain(house.passwordOf('officer'));
      expect(statSync(join(house.dataDir, 'demo-accounts.json')).mode & 0o777).toBe(0o600);
    });

    it('gives an authority a webhook, and refuses one that is not there', async () => {
      const receiver = { endpoint: 'http://127.0.0.1:4010/', receiptPublicKey: 'key' };
      await useWebhook(house.database.ownerUrl, 'demo-war-crimes-unit', receiver);
      const { rows } = await owner.query(`SELECT channel, endpoint FROM authority WHERE code = 'demo-war-crimes-unit'`);
      expect(rows).toEqual([{ channel: 'webhook', endpoint: receiver.endpoint }]);
      await expect(useWebhook(house.database.ownerUrl, 'nobody', receiver)).rejects.toThrow(/no authority nobody/);
    });

    it('gives new passwords when the file of them was lost, and ends the sessions of the old ones', async () => {
      const token = await tokenOf('operator');
      const folder = mkdtempSync(join(tmpdir(), 'f1-reseeded-'));
      const again = await seedDemo(house.database.ownerUrl, folder);
      rmSync(folder, { recursive: true });
      const password = again.find(({ username }) => username === 'operator')!.password;
      await signIn('operator').expect(401);
      await signIn('operator', password).expect(201);
      await http().get('/api/me').set('Authorization', `Bearer ${token}`).expect(401);
    });
  });
});
