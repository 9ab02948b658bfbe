import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { Manipulation } from '../support/manipulated.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const FEDERAL = authorityId('demo-prosecution');
const UNIT = authorityId('demo-war-crimes-unit');
type Told = { deadline: { subjectId: string } | null };
const JUDGED = { court: 'Invented Court', reasons: 'As the court says.' };

describe('what a recipient writes back on paper', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;
  let decider: Person;
  let file: CaseAt;
  let told: string;
  let scan: string;
  /** A letter that names no hash, confirmed. */
  let unnamed: string;

  beforeAll(async () => {
    application = await anApplication();
    await application.owner.query(`UPDATE authority SET channel = 'paper' WHERE id = $1`, [UNIT]);
    cast = await application.cast();
    [officer, decider] = await Promise.all([application.as('officer'), application.as('decider')]);
    file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    scan = await aScan();
    told = await referralTo(UNIT, 'exclusion');
    await post(told);
  });
  afterAll(() => application?.close());

  const referralTo = async (authority: string, kind: string): Promise<string> => {
    const text = 'SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2 AND kind = $3 ORDER BY created_at';
    return (await application.rows<{ id: string }>(text, [file.id, authority, kind])).at(-1)!.id;
  };
  const aScan = async (text = 'An invented letter, signed.'): Promise<string> => {
    const form = new FormData();
    form.set('about', JSON.stringify({ name: 'letter.txt', source: 'the post', custody: 'filed at the counter' }));
    form.set('file', new Blob([text], { type: 'text/plain' }), 'letter.txt');
    const headers = { Authorization: `Bearer ${officer.token}` };
    const url = `${application.address}/api/cases/${file.id}/documents`;
    return ((await (await fetch(url, { method: 'POST', headers, body: form })).json()) as { id: string }).id;
  };
  const post = async (id: string): Promise<void> => {
    const handed = { number: 'RR000000000XX', handedOverAt: new Date().toISOString(), signedBy: 'I. Exemplaris' };
    const documentId = await aScan(`An invented advice of receipt of ${id}, signed.`);
    const { status } = await decider.post(`/api/postal-referrals/${id}/receipt`, { ...handed, documentId });
    expect(status).toBe(200);
  };
  const today = () => new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/Brussels' });
  const letter = (more: object = {}) => ({
    writtenOn: today(),
    signedBy: 'Registry, I. Exemplaris',
    senderReference: 'X-1',
    documentId: scan,
    ...more,
  });
  const record = (by: Person, id: string, says: object, more?: object, headers = {}): Promise<Answer> =>
    by.post(`/api/referrals/${id}/letters`, { ...says, letter: letter(more) }, headers);
  const settle = (by: Person, id: string, letterId: string, how: 'confirmation' | 'refusal'): Promise<Answer> =>
    by.post(
      `/api/referrals/${id}/letters/${letterId}/${how}`,
      how === 'refusal' ? { reason: 'It does not say so.' } : {},
    );
  const refusal = ({ status, body }: Answer) => ({ status, code: body?.code as string });
  const packageOf = async (id: string): Promise<string> =>
    (await application.rows<{ hash: string }>('SELECT body_sha256 AS hash FROM referral WHERE id = $1', [id]))[0]!.hash;
  const acknowledges = async (id: string) => ({
    type: 'ACKNOWLEDGE',
    packageSha256: await packageOf(id),
    note: 'Read.',
  });
  const clock = async (id: string, kind: string) =>
    (
      await application.rows<{ met: boolean; ended: boolean }>(
        'SELECT met_at IS NOT NULL AS met, ended_at IS NOT NULL AS ended FROM deadline WHERE subject_id = $1 AND kind = $2',
        [id, kind],
      )
    )[0];
  /** Who has the letter on their list. */
  const toldOf = async (letterId: string): Promise<string[]> =>
    (
      await application.rows<{ username: string }>(
        `SELECT u.username FROM task t JOIN deadline d ON d.id = t.deadline_id JOIN app_user u ON u.id = t.assignee_id
         WHERE d.subject_id = $1 AND t.done_at IS NULL ORDER BY u.username`,
        [letterId],
      )
    ).map(({ username }) => username);
  const lastEvent = async (id: string, type: string) =>
    (
      await application.rows<{ actor_id: string; facets: Record<string, unknown> }>(
        'SELECT actor_id, facets FROM event WHERE aggregate_id = $1 AND type = $2 ORDER BY seq DESC LIMIT 1',
        [id, type],
      )
    )[0]!;
  const nameOf = async (username: string): Promise<string> =>
    (
      await application.rows<{ name: string }>('SELECT display_name AS name FROM app_user WHERE username = $1', [
        username,
      ])
    )[0]!.name;
  const lastLetter = ({ body }: Answer) => (body.items as Record<string, unknown>[]).at(-1)! as { id: string };

  it('is recorded by nobody who may not, and by nobody elsewhere', async () => {
    const before = await application.counts();
    const says = await acknowledges(told);
    for (const name of ['prosecutor', 'war-crimes', 'auditor', 'reviewer', 'legal'])
      expect(refusal(await record(await application.as(name), told, says))).toMatchObject({ status: 403 });
    expect(refusal(await record(await application.as('officer-north'), told, says))).toMatchObject({ status: 404 });
    expect(refusal(await record(officer, randomUUID(), says))).toEqual({ status: 404, code: 'notFound' });
    expect(await application.counts()).toEqual(before);
  });

  it('is nothing that cannot be, each with what to send instead', async () => {
    const before = await application.counts();
    const says = await acknowledges(told);
    for (const [change, pointer] of [
      [{ writtenOn: '2020-01-01' }, '/letter/writtenOn'],
      [{ writtenOn: '2999-01-01' }, '/letter/writtenOn'],
      [{ writtenOn: '2026-02-30' }, '/letter/writtenOn'],
      [{ signedBy: ' ' }, '/letter/signedBy'],
      [{ documentId: randomUUID() }, '/letter/documentId'],
      [{ by: 'pigeon' }, '/letter/by'],
    ] as const) {
      const answer = await record(officer, told, says, change);
      expect(refusal(answer)).toEqual({ status: 400, code: 'invalidInput' });
      expect((answer.body.errors as { pointer: string }[])[0]!.pointer).toBe(pointer);
    }
    const other = { ...says, packageSha256: 'a'.repeat(64) };
    const differing = await record(officer, told, other);
    expect(refusal(differing)).toEqual({ status: 409, code: 'fileDiffers' });
    expect(differing.text).not.toContain((says as { packageSha256: string }).packageSha256);
    const early = { type: 'GIVE_FEEDBACK', feedback: 'opened', text: 'Opened.' };
    const tooEarly = await record(officer, told, early);
    expect(refusal(tooEarly)).toEqual({ status: 409, code: 'commandRefused' });
    expect(tooEarly.body.detail).toContain('record it first as ACKNOWLEDGE');
    expect(await application.counts()).toEqual(before);
  });

  it('is no advice of receipt of the post, nor is an advice a letter', async () => {
    const again = await aScan(`An invented advice of receipt of ${told}, signed.`);
    const before = await application.counts();
    for (const says of [await acknowledges(told), { type: 'ACKNOWLEDGE' }]) {
      const answer = await record(officer, told, says, { documentId: again });
      expect(refusal(answer)).toEqual({ status: 400, code: 'invalidInput' });
      expect(answer.body.errors).toMatchObject([
        { pointer: '/letter/documentId', detail: expect.stringContaining('advice of receipt') },
      ]);
    }
    expect(await application.counts()).toEqual(before);
  });

  it('is not taken for an authority whose people answer in their inbox', async () => {
    const inboxed = await referralTo(FEDERAL, 'exclusion');
    const answer = await record(officer, inboxed, await acknowledges(inboxed));
    expect(refusal(answer)).toEqual({ status: 409, code: 'conflict' });
    expect(answer.body.detail).toMatch(/^demo-prosecution is reached by its inbox and has people with an account/);
  });

  it('acknowledges nothing by the person who recorded the hand-over, until another one has read the letter too', async () => {
    const waits = lastLetter(await record(decider, told, await acknowledges(told)));
    expect(waits).toMatchObject({ outcome: null });
    expect(await clock(told, 'acknowledge')).toEqual({ met: false, ended: false });
    expect(refusal(await settle(decider, told, waits.id, 'confirmation'))).toEqual({ status: 409, code: 'fourEyes' });
    expect(lastLetter(await settle(officer, told, waits.id, 'refusal'))).toMatchObject({ outcome: 'refused' });
  });

  it('acknowledges as a prosecutor does: the clock is met, and the chain says for whom and by whom', async () => {
    const says = await acknowledges(told);
    const answer = await record(officer, told, says, {}, { 'Idempotency-Key': 'ack' });
    expect(answer.status).toBe(200);
    expect(lastLetter(answer)).toMatchObject({
      says: 'ACKNOWLEDGE',
      onBehalfOf: 'demo-war-crimes-unit',
      outcome: 'recorded',
      writtenOn: today(),
      command: says,
    });
    expect(await clock(told, 'acknowledge')).toEqual({ met: true, ended: false });
    expect(await lastEvent(told, 'ACKNOWLEDGE')).toMatchObject({
      actor_id: accountId('officer'),
      facets: { onBehalfOf: 'demo-war-crimes-unit', letter: lastLetter(answer).id, writtenOn: today() },
    });
    expect(await lastEvent(told, 'RECORD_LETTER')).toMatchObject({
      facets: { scanSha256: expect.stringMatching(/^[0-9a-f]{64}$/), waits: false },
    });
    const before = await application.counts();
    expect((await record(officer, told, says, {}, { 'Idempotency-Key': 'ack' })).status).toBe(200);
    expect(refusal(await record(officer, told, says))).toMatchObject({ status: 409 });
    expect(await application.counts()).toEqual(before);
  });

  it('gives feedback at once where it weighs little, and where it clears the person once another one confirms it', async () => {
    const opened = { type: 'GIVE_FEEDBACK', feedback: 'opened', text: 'An investigation was opened.' };
    expect(lastLetter(await record(officer, told, opened))).toMatchObject({ outcome: 'recorded' });
    const incomplete = { feedback: 'incomplete', text: 'A page is missing.', missing: ['page 2'] };
    expect((await record(officer, told, { type: 'GIVE_FEEDBACK', ...incomplete })).status).toBe(200);
    expect((await decider.get(`/api/cases/${file.id}/requests`)).body.items).toMatchObject([
      { kind: 'missing', missing: ['page 2'], state: 'open' },
    ]);
    const disposed = { type: 'GIVE_FEEDBACK', feedback: 'disposed', text: 'Not taken up.' };
    const over = lastLetter(await record(officer, told, disposed));
    expect(over).toMatchObject({ outcome: null });
    expect(lastLetter(await settle(decider, told, over.id, 'refusal'))).toMatchObject({ outcome: 'refused' });
    const cleared = { type: 'GIVE_FEEDBACK', feedback: 'outcome', outcome: 'acquitted', text: 'Acquitted.' };
    const first = await record(officer, told, cleared);
    expect(lastLetter(first)).toMatchObject({ outcome: null });
    expect(refusal(await record(decider, told, cleared))).toEqual({ status: 409, code: 'conflict' });
    const feedback = () => application.rows('SELECT FROM feedback WHERE referral_id = $1 AND clears', [told]);
    expect(await feedback()).toEqual([]);
    const waiting = await decider.get('/api/referral-letters');
    expect(waiting.body.items).toMatchObject([{ id: lastLetter(first).id, referralId: told, says: 'GIVE_FEEDBACK' }]);
    const readers = await toldOf(lastLetter(first).id);
    expect(readers.length).toBeGreaterThan(0);
    expect(readers).not.toContain('officer');
    const { items } = (await (await application.as(readers[0]!)).get('/api/tasks?limit=200')).body;
    expect(items.find(({ deadline }: Told) => deadline?.subjectId === lastLetter(first).id)).toMatchObject({
      what: expect.stringMatching(/^A second person is needed: .* GET \/api\/referral-letters\.$/),
      deadline: { kind: 'letterConfirmation', percent: 0, source: 'house rule' },
    });

    expect(refusal(await settle(officer, told, lastLetter(first).id, 'confirmation'))).toEqual({
      status: 409,
      code: 'fourEyes',
    });
    expect(lastLetter(await settle(decider, told, lastLetter(first).id, 'refusal'))).toMatchObject({
      outcome: 'refused',
      refusedBecause: 'It does not say so.',
    });
    expect(await toldOf(lastLetter(first).id)).toEqual([]);
    expect(await clock(lastLetter(first).id, 'letterConfirmation')).toEqual({ met: true, ended: false });
    const second = lastLetter(await record(officer, told, cleared)).id;
    const interviewer = await application.as('interviewer');
    const both = await Promise.all([decider, interviewer].map((by) => settle(by, told, second, 'confirmation')));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await feedback()).toHaveLength(1);
    expect(await clock(told, 'feedback')).toEqual({ met: true, ended: false });
    const given = (await officer.get(`/api/cases/${file.id}/feedback`)).body.items;
    const origin = { writtenOn: today(), recordedBy: await nameOf('officer') };
    expect(given[0].letter).toEqual({ id: expect.any(String), ...origin, confirmedBy: null });
    const confirmers = [await nameOf('decider'), await nameOf('interviewer')];
    expect(given.at(-1)).toMatchObject({ outcome: 'acquitted', letter: { id: second, ...origin } });
    expect(confirmers).toContain(given.at(-1).letter.confirmedBy);
    const theirs = (await (await application.as('war-crimes')).get(`/api/referrals/${told}/feedback`)).body.items;
    expect(theirs.map(({ id }: { id: string }) => id)).toEqual(given.map(({ id }: { id: string }) => id));
    expect(theirs.filter((one: object) => 'letter' in one)).toEqual([]);
    await eventually(async () => (await officer.get(`/api/cases/${file.id}/reconsiderations`)).body.items.length === 1);
  });

  it('answers a correction, each recipient on its own, and says erased only by two', async () => {
    await cast.legal.post(`/api/cases/${file.id}/commands`, { type: 'APPEAL', court: JUDGED.court });
    await cast.legal.post(`/api/cases/${file.id}/commands`, { type: 'QUASH', ...JUDGED, final: true });
    const correction = await referralTo(UNIT, 'correction');
    const handed = { number: 'RR000000000XX', handedOverAt: new Date().toISOString(), signedBy: 'I. Exemplaris' };
    const mistaken = { ...handed, documentId: await aScan() };
    const letterAsAdvice = await decider.post(`/api/postal-referrals/${correction}/receipt`, mistaken);
    expect(refusal(letterAsAdvice)).toEqual({ status: 400, code: 'invalidInput' });
    await post(correction);
    expect((await record(officer, correction, await acknowledges(correction))).status).toBe(200);
    const answered = (answer: string) => ({ type: 'ANSWER_CORRECTION', answer, law: 'a law for tests' });
    const recipients = async () => {
      const { body } = await officer.get(`/api/cases/${file.id}/corrections`);
      const all = (body.items as { recipients: { authority: string; answer: string | null }[] }[])[0]!.recipients;
      return Object.fromEntries(all.map(({ authority, answer }) => [authority, answer]));
    };
    expect((await record(officer, correction, answered('restricted'))).status).toBe(200);
    expect(await recipients()).toEqual({ 'demo-war-crimes-unit': 'restricted', 'demo-prosecution': null });
    expect(await clock(correction, 'correctionAnswer')).toEqual({ met: true, ended: false });
    const erased = lastLetter(await record(officer, correction, answered('erased')));
    expect(erased).toMatchObject({ outcome: null });
    expect(await recipients()).toMatchObject({ 'demo-war-crimes-unit': 'restricted' });
    expect((await settle(decider, correction, erased.id, 'confirmation')).status).toBe(200);
    expect(await recipients()).toEqual({ 'demo-war-crimes-unit': 'erased', 'demo-prosecution': null });
    const [shown] = (await officer.get(`/api/cases/${file.id}/corrections`)).body.items;
    const of = (code: string) => shown.recipients.find(({ authority }: { authority: string }) => authority === code);
    const written = { writtenOn: today(), recordedBy: await nameOf('officer') };
    expect(of('demo-war-crimes-unit')).toMatchObject({
      acknowledgementLetter: { ...written, confirmedBy: null },
      answerLetter: { id: erased.id, ...written, confirmedBy: await nameOf('decider') },
    });
    expect(of('demo-prosecution')).toMatchObject({ acknowledgementLetter: null, answerLetter: null });
    expect(await lastEvent(correction, 'ANSWER_CORRECTION')).toMatchObject({
      actor_id: accountId('decider'),
      facets: { onBehalfOf: 'demo-war-crimes-unit', letter: erased.id, answer: 'erased', confirmed: true },
    });
  });

  it('never stands against what the recipient’s own people said here', async () => {
    const again = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    [file, scan] = [again, ''];
    scan = await aScan();
    const id = await referralTo(UNIT, 'exclusion');
    await post(id);
    const theirs = await application.as('war-crimes');
    for (const says of [await acknowledges(id), { type: 'GIVE_FEEDBACK', feedback: 'opened', text: 'Opened.' }]) {
      expect((await theirs.post(`/api/referrals/${id}/commands`, says)).status).toBe(200);
      expect(refusal(await record(officer, id, says))).toEqual({ status: 409, code: 'conflict' });
    }
  });

  it('acknowledges without naming the hash once a second person has read it too, and refuses a first one before it is posted', async () => {
    file = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    scan = await aScan();
    const id = await referralTo(UNIT, 'exclusion');
    const says = { type: 'ACKNOWLEDGE' };
    const early = await record(officer, id, says);
    expect(refusal(early)).toEqual({ status: 409, code: 'commandRefused' });
    expect(early.body.detail).toContain(`POST /api/postal-referrals/${id}/receipt`);
    await post(id);
    const { status, body } = await record(officer, id, says);
    expect(status).toBe(200);
    const waiting = body.items.at(-1) as { id: string; outcome: string | null };
    expect(waiting.outcome).toBeNull();
    expect(refusal(await settle(officer, id, waiting.id, 'confirmation'))).toEqual({ status: 409, code: 'fourEyes' });
    expect((await settle(decider, id, waiting.id, 'confirmation')).status).toBe(200);
    const acknowledged = 'SELECT letter_id FROM acknowledgement WHERE referral_id = $1';
    expect(await application.rows(acknowledged, [id])).toEqual([{ letter_id: waiting.id }]);
    unnamed = waiting.id;
  });

  it('is found by the audit where a letter that needed two is made to count by itself, past every trigger', async () => {
    const manipulation = await Manipulation.of(application);
    const alone = `UPDATE recipient_letter l SET outcome = 'recorded', decided_by = NULL, decided_at = NULL, file_sha256 = r.body_sha256
      FROM referral r WHERE r.id = l.referral_id AND l.id = '${unnamed}'`;
    const { verify } = await manipulation.after(['recipient_letter'], alone).finally(() => manipulation.end());
    expect(verify).toContain(`rowChanged recipient_letter/${unnamed}`);
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    await eventually(async () => (await application.reconcile()).differences.length === 0);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});

async function eventually(ask: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not happen within 30 s');
}
