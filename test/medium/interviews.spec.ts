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
});
