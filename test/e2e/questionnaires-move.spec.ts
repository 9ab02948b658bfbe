import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { InterviewStore } from '../../src/interviews/interview.store.js';
import { MoveStore } from '../../src/interviews/move.store.js';
import { MovesService } from '../../src/interviews/moves.service.js';
import { DataKeys } from '../../src/platform/database/data-keys.js';
import { Database } from '../../src/platform/database/database.js';
import { runtimeDataSource } from '../../src/platform/database/data-source.js';
import { QuestionnaireStore } from '../../src/questionnaires/questionnaire.store.js';
import { QuestionnairesService } from '../../src/questionnaires/questionnaires.service.js';
import { aCountryPack } from '../factories/country-pack.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { idOf, QuestionnaireLife } from '../support/questionnaire-life.js';

describe('moving running interviews to another version', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;
  let worker: DataSource;
  let moves: MovesService;
  let former: { id: string; hash: string };
  let next: { id: string; hash: string };
  let interview: string;
  let abandoned: string;

  /** The next version calls a question otherwise. */
  const renamed = (pack: string) =>
    JSON.parse(
      JSON.stringify(aCountryPack({ pack, version: 2 })).replaceAll('"guarded"', '"guardedPeople"'),
    ) as object[];
  const answer = (questionId: string, value: unknown) =>
    life.officer.post(`/api/interviews/${interview}/answers`, { questionId, value });
  const running = async (country: string): Promise<string> => {
    const id = idOf(await life.opened(country), 201);
    const told = { language: 'en', acknowledged: true, recordingAnnounced: true, transmissionTold: true };
    idOf(await life.officer.post(`/api/interviews/${id}/commands`, { type: 'GIVE_NOTICE', ...told }));
    idOf(await life.officer.post(`/api/interviews/${id}/commands`, { type: 'START_INTERVIEW' }));
    return id;
  };
  const seen = async () => {
    const { body } = await life.officer.get(`/api/interviews/${interview}`);
    const { questionnaires, sections, indicators } = body as {
      questionnaires: { version: number }[];
      sections: { items: { id: string; answer?: { value?: unknown } }[] }[];
      indicators: { id: string }[];
    };
    const answers = sections
      .flatMap(({ items }) => items)
      .flatMap(({ id, answer }) => (answer ? [[id, answer.value]] : []));
    return {
      version: questionnaires[0]!.version,
      answers: Object.fromEntries(answers),
      indicators: indicators.map(({ id }) => id),
    };
  };
  const propose = (body: object) => life.author.post(`/api/questionnaires/${next.id}/migrations`, body);
  const plans = async () =>
    (
      (await life.author.get(`/api/questionnaires/${next.id}/migrations`)).body as {
        items: { id: string; status: string }[];
      }
    ).items;

  beforeAll(async () => {
    // The worker's part is done by hand here, step by step.
    application = await anApplication({ config: { ROLE: 'api' } });
    life = await QuestionnaireLife.at(application);
    const { F1_TIME_ZONE: timeZone } = application.config;
    worker = await runtimeDataSource({
      url: application.database.workerUrl,
      role: 'f1_worker',
      size: 2,
      timeZone,
    }).initialize();
    moves = new MovesService(
      new Database(undefined, worker),
      application.app.get(DataKeys),
      new QuestionnairesService(new QuestionnaireStore()),
      new InterviewStore(),
      new MoveStore(),
    );
    former = await life.published({ pack: 'LI' });
    interview = await running('LI');
    idOf(await answer('why', { original: 'Ich wurde bedroht.' }), 201);
    idOf(await answer('guarded', true), 201);
    abandoned = await running('LI');
    idOf(
      await life.officer.post(`/api/interviews/${abandoned}/commands`, { type: 'ABANDON_INTERVIEW', reason: 'Ill.' }),
    );
    const draft = idOf(await life.author.post('/api/questionnaires', { files: renamed('LI') }), 201);
    idOf(await life.command(life.author, draft, 'SUBMIT_FOR_APPROVAL'));
    idOf(await life.approve(draft));
    const { body } = await life.command(life.author, draft, 'PUBLISH_QUESTIONNAIRE');
    next = body as typeof next;
  });
  afterAll(async () => {
    await worker.destroy();
    await application.close();
  });

  it('refuses a mapping that leaves an answer without a place, and says which', async () => {
    expect(await propose({ from: former.hash, reason: 'Better wording.' })).toMatchObject({
      status: 400,
      body: {
        errors: [{ pointer: '/mapping/questions/guarded', detail: expect.stringContaining('name another one') }],
      },
    });
    expect(await propose({ from: next.id, reason: 'x' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/from' }] },
    });
    expect(await propose({ reverses: former.id, reason: 'x' })).toMatchObject({ status: 400 });
  });

  it('tries it on every live interview, in numbers, before anybody can have it carried out', async () => {
    const mapping = { questions: { guarded: { to: 'guardedPeople' } } };
    expect(await propose({ from: former.hash, mapping, reason: 'Better wording.' })).toMatchObject({
      status: 201,
      body: { triedAt: null },
    });
    expect((await life.command(life.second, next.id, 'MIGRATE')).text).toContain('trial run over all live interviews');
    expect((await propose({ from: former.hash, mapping, reason: 'Again.' })).status).toBe(409);
    await moves.run();
    expect(await plans()).toMatchObject([
      {
        status: 'proposed',
        interviews: [{ interviewId: interview, kept: 1, moved: 1, dropped: [], refused: null, movedAt: null }],
      },
    ]);
    expect(await seen()).toMatchObject({ version: 1, answers: { guarded: true } });
  });

  it('is approved by another author than the one who proposed it, and then moves what is running', async () => {
    expect((await life.command(life.author, next.id, 'MIGRATE')).body).toMatchObject({
      because: ['Whoever approves the move of interviews must not have proposed it.'],
      instead: 'Ask another author to do it.',
    });
    idOf(await life.command(life.second, next.id, 'MIGRATE'));
    await moves.run();
    await moves.run();
    expect(await plans()).toMatchObject([{ status: 'done', interviews: [{ movedAt: expect.any(String) }] }]);
    expect(await seen()).toEqual({
      version: 2,
      answers: { why: { original: 'Ich wurde bedroht.' }, guardedPeople: true },
      indicators: ['guard'],
    });
    const { body } = await life.officer.get(`/api/interviews/${abandoned}`);
    expect(body).toMatchObject({ questionnaires: [{ version: 1 }] });
    const { items } = (await life.officer.get(`/api/interviews/${interview}/history`)).body as {
      items: { type: string }[];
    };
    expect(items.map(({ type }) => type).slice(-2)).toEqual(['MIGRATE', 'MIGRATE_ANSWER']);
    idOf(await answer('guardedWhere', { original: 'At the gate.' }), 201);
  });

  it('goes back the same way, and nothing that was said is lost', async () => {
    const [done] = await plans();
    idOf(await propose({ reverses: done!.id, reason: 'The first wording was better.' }), 201);
    await moves.run();
    idOf(await life.command(life.second, next.id, 'MIGRATE'));
    await moves.run();
    expect(await seen()).toEqual({
      version: 1,
      answers: { why: { original: 'Ich wurde bedroht.' }, guarded: true, guardedWhere: { original: 'At the gate.' } },
      indicators: ['guard'],
    });
    const rows = await application.rows<{ n: number }>(
      'SELECT count(*)::int AS n FROM answer WHERE interview_id = $1',
      [interview],
    );
    expect(rows[0]!.n).toBeGreaterThanOrEqual(4);
    expect((await life.author.get(`/api/questionnaires/${former.id}/usage`)).body).toMatchObject({ interviews: 2 });
  });

  it('stands in the chains of both, which verify', async () => {
    const { items } = (await life.author.get(`/api/questionnaires/${next.id}/history`)).body as {
      items: { type: string }[];
    };
    expect(items.map(({ type }) => type).slice(-6)).toEqual([
      'PROPOSE_MIGRATION',
      'MIGRATE',
      'INTERVIEWS_MOVED',
      'PROPOSE_MIGRATION',
      'MIGRATE',
      'INTERVIEWS_MOVED',
    ]);
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });

  it('refuses an interview that fails, says so, and goes on with the others and the other plans', async () => {
    const registered = await life.officer.get(`/api/interviews/${interview}`);
    const { caseId } = registered.body as { caseId: string };
    const opened = await life.officer.post(`/api/cases/${caseId}/interviews`, {
      purpose: 'screening',
      questionnaire: [former.hash],
      reason: 'Begun with the first version.',
    });
    const told = { language: 'en', acknowledged: true, recordingAnnounced: true, transmissionTold: true };
    const other = idOf(opened, 201);
    idOf(await life.officer.post(`/api/interviews/${other}/commands`, { type: 'GIVE_NOTICE', ...told }));
    idOf(await life.officer.post(`/api/interviews/${other}/commands`, { type: 'START_INTERVIEW' }));
    // The one that is tried first.
    const [broken, whole] = [interview, other].sort();
    await application.rows(
      `INSERT INTO answer (id, interview_id, case_id, question_id, item, revision, concurrent, sealed, recorded_by, recorded_at)
       SELECT gen_random_uuid(), i.id, i.case_id, 'why', '', 99, false, '\\x00', i.interviewer_id, now() FROM interview i WHERE i.id = $1`,
      [broken],
    );
    const mapping = { questions: { guarded: { to: 'guardedPeople' } } };
    idOf(await propose({ from: former.hash, mapping, reason: 'Once more.' }), 201);
    await moves.run();
    const tried = (await plans()).at(-1) as unknown as { triedAt: string; interviews: { interviewId: string }[] };
    expect(tried.triedAt).toEqual(expect.any(String));
    expect(tried.interviews).toMatchObject([
      { interviewId: broken, refused: expect.stringContaining('failed unexpectedly') },
      { interviewId: whole, refused: null },
    ]);
  });
});
