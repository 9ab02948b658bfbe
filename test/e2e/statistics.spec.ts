import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CaseWalk, type Cast } from '../../src/demo/case-walk.js';
import { BYSTANDER, person } from '../../src/demo/people.js';
import { aCaseAt, decideSuspicion, silent } from '../factories/case-walk.js';
import { type Answer, anApplication, type TestApplication } from '../support/application.js';

const YEAR = `${new Date().getUTCFullYear()}`;
const PERIOD = `from=${YEAR}-01-01&to=${Number(YEAR) + 1}-01-01`;

describe('statistics of referrals', () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    const excluded = await aCaseAt(cast, 'excluded');
    expect(excluded.id).not.toBe('');
    const walk = await CaseWalk.register(cast, person('Beispielus', 'Quartus'), silent);
    await walk.screening(BYSTANDER.screening);
    await decideSuspicion(cast, walk.id, true);
    await walk.receipts();
    await walk.acknowledge();
  });

  afterAll(() => application?.close());

  const get = async (username: string, path: string): Promise<Answer> => (await application.as(username)).get(path);

  it('count what was told by kind, ground, country and authority, with the time it took', async () => {
    const { status, body } = await get('auditor', `/api/statistics?${PERIOD}`);
    expect(status).toBe(200);
    expect(Object.keys(body.byKind)).toEqual(['exclusion', 'suspicion']);
    expect(body.byKind.exclusion.referrals).toBe(2);
    expect(body.byKind.suspicion).toMatchObject({ received: body.byKind.suspicion.referrals });
    expect(body.byCountry.RW.referrals).toBe(body.referrals);
    expect(body.byGround['1F(a)'].referrals).toBe(body.referrals);
    expect(body.overdue).toBe(0);
    expect(body.toRefer.count).toBe(body.received);
    expect(body.toAcknowledge.count).toBeGreaterThan(0);
    const again = await get('auditor', `/api/statistics?${PERIOD}`);
    expect(body.complete).toBe(false);
    expect(again.body).toEqual({ ...body, until: again.body.until });
  });

  it('are a table on request', async () => {
    const { text } = await get('auditor', `/api/statistics?${PERIOD}&format=csv`);
    expect(text.split('\r\n')[0]).toMatch(/^dimension,value,referrals,/);
    expect(text).toMatch(/^country,RW,\d+,/m);
  });

  it('are empty for a period before anything happened', async () => {
    const { body } = await get('auditor', '/api/statistics?from=2001-01-01&to=2001-12-31');
    expect(body).toMatchObject({ complete: true, referrals: 0, byKind: {}, toRefer: { count: 0, medianHours: null } });
  });

  it('are refused to whoever works on a file', async () => {
    expect((await get('officer', `/api/statistics?${PERIOD}`)).status).toBe(403);
    expect((await get('prosecutor', `/api/statistics?${PERIOD}`)).status).toBe(403);
  });

  it.each([
    ['from=2026-02-30&to=2026-03-01', '/from'],
    ['from=2026-01-01', '/to'],
    ['from=2026-01-01T00:00:00Z&to=2026-03-01', '/from'],
    ['from=2026-03-01&to=2026-01-01', '/to'],
    ['from=2026-01-01&to=2026-03-01&format=xlsx', '/format'],
  ])('refuse %s and point at %s', async (query, pointer) => {
    const { status, body } = await get('auditor', `/api/statistics?${query}`);
    expect(status).toBe(400);
    expect((body.errors as { pointer: string }[]).map((one) => one.pointer)).toContain(pointer);
  });
});
