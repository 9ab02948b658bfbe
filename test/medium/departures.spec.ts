import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { DeadlinesService } from '../../src/deadlines/deadlines.service.js';
import { useWebhook } from '../../src/demo/seed.js';
import { Database } from '../../src/platform/database/database.js';
import { Write } from '../../src/platform/database/write.js';
import { aCaseAt } from '../factories/case-walk.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';

const HOURS = 3_600_000;
const BOOKED = { source: 'An invented removal order.' };

describe('an expected departure', () => {
  let application: TestApplication;
  let officer: Person;

  beforeAll(async () => {
    application = await anApplication();
    officer = await application.as('officer');
    // Nobody listens there, so that the time to refer keeps running.
    const { publicKey } = generateKeyPairSync('ed25519');
    const receiptPublicKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    for (const code of ['demo-prosecution', 'demo-war-crimes-unit'])
      await useWebhook(application.database.ownerUrl, code, { endpoint: 'http://127.0.0.1:9/', receiptPublicKey });
  });
  afterAll(() => application.close());

  const inDays = (days: number) => new Date(Date.now() + days * 24 * HOURS).toISOString().slice(0, 10);
  const here = () =>
    new Intl.DateTimeFormat('en-CA', { timeZone: application.config.F1_TIME_ZONE, dateStyle: 'short' }).format();
  const put = (id: string, body: object, key?: string) =>
    officer.put(`/api/cases/${id}/departure`, body, key ? { 'Idempotency-Key': key } : {});
  const excluded = async () => (await aCaseAt(await application.cast(), 'excluded')).id;
  /** `inTime`: before the day of the departure that comes first, or an hour after it was recorded where that leaves less. */
  const timesTo = async (kind: string, id: string) =>
    (
      await application.rows<{ hours: number; same: boolean | null; inTime: boolean | null; source: string }>(
        `SELECT round(extract(epoch FROM d.due_at - now()) / 3600)::int AS hours, o.due_at = d.due_at AS same, d.source,
           d.due_at = (SELECT min(greatest(p.expected_at - interval '1 ms', p.recorded_at + interval '1 hour'))
             FROM departure p WHERE p.case_id = d.case_id) AND d.half_at < d.most_at AND d.most_at < d.due_at AS "inTime"
         FROM deadline d LEFT JOIN obligation o ON o.id = d.subject_id WHERE d.case_id = $1 AND d.kind = $2
           AND d.met_at IS NULL AND d.ended_at IS NULL`,
        [id, kind],
      )
    ).map(({ hours, same, inTime, source }) => ({ hours, same, inTime, source }));
  const timesToRefer = (id: string) => timesTo('refer', id);
  const short = expect.objectContaining({ same: true, inTime: true, source: 'house rule' });

  it('ends the time to refer that is running before the person leaves, of the obligation as well', async () => {
    const id = await excluded();
    const before = await timesToRefer(id);
    expect(before).toHaveLength(2);
    expect(before.every(({ hours, same }) => hours > 90 && same)).toBe(true);
    expect((await put(id, { ...BOOKED, expectedOn: inDays(1) })).status).toBe(200);
    expect(await timesToRefer(id)).toEqual([short, short]);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });

  it('of today leaves an hour', async () => {
    const id = await excluded();
    expect((await put(id, { ...BOOKED, expectedOn: here() })).status).toBe(200);
    expect(await timesToRefer(id)).toEqual([short, short]);
    expect((await timesToRefer(id)).map(({ hours }) => hours)).toEqual([1, 1]);
  });

  it('leaves 48 hours to refer at most', async () => {
    const id = await excluded();
    await put(id, { ...BOOKED, expectedOn: inDays(4) });
    expect((await timesToRefer(id)).map(({ hours }) => hours)).toEqual([48, 48]);
  });

  it('ends the time to acknowledge before it too, whether that runs already or begins later', async () => {
    const id = await excluded();
    const begin = () =>
      application.app.get(Database).inWorkerTx(async (tx) => {
        const write = new Write();
        await application.app
          .get(DeadlinesService, { strict: false })
          .startInTx(tx, write, { caseId: id, subjectId: randomUUID() }, 'acknowledge');
        await write.run(tx);
      });
    await begin();
    expect(await timesTo('acknowledge', id)).toMatchObject([{ inTime: null }]);
    await put(id, { ...BOOKED, expectedOn: inDays(3) });
    await begin();
    expect(await timesTo('acknowledge', id)).toMatchObject([{ inTime: true }, { inTime: true }]);
  });

  it('ends the time to decide a hold before it, asked before or after, and its recipient sees the day and nothing else', async () => {
    const id = await excluded();
    const [to] = await application.rows<{ id: string; code: string }>(
      'SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 LIMIT 1',
      [id],
    );
    const recipient = await application.as(to!.code === 'demo-prosecution' ? 'prosecutor' : 'war-crimes');
    const path = `/api/referrals/${to!.id}/holds`;
    const wanted = { legalBasis: 'an invented code, section 9', reasons: 'An invented search.' };
    const asked = async (kind: 'preserve' | 'noAlert') =>
      (await recipient.post(path, { ...wanted, kind })).body.dueAt as string;
    const seen = async () =>
      (await recipient.get(`/api/referrals/${to!.id}`)).body.departureExpectedOn as string | null;
    await asked('preserve');
    expect(await timesTo('holdDecision', id)).toMatchObject([{ hours: 48, inTime: null }]);
    expect(await seen()).toBeNull();
    await put(id, { ...BOOKED, expectedOn: here() });
    const later = await asked('noAlert');
    const hour = { hours: 1, inTime: true, source: 'house rule' };
    expect(await timesTo('holdDecision', id)).toMatchObject([{ hours: 1 }, { hours: 1 }]);
    expect(await timesTo('holdDecision', id)).toContainEqual(expect.objectContaining(hour));
    const shown = (await recipient.get(path)).body.items.map(({ dueAt }: { dueAt: string }) => dueAt) as string[];
    const clocks = await application.rows<{ due_at: Date }>(
      `SELECT due_at FROM deadline WHERE case_id = $1 AND kind = 'holdDecision' ORDER BY starts_at`,
      [id],
    );
    expect(shown).toEqual(clocks.map(({ due_at }) => due_at.toISOString()));
    expect(shown).toContain(later);
    expect(await seen()).toBe(here());
    const { items } = (await recipient.get('/api/referrals?limit=100')).body;
    expect(items.find((one: { id: string }) => one.id === to!.id)).toMatchObject({ departureExpectedOn: here() });
    for (const hidden of [`kind = 'account'`, 'suspended_at = now()']) {
      await application.owner.query('ALTER TABLE referral DISABLE TRIGGER USER');
      await application.rows(`UPDATE referral SET ${hidden} WHERE id = $1`, [to!.id]);
      expect({ hidden, day: await seen() }).toEqual({ hidden, day: null });
      await application.rows(`UPDATE referral SET kind = 'exclusion', suspended_at = NULL WHERE id = $1`, [to!.id]);
      await application.owner.query('ALTER TABLE referral ENABLE TRIGGER USER');
    }
  });

  it('never lengthens it again: not by a later date, nor when nobody expects it any more', async () => {
    const id = await excluded();
    await put(id, { ...BOOKED, expectedOn: inDays(1) });
    const { body } = await put(id, { ...BOOKED, expectedOn: inDays(200) });
    expect(body.departure).toMatchObject({ expectedOn: inDays(200) });
    expect(await timesToRefer(id)).toEqual([short, short]);
    const path = `/api/cases/${id}/departure`;
    expect((await officer.ask('DELETE', path, { body: { reason: 'The booking was cancelled.' } })).status).toBe(204);
    expect((await officer.get(path)).body).toEqual({ departure: null });
    expect(await timesToRefer(id)).toEqual([short, short]);
    expect((await officer.ask('DELETE', path, { body: { reason: 'Again.' } })).status).toBe(409);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });

  it('is recorded also where a recipient has become blocked, whose duty is held and keeps its time', async () => {
    const id = await excluded();
    await application.rows(
      `INSERT INTO persecution_actor (id, case_id, authority_id, sealed, recorded_by)
       SELECT gen_random_uuid(), $1, a.id, '\\x00', u.id FROM authority a, app_user u
       WHERE a.code = 'demo-war-crimes-unit' AND u.username = 'officer'`,
      [id],
    );
    expect((await put(id, { ...BOOKED, expectedOn: inDays(1) })).status).toBe(200);
    const shortened = await timesToRefer(id);
    expect(shortened.filter(({ same }) => same)).toEqual([short]);
    expect(shortened.filter(({ same }) => !same)).toHaveLength(1);
  });

  it('leaves the time as it is when the person leaves after it', async () => {
    const id = await excluded();
    await put(id, { ...BOOKED, expectedOn: inDays(60) });
    expect((await timesToRefer(id)).every(({ hours }) => hours > 90)).toBe(true);
  });

  it('that is known beforehand counts for what is decided later', async () => {
    const { id, outcomes } = await aCaseAt(await application.cast(), 'approved');
    await put(id, { ...BOOKED, expectedOn: inDays(2) });
    const decider = await application.caller('decider');
    const decision = { type: 'DECIDE_EXCLUSION', reasons: 'Serious reasons for considering.', allegations: outcomes };
    await decider.post(`/api/cases/${id}/commands`, decision);
    expect(await timesToRefer(id)).toEqual([short, short]);
  });

  it('is refused while a stay of removal lives, which is named with what to do, and recorded once that has ended', async () => {
    const id = await excluded();
    const [to] = await application.rows<{ id: string; code: string }>(
      'SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 LIMIT 1',
      [id],
    );
    const path = `/api/referrals/${to!.id}/holds`;
    const recipient = await application.as(to!.code === 'demo-prosecution' ? 'prosecutor' : 'war-crimes');
    const basis = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };
    const asked = await recipient.post(path, { kind: 'stayOfRemoval', ...basis });
    const hold: string = asked.body.id;
    const legal = await application.as('legal');
    await legal.post(`${path}/${hold}/decision`, { granted: true, reasons: 'Weighed.' });
    const refused = await put(id, { ...BOOKED, expectedOn: inDays(3) });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', hold } });
    expect(refused.body.detail).toContain(`POST ${path}/${hold}/end`);
    expect(await application.rows('SELECT FROM departure WHERE case_id = $1', [id])).toEqual([]);
    expect((await legal.post(`${path}/${hold}/end`, { reasons: 'The search is over.' })).status).toBeLessThan(300);
    expect((await put(id, { ...BOOKED, expectedOn: inDays(3) })).status).toBe(200);
  });

  it('is recorded once under one key, refused for a past day and to who may not edit the case', async () => {
    const { id } = await aCaseAt(await application.cast(), 'triage');
    const key = 'departure-once';
    expect((await put(id, { ...BOOKED, expectedOn: inDays(5) }, key)).status).toBe(200);
    expect((await put(id, { ...BOOKED, expectedOn: inDays(5) }, key)).status).toBe(200);
    expect(await application.rows('SELECT FROM departure WHERE case_id = $1', [id])).toHaveLength(1);
    expect((await put(id, { ...BOOKED, expectedOn: '2020-01-01' })).body).toMatchObject({ code: 'invalidInput' });
    expect((await put(id, { ...BOOKED, expectedOn: 'tomorrow' })).status).toBe(400);
    const other = { ...BOOKED, expectedOn: inDays(6) };
    const path = `/api/cases/${id}/departure`;
    expect((await (await application.as('decider')).put(path, other)).status).toBe(403);
    expect((await (await application.as('officer-north')).put(path, other)).status).toBe(404);
    expect((await (await application.as('prosecutor')).get(path)).status).toBe(403);
  });
});
