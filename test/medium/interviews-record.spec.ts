import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { compile } from '../../src/domain/questionnaire/compile.js';
import {
  PublishedQuestionnaireChanged,
  publishQuestionnaires,
} from '../../src/questionnaires/publish-questionnaires.js';
import { type CompiledPack, readPackFiles } from '../../src/questionnaires/pack-files.js';
import { aNotice, InterviewHouse, REQUIRED } from '../support/interview-house.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are checked by what is expected of them */

const packs = readPackFiles('questionnaires');
const shipped = packs.find(({ pack }) => pack.pack === 'RW')!;

/** The shipped pack of Rwanda with its screening edited, and perhaps at another version. */
function editedScreening(version: number, title: string): CompiledPack {
  const screening = shipped.plans.find(({ purpose }) => purpose === 'screening')!;
  const files = screening.files.map(({ file, content }, index) => ({
    file,
    content: index === 0 ? { ...(content as object), version, title: { en: title } } : content,
  }));
  const result = compile(files);
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return { pack: shipped.pack, plans: [result.plan] };
}

describe('the record of an interview', () => {
  let house: InterviewHouse;

  beforeAll(async () => {
    house = await InterviewHouse.open();
  });

  afterAll(() => house?.close());

  const because = async (id: string, command: Record<string, unknown>) => {
    const { status, body } = await house.command(id, command);
    return [status, body.because?.[0] ?? body.errors?.[0]?.pointer];
  };

  it('is paused for a caution at any time, and no question is asked meanwhile', async () => {
    const id = await house.aScreening();
    const paused = await house.command(id, { type: 'PAUSE_FOR_CAUTION', reason: 'Spoke of an act of his own.' });
    expect(paused.body).toMatchObject({
      state: 'pausedForCaution',
      sitting: { cautions: [{ reason: 'Spoke of an act of his own.', at: expect.any(String) }] },
    });
    const said = { questionId: 'workThen', value: 'Invented work.' };
    expect((await house.answer(id, said)).status).toBe(409);
    await house.command(id, { type: 'RESUME_AFTER_CAUTION' });
    expect((await house.answer(id, said)).status).toBe(201);
  });

  it('is read back once every required question is answered or marked', async () => {
    const id = await house.aScreening();
    const early = await because(id, { type: 'FINISH_QUESTIONS' });
    expect(early).toEqual([409, 'Every required question must be answered or marked unknown, refused or not asked.']);
    const { body } = await house.get(`/api/interviews/${id}`);
    expect(body.progress.missing).toEqual(Object.keys(REQUIRED).map((questionId) => ({ questionId })));
    for (const { questionId } of body.progress.missing) await house.answer(id, { questionId, status: 'unknown' });
    const finished = await house.command(id, { type: 'FINISH_QUESTIONS' });
    expect(finished.body).toMatchObject({ state: 'readBack', progress: { missing: [] } });
    const back = await house.command(id, { type: 'BACK_TO_QUESTIONS' });
    expect(back.body.state).toBe('underway');
  });

  it('is sealed with the hash of every revision; that closes the record, never the comments', async () => {
    const caseId = await house.aCase();
    const id = await house.aScreening(caseId);
    await house.answerRequired(id);
    await house.put(`/api/interviews/${id}/draft`, { questionId: 'workThen', value: 'Half a sent' });
    await house.command(id, { type: 'FINISH_QUESTIONS' });
    expect(await because(id, { type: 'SEAL_INTERVIEW', readBack: false, confirmation: 'confirmed' })).toEqual([
      400,
      '/readBack',
    ]);
    for (const reasons of [undefined, null])
      expect(await because(id, { type: 'SEAL_INTERVIEW', readBack: true, confirmation: 'refused', reasons })).toEqual([
        409,
        'The applicant must confirm the record, or the refusal be noted with its reasons.',
      ]);
    const sealed = await house.command(id, {
      type: 'SEAL_INTERVIEW',
      readBack: true,
      confirmation: 'refused',
      reasons: 'The year is not the one that was said.',
      comments: 'It was 1971.',
    });
    expect(sealed.body).toMatchObject({
      state: 'sealed',
      sealedAt: expect.any(String),
      deadlines: [],
      draft: null,
      sitting: {
        confirmation: { outcome: 'refused', reasons: 'The year is not the one that was said.' },
        record: { revisions: Object.keys(REQUIRED).length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      comments: [{ text: 'It was 1971.', from: 'applicant' }],
    });
    expect((await house.answer(id, { questionId: 'workThen', value: 'Late.' })).status).toBe(409);
    expect((await house.put(`/api/interviews/${id}/draft`, { questionId: 'workThen', value: 'Late.' })).status).toBe(
      409,
    );
    const added = { type: 'ADD_COMMENT', text: 'The name of the place was misheard.', from: 'counsel' };
    const commented = await house.command(id, added, 'interviewer');
    expect(commented.body.comments.map(({ from }: any) => from)).toEqual(['applicant', 'counsel']);
    expect(commented.body.sitting.record).toEqual(sealed.body.sitting.record);
    const { rows } = await house.owner.query(
      `SELECT count(*)::int AS drafts FROM interview_draft WHERE interview_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ drafts: 0 }]);
    const { rows: comments } = await house.owner.query(`SELECT kind FROM submission WHERE case_id = $1`, [caseId]);
    expect(comments).toEqual([{ kind: 'commentOnRecord' }, { kind: 'commentOnRecord' }]);
  });

  it('is abandoned with a reason, and then waits for nothing', async () => {
    const id = await house.aScreening();
    expect(await because(id, { type: 'ABANDON_INTERVIEW' })).toEqual([400, '/reason']);
    const { body } = await house.command(id, { type: 'ABANDON_INTERVIEW', reason: 'The applicant fell ill.' });
    expect(body).toMatchObject({
      state: 'abandoned',
      deadlines: [],
      sitting: { abandonedBecause: 'The applicant fell ill.' },
    });
    expect((await house.answer(id, { questionId: 'workThen', value: 'Late.' })).status).toBe(409);
  });

  it('links every command into a chain whose last link the interview holds', async () => {
    const id = await house.aScreening();
    await house.answer(id, { questionId: 'workThen', value: 'Invented work.' });
    const { rows } = await house.owner.query(
      `SELECT array_agg(e.type ORDER BY e.seq) AS types, max(e.seq) = i.event_seq AS at_head,
         bool_or(e.seq = i.event_seq AND e.hash = i.event_hash) AS same_hash, bool_and(e.facets::text NOT LIKE '%work%') AS plain
       FROM event e JOIN interview i ON i.id = e.aggregate_id WHERE i.id = $1 GROUP BY i.event_seq`,
      [id],
    );
    expect(rows).toEqual([
      {
        types: ['OPEN_INTERVIEW', 'GIVE_NOTICE', 'START_INTERVIEW', 'RECORD_ANSWER'],
        at_head: true,
        same_hash: true,
        plain: true,
      },
    ]);
  });

  it('refuses a command of no known type, and takes one once', async () => {
    const caseId = await house.aCase();
    const { body } = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
    expect(await because(body.id, { type: 'RECORD_ANSWER' })).toEqual([400, '/type']);
    const key = { 'Idempotency-Key': randomUUID() };
    await house.command(body.id, aNotice(), 'officer', key);
    const again = await house.command(body.id, aNotice(), 'officer', key);
    expect(again.body).toMatchObject({ state: 'noticeGiven', version: 2 });
    const { rows } = await house.owner.query('SELECT 1 FROM notice WHERE interview_id = $1', [body.id]);
    expect(rows).toHaveLength(1);
  });

  it('has a draft that only its author sees, until its question is answered', async () => {
    const id = await house.aScreening();
    const path = `/api/interviews/${id}/draft`;
    expect((await house.get(path)).status).toBe(404);
    const draft = { questionId: 'workThen', value: 'Half a sent' };
    expect((await house.put(path, { questionId: 'workThen', value: 'Half' })).status).toBe(200);
    expect((await house.put(path, draft)).body).toEqual({ savedAt: expect.any(String) });
    expect((await house.get(path)).body).toMatchObject({ draft });
    expect((await house.get(`/api/interviews/${id}`)).body.draft).toMatchObject({ draft });
    expect((await house.get(path, 'analyst')).status).toBe(404);
    expect((await house.get(`/api/interviews/${id}`, 'analyst')).body.draft).toBeNull();
    expect((await house.put(path, draft, 'interviewer')).status).toBe(403);
    await house.answer(id, { questionId: 'workThen', value: 'Half a sentence, now whole.' });
    expect((await house.get(path)).status).toBe(404);
    const { rows } = await house.owner.query(`SELECT 1 FROM event WHERE aggregate_id = $1`, [id]);
    expect(rows).toHaveLength(4); // opened, notice, start, answer: drafts leave no trace in the chain
  });

  describe('and what it is pinned to', () => {
    it('stays the version it began with when a newer one is published', async () => {
      const before = await house.aScreening();
      await publishQuestionnaires(house.owner, [editedScreening(4, 'Rewritten')]);
      const after = await house.aScreening();
      const versionsOf = async (id: string) =>
        (await house.get(`/api/interviews/${id}`)).body.questionnaires.map(({ code, version }: any) => [code, version]);
      expect(await versionsOf(before)).toEqual([['RW-screening', 3]]);
      expect(await versionsOf(after)).toEqual([['RW-screening', 4]]);
      expect((await house.answer(before, { questionId: 'workThen', value: 'Invented work.' })).status).toBe(201);
    });

    it('compiles from the database alone to the plan that was published', async () => {
      const { rows } = await house.owner.query<{ hash: string; body: { files: any[] } }>(
        `SELECT hash, body FROM questionnaire`,
      );
      expect(rows.length).toBeGreaterThanOrEqual(4);
      const again = rows.map(({ body }) => compile(body.files));
      expect(again.map((result) => result.ok && result.plan.hash)).toEqual(rows.map(({ hash }) => hash));
    });

    it('is published once, and a changed file is refused with the cure', async () => {
      const { rows: before } = await house.owner.query('SELECT * FROM questionnaire ORDER BY hash');
      expect(await publishQuestionnaires(house.owner, packs)).toMatchObject({ published: 0 });
      const changed = publishQuestionnaires(house.owner, [editedScreening(1, 'Rewritten in place')]);
      await expect(changed).rejects.toThrow(PublishedQuestionnaireChanged);
      await expect(changed).rejects.toThrow(/questionnaires\/RW\/screening\.v1\.json differs now.*version 2/);
      const elsewhere = { ...shipped, pack: { ...shipped.pack, countries: ['RW', 'BI'] } };
      await expect(publishQuestionnaires(house.owner, [elsewhere])).rejects.toThrow(/serves BI, RW instead of RW/);
      const { rows: after } = await house.owner.query('SELECT * FROM questionnaire ORDER BY hash');
      expect(after).toEqual(before);
    });

    it('is listed page by page, for a country with the base ones, and shown whole by its hash', async () => {
      const first = await house.get('/api/questionnaires?country=RW&purpose=screening&limit=1');
      expect(first.body.items).toMatchObject([{ code: 'RW-screening', version: 1, countries: ['RW'] }]);
      const next = /<([^>]+)>; rel="next"/.exec(first.headers['link'] ?? '')?.[1];
      const second = await house.get(next!);
      expect(second.body.items).toHaveLength(1);
      const all = await house.get('/api/questionnaires?country=VA');
      expect(new Set(all.body.items.map(({ pack }: any) => pack))).toEqual(new Set(['base']));
      const { hash } = first.body.items[0];
      const whole = await house.get(`/api/questionnaires/${hash}`);
      expect(whole.body.files[0].file).toBe('RW/screening.v1.json');
      expect((await house.get(`/api/questionnaires/${createHash('sha256').digest('hex')}`)).status).toBe(404);
      expect((await house.get('/api/questionnaires?country=QQ')).body.errors[0].pointer).toBe('/country');
      expect((await house.get('/api/questionnaires?cursor=x')).status).toBe(400);
    });
  });
});
