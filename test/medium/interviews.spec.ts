import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { compile } from '../../src/domain/questionnaire/compile.js';
import type { SourceFile } from '../../src/domain/questionnaire/plan.js';
import { wordingOf } from '../../src/referrals/package-wording.js';
import { aNotice, InterviewHouse } from '../support/interview-house.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are checked by what is expected of them */

describe('interviews', () => {
  let house: InterviewHouse;

  beforeAll(async () => {
    house = await InterviewHouse.open();
  });

  afterAll(() => house?.close());

  const question = (body: any, id: string) =>
    body.sections.flatMap(({ items }: any) => items).find((one: any) => one.id === id);

  describe('opening one', () => {
    it('pins the questionnaire of the country of origin and links the event into both chains', async () => {
      const caseId = await house.aCase();
      const { status, body, headers } = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
      expect(status).toBe(201);
      expect(headers['location']).toBe(`/api/interviews/${body.id}`);
      expect(body).toMatchObject({ caseId, purpose: 'screening', version: 1, state: 'planned', raised: 0 });
      expect(body.questionnaires).toEqual([
        { hash: expect.stringMatching(/^[0-9a-f]{64}$/), code: 'RW-screening', version: 3, pack: 'RW' },
      ]);
      expect(body.deadlines).toEqual([expect.objectContaining({ kind: 'interview', overdue: false })]);
      const { rows } = await house.owner.query(
        `SELECT aggregate_kind, seq FROM event WHERE case_id = $1 AND type = 'OPEN_INTERVIEW' ORDER BY aggregate_kind`,
        [caseId],
      );
      expect(rows).toEqual([
        { aggregate_kind: 'case', seq: 2 },
        { aggregate_kind: 'interview', seq: 1 },
      ]);
      const list = await house.get(`/api/cases/${caseId}/interviews`);
      expect(list.body).toMatchObject({ items: [{ id: body.id, interviewer: 'Odile Demo' }], next: null });
    });

    it('gives a country without a pack the base questionnaire', async () => {
      const caseId = await house.aCase({ countryOfOrigin: 'VA' });
      const { body } = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
      expect(body.questionnaires).toMatchObject([{ code: 'base-screening' }]);
    });

    it('takes several questionnaires for somebody who lived elsewhere, with a reason, and asks shared modules once', async () => {
      const caseId = await house.aCase({ residences: ['CD'] });
      const both = { purpose: 'screening', questionnaire: ['RW-screening', 'base-screening'] };
      const refused = await house.post(`/api/cases/${caseId}/interviews`, both);
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toEqual([
        { pointer: '/reason', detail: expect.stringContaining('say why not RW-screening') },
      ]);
      const { status, body } = await house.post(`/api/cases/${caseId}/interviews`, {
        ...both,
        reason: 'Lived in a second country that has no pack of its own.',
      });
      expect(status).toBe(201);
      expect(body.questionnaires.map(({ code }: any) => code)).toEqual(['RW-screening', 'base-screening']);
      expect(body.sitting).toEqual({ questionnaireReason: 'Lived in a second country that has no pack of its own.' });
      expect(body.sections.map(({ id }: any) => id)).toContain('base-screening:account');
    });

    it('asks the newest version of a module where two questionnaires of an interview include different ones', async () => {
      const caseId = await house.aCase();
      await house.post(`/api/cases/${caseId}/commands`, { type: 'ACCEPT_TRIAGE' }, 'interviewer');
      const { rows } = await house.owner.query<{ hash: string }>(
        `SELECT hash FROM questionnaire WHERE (code, version) = ('RW-exclusion', 2)`,
      );
      const reason = 'Lived in a second country; the version before is compared.';
      const both = { purpose: 'exclusion', questionnaire: [rows[0]!.hash, 'base-exclusion'], reason };
      const { status, body } = await house.post(`/api/cases/${caseId}/interviews`, both, 'interviewer');
      expect(status).toBe(201);
      expect(body.questionnaires).toMatchObject([{ code: 'RW-exclusion', version: 2 }, { code: 'base-exclusion' }]);
    });

    it('finds the wording of every question of a combination for a package', async () => {
      const caseId = await house.aCase();
      const reason = 'Lived in a second country that has no pack of its own.';
      const both = { purpose: 'screening', questionnaire: ['RW-screening', 'base-screening'], reason };
      const { body } = await house.post(`/api/cases/${caseId}/interviews`, both);
      const { rows } = await house.owner.query<{ code: string; body: { files: SourceFile[] } }>(
        `SELECT q.code, q.body FROM interview_questionnaire n JOIN questionnaire q ON q.hash = n.questionnaire_hash
         WHERE n.interview_id = $1 ORDER BY n.position`,
        [body.id],
      );
      const pins = rows.map(({ code, body: { files } }, position) => {
        const compiled = compile(files, { questionnaires: [code] });
        if (!compiled.ok) throw new Error(`${code} does not compile`);
        return { code, position, plan: compiled.plan };
      });
      const asked = body.sections.flatMap(({ items }: any) => items).filter(({ kind }: any) => kind === 'question');
      const ids = asked.map(({ id }: any) => id);
      expect(ids).toEqual(expect.arrayContaining(['accountLife', 'base-screening:accountLife']));
      expect(ids.filter((id: string) => wordingOf(pins, id, undefined).question === null)).toEqual([]);
    });

    it.each([
      ['an unknown questionnaire', { questionnaire: 'XX-screening' }, 400, '/questionnaire'],
      ['one of another purpose', { questionnaire: 'RW-exclusion', reason: 'Because.' }, 400, '/questionnaire'],
      ['the same one twice', { questionnaire: ['RW-screening', 'RW-screening'] }, 400, '/questionnaire'],
      ['an unknown field', { interviewer: 'somebody' }, 400, '/interviewer'],
    ])('refuses %s by its field', async (_, fields, status, pointer) => {
      const caseId = await house.aCase();
      const answer = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening', ...fields });
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([status, pointer]);
    });

    it('refuses a purpose that the state of the case does not call for', async () => {
      const caseId = await house.aCase();
      const answer = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'exclusion' }, 'interviewer');
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: 'commandRefused', interviewPurposes: ['screening'] });
      expect(answer.body.detail).toContain('“Triage”');
    });

    it('refuses a focused interview to somebody without the certificate for it', async () => {
      const caseId = await house.aCase();
      const accepted = await house.post(`/api/cases/${caseId}/commands`, { type: 'ACCEPT_TRIAGE' }, 'interviewer');
      expect(accepted.status).toBe(200);
      const answer = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'exclusion' });
      expect([answer.status, answer.body.code]).toEqual([409, 'certificateMissing']);
      const certified = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'exclusion' }, 'interviewer');
      expect(certified.status).toBe(201);
      expect(certified.body.questionnaires).toMatchObject([{ code: 'RW-exclusion' }]);
    });

    it('opens one interview for the same request sent twice', async () => {
      const caseId = await house.aCase();
      const key = { 'Idempotency-Key': randomUUID() };
      const path = `/api/cases/${caseId}/interviews`;
      const first = await house.post(path, { purpose: 'screening' }, 'officer', key);
      const second = await house.post(path, { purpose: 'screening' }, 'officer', key);
      expect(second.body.id).toBe(first.body.id);
      const list = await house.get(`/api/cases/${caseId}/interviews`);
      expect(list.body.items).toHaveLength(1);
    });
  });

  describe('who may not', () => {
    it('hides it from another unit, and from prosecutors altogether', async () => {
      const id = await house.aScreening();
      const said = { questionId: 'workThen', value: 'Invented work.' };
      const answers = [
        await house.get(`/api/interviews/${id}`, 'officer-north'),
        await house.answer(id, said, 'officer-north'),
        await house.command(id, { type: 'FINISH_QUESTIONS' }, 'officer-north'),
        await house.put(`/api/interviews/${id}/draft`, said, 'officer-north'),
        await house.get(`/api/interviews/${id}`, 'prosecutor'),
        await house.answer(id, said, 'prosecutor'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 403, 403]);
    });

    it('is the same interview in whatever spelling its id is sent', async () => {
      const id = await house.aScreening();
      const said = { questionId: 'workThen', value: 'Invented work.' };
      expect((await house.answer(id.toUpperCase(), said)).status).toBe(201);
      expect((await house.get(`/api/interviews/${id.toUpperCase()}`)).body.id).toBe(id);
      expect((await house.get(`/api/interviews/${id}x`)).status).toBe(400);
    });

    it('lets a colleague of the unit read, and only the interviewer ask', async () => {
      const id = await house.aScreening();
      expect((await house.get(`/api/interviews/${id}`, 'analyst')).status).toBe(200);
      const answer = await house.answer(id, { questionId: 'workThen', value: 'Invented work.' }, 'analyst');
      expect(answer.status).toBe(409);
      expect(answer.body.because).toEqual(['Only the officer who conducts the interview may do this.']);
      const reviewer = await house.command(id, { type: 'FINISH_QUESTIONS' }, 'reviewer');
      expect([reviewer.status, reviewer.body.code]).toEqual([403, 'forbidden']);
    });
  });

  describe('the notice of purpose', () => {
    it('must be given in full before the first question', async () => {
      const caseId = await house.aCase();
      const { body: opened } = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
      expect(opened.notice).toMatchObject({ given: null, text: { version: 1 } });
      expect(opened.notice.text.transmitted.join(' ')).toContain('public prosecutor');
      const early = await house.answer(opened.id, { questionId: 'birthDate', value: '1970' });
      expect(early.status).toBe(409);
      const unexplained = { acknowledged: false, refusalReason: null };
      for (const lacking of [{ transmissionTold: false }, { acknowledged: false }, unexplained]) {
        const refused = await house.command(opened.id, aNotice(lacking));
        expect([refused.status, refused.body.because[0]]).toEqual([
          409,
          expect.stringContaining('The notice must say'),
        ]);
      }
      expect((await house.command(opened.id, aNotice({ version: 99 }))).body.errors[0].pointer).toBe('/version');
      const given = await house.command(opened.id, aNotice({ acknowledged: false, refusalReason: 'Did not wish to.' }));
      expect(given.status).toBe(200);
      expect(given.body.notice).toMatchObject({ given: { language: 'rw', refusalReason: 'Did not wish to.' } });
    });

    it('is not enough without the announcement of the recording, which can be made up for', async () => {
      const caseId = await house.aCase();
      const { body } = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
      await house.command(body.id, aNotice({ recordingAnnounced: false }));
      const refused = await house.command(body.id, { type: 'START_INTERVIEW' });
      expect([refused.status, refused.body.because]).toEqual([
        409,
        ['The applicant must be told that the interview is audio-recorded before it starts.'],
      ]);
      const started = await house.command(body.id, { type: 'START_INTERVIEW', recordingAnnounced: true });
      expect(started.body).toMatchObject({
        state: 'underway',
        sitting: { circumstances: { recordingAnnounced: true } },
      });
    });

    it('needs the representative of somebody who may be a child', async () => {
      const caseId = await house.aCase({ birthDate: '2012' });
      const { body } = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'screening' });
      await house.command(body.id, aNotice());
      const refused = await house.command(body.id, { type: 'START_INTERVIEW' });
      expect(refused.body.because).toEqual(['The child’s representative must be present.']);
      expect(refused.body.instead).toMatch(/send it again with .*"representativePresent"/);
      const started = await house.command(body.id, { type: 'START_INTERVIEW', representativePresent: true });
      expect(started.status).toBe(200);
    });
  });

  describe('answers', () => {
    it('open what follows from them and say why', async () => {
      const id = await house.aScreening();
      const { status, body } = await house.answer(id, { questionId: 'askedOfYou', value: ['barrier'] });
      expect(status).toBe(201);
      expect(body).toMatchObject({ answer: { revision: 1, concurrent: false, value: ['barrier'] }, closed: [] });
      expect(body.opened).toEqual([
        expect.objectContaining({
          questionId: 'barrierPart',
          why: expect.objectContaining({ sentence: expect.stringContaining('Asked because') }),
        }),
      ]);
      const { body: shown } = await house.get(`/api/interviews/${id}`);
      expect(question(shown, 'barrierPart')).toMatchObject({ open: true, follows: 'askedOfYou', answer: null });
      const closing = await house.answer(id, {
        questionId: 'askedOfYou',
        value: ['nothing'],
        basedOn: body.answer.id,
      });
      expect(closing.body).toMatchObject({ answer: { revision: 2, concurrent: false }, opened: [] });
      expect(closing.body.closed).toMatchObject([{ questionId: 'barrierPart' }]);
    });

    it('raise indicators with their reasons, innocent explanations and next questions, and clear them again', async () => {
      const id = await house.aScreening();
      await house.answer(id, { questionId: 'birthDate', value: '1970' });
      const raised = await house.answer(id, { questionId: 'violencePosition', value: ['amongAttackers'] });
      expect(raised.body.raised.map((one: any) => one.id)).toContain('ownActsTold');
      const indicator = raised.body.raised.find((one: any) => one.id === 'ownActsTold');
      expect(indicator).toMatchObject({ severity: 'high', ground: '1F(a)', certainty: 'yes' });
      expect(indicator.reason).toContain('Was among those who attacked');
      expect(indicator.because.length).toBeGreaterThan(0);
      expect(indicator.innocent).toContain('The applicant was forced.');
      expect(indicator.next).toContainEqual({ questionId: 'spring1994', text: expect.stringMatching(/\?$|\.$/) });

      const reworded = await house.answer(id, {
        questionId: 'violencePosition',
        value: ['amongAttackers', 'ordered'],
        basedOn: raised.body.answer.id,
      });
      expect(reworded.body).toMatchObject({ raised: [], cleared: [] });
      const shown = await house.get(`/api/interviews/${id}`);
      expect(shown.body.indicators.find((one: any) => one.id === 'ownActsTold').reason).toContain('Gave instructions');

      const cleared = await house.answer(id, {
        questionId: 'violencePosition',
        value: ['notThere'],
        basedOn: reworded.body.answer.id,
      });
      expect(cleared.body.cleared).toEqual(['ownActsTold']);
      const after = await house.get(`/api/interviews/${id}`);
      expect(after.body).toMatchObject({ indicators: [], raised: 0 });
      const kept = after.body.clearedIndicators.find((one: any) => one.id === 'ownActsTold');
      // The row kept up with the wording: what the file says of it is what stood last.
      expect(kept.reason).toContain('Gave instructions');
    });

    it('raise nothing about a child below the age of criminal responsibility, and say that it may be a victim', async () => {
      const id = await house.aScreening(await house.aCase({ countryOfOrigin: 'VA' }));
      const told = await house.answer(id, { questionId: 'violencePosition', value: ['guarded'] });
      expect(told.body.raised.map((one: any) => one.id)).toEqual(['heldPeople']);
      const age = await house.answer(id, { questionId: 'ageThen', value: 12 });
      expect(age.body).toMatchObject({ raised: [], cleared: ['heldPeople'] });
      const { body } = await house.get(`/api/interviews/${id}`);
      expect(body).toMatchObject({
        indicators: [],
        notes: [{ kind: 'mayBeVictim', sentence: expect.stringContaining('before the age of 14') }],
      });
    });

    it('keep every revision, and mark the one that did not see the other', async () => {
      const id = await house.aScreening();
      const first = await house.answer(id, { questionId: 'workThen', value: 'Taught at a school.' });
      const basedOn = first.body.answer.id;
      const both = await Promise.all([
        house.answer(id, { questionId: 'workThen', value: 'Taught at a primary school.', basedOn }),
        house.answer(id, { questionId: 'workThen', value: 'Taught evening classes.', basedOn }),
      ]);
      expect(both.map(({ status }) => status)).toEqual([201, 201]);
      expect(both.map(({ body }) => body.answer.concurrent).sort()).toEqual([false, true]);
      expect(both.map(({ body }) => body.answer.revision).sort()).toEqual([2, 3]);
      const { body } = await house.get(`/api/interviews/${id}`);
      const shown = question(body, 'workThen');
      expect(shown.revisions.map((one: any) => one.value)).toHaveLength(3);
      expect(shown.answer).toMatchObject({ revision: 3, concurrent: true });
    });

    it('keep what was said, and the remark of the officer, beside the value', async () => {
      const id = await house.aScreening();
      const { body } = await house.answer(id, {
        questionId: 'otherNames',
        status: 'refused',
        verbatim: 'Sinshaka kubivuga.',
        note: 'Asked for a pause.',
      });
      expect(body.answer).toMatchObject({
        status: 'refused',
        verbatim: { original: 'Sinshaka kubivuga.' },
        note: 'Asked for a pause.',
      });
      const { rows } = await house.owner.query<{ said: string }>(
        `SELECT encode(sealed, 'escape') AS said FROM answer WHERE interview_id = $1`,
        [id],
      );
      expect(rows[0]!.said).not.toContain('pause');
    });

    it('are recorded once for the same request sent twice, and answered the same', async () => {
      const id = await house.aScreening();
      const key = { 'Idempotency-Key': randomUUID() };
      const said = { questionId: 'askedOfYou', value: ['barrier'] };
      const first = await house.answer(id, said, 'officer', key);
      const second = await house.answer(id, said, 'officer', key);
      expect(second.body).toEqual(first.body);
      const other = await house.answer(id, { ...said, value: ['hide'] }, 'officer', key);
      expect(other.status).toBe(422);
      const { rows } = await house.owner.query('SELECT 1 FROM answer WHERE interview_id = $1', [id]);
      expect(rows).toHaveLength(1);
    });

    it('are refused for a question that is closed, saying why it is', async () => {
      const id = await house.aScreening();
      await house.answer(id, { questionId: 'askedOfYou', value: ['hide'] });
      const { status, body } = await house.answer(id, { questionId: 'barrierPart', value: ['orderedThere'] });
      expect([status, body.code]).toEqual([409, 'commandRefused']);
      expect(body.detail).toContain('Not asked because');
      expect(body.why.clauses).toEqual([{ sentence: expect.any(String), outcome: 'no' }]);
    });

    it.each([
      ['a value of the wrong type', { questionId: 'askedOfYou', value: 'barrier' }, '/value'],
      ['a code that does not exist', { questionId: 'askedOfYou', value: ['barier'] }, '/value/0'],
      ['an impossible date', { questionId: 'birthDate', value: '1970-02-30' }, '/value'],
      ['a value and a status', { questionId: 'workThen', value: 'Work.', status: 'unknown' }, ''],
      ['neither', { questionId: 'workThen' }, ''],
      ['an unknown status', { questionId: 'workThen', status: 'maybe' }, '/status'],
      ['an unknown question', { questionId: 'workThn', value: 'Work.' }, '/questionId'],
      ['an item outside a repeat', { questionId: 'workThen', item: 0, value: 'Work.' }, '/item'],
      ['an item that is no number', { questionId: 'workThen', item: 'a', value: 'Work.' }, '/item'],
      [
        'an answer nobody gave as its basis',
        { questionId: 'workThen', value: 'W.', basedOn: randomUUID() },
        '/basedOn',
      ],
      ['an unknown field', { questionId: 'workThen', value: 'Work.', interviewer: 'x' }, '/interviewer'],
      ['words that are none', { questionId: 'workThen', value: 'Work.', verbatim: {} }, '/verbatim/original'],
      ['no value but null', { questionId: 'workThen', value: null }, ''],
      ['a list', [], ''],
    ])('are refused by their field: %s', async (_, said, pointer) => {
      shared ??= await house.aScreening();
      const { status, body } = await house.answer(shared, said as any);
      expect([status, body.errors?.[0]?.pointer]).toEqual([400, pointer]);
      const { rows } = await house.owner.query('SELECT 1 FROM answer WHERE interview_id = $1', [shared]);
      expect(rows).toHaveLength(0);
    });
    let shared: string | undefined;

    it('keep SQL and markup as the words they are', async () => {
      const id = await house.aScreening();
      const value = `'); DROP TABLE answer; -- <script>alert(1)</script>`;
      const { status } = await house.answer(id, { questionId: 'workThen', value });
      expect(status).toBe(201);
      const { body } = await house.get(`/api/interviews/${id}`);
      expect(question(body, 'workThen').answer.value).toBe(value);
    });

    it('take null for what was left out', async () => {
      const id = await house.aScreening();
      const nothing = { item: null, status: null, verbatim: null, note: null, basedOn: null };
      const { status, body } = await house.answer(id, { questionId: 'workThen', value: 'Invented work.', ...nothing });
      expect(status).toBe(201);
      expect(body.answer).not.toHaveProperty('note');
      expect(body.answer).toMatchObject({ concurrent: false, basedOn: null });
    });

    it('refuse a stale version when the request states one', async () => {
      const id = await house.aScreening();
      const said = { questionId: 'workThen', value: 'Invented work.' };
      const first = await house.answer(id, said, 'officer', { 'If-Match': '"3"' });
      expect([first.status, first.headers['etag']]).toEqual([201, '"4"']);
      expect((await house.answer(id, said, 'officer', { 'If-Match': '"3"' })).status).toBe(412);
    });
  });
});
