import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCountryPack } from '../factories/country-pack.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { idOf, QuestionnaireLife } from '../support/questionnaire-life.js';

describe('the life of a questionnaire', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;

  beforeAll(async () => {
    application = await anApplication();
    life = await QuestionnaireLife.at(application);
  });
  afterAll(() => application.close());

  it('goes from draft to published between two authors, and the next interview uses it', async () => {
    const { hash } = await life.published({ pack: 'LI' });
    const opened = await life.opened('LI');
    expect(opened).toMatchObject({
      status: 201,
      body: { questionnaires: [{ code: 'LI-screening', version: 1, hash }] },
    });
  });

  it('gives new interviews the next version, and leaves running ones with theirs', async () => {
    const first = await life.published({ pack: 'MC' });
    const draft = await life.drafted({ pack: 'MC', version: 2, asked: 'Please tell me why you came.' });
    const { body } = await life.second.get(`/api/questionnaires/${draft}/difference`);
    expect(body).toMatchObject({
      against: first.hash,
      changes: [{ kind: 'reworded', subject: 'question', id: 'why', breaking: false }],
    });
    await life.command(life.author, draft, 'DISCARD_DRAFT');
    const running = idOf(await life.opened('MC'), 201);
    const second = await life.published({ pack: 'MC', version: 2, asked: 'Please tell me why you came.' });
    expect(await life.opened('MC')).toMatchObject({ body: { questionnaires: [{ version: 2, hash: second.hash }] } });
    const since = await life.second.get(`/api/questionnaires/${first.id}/difference?against=${second.hash}`);
    expect(since.body).toMatchObject({ against: second.hash, number: 2, changes: [{ id: 'why' }] });
    const elsewhere = await life.second.get(`/api/questionnaires/${first.id}/difference?against=${draft}`);
    expect(elsewhere).toMatchObject({ status: 400, body: { errors: [{ pointer: '/against' }] } });
    expect(await life.officer.get(`/api/interviews/${running}`)).toMatchObject({
      body: { questionnaires: [{ version: 1, hash: first.hash }] },
    });
  });

  it('counts the interviews pinned to a version for an author, and names their cases only to those who see them', async () => {
    const { id, hash } = await life.published({ pack: 'SM' });
    await life.opened('SM');
    await life.opened('SM');
    const forAuthor = await life.author.get(`/api/questionnaires/${id}/usage`);
    expect(forAuthor.body).toEqual({
      interviews: 2,
      byState: [{ state: 'planned', label: 'Planned', closed: false, interviews: 2 }],
      cases: [],
      more: false,
    });
    const forOfficer = await life.officer.get(`/api/questionnaires/${hash}/usage`);
    expect(forOfficer.body).toMatchObject({ interviews: 2, cases: [{ reference: expect.any(String) }, {}] });
    const elsewhere = await application.as('officer-north');
    expect((await elsewhere.get(`/api/questionnaires/${hash}/usage`)).body).toMatchObject({ interviews: 2, cases: [] });
  });

  it('takes a retired version from new interviews: the one before serves again, then the base pack', async () => {
    const first = await life.published({ pack: 'AD' });
    const second = await life.published({ pack: 'AD', version: 2, asked: 'Please tell me all of it.' });
    const retire = (id: string) =>
      life.command(life.author, id, 'RETIRE_QUESTIONNAIRE', { reason: 'The second question misleads.' });
    expect(await retire(second.id)).toMatchObject({ status: 200, body: { stage: 'retired' } });
    expect(await life.opened('AD')).toMatchObject({ body: { questionnaires: [{ hash: first.hash }] } });
    expect((await retire(first.id)).status).toBe(200);
    expect(await life.opened('AD')).toMatchObject({ body: { questionnaires: [{ code: 'base-screening' }] } });
  });

  it('retires nothing that would leave people without a questionnaire', async () => {
    const { body } = await life.author.get('/api/questionnaires?purpose=screening&country=VA');
    const [older, newest] = (body as { items: { id: string; code: string; version: number }[] }).items
      .filter(({ code }) => code === 'base-screening')
      .sort((one, other) => one.version - other.version);
    const retire = (id: string) => life.command(life.author, id, 'RETIRE_QUESTIONNAIRE', { reason: 'Old.' });
    expect((await retire(older!.id)).status).toBe(200);
    const refused = await retire(newest!.id);
    expect(refused).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    expect(refused.text).toContain('publish that one first');
  });

  it('plays answers on unsaved files and on a draft, and proves them, without storing anything', async () => {
    const files = aCountryPack({ pack: 'LU' });
    const saved = await life.drafted({ pack: 'LU' });
    const before = await application.counts();
    const answers = [
      { questionId: 'guarded', value: true },
      { questionId: 'guarded2', value: true },
    ];
    const played = await life.author.post('/api/questionnaires/preview', { files, answers });
    expect(played).toMatchObject({
      status: 200,
      body: {
        indicators: [{ id: 'guard', reason: 'Guarded people.' }],
        missing: [{ questionId: 'why' }],
        refused: [{ index: 1, pointer: '/answers/1/questionId' }],
      },
    });
    expect((await life.author.post(`/api/questionnaires/${saved}/preview`, { answers })).body).toEqual(played.body);
    const proof = await life.author.post('/api/questionnaires/validate', { files });
    expect(proof).toMatchObject({ status: 200, body: { ok: true, questions: 3, problems: [] } });
    expect((proof.body as { scenarios: { passed: boolean }[] }).scenarios.map(({ passed }) => passed)).toEqual([
      true,
      true,
    ]);
    expect((await life.author.get(`/api/questionnaires/${saved}/proof`)).body).toEqual(proof.body);
    expect(await application.counts()).toEqual(before);
  });

  it('takes modules that a draft includes from what is published', async () => {
    const includes = ['base/modules/ordersDissociation.v1.json'];
    const id = await life.drafted({ pack: 'MT', includes });
    const { body } = await life.author.get(`/api/questionnaires/${id}`);
    const { files } = body as { files: { file: string }[] };
    expect(files.map(({ file }) => file)).toEqual(expect.arrayContaining([...includes, 'base/reference.json']));
    expect((await life.author.get(`/api/questionnaires/${id}/proof`)).body).toMatchObject({ ok: true, problems: [] });
  });

  it('is told step by step by its chain, which verifies', async () => {
    const { id } = await life.published({ pack: 'CY' });
    const { items } = (await life.author.get(`/api/questionnaires/${id}/history`)).body as { items: object[] };
    expect(items).toMatchObject([
      { type: 'CREATE_DRAFT', by: 'Aude Demo', state: 'Draft' },
      { type: 'SUBMIT_FOR_APPROVAL', state: 'In review' },
      { type: 'APPROVE_QUESTIONNAIRE', by: 'Amadou Demo', state: 'Approved' },
      { type: 'PUBLISH_QUESTIONNAIRE', state: 'Published' },
    ]);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });
});
