import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCountryPack } from '../factories/country-pack.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { idOf, QuestionnaireLife } from '../support/questionnaire-life.js';

const NOTICE = { language: 'en', acknowledged: true, recordingAnnounced: true, transmissionTold: true };

describe('a refusal says what to do instead', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;
  let published: { id: string; hash: string };
  let interview: string;

  const answer = (body: object) => life.officer.post(`/api/interviews/${interview}/answers`, body);
  const command = (type: string, more: object = {}) =>
    life.officer.post(`/api/interviews/${interview}/commands`, { type, ...more });

  beforeAll(async () => {
    application = await anApplication();
    life = await QuestionnaireLife.at(application);
    published = await life.published({ pack: 'LI' });
    interview = idOf(await life.opened('LI'), 201);
  });
  afterAll(() => application.close());

  it('to an answer in a planned interview: give the notice and start it, in that order', async () => {
    expect(await answer({ questionId: 'guarded', value: true })).toMatchObject({
      status: 409,
      body: {
        state: 'Planned',
        instead: `First send GIVE_NOTICE (Give the notice of purpose), then START_INTERVIEW (Start the interview) to POST /api/interviews/${interview}/commands.`,
      },
    });
  });

  it('to words alone: where they belong', async () => {
    idOf(await command('GIVE_NOTICE', NOTICE));
    expect((await command('GIVE_NOTICE', NOTICE)).body).toMatchObject({
      instead: `That was done already. Next, send START_INTERVIEW (Start the interview) to POST /api/interviews/${interview}/commands.`,
    });
    idOf(await command('START_INTERVIEW'));
    expect((await answer({ questionId: 'why', verbatim: 'I fled.' })).body).toMatchObject({
      errors: [
        {
          pointer: '/verbatim',
          detail: expect.stringContaining('put them under "value", {"value":{"original":"I fled."}}'),
        },
      ],
    });
    expect((await answer({ questionId: 'guarded', verbatim: 'Yes, I did.' })).body).toMatchObject({
      errors: [{ pointer: '/verbatim', detail: expect.stringContaining('add the "value" that they mean') }],
    });
    idOf(await answer({ questionId: 'why', value: { original: 'I fled.' } }), 201);
  });

  it('to whoever does not conduct the interview, and in one that is over: who, or another one', async () => {
    const { caseId } = (await life.officer.get(`/api/interviews/${interview}`)).body as { caseId: string };
    idOf(await command('ABANDON_INTERVIEW', { reason: 'The applicant fell ill.' }));
    const { body } = await answer({ questionId: 'guarded', value: true });
    expect(body).toMatchObject({
      instead: expect.stringContaining(`POST /api/cases/${caseId}/interviews opens another one`),
    });
    const draft = await life.officer.put(`/api/interviews/${interview}/draft`, { questionId: 'guarded', value: true });
    expect(draft).toMatchObject({ status: 409, body: { detail: expect.stringContaining('ADD_COMMENT') } });
    const none = await life.officer.get(`/api/interviews/${interview}/draft`);
    expect(none).toMatchObject({ status: 404, body: { detail: expect.stringContaining('keeps one') } });
  });

  it('to a change of a published version: make the next one, by its number', async () => {
    const edited = await life.author.put(`/api/questionnaires/${published.id}/files`, {
      files: aCountryPack({ pack: 'LI', asked: 'Please tell me when.' }),
    });
    expect(edited).toMatchObject({
      status: 409,
      body: { instead: expect.stringContaining('send its files with "version": 2 to POST /api/questionnaires') },
    });
  });

  it('to a step too early: the steps before it', async () => {
    const id = await life.drafted({ pack: 'LI', version: 2 });
    expect((await life.command(life.author, id, 'PUBLISH_QUESTIONNAIRE')).body).toMatchObject({
      instead: expect.stringMatching(
        /^First send SUBMIT_FOR_APPROVAL \(.+\), then APPROVE_QUESTIONNAIRE \(.+\) to POST/,
      ),
    });
    idOf(await life.command(life.author, id, 'SUBMIT_FOR_APPROVAL'));
    expect((await life.command(life.author, id, 'APPROVE_QUESTIONNAIRE')).body).toMatchObject({
      instead: expect.stringMatching(/^Ask another author to do it\. GET .+difference shows the difference/),
    });
    idOf(await life.command(life.second, id, 'RETURN_QUESTIONNAIRE', { reason: 'Not yet.' }));
    idOf(await life.command(life.author, id, 'DISCARD_DRAFT'));
    expect((await life.command(life.author, id, 'SUBMIT_FOR_APPROVAL')).body).toMatchObject({
      instead: 'Make a new draft of its files with POST /api/questionnaires.',
    });
  });
});
