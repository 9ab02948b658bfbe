import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { InterviewHouse } from '../support/interview-house.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are checked by what is expected of them */

describe('interviews', () => {
  let house: InterviewHouse;

  beforeAll(async () => {
    house = await InterviewHouse.open();
  });

  afterAll(() => house?.close());

  const question = (body: any, id: string) =>
    body.sections.flatMap(({ items }: any) => items).find((one: any) => one.id === id);

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
