import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';

const BASIS = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };

describe('a removal in spite of a stay', () => {
  let application: TestApplication;
  let officer: Person;
  let legal: Person;
  let prosecutor: Person;
  let file: CaseAt;
  let referral: string;
  let stay: string;

  beforeAll(async () => {
    application = await anApplication();
    [officer, legal] = await Promise.all([application.as('officer'), application.as('legal')]);
    file = await aCaseAt(await application.cast(), 'excluded', { allegations: [GENOCIDE] });
    const [row] = await application.rows<{ id: string; code: string }>(
      'SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1 LIMIT 1',
      [file.id],
    );
    referral = row!.id;
    prosecutor = await application.as(row!.code === 'demo-prosecution' ? 'prosecutor' : 'war-crimes');
    await officer.post(`/api/cases/${file.id}/assignments`, { username: 'legal', role: 'legalAdviser' });
    stay = (await prosecutor.post(holds(), { kind: 'stayOfRemoval', ...BASIS })).body.id;
    const granted = await legal.post(`${holds()}/${stay}/decision`, { granted: true, reasons: 'Weighed.' });
    expect(granted.status).toBe(200);
  });
  afterAll(() => application?.close());

  const holds = () => `/api/referrals/${referral}/holds`;
  const mark = (type: string, key: string) =>
    officer.post(
      `/api/cases/${file.id}/person/commands`,
      { type, source: 'An invented border record.' },
      { 'Idempotency-Key': key },
    );
  const held = async () => (await prosecutor.get(holds())).body.items.find(({ id }: { id: string }) => id === stay);
  const tasks = async () =>
    application.rows<{ username: string; because: string }>(
      `SELECT u.username, t.because FROM task t JOIN deadline d ON d.id = t.deadline_id JOIN app_user u ON u.id = t.assignee_id
       WHERE d.subject_id = $1 AND d.kind = 'brokenStay' AND t.done_at IS NULL ORDER BY u.username`,
      [stay],
    );

  it('breaks nothing where the person was not taken out of the country', async () => {
    expect((await mark('MARK_DETAINED', 'detained')).status).toBe(200);
    expect(await held()).toMatchObject({ state: 'live', brokenAt: null });
    expect((await prosecutor.get(`/api/referrals/${referral}`)).body.stayBrokenAt).toBeNull();
    expect(await tasks()).toEqual([]);
  });

  it('is recorded as it happened, once, and told at once to the head of the unit and to whoever decides on holds', async () => {
    expect((await mark('MARK_REMOVED', 'removed')).status).toBe(200);
    expect((await mark('MARK_REMOVED', 'removed')).status).toBe(200);
    const person = (await officer.get(`/api/cases/${file.id}/person`)).body;
    expect(person.state).toMatchObject({ whereabouts: 'removed' });
    expect(await tasks()).toEqual([
      { username: 'decider', because: 'leadsUnit' },
      { username: 'legal', because: 'assigned' },
    ]);
    const { items } = (await (await application.as('decider')).get('/api/tasks?limit=200')).body;
    const task = items.find(({ deadline }: { deadline: { subjectId: string } | null }) => deadline?.subjectId === stay);
    expect(task).toMatchObject({
      what: expect.stringMatching(/^A person was removed while a recipient’s stay of removal stood; /),
      deadline: { kind: 'brokenStay', percent: 0, source: 'house rule' },
    });
  });

  it('is seen by whoever asked for the stay, with the hold and in the inbox, and their authority is alerted', async () => {
    const { brokenAt } = await held();
    expect(brokenAt).toEqual(expect.any(String));
    const { items } = (await prosecutor.get('/api/referrals?limit=100')).body;
    expect(items.find(({ id }: { id: string }) => id === referral)).toMatchObject({ stayBrokenAt: brokenAt });
    const alerts = await application.rows(`SELECT done_at FROM alert WHERE referral_id = $1 AND about = 'brokenStay'`, [
      referral,
    ]);
    expect(alerts).toEqual([{ done_at: null }]);
  });

  it('is not told again when the person comes back and is removed anew', async () => {
    const { brokenAt } = await held();
    await mark('MARK_PRESENT', 'back');
    expect((await mark('MARK_TRANSFERRED', 'again')).status).toBe(200);
    expect((await held()).brokenAt).toBe(brokenAt);
  });

  it('stays on those lists, past the time of the stay, until that is ended with what happened', async () => {
    await application.owner.query('ALTER TABLE hold DISABLE TRIGGER USER');
    await application.rows(
      `UPDATE hold SET decided_at = decided_at - interval '20 days', valid_until = f1_now() - interval '1 hour' WHERE id = $1`,
      [stay],
    );
    const said = await legal.post(`${holds()}/${stay}/end`, { reasons: 'The police were told too late.' });
    await application.rows(
      `UPDATE hold SET decided_at = decided_at + interval '20 days', valid_until = (SELECT (facets ->> 'until')::timestamptz FROM event
         WHERE type = 'GRANT_HOLD' AND facets ->> 'hold' = hold.id::text)
      WHERE id = $1`,
      [stay],
    );
    await application.owner.query('ALTER TABLE hold ENABLE TRIGGER USER');
    expect(said.status).toBeLessThan(300);
    expect(await tasks()).toEqual([]);
    expect(await held()).toMatchObject({ state: 'over', brokenAt: expect.any(String) });
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});
