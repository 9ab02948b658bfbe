import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const PURPOSE = { purpose: 'investigation', legalBasis: 'an invented code of procedure, Article 1' };
const LETTER = 'An invented letter that was handed in.';

describe('the prosecutor’s side', () => {
  let application: TestApplication;
  let cast: Cast;
  let prosecutor: Person;
  let legal: Person;
  let decider: Person;
  let caseId: string;
  /** The exclusion told to the prosecutor’s own authority, and the one told to the other. */
  let own: string;
  let foreign: string;
  let document: string;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    prosecutor = await application.as('prosecutor');
    legal = await application.as('legal');
    decider = await application.as('decider');
    const at = await aCaseAt(cast, 'approved', { allegations: [GENOCIDE] });
    caseId = at.id;
    const form = new FormData();
    form.set('about', JSON.stringify({ name: 'letter.txt', source: 'the applicant', custody: 'filed at the counter' }));
    form.set('file', new Blob([LETTER], { type: 'text/plain' }), 'letter.txt');
    const officer = await application.as('officer');
    const filed = await fetch(`${application.address}/api/cases/${caseId}/documents`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${officer.token}` },
      body: form,
    });
    document = ((await filed.json()) as { id: string }).id;
    const decision = {
      type: 'DECIDE_EXCLUSION',
      reasons: 'Serious reasons for considering.',
      allegations: at.outcomes,
    };
    await cast.decider.post(`/api/cases/${caseId}/commands`, decision);
    await eventually(async () => {
      const { body } = await officer.get(`/api/cases/${caseId}`);
      return (body.duties.obligations as { state: string }[]).every(({ state }) => state === 'received');
    });
    const { body: inbox } = await prosecutor.get('/api/referrals?order=priority');
    own = inbox.items[0].id;
    const { body: other } = await (await application.as('war-crimes')).get('/api/referrals?order=due');
    foreign = other.items[0].id;
  });

  afterAll(() => application?.close());

  const give = (feedback: string, more: object = {}): Promise<Answer> =>
    prosecutor.post(`/api/referrals/${own}/commands`, {
      type: 'GIVE_FEEDBACK',
      feedback,
      text: `Invented words about ${feedback}.`,
      ...more,
    });

  it('lists what came with its priority, and filters and orders by it', async () => {
    const { body } = await prosecutor.get('/api/referrals?priority=high&acknowledged=no&overdue=no&order=due');
    expect(body.items).toEqual([
      expect.objectContaining({
        id: own,
        priority: { level: 'high', suspectIdentified: true, presentHere: true, corroborated: false },
      }),
    ]);
    expect((await prosecutor.get('/api/referrals?priority=low')).body.items).toEqual([]);
    expect((await prosecutor.get('/api/referrals?overdue=yes')).body.items).toEqual([]);
    expect((await prosecutor.get('/api/referrals?order=loudest')).status).toBe(400);
  });

  it('says of nobody who has gone since that they are here, to whoever was told of them, and says it again', async () => {
    const officer = await application.as('officer');
    const mark = (type: string) =>
      officer.post(`/api/cases/${caseId}/person/commands`, { type, source: 'An invented border record.' });
    const listed = async (level: string) =>
      (await prosecutor.get(`/api/referrals?priority=${level}`)).body.items.map(
        ({ id, priority }: { id: string; priority: object }) => ({ id, ...priority }),
      );
    const facets = { id: own, suspectIdentified: true, corroborated: false };
    for (const gone of ['MARK_LEFT', 'MARK_REMOVED']) {
      expect((await mark(gone)).status).toBe(200);
      expect(await listed('high')).toEqual([]);
      expect(await listed('medium')).toEqual([{ ...facets, level: 'medium', presentHere: false }]);
      const { priority } = (await prosecutor.get(`/api/referrals/${own}`)).body;
      expect(priority).toMatchObject({ level: 'medium', presentHere: false });
    }
    expect((await mark('MARK_PRESENT')).status).toBe(200);
    expect(await listed('high')).toEqual([{ ...facets, level: 'high', presentHere: true }]);
  });

  it('shows the cover and keeps the content closed until a purpose is stated', async () => {
    const cover = await prosecutor.get(`/api/referrals/${own}`);
    expect(cover.body.access).toMatchObject({ open: false, grant: null });
    expect(cover.text).not.toContain('Exemplaris');
    for (const path of ['package', `documents/${document}`]) {
      const refused = await prosecutor.get(`/api/referrals/${own}/${path}`);
      expect(refused).toMatchObject({ status: 409, body: { code: 'grantRequired' } });
      expect(refused.body.detail).toContain(`POST /api/referrals/${own}/grants`);
    }
    const without = await prosecutor.post(`/api/referrals/${own}/grants`, { purpose: 'curiosity', legalBasis: '' });
    expect(without).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
    const late = await prosecutor.post(`/api/referrals/${own}/grants`, { ...PURPOSE, until: '2999-01-01T00:00:00Z' });
    expect(late).toMatchObject({ status: 400, body: { errors: [{ pointer: '/until' }] } });
    const officers = await (await application.as('officer')).post(`/api/referrals/${own}/grants`, PURPOSE);
    expect(officers).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const others = await prosecutor.post(`/api/referrals/${foreign}/grants`, PURPOSE);
    expect(others).toMatchObject({ status: 404, body: { code: 'notFound' } });
  });

  it('opens the package and the document it names, and records each read with its purpose', async () => {
    const opened = await prosecutor.post(`/api/referrals/${own}/grants`, PURPOSE, { 'Idempotency-Key': 'open-once' });
    expect(opened).toMatchObject({ status: 201, body: { for: 'person', purpose: 'investigation', state: 'live' } });
    const again = await prosecutor.post(`/api/referrals/${own}/grants`, PURPOSE, { 'Idempotency-Key': 'open-once' });
    expect(again.body.id).toBe(opened.body.id);
    const read = await prosecutor.get(`/api/referrals/${own}/package`);
    expect(read.body).toMatchObject({ grant: opened.body.id, package: { kind: 'exclusion' } });
    expect(read.headers.get('etag')).toBe(`"${read.body.packageSha256}"`);
    expect(read.headers.get('x-watermark')).toContain(`reader=prosecutor`);
    const file = await prosecutor.get(`/api/referrals/${own}/documents/${document}`);
    expect(file).toMatchObject({ status: 200, text: LETTER });
    expect(file.headers.get('content-disposition')).toMatch(
      new RegExp(`F1-\\d+-\\d+_demo-prosecution_prosecutor_\\d+T\\d+Z_${document}\\.txt$`),
    );
    expect(file.headers.get('x-watermark')).toContain(`reader=prosecutor`);
    const { body: log } = await (await application.as('auditor')).get('/api/audit/access?limit=200');
    const reads = (log.items as { resource: string; detail: object }[]).filter(({ resource }) =>
      resource.includes(own),
    );
    const under = { grant: opened.body.id, purpose: 'investigation' };
    for (const path of ['package', `documents/${document}`])
      expect(reads).toContainEqual(
        expect.objectContaining({ resource: `/api/referrals/${own}/${path}`, detail: expect.objectContaining(under) }),
      );
  });

  it('opens ten grants at a time for one person, asked at once or not, and says what to do instead of more', async () => {
    const other = await application.as('war-crimes');
    const path = `/api/referrals/${foreign}/grants`;
    const asked = await Promise.all(Array.from({ length: 12 }, () => other.post(path, PURPOSE)));
    const refused = asked.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(2);
    for (const answer of [...refused, await other.post(path, PURPOSE)]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(answer.body.detail).toContain(`10 grants already: read it under one of them (GET ${path})`);
    }
    const { body: grants } = await other.get(path);
    expect((grants.items as { state: string }[]).filter(({ state }) => state === 'live')).toHaveLength(10);
    expect((await other.get(`/api/referrals/${foreign}/package`)).status).toBe(200);
  });

  it('acknowledges the file that was read, and no other', async () => {
    const path = `/api/referrals/${own}/commands`;
    const { body: cover } = await prosecutor.get(`/api/referrals/${own}`);
    const other = 'f'.repeat(64);
    const differs = await prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256: other });
    expect(differs).toMatchObject({
      status: 409,
      body: { code: 'fileDiffers', seen: other, sent: cover.packageSha256 },
    });
    const unnamed = await prosecutor.post(path, { type: 'ACKNOWLEDGE' });
    expect(unnamed).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    expect(unnamed.body.detail).toContain('packageSha256');
    expect(await give('opened')).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    const done = await prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256: cover.packageSha256 });
    expect(done).toMatchObject({ status: 200, body: { stage: 'acknowledged' } });
  });

  it('takes access back at once, and lets only the sender give it again', async () => {
    const { body: grants } = await legal.get(`/api/referrals/${own}/grants`);
    const path = `/api/referrals/${own}/grants`;
    const revoke = `${path}/${grants.items[0].id}/revoke`;
    expect((await prosecutor.post(revoke, { reason: 'I may not.' })).status).toBe(403);
    const revoked = await legal.post(revoke, { reason: 'The investigation was given to somebody else.' });
    expect(revoked).toMatchObject({ status: 200, body: { state: 'revoked' } });
    expect(await legal.post(revoke, { reason: 'Twice.' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const closed = { status: 403, body: { code: 'accessRevoked' } };
    expect(await prosecutor.get(`/api/referrals/${own}/package`)).toMatchObject(closed);
    expect(await prosecutor.get(`/api/referrals/${own}/documents/${document}`)).toMatchObject(closed);
    expect(await prosecutor.post(path, PURPOSE)).toMatchObject(closed);
    const standing = await legal.post(path, PURPOSE);
    expect(standing).toMatchObject({ status: 201, body: { for: 'authority', personId: null, state: 'live' } });
    expect((await prosecutor.get(`/api/referrals/${own}/package`)).body.grant).toBe(standing.body.id);
    const reviewed = await decider.post(path, { ...PURPOSE, purpose: 'prosecution' });
    const { body: after } = await prosecutor.get(path);
    const states = (after.items as { id: string; state: string }[]).map(({ id, state }) => [id, state]);
    expect(states).toContainEqual([standing.body.id, 'revoked']);
    expect(states).toContainEqual([reviewed.body.id, 'live']);
    expect((await prosecutor.get(`/api/referrals/${own}/package`)).status).toBe(200);
  });

  it('has standing access reviewed: its clock begins with it, anew with the review, and ends with it', async () => {
    const path = `/api/referrals/${own}/grants`;
    const clock = async () => {
      const [row, ...others] = await application.rows<{ id: string; starts_at: Date; due_at: Date; running: boolean }>(
        `SELECT id, starts_at, due_at, met_at IS NULL AND ended_at IS NULL AS running FROM deadline
         WHERE subject_id = $1 AND kind = 'grantReview'`,
        [own],
      );
      expect(others).toEqual([]);
      return row!;
    };
    const { items } = (await legal.get(path)).body as { items: { id: string; state: string; until: string }[] };
    const standing = items.find(({ state }) => state === 'live')!;
    const begun = await clock();
    expect(begun).toMatchObject({ running: true, due_at: new Date(standing.until) });
    const reviewed = await legal.post(path, PURPOSE);
    const anew = await clock();
    expect(anew).toMatchObject({ running: true, due_at: new Date(reviewed.body.until) });
    expect(anew.starts_at.getTime()).toBeGreaterThan(begun.starts_at.getTime());
    expect((await legal.post(`${path}/${reviewed.body.id}/revoke`, { reason: 'The review ended it.' })).status).toBe(
      200,
    );
    expect(await clock()).toMatchObject({ running: false });
    expect((await legal.post(path, PURPOSE)).status).toBe(201);
  });

  it('hands feedback back to the officers in words, and to authors without anybody’s data', async () => {
    const wrong = await give('opened', { outcome: 'convicted', questionIds: ['noSuchQuestion'] });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
    expect(await give('incomplete')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/missing' }] } });
    const missing = { missing: ['the recording of the first interview'], questionIds: ['accountLife'] };
    expect(await give('incomplete', missing)).toMatchObject({ status: 200, body: { stage: 'acknowledged' } });
    expect((await give('mutualLegalAssistance')).status).toBe(200);
    for (const side of [await application.as('officer'), decider]) {
      const { body: told } = await side.get(`/api/cases/${caseId}/feedback`);
      expect(told.items).toMatchObject([
        { feedback: 'incomplete', ...missing, authority: 'demo-prosecution', endsMatter: false },
        { feedback: 'mutualLegalAssistance', clearsPerson: false },
      ]);
    }
    expect((await (await application.as('officer-north')).get(`/api/cases/${caseId}/feedback`)).status).toBe(404);
    expect((await (await application.as('war-crimes')).get(`/api/referrals/${own}/feedback`)).status).toBe(404);
    const [pinned] = await application.rows<{ hash: string }>(
      `SELECT questionnaire_hash AS hash FROM interview_questionnaire WHERE case_id = $1 LIMIT 1`,
      [caseId],
    );
    const path = `/api/questionnaires/${pinned!.hash}/feedback`;
    const authors = await (await application.as('author')).get(path);
    expect(authors.body.items).toContainEqual({
      feedback: 'incomplete',
      outcome: null,
      questionIds: ['accountLife'],
      on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect(authors.text).not.toContain('Invented words');
    expect((await prosecutor.get(path)).status).toBe(403);
  });

  it('reconsiders when the person is cleared, and recalls everything that was told of somebody else', async () => {
    const cleared = await give('outcome', { outcome: 'mistakenIdentity' });
    expect(cleared).toMatchObject({ status: 200, body: { stage: 'closed' } });
    const officer = await application.as('officer');
    const path = `/api/cases/${caseId}/reconsiderations`;
    const [opened] = await eventually(async () => {
      const { items } = (await officer.get(path)).body;
      return items.length > 0 && (items as { id: string; recalledBy: string | null; outcome: null }[]);
    });
    expect(opened).toMatchObject({ because: 'mistakenIdentity', outcome: null, dueAt: expect.any(String) });
    expect(opened!.recalledBy).not.toBeNull();
    for (const [username, id] of [
      ['prosecutor', own],
      ['war-crimes', foreign],
    ] as const) {
      const reader = await application.as(username);
      const suspended = await reader.get(`/api/referrals/${id}/package`);
      expect(suspended).toMatchObject({ status: 409, body: { code: 'accessSuspended' } });
      const corrections = await eventually(async () => {
        const { body } = await reader.get('/api/referrals?kind=correction');
        return body.items.length > 0 && (body.items as { id: string; corrects: string }[]);
      });
      expect(corrections).toMatchObject([{ corrects: id }]);
      const { body } = await reader.get(`/api/referrals/${corrections[0]!.id}/package`);
      expect(body.package.correction).toMatchObject({ reason: 'mistakenIdentity', accessSuspended: true });
      expect(JSON.stringify(body.package)).not.toContain('Invented words'); // the one authority's words stay with it
    }
    const decide = `${path}/${opened!.id}/decide`;
    const reasons = { outcome: 'toReopen', reasons: 'It was somebody else.' };
    expect(await decider.post(decide, reasons)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await legal.post(decide, reasons)).status).toBe(403);
    const fresh = await application.withAccount('fresh-decider', {
      roles: ['decisionMaker'],
      certificates: ['decide1F'],
    });
    const decided = await fresh.post(decide, reasons);
    expect(decided).toMatchObject({
      status: 200,
      body: { items: [{ outcome: 'toReopen', reasons: reasons.reasons }] },
    });
    expect(await fresh.post(decide, reasons)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('answers the correction with what became of the file', async () => {
    const { body } = await prosecutor.get('/api/referrals?kind=correction');
    const { id, packageSha256 } = (await prosecutor.get(`/api/referrals/${body.items[0].id}`)).body;
    const path = `/api/referrals/${id}/commands`;
    const answer = { type: 'ANSWER_CORRECTION', answer: 'restricted', law: 'an invented code, Article 2' };
    await eventually(async () => (await prosecutor.get(`/api/referrals/${id}`)).body.stage === 'receipted');
    expect(await prosecutor.post(path, answer)).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    const read = await prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256 });
    expect(read).toMatchObject({ status: 200, body: { stage: 'answerAwaited' } });
    expect(await prosecutor.post(path, answer)).toMatchObject({ status: 200, body: { stage: 'kept' } });
    const erased = await prosecutor.post(path, { ...answer, answer: 'erased' });
    expect(erased).toMatchObject({ status: 200, body: { stage: 'erased', nextDueAt: null } });
  });

  it('leaves every chain and row as the commands told', async () => {
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
    const { differences } = await application.reconcile();
    expect(differences).toEqual([]);
  });
});

async function eventually<T>(ask: () => Promise<T | false>): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = await ask();
    if (found !== false) return found;
    if (Date.now() > until) throw new Error('it did not happen within half a minute');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
