import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { SourceFile } from '../../src/domain/questionnaire/plan.js';
import { accountId } from '../../src/demo/seed.js';
import { aCountryPack } from '../factories/country-pack.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';
import { idOf, QuestionnaireLife } from '../support/questionnaire-life.js';

describe('what is refused of a questionnaire', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;
  let author: Person;
  let second: Person;

  beforeAll(async () => {
    application = await anApplication();
    life = await QuestionnaireLife.at(application);
    ({ author, second } = life);
  });
  afterAll(() => application.close());

  it('lets nobody approve what they wrote, edited or submitted', async () => {
    const id = await life.submitted({ pack: 'LI' });
    expect(await life.command(author, id, 'APPROVE_QUESTIONNAIRE')).toMatchObject({
      status: 409,
      body: { because: ['The approver must not be an author of this version.'] },
    });
    await life.command(second, id, 'RETURN_QUESTIONNAIRE', { reason: 'Say "when", not "if".' });
    await second.put(`/api/questionnaires/${id}/files`, {
      files: aCountryPack({ pack: 'LI', asked: 'Tell me when.' }),
    });
    await life.command(author, id, 'SUBMIT_FOR_APPROVAL');
    expect(await life.command(second, id, 'APPROVE_QUESTIONNAIRE')).toMatchObject({ status: 409 });
    expect((await author.get(`/api/questionnaires/${id}`)).body).toMatchObject({
      stage: 'inReview',
      life: { authors: ['Aude Demo', 'Amadou Demo'], approvals: [{ outcome: 'returned', ofTheseFiles: false }] },
    });
  });

  it('saves a draft that does not compile, and names every problem when it is submitted', async () => {
    const files = aCountryPack({ pack: 'MC' });
    delete (files[2]!.content as { sections?: unknown }).sections;
    const id = idOf(await author.post('/api/questionnaires', { files }), 201);
    const finding = { severity: 'error', file: 'MC/screening.v1.json', pointer: '', fix: expect.any(String) };
    expect((await author.get(`/api/questionnaires/${id}/proof`)).body).toMatchObject({
      hash: null,
      findings: [finding],
    });
    expect(await life.command(author, id, 'SUBMIT_FOR_APPROVAL')).toMatchObject({
      status: 409,
      body: { findings: [finding] },
    });
    expect(await author.post(`/api/questionnaires/${id}/preview`, {})).toMatchObject({ status: 409 });
  });

  it('refuses files that do not say which questionnaire they are, and says what to send', async () => {
    const [pack, reference, questionnaire] = aCountryPack();
    const send = (files: unknown) => author.post('/api/questionnaires', { files });
    const nameless = { ...questionnaire!, content: { ...(questionnaire!.content as object), version: 'one' } };
    const cases: [unknown, string, RegExp][] = [
      ['all', '/files', /list of 1 to 200 objects/],
      [[pack, pack, questionnaire], '/files/1/file', /there twice/],
      [[{ file: '../x.json', content: {} }], '/files/0/file', /name of the file in its pack/],
      [[{ file: 'LI/x.v1.json', content: [] }], '/files/0/content', /a JSON object/],
      [[pack, reference], '/files', /these files hold 0; make one draft of each/],
      [[reference, questionnaire], '/files', /add the pack file of LI, such as/],
      [[pack, nameless], '/files/1/content/version', /whole number from 1/],
    ];
    for (const [files, pointer, detail] of cases) {
      const { status, body } = await send(files);
      expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
      expect((body as { errors: { detail: string }[] }).errors[0]!.detail).toMatch(detail);
    }
  });

  it('lets nobody give another meaning to a published module, or to the name of a questionnaire of another pack', async () => {
    const file = 'base/modules/ordersDissociation.v1.json';
    const lent = await life.drafted({ pack: 'FO', includes: [file] });
    const { files } = (await author.get(`/api/questionnaires/${lent}`)).body as { files: SourceFile[] };
    const altered = files.map((one) =>
      one.file === file ? { file, content: { ...(one.content as object), title: { en: 'Other words' } } } : one,
    );
    const pointer = `/files/${files.findIndex((one) => one.file === file)}/content`;
    const refused = { status: 400, body: { errors: [{ pointer, detail: expect.stringMatching(/never changes/) }] } };
    expect(await author.put(`/api/questionnaires/${lent}/files`, { files: altered })).toMatchObject(refused);
    expect((await author.put(`/api/questionnaires/${lent}/files`, { files })).status).toBe(200);

    const own = aCountryPack({ pack: 'AD' });
    const named = own.map((one) =>
      one.file.endsWith('screening.v1.json')
        ? { ...one, content: { ...(one.content as object), id: 'RW-screening', version: 90 } }
        : one,
    );
    const { status, body } = await author.post('/api/questionnaires', { files: named });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { errors: [{ detail: expect.stringMatching(/pack RW/) }] },
    });
  });

  it('approves nothing whose scenarios fail, and says which', async () => {
    const id = await life.submitted({ pack: 'SM', raised: [] });
    const refused = await life.approve(id);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        because: ['Every scenario must end as it says.'],
        failedScenarios: [{ id: 'guardOfPeople', failures: [{ pointer: '/scenarios/0/expect/indicators' }] }],
      },
    });
  });

  it('approves a next version only for somebody who names the difference, and not after something else was published', async () => {
    await life.published({ pack: 'AD' });
    const third = await life.submitted({ pack: 'AD', version: 3, asked: 'Third.' });
    expect(await life.command(second, third, 'APPROVE_QUESTIONNAIRE')).toMatchObject({
      status: 409,
      body: {
        because: ['The difference to the published version must have been looked at.'],
        differenceAt: `/api/questionnaires/${third}/difference`,
      },
    });
    expect(await life.approve(third)).toMatchObject({ status: 200 });
    const { id } = await life.published({ pack: 'AD', version: 2, asked: 'Second.' });
    const { status, text } = await life.command(author, third, 'PUBLISH_QUESTIONNAIRE');
    expect([status, text]).toEqual([409, expect.stringContaining('return it, and have it approved anew')]);
    expect((await second.get(`/api/questionnaires/${third}/difference`)).body).toMatchObject({ number: 2 });
    expect(idOf(await author.get(`/api/questionnaires/${id}`))).toBe(id);
  });

  it('gives a version number once, and says which one is free', async () => {
    const id = await life.drafted({ pack: 'VA' });
    const again = await author.post('/api/questionnaires', { files: aCountryPack({ pack: 'VA' }) });
    expect(again).toMatchObject({ status: 409, body: { id, nextVersion: 2 } });
    expect(again.text).toContain(`PUT /api/questionnaires/${id}/files`);
    const files = aCountryPack({ pack: 'VA', version: 5 });
    const both = await Promise.all([1, 2].map(() => author.post('/api/questionnaires', { files })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await life.command(author, id, 'DISCARD_DRAFT')).body).toMatchObject({ stage: 'discarded' });
    expect((await author.post('/api/questionnaires', { files: aCountryPack({ pack: 'VA' }) })).status).toBe(201);
  });

  it('submits nothing older than what is published, and nothing for a country that another questionnaire serves', async () => {
    await life.published({ pack: 'CY', version: 2 });
    const old = await life.drafted({ pack: 'CY', version: 1 });
    expect((await life.command(author, old, 'SUBMIT_FOR_APPROVAL')).text).toContain('raise \\"version\\"');
    const files = aCountryPack({ pack: 'MT' });
    (files[0]!.content as { countries: string[] }).countries = ['MT', 'RW'];
    const rival = idOf(await author.post('/api/questionnaires', { files }), 201);
    expect(await life.command(author, rival, 'SUBMIT_FOR_APPROVAL')).toMatchObject({
      status: 409,
      body: { servedBy: ['RW-screening'] },
    });
  });

  it('changes nothing that is published, whoever asks', async () => {
    const { id } = await life.published({ pack: 'GI' });
    const edit = await author.put(`/api/questionnaires/${id}/files`, {
      files: aCountryPack({ pack: 'GI', asked: 'X' }),
    });
    expect(edit).toMatchObject({ status: 409, body: { command: 'EDIT_DRAFT', state: 'Published' } });
    await expect(
      application.rows(`UPDATE questionnaire_version SET body = '{}' WHERE id = $1`, [id]),
    ).rejects.toMatchObject({ code: 'F1001' });
  });

  it('publishes nothing past the database that nobody else approved', async () => {
    const id = await life.drafted({ pack: 'IM' });
    const [draft] = await application.rows<{ hash: string }>('SELECT hash FROM questionnaire_version WHERE id = $1', [
      id,
    ]);
    const api = new pg.Client({ connectionString: application.database.apiUrl });
    await api.connect();
    try {
      await api.query(`SELECT set_config('f1.actor', $1, false)`, [accountId('author')]);
      const published = api.query(
        `INSERT INTO questionnaire (hash, pack, code, version, purpose, countries, title, body, status, published_at)
         VALUES ($1, 'IM', 'IM-screening', 1, 'screening', '{IM}', '{}', '{}', 'published', f1_now())`,
        [draft!.hash],
      );
      await expect(published).rejects.toMatchObject({ code: 'F1013' });
    } finally {
      await api.end();
    }
  });

  it('shows in the audit an approval that nobody gave', async () => {
    const id = await life.approved({ pack: 'BM' });
    await application.rows('ALTER TABLE questionnaire_approval DISABLE TRIGGER USER');
    await application.rows(
      `UPDATE questionnaire_approval SET at = at + interval '1 hour' WHERE questionnaire_id = $1`,
      [id],
    );
    await application.rows('ALTER TABLE questionnaire_approval ENABLE TRIGGER USER');
    const { ok, findings } = await application.verifyAudit();
    expect([ok, findings.map(({ kind }) => kind).sort()]).toEqual([false, ['rowInserted', 'rowMissing']]);
  });

  it('does the same request once, refuses a stale one, and lets one of two commands at once through', async () => {
    const id = await life.submitted({ pack: 'JE' });
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { type: 'APPROVE_QUESTIONNAIRE', reason: 'Read whole.' };
    const path = `/api/questionnaires/${id}/commands`;
    expect((await second.post(path, body, { 'If-Match': '"1"' })).status).toBe(412);
    const first = await second.post(path, body, key);
    expect(await second.post(path, body, key)).toMatchObject({ status: 200, body: first.body as object });
    expect((await second.post(path, { ...body, reason: 'Other.' }, key)).status).toBe(422);
    const both = await Promise.all([author, second].map((as) => life.command(as, id, 'PUBLISH_QUESTIONNAIRE')));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is for authors: others see what is published and change nothing', async () => {
    const id = await life.drafted({ pack: 'GG' });
    for (const who of ['officer', 'decider', 'auditor', 'prosecutor', 'operator']) {
      const person = await application.as(who);
      expect((await person.post('/api/questionnaires', { files: aCountryPack() })).status).toBe(403);
      expect((await person.post('/api/questionnaires/validate', { files: aCountryPack() })).status).toBe(403);
      expect((await life.command(person, id, 'SUBMIT_FOR_APPROVAL')).status).toBe(403);
      expect((await person.get(`/api/questionnaires/${id}/difference`)).status).toBe(403);
    }
    expect((await life.officer.get(`/api/questionnaires/${id}`)).status).toBe(404);
    expect((await life.officer.get('/api/questionnaires?stage=draft')).body).toEqual({ items: [], next: null });
    expect((await author.get('/api/questionnaires/nonsense')).status).toBe(400);
    expect((await author.get(`/api/questionnaires/${randomUUID()}`)).status).toBe(404);
  });
});
