import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

const REASONS = { reasons: 'Return would mean torture, as the invented court found.' };

describe('a person who is excluded and cannot be removed', () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
  });
  afterAll(() => application.close());

  const send = async (id: string, type: string, more: object) =>
    (await application.as('legal')).post(`/api/cases/${id}/commands`, { type, ...REASONS, ...more });
  const listed = async (by = 'legal') => (await (await application.as(by)).get('/api/prosecution-track')).body;

  it('is tracked only while an exclusion stands', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    const refused = await send(id, 'RECORD_REMOVAL_BAR', { route: 'none' });
    expect(refused.body).toMatchObject({ status: 409, detail: expect.stringMatching(/An exclusion .* must stand/) });
  });

  it('stays on the list, with the way that is open and the next review, until a reason closes the track', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    const opened = await send(id, 'RECORD_REMOVAL_BAR', { route: 'none' });
    expect(opened.body.prosecutionTrack).toMatchObject({ route: 'none', overdue: false });
    const { openedAt } = opened.body.prosecutionTrack;
    await application.rows(
      `UPDATE deadline SET due_at = f1_now() - interval '1 day' WHERE subject_id = $1 AND kind = 'prosecutionTrackReview'`,
      [id],
    );
    expect((await listed()).items).toMatchObject([{ caseId: id, route: 'none', overdue: true }]);
    const reviewed = await send(id, 'REVIEW_PROSECUTION_TRACK', { route: 'extraditionAsked' });
    const track = reviewed.body.prosecutionTrack;
    expect(track).toMatchObject({ route: 'extraditionAsked', openedAt, overdue: false });
    expect(await listed()).toEqual({
      items: [{ caseId: id, reference: reviewed.body.reference, ...track }],
      next: null,
    });
    expect((await send(id, 'CLOSE_PROSECUTION_TRACK', { closing: 'forgotten' })).status).toBe(400);
    const closed = await send(id, 'CLOSE_PROSECUTION_TRACK', { closing: 'extradited' });
    expect(closed.body).toMatchObject({ prosecutionTrack: null, state: { prosecutionTrack: 'noTrack' } });
    expect((await listed()).items).toEqual([]);
  });

  it('is not tracked once the person has gone, and the refusal says what to record where they have not', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    const officer = await application.as('officer');
    const mark = (type: string) =>
      officer.post(`/api/cases/${id}/person/commands`, { type, source: 'An invented border record.' });
    const legal = await application.as('legal');
    const offered = async (): Promise<unknown> => {
      const { body } = await legal.get(`/api/cases/${id}`);
      return (body.allowedCommands as { type: string }[]).find(({ type }) => type === 'RECORD_REMOVAL_BAR');
    };
    expect(await offered()).toMatchObject({ allowed: true, because: [] });
    expect((await mark('MARK_REMOVED')).status).toBe(200);
    const before = await application.counts();
    const refused = await send(id, 'RECORD_REMOVAL_BAR', { route: 'none' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', whereabouts: 'removed' } });
    expect(refused.body.detail).toContain(`POST /api/cases/${id}/person/commands`);
    expect(await application.counts()).toEqual(before);
    expect(await offered()).toMatchObject({ allowed: false, because: [refused.body.detail] });
    expect((await mark('MARK_PRESENT')).status).toBe(200);
    expect(await offered()).toMatchObject({ allowed: true, because: [] });
    expect((await send(id, 'RECORD_REMOVAL_BAR', { route: 'none' })).status).toBe(200);
    expect((await send(id, 'CLOSE_PROSECUTION_TRACK', { closing: 'extradited' })).status).toBe(200);
  });

  it('stays tracked when the exclusion is quashed, until somebody closes it', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    await send(id, 'RECORD_REMOVAL_BAR', { route: 'domesticProsecution' });
    await send(id, 'APPEAL', { court: 'Invented Court', reasons: undefined });
    const quashed = await send(id, 'QUASH', { court: 'Invented Court', final: true });
    expect(quashed.body.prosecutionTrack).toMatchObject({ route: 'domesticProsecution' });
    await send(id, 'CLOSE_PROSECUTION_TRACK', { closing: 'exclusionNoLongerStands' });
    expect((await listed()).items).toEqual([]);
  });

  it('is not shown to prosecutors', async () => {
    const answer = await (await application.as('prosecutor')).get('/api/prosecution-track');
    expect(answer.status).toBe(403);
  });

  it('leaves the audit with nothing to say', async () => {
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});
