import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt, anInterviewUnderWay } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

describe('reading what happened', () => {
  let application: TestApplication;

  beforeAll(async () => {
    application = await anApplication();
  });

  afterAll(() => application?.close());

  it('pages through the history of an interview, and names the questions that keep it from ending', async () => {
    const cast = await application.cast();
    const { id } = await aCaseAt(cast, 'triage');
    const interview = await anInterviewUnderWay(cast.officer, id, 'screening');
    const officer = await application.as('officer');

    const refused = await officer.post(`/api/interviews/${interview}/commands`, { type: 'FINISH_QUESTIONS' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    expect(refused.body.missing).toContain('accountLife');

    const { body: first } = await officer.get(`/api/interviews/${interview}/history?limit=2`);
    const { body: rest } = await officer.get(`/api/interviews/${interview}/history?cursor=${first.next}`);
    const types = [...first.items, ...rest.items].map(({ type }: { type: string }) => type);
    expect(types).toEqual(['OPEN_INTERVIEW', 'GIVE_NOTICE', 'START_INTERVIEW']);
    const { body: view } = await officer.get(`/api/interviews/${interview}`);
    expect(Object.values(rest.items.at(-1).state)).toEqual([view.state]);

    const { body: history } = await officer.get(`/api/cases/${id}/history`);
    const { body: asItStands } = await officer.get(`/api/cases/${id}`);
    expect(history.items.at(-1).state).toEqual(asItStands.state);
    const prosecutor = await application.as('prosecutor');
    expect((await prosecutor.get(`/api/interviews/${interview}/history`)).status).toBe(403);
  });
});
