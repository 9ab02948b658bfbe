import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Holidays from 'date-holidays';
import { compactVerify } from 'jose';
import { createHash, randomUUID, verify } from 'node:crypto';
import { authorityId } from '../../src/demo/seed.js';
import type { Cast } from '../../src/demo/case-walk.js';
import { holdSending } from '../../src/platform/backup/sending-hold.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const SCAN = 'An invented advice of receipt, signed.';
const FEDERAL = authorityId('demo-prosecution');
const UNIT = authorityId('demo-war-crimes-unit');

describe('an authority reached by registered post', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let decider: Person;
  let file: CaseAt;
  let posted: string;
  let inboxed: string;
  let scan: string;

  beforeAll(async () => {
    application = await anApplication();
    await application.owner.query(
      `UPDATE authority SET channel = 'paper', calendar = 'JP', contacts = $2 WHERE id = $1`,
      [UNIT, JSON.stringify([{ office: 'Registry', phone: '+32 2 000 00 00', languages: ['fr'] }])],
    );
    await application.owner.query(`INSERT INTO deadline_rule (kind, valid_from, amount, unit, source)
      SELECT kind, '2010-01-01', 260, 'workingDays', 'house rule' FROM unnest(ARRAY['acknowledge', 'feedback']) kind`);
    cast = await application.cast();
    officer = await application.as('officer');
    decider = await application.as('decider');
    file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    [posted, inboxed] = (await Promise.all([referralTo(UNIT), referralTo(FEDERAL)])) as [string, string];
    scan = await aDocument(file.id, SCAN);
    await eventually(async () => (await receiptOf(inboxed)).length === 1);
  });

  afterAll(() => application?.close());

  const referralTo = async (authority: string, of = file.id): Promise<string> => {
    const text = 'SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2';
    return (await application.rows<{ id: string }>(text, [of, authority]))[0]!.id;
  };
  const receiptOf = (id: string) => application.rows('SELECT FROM receipt WHERE referral_id = $1', [id]);
  const aDocument = async (caseId: string, text: string): Promise<string> => {
    const form = new FormData();
    form.set('about', JSON.stringify({ name: 'receipt.txt', source: 'the post', custody: 'filed at the counter' }));
    form.set('file', new Blob([text], { type: 'text/plain' }), 'receipt.txt');
    const headers = { Authorization: `Bearer ${officer.token}` };
    const filed = await fetch(`${application.address}/api/cases/${caseId}/documents`, {
      method: 'POST',
      headers,
      body: form,
    });
    return ((await filed.json()) as { id: string }).id;
  };
  const handOver = (more: object = {}) => ({
    number: 'RR000000000XX',
    handedOverAt: new Date().toISOString(),
    signedBy: 'Registry, I. Exemplaris',
    documentId: scan,
    ...more,
  });
  const record = (by: Person, id: string, body: object, key?: string): Promise<Answer> =>
    by.post(`/api/postal-referrals/${id}/receipt`, body, key === undefined ? {} : { 'Idempotency-Key': key });
  const refusal = ({ status, body }: Answer) => ({ status, code: body?.code as string });

  it('waits on the list of those who see the case, and of nobody else', async () => {
    for (const person of [officer, decider]) {
      const { status, body } = await person.get('/api/postal-referrals');
      expect({ status, items: body.items }).toMatchObject({
        status: 200,
        items: [{ id: posted, caseId: file.id, kind: 'exclusion', authority: 'demo-war-crimes-unit' }],
      });
    }
    expect((await (await application.as('officer-north')).get('/api/postal-referrals')).body.items).toEqual([]);
    for (const name of ['prosecutor', 'war-crimes', 'auditor', 'operator', 'reviewer'])
      expect(refusal(await (await application.as(name)).get('/api/postal-referrals'))).toMatchObject({ status: 403 });
    const paged = await officer.get('/api/postal-referrals?limit=1');
    expect(paged.body).toMatchObject({ items: [{ id: posted }], next: null });
  });

  it('is not to be posted while sending is held after a restore', async () => {
    await holdSending(application.owner);
    expect((await officer.get('/api/postal-referrals')).body.items).toEqual([]);
    await application.owner.query('DELETE FROM sending_hold');
    expect((await officer.get('/api/postal-referrals')).body.items).toMatchObject([{ id: posted }]);
  });

  it('has its post recorded by nobody who may not, and by nobody elsewhere', async () => {
    const before = await application.counts();
    for (const name of ['prosecutor', 'war-crimes', 'auditor', 'reviewer', 'legal'])
      expect(refusal(await record(await application.as(name), posted, handOver()))).toMatchObject({ status: 403 });
    expect(refusal(await record(await application.as('officer-north'), posted, handOver()))).toMatchObject({
      status: 404,
    });
    expect(refusal(await record(officer, randomUUID(), handOver()))).toEqual({ status: 404, code: 'notFound' });
    expect(await application.counts()).toEqual(before);
  });

  it('has nothing recorded that cannot be, each with what to send instead', async () => {
    const other = await aCaseAt(cast, 'triage');
    const foreign = await aDocument(other.id, SCAN);
    const before = await application.counts();
    for (const [change, pointer] of [
      [{ number: ' ' }, '/number'],
      [{ signedBy: 7 }, '/signedBy'],
      [{ handedOverAt: 'yesterday' }, '/handedOverAt'],
      [{ handedOverAt: '2020-01-01T00:00:00Z' }, '/handedOverAt'],
      [{ handedOverAt: '2999-01-01T00:00:00Z' }, '/handedOverAt'],
      [{ documentId: 'x' }, '/documentId'],
      [{ documentId: randomUUID() }, '/documentId'],
      [{ documentId: foreign }, '/documentId'],
      [{ by: 'pigeon' }, '/by'],
    ] as const) {
      const answer = await record(officer, posted, handOver(change));
      expect(refusal(answer)).toEqual({ status: 400, code: 'invalidInput' });
      expect((answer.body.errors as { pointer: string }[]).map((one) => one.pointer)).toEqual([pointer]);
    }
    const wrongWay = await record(officer, inboxed, handOver());
    expect(refusal(wrongWay)).toEqual({ status: 409, code: 'conflict' });
    expect(wrongWay.body.detail).toMatch(/^demo-prosecution is reached by inbox, not by post/);
    expect(await application.counts()).toEqual(before);
  });

  it('is not handed anything once the applicant accuses it, until that is taken back', async () => {
    const path = `/api/cases/${file.id}/persecution-actors`;
    const accused = await officer.post(path, { name: 'It', authorityId: UNIT, reason: 'Answer 3.' });
    expect(accused.status).toBe(201);
    const refused = await record(officer, posted, handOver());
    expect(refusal(refused)).toEqual({ status: 409, code: 'blockedRecipient' });
    expect((await officer.get('/api/postal-referrals')).body.items).toEqual([]);
    const printed = () => officer.get(`/api/referrals/${posted}/package.pdf`);
    expect(refusal(await printed())).toEqual({ status: 409, code: 'blockedRecipient' });
    expect((await officer.get(`/api/referrals/${posted}/package`)).status).toBe(200);
    expect((await officer.get(`/api/referrals/${inboxed}/package.pdf`)).status).toBe(200);
    expect((await application.reconcile()).differences).toContainEqual(
      expect.objectContaining({ what: 'blockedAfter', obligationId: posted }),
    );
    const back = (who: Person) =>
      who.post(`${path}/${accused.body.items[0].id}/withdrawal`, { reason: 'Another one was meant.' });
    await back(officer);
    expect((await application.reconcile()).differences).not.toEqual([]);
    expect((await back(await application.as('interviewer'))).status).toBe(200);
    expect((await application.reconcile()).differences).toEqual([]);
  });

  it('is told once: of two at once one is the receipt, and the same request again changes nothing', async () => {
    const body = handOver();
    const both = await Promise.all([record(officer, posted, body, 'first'), record(decider, posted, body, 'second')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [by, key] = both[0].status === 200 ? [officer, 'first'] : [decider, 'second'];
    const before = await application.counts();
    const again = await record(by, posted, body, key);
    const done = both.find(({ status }) => status === 200)!;
    expect(again).toMatchObject({ status: 200, body: done.body });
    expect(refusal(await record(by, posted, handOver()))).toEqual({ status: 409, code: 'conflict' });
    expect(await application.counts()).toEqual(before);

    const { publicKey } = keysFrom(application.config).signing;
    const { payload } = await compactVerify(done.body.receipt as string, publicKey);
    const [referral] = await application.rows('SELECT body_sha256 AS hash FROM referral WHERE id = $1', [posted]);
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({
      referralId: posted,
      bodySha256: (referral as { hash: string }).hash,
      receivedAt: body.handedOverAt,
      scanSha256: createHash('sha256').update(SCAN).digest('hex'),
      recordHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('counts as told everywhere after that', async () => {
    expect((await officer.get('/api/postal-referrals')).body.items).toEqual([]);
    const { body } = await officer.get(`/api/cases/${file.id}`);
    expect((body.duties.obligations as { state: string }[]).map(({ state }) => state)).toEqual([
      'received',
      'received',
    ]);
    expect(await application.reconcile()).toMatchObject({ ok: true, obligations: 2, receipts: 2, inFlight: 0 });
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });

  it('has until its own working days are over', async () => {
    const prosecutor = await application.as('prosecutor');
    const { body } = await prosecutor.get(`/api/referrals/${inboxed}`);
    const acknowledged = { type: 'ACKNOWLEDGE', packageSha256: body.packageSha256 };
    expect((await prosecutor.post(`/api/referrals/${inboxed}/commands`, acknowledged)).status).toBe(200);
    const clock = async (id: string, kind: string) => {
      const text = 'SELECT starts_at, due_at FROM deadline WHERE subject_id = $1 AND kind = $2';
      return (await application.rows<{ starts_at: Date; due_at: Date }>(text, [id, kind]))[0]!;
    };
    const [theirs, ours, feedback] = [
      await clock(posted, 'acknowledge'),
      await clock(inboxed, 'acknowledge'),
      await clock(inboxed, 'feedback'),
    ];
    expect(workingDays(theirs, 'JP')).toBe(workingDays(ours, 'BE'));
    expect(workingDays(feedback, 'BE')).toBe(workingDays(ours, 'BE'));
    expect(theirs.due_at.getTime()).toBeGreaterThan(ours.due_at.getTime());
  });

  it('is shown with its calendar to everybody, and with its contact points to those who call', async () => {
    const of = async (name: string) => {
      const { status, body } = await (await application.as(name)).get('/api/authorities');
      return { status, unit: (body.items as { code: string }[]).find(({ code }) => code === 'demo-war-crimes-unit') };
    };
    const unit = { channel: 'paper', calendar: 'JP', country: 'BE', represents: null, kind: 'other' };
    const contacts = [{ office: 'Registry', phone: '+32 2 000 00 00', languages: ['fr'] }];
    for (const name of ['officer', 'prosecutor', 'operator'])
      expect(await of(name)).toMatchObject({ status: 200, unit: { ...unit, contacts } });
    for (const name of ['auditor', 'author'])
      expect(await of(name)).toMatchObject({ status: 200, unit: { ...unit, contacts: [] } });
    expect((await application.anonymously('GET', '/api/authorities')).status).toBe(401);
  });

  it('has a later referral proved by no advice of receipt of an earlier one', async () => {
    const legal = await application.as('legal');
    const mistaken = { type: 'CORRECT_FACTUAL_ERROR', reasons: 'Another unit was meant.' };
    expect(refusal(await legal.post(`/api/cases/${file.id}/commands`, mistaken))).toMatchObject({ status: 200 });
    const text = `SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2 AND kind = 'correction'`;
    const [correction] = await application.rows<{ id: string }>(text, [file.id, UNIT]);
    const refused = await record(officer, correction!.id, handOver());
    expect(refusal(refused)).toEqual({ status: 400, code: 'invalidInput' });
    expect(refused.body.errors).toMatchObject([{ pointer: '/documentId', detail: expect.stringContaining(posted) }]);
    const own = await aDocument(file.id, `${SCAN} Another one.`);
    expect(refusal(await record(officer, correction!.id, handOver({ documentId: own })))).toMatchObject({
      status: 200,
    });
  });

  it('is in the reconciliations that auditors read, each with a signature that the public key alone checks', async () => {
    const auditor = await application.as('auditor');
    const { body } = await eventually(async () => {
      const answer = await auditor.get('/api/reconciliations?limit=1');
      return answer.body.items?.length === 1 && answer;
    });
    const [last] = body.items as { statement: string; signature: string; keyId: string; ok: boolean; at: string }[];
    const { signing } = keysFrom(application.config);
    expect(last!.keyId).toBe(signing.id);
    const signature = Buffer.from(last!.signature, 'base64');
    expect(verify(null, Buffer.from(last!.statement), signing.publicKey, signature)).toBe(true);
    expect(verify(null, Buffer.from(last!.statement + ' '), signing.publicKey, signature)).toBe(false);
    expect(JSON.parse(last!.statement)).toMatchObject({ format: 'f1-reconciliation/1', at: last!.at, ok: last!.ok });
    const page = await auditor.get('/api/reconciliations/latest.html');
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).toContain('By kind');
    const figures = await (await fetch(`${application.address}/metrics`)).text();
    expect(figures).toMatch(/^f1_reconcile_differences 0$/m);
    expect(figures).toMatch(/^f1_reconcile_last_run_seconds [1-9]/m);
    for (const name of ['officer', 'decider', 'prosecutor', 'operator', 'author'])
      for (const path of ['/api/reconciliations', '/api/reconciliations/latest.html'])
        expect(refusal(await (await application.as(name)).get(path))).toMatchObject({ status: 403 });
  });
});

/** Working days after the start, up to and with the last, by the calendar of the packages alone. */
function workingDays({ starts_at, due_at }: { starts_at: Date; due_at: Date }, country: string): number {
  const calendar = new Holidays(country, { types: ['public'] });
  const years = [starts_at.getUTCFullYear(), due_at.getUTCFullYear()];
  const off = new Set(years.flatMap((year) => calendar.getHolidays(year).map(({ date }) => date.slice(0, 10))));
  const dayOf = (at: Date) => Date.parse(at.toLocaleDateString('en-CA', { timeZone: 'Europe/Brussels' }));
  let days = 0;
  for (let day = dayOf(starts_at) + DAY; day < dayOf(new Date(due_at.getTime() - 1)) + DAY; day += DAY) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (![0, 6].includes(new Date(day).getUTCDay()) && !off.has(date)) days++;
  }
  return days;
}

const DAY = 86_400_000;

async function eventually<T>(ask: () => Promise<T | false>): Promise<T> {
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    const found = await ask();
    if (found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not happen within 30 s');
}
