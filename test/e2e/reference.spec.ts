import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anApplication, type TestApplication } from '../support/application.js';
import { idOf, QuestionnaireLife } from '../support/questionnaire-life.js';

describe('looking up what an answer may name', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;
  let interview: string;
  let hash: string;

  type Found = { items: { id: string; kind: string; name: string }[]; next: string | null };
  const search = async (path: string): Promise<Found> => (await life.officer.get(path)).body as Found;

  beforeAll(async () => {
    application = await anApplication();
    life = await QuestionnaireLife.at(application);
    const opened = await life.opened('RW');
    interview = idOf(opened, 201);
    hash = (opened.body as { questionnaires: { hash: string }[] }).questionnaires[0]!.hash;
  });
  afterAll(() => application.close());

  it('finds it in the questionnaires of an interview, and in a questionnaire, best match first', async () => {
    for (const at of [`/api/interviews/${interview}/reference`, `/api/questionnaires/${hash}/reference`]) {
      expect((await search(`${at}?kind=place&q=Gikonggoro`)).items[0]).toMatchObject({
        id: 'gikongoro',
        kind: 'place',
        name: 'Gikongoro',
        aliases: [],
        verified: expect.any(Boolean),
      });
      expect((await search(`${at}?q=forces%20armees`)).items[0]).toMatchObject({ id: 'far', kind: 'organisation' });
    }
  });

  it('comes in pages that together hold every entry once', async () => {
    const at = `/api/interviews/${interview}/reference?kind=place`;
    const all = (await search(`${at}&limit=200`)).items.map(({ id }) => id);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Found = await search(`${at}&limit=20${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(all.length).toBeGreaterThan(20);
    expect(paged).toEqual(all);
  });

  it('refuses a kind that there is not, and an interview that this person does not see', async () => {
    expect(await life.officer.get(`/api/interviews/${interview}/reference?kind=animal`)).toMatchObject({ status: 400 });
    const prosecutor = await application.as('prosecutor');
    expect((await prosecutor.get(`/api/interviews/${interview}/reference`)).status).toBe(403);
    expect((await life.author.get(`/api/interviews/${interview}/reference`)).status).toBe(403);
  });
});
