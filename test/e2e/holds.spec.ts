import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt, type CaseAt } from '../factories/case-walk.js';
import { anApplication, type Answer, type Person, type TestApplication } from '../support/application.js';

const BASIS = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };

describe('holds', () => {
  let application: TestApplication;
  let prosecutor: Person;
  let stranger: Person;
  let legal: Person;
  let decider: Person;
  let file: CaseAt;
  let path: string;

  const hold = async (kind: string, granted = true): Promise<string> => {
    const asked = await prosecutor.post(path, { kind, ...BASIS });
    expect(asked.status).toBe(201);
    const decided = await legal.post(`${path}/${asked.body.id}/decision`, { granted, reasons: 'Weighed.' });
    expect(decided.body.state).toBe(granted ? 'live' : 'refused');
    return asked.body.id as string;
  };
  const serve = (): Promise<Answer> =>
    decider.post(`/api/cases/${file.id}/commands`, {
      type: 'SERVE_DECISION',
      served: 'Handed over by an invented bailiff.',
    });

  beforeAll(async () => {
    application = await anApplication();
    file = await aCaseAt(await application.cast(), 'excluded');
    const [row] = await application.rows<{ id: string; code: string }>(
      `SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1`,
      [file.id],
    );
    const names = row!.code === 'demo-prosecution' ? ['prosecutor', 'war-crimes'] : ['war-crimes', 'prosecutor'];
    prosecutor = await application.as(names[0]!);
    stranger = await application.as(names[1]!);
    legal = await application.as('legal');
    decider = await application.as('decider');
    path = `/api/referrals/${row!.id}/holds`;
  });
  afterAll(() => application.close());

  it('are asked by the recipient, decided by the authority once, and nobody else’s', async () => {
    const { body } = await prosecutor.post(path, { kind: 'stayOfRemoval', ...BASIS });
    const at = `${path}/${body.id}/decision`;
    const decision = { granted: true, reasons: 'Weighed.' };
    expect((await prosecutor.post(at, decision)).status).toBe(403);
    expect((await stranger.get(path)).status).toBe(404);
    expect((await legal.post(path, { kind: 'preserve', ...BASIS })).status).toBe(403);
    expect(Date.parse(body.dueAt) - Date.parse(body.askedAt)).toBe(48 * 3_600_000);
    expect((await legal.post(at, decision)).status).toBe(200);
    expect((await decider.post(at, decision)).status).toBe(409);
    const [shown] = (await legal.get(`/api/cases/${file.id}`)).body.holds;
    expect(shown).toMatchObject({ kind: 'stayOfRemoval' });
    const days = (Date.parse(shown.until) - Date.now()) / 86_400_000;
    expect(days).toBeLessThan(31);
  });

  it('are not asked for twice while the first waits, and one that lives is renewed by asking anew', async () => {
    const asked = await prosecutor.post(path, { kind: 'preserve', ...BASIS });
    const twice = await prosecutor.post(path, { kind: 'preserve', ...BASIS });
    expect({ status: twice.status, code: twice.body.code }).toEqual({ status: 409, code: 'conflict' });
    expect(twice.body.detail).toContain(`it is ${asked.body.id} and waits to be decided`);
    const other = await prosecutor.post(path, { kind: 'noAlert', ...BASIS });
    expect(other.status).toBe(201);
    await prosecutor.post(`${path}/${other.body.id}/withdrawal`, { reasons: 'Not needed.' });
    const granted = { granted: true, reasons: 'Weighed.' };
    expect((await legal.post(`${path}/${asked.body.id}/decision`, granted)).status).toBe(200);
    const renewed = await prosecutor.post(path, { kind: 'preserve', ...BASIS });
    expect(renewed.status).toBe(201);
    await prosecutor.post(`${path}/${renewed.body.id}/withdrawal`, { reasons: 'Not needed.' });
    await legal.post(`${path}/${asked.body.id}/end`, { reasons: 'The search is over.' });
  });

  it('say loudly in the case that nobody may be alerted', async () => {
    await hold('noAlert');
    const { holds } = (await (await application.as('officer')).get(`/api/cases/${file.id}`)).body;
    expect(holds.find(({ kind }: { kind: string }) => kind === 'noAlert').says).toContain('DO NOT ALERT');
  });

  it('keep what is preserved from being erased, also by the owner of the database', async () => {
    const id = await hold('preserve');
    const erase = () =>
      application.rows('UPDATE data_key SET wrapped = NULL, erased_at = f1_now() WHERE case_id = $1', [file.id]);
    await expect(erase()).rejects.toMatchObject({ code: 'F1016' });
    await legal.post(`${path}/${id}/end`, { reasons: 'The search is over.' });
  });

  it('delay a notice while they live, not when they are refused, and let it go once they are ended', async () => {
    await hold('delayedNotice', false);
    const id = await hold('delayedNotice');
    const held = await serve();
    expect({ status: held.status, code: held.body.code }).toEqual({ status: 409, code: 'heldBack' });
    expect(held.body.detail).toContain('SERVE_DECISION waits until');
    const { allowedCommands } = (await (await application.as('officer')).get(`/api/cases/${file.id}`)).body;
    expect(allowedCommands.find(({ type }: { type: string }) => type === 'SERVE_DECISION')).toMatchObject({
      allowed: false,
      because: [expect.stringContaining('A hold (delayedNotice) was granted')],
    });
    await legal.post(`${path}/${id}/end`, { reasons: 'The search is over.' });
    expect((await serve()).status).toBe(200);
  });

  it.each(['delayedDecision', 'delayedNotice'])(
    'are refused where %s comes too late to delay anything, with the reason, and can still be answered',
    async (kind) => {
      const asked = await prosecutor.post(path, { kind, ...BASIS });
      const at = `${path}/${asked.body.id}/decision`;
      const late = await legal.post(at, { granted: true, reasons: 'Weighed.' });
      expect({ status: late.status, code: late.body.code }).toEqual({ status: 409, code: 'nothingToDelay' });
      expect(late.body.detail).toContain('refuse it and say so');
      const refused = await legal.post(at, { granted: false, reasons: 'It comes too late.' });
      expect(refused.body.state).toBe('refused');
    },
  );

  it('leave chains and rows that verify', async () => {
    const { ok, findings } = await application.verifyAudit();
    expect({ ok, findings }).toEqual({ ok: true, findings: [] });
  });
});
