import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { InterviewHouse } from '../support/interview-house.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are checked by what is expected of them */

describe('what an officer adds to an interview', () => {
  let house: InterviewHouse;

  beforeAll(async () => {
    house = await InterviewHouse.open();
  });

  afterAll(() => house?.close());

  const asked = { questionId: 'workThen', asked: 'Who paid you for that?', answer: 'The commune did.' };
  const followUp = (id: string, body: object, as = 'officer', headers: Record<string, string> = {}) =>
    house.post(`/api/interviews/${id}/follow-ups`, body, as, headers);
  const questionsOf = async (id: string): Promise<any[]> => {
    const { body } = await house.get(`/api/interviews/${id}`);
    return body.sections.flatMap(({ items }: any) => items);
  };
  const shown = async (id: string, questionId: string) =>
    (await questionsOf(id)).find((one: any) => one.id === questionId);
  /** A screening in which an indicator stands raised. */
  const aRaised = async (): Promise<string> => {
    const id = await house.aScreening();
    await house.answer(id, { questionId: 'birthDate', value: '1970' });
    await house.answer(id, { questionId: 'violencePosition', value: ['amongAttackers'] });
    return id;
  };
  const dispute = (id: string, reason: string, as = 'officer', headers: Record<string, string> = {}) =>
    house.post(`/api/interviews/${id}/indicators/ownActsTold/disputes`, { reason }, as, headers);
  const standing = async (id: string) =>
    (await house.get(`/api/interviews/${id}`)).body.indicators.find((one: any) => one.id === 'ownActsTold');

  describe('a follow-up of their own', () => {
    it('is kept under its parent with the words asked and said, in order', async () => {
      const id = await house.aScreening();
      const first = await followUp(id, asked);
      expect(first.status).toBe(201);
      expect(first.body.followUp).toMatchObject({
        questionId: 'workThen',
        asked: 'Who paid you for that?',
        answer: { original: 'The commune did.' },
      });
      expect(first.headers['etag']).toBe(`"${first.body.version}"`);
      const second = await followUp(id, { questionId: 'workThen', asked: 'How do you know?', status: 'refused' });
      expect(second.status).toBe(201);
      const { followUps } = await shown(id, 'workThen');
      expect(followUps).toEqual([first.body.followUp, second.body.followUp]);
    });

    it('is a sealed link of the chain, and answers recorded after it find the interview as it is', async () => {
      const id = await house.aScreening();
      await followUp(id, asked);
      expect((await house.answer(id, { questionId: 'workThen', value: 'Taught at a school.' })).status).toBe(201);
      const { rows } = await house.owner.query<{ type: string; said: string }>(
        `SELECT type, encode(payload, 'escape') AS said FROM event WHERE aggregate_id = $1 ORDER BY seq DESC LIMIT 2`,
        [id],
      );
      expect(rows.map(({ type }) => type)).toEqual(['RECORD_ANSWER', 'ASK_FOLLOW_UP']);
      expect(rows[1]!.said).not.toContain('commune');
      const history = await house.get(`/api/interviews/${id}/history`);
      expect(history.body.items.map(({ type }: any) => type)).toContain('ASK_FOLLOW_UP');
      expect(await shown(id, 'workThen')).toMatchObject({
        answer: { revision: 1 },
        followUps: [{ asked: asked.asked }],
      });
    });

    it('is kept once for the same request sent twice, and answered the same', async () => {
      const id = await house.aScreening();
      const key = { 'Idempotency-Key': randomUUID() };
      const [first, second] = [await followUp(id, asked, 'officer', key), await followUp(id, asked, 'officer', key)];
      expect(second.body).toEqual(first.body);
      expect((await shown(id, 'workThen')).followUps).toHaveLength(1);
    });

    it('of two at once both are kept', async () => {
      const id = await house.aScreening();
      const both = await Promise.all([followUp(id, asked), followUp(id, { ...asked, asked: 'And before that?' })]);
      expect(both.map(({ status }) => status)).toEqual([201, 201]);
      expect((await shown(id, 'workThen')).followUps).toHaveLength(2);
    });

    it.each<[string, object, number, string]>([
      ['neither words nor status', { ...asked, answer: undefined }, 400, '/answer'],
      ['both words and status', { ...asked, status: 'unknown' }, 400, ''],
      ['no words asked', { ...asked, asked: ' ' }, 400, '/asked'],
      ['an unknown question', { ...asked, questionId: 'workThn' }, 400, '/questionId'],
      ['an item where there is none', { ...asked, item: 0 }, 400, '/item'],
    ])('with %s is refused', async (_, body, status, pointer) => {
      const id = await house.aScreening();
      const refused = await followUp(id, body);
      expect(refused.status).toBe(status);
      expect(refused.body.errors).toMatchObject([{ pointer }]);
    });

    it('to a question that is closed is refused with the reason why it is', async () => {
      const id = await house.aScreening();
      const { status, body } = await followUp(id, { ...asked, questionId: 'barrierPart' });
      expect(status).toBe(409);
      expect(body.detail).toContain('is not open');
    });

    it('is for the officer who conducts the interview, while it is under way', async () => {
      const id = await house.aScreening();
      expect((await followUp(id, asked, 'interviewer')).status).toBe(409);
      expect((await followUp(id, asked, 'reviewer')).status).toBe(403);
      expect((await followUp(id, asked, 'officer-north')).status).toBe(404);
      expect((await followUp(id, asked, 'officer', { 'If-Match': '"1"' })).status).toBe(412);
      await house.answerRequired(id);
      await house.command(id, { type: 'FINISH_QUESTIONS' });
      expect((await followUp(id, asked)).status).toBe(409);
    });

    it('is part of the record that is sealed', async () => {
      const id = await house.aScreening();
      await followUp(id, asked);
      await house.answerRequired(id);
      await house.command(id, { type: 'FINISH_QUESTIONS' });
      const { status, body } = await house.command(id, {
        type: 'SEAL_INTERVIEW',
        readBack: true,
        confirmation: 'confirmed',
      });
      expect(status).toBe(200);
      expect(body.sitting.record).toMatchObject({ followUps: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(body.sitting.followUps).toMatchObject([{ asked: asked.asked }]);
    });
  });

  describe('the dispute of an indicator', () => {
    it('leaves it raised and shows why it is disputed, also after its reason was reworded', async () => {
      const id = await aRaised();
      const first = await dispute(id, 'He meant the film he saw.');
      expect(first.status).toBe(201);
      const said = { reason: 'He meant the film he saw.', by: 'Odile Demo', at: expect.any(String) };
      expect(first.body).toEqual({ indicatorId: 'ownActsTold', disputed: [said] });
      const { answer } = await shown(id, 'violencePosition');
      const again = { questionId: 'violencePosition', value: ['amongAttackers', 'ordered'], basedOn: answer.id };
      expect((await house.answer(id, again)).body).toMatchObject({ raised: [], cleared: [] });
      expect(await standing(id)).toMatchObject({
        reason: expect.stringContaining('Gave instructions'),
        disputed: [said],
      });
      const second = await dispute(id, 'The interpreter says so too.');
      expect(second.body.disputed).toHaveLength(2);
    });

    it('is a sealed link of the chain', async () => {
      const id = await aRaised();
      await dispute(id, 'He meant the film he saw.');
      const { rows } = await house.owner.query<{ said: string }>(
        `SELECT encode(payload, 'escape') AS said FROM event WHERE aggregate_id = $1 AND type = 'DISPUTE_INDICATOR'`,
        [id],
      );
      expect(rows).toHaveLength(1);
      expect(rows[0]!.said).not.toContain('film');
    });

    it('may come from a colleague of the unit, and after the interview ended', async () => {
      const id = await aRaised();
      await house.command(id, { type: 'ABANDON_INTERVIEW', reason: 'The applicant fell ill.' });
      const { status, body } = await dispute(id, 'The words were about his brother.', 'interviewer');
      expect(status).toBe(201);
      expect(body.disputed).toHaveLength(1);
    });

    it('is kept once for the same request sent twice', async () => {
      const id = await aRaised();
      const key = { 'Idempotency-Key': randomUUID() };
      await dispute(id, 'Once.', 'officer', key);
      const { body } = await dispute(id, 'Once.', 'officer', key);
      expect(body.disputed).toHaveLength(1);
    });

    it('of one that is not raised, or by somebody who may not, is refused', async () => {
      const id = await house.aScreening();
      const absent = await dispute(id, 'It is not there.');
      expect(absent.status).toBe(404);
      expect(absent.body.detail).toContain('is not raised in this interview');
      const raised = await aRaised();
      expect((await dispute(raised, 'No.', 'reviewer')).status).toBe(403);
      expect((await dispute(raised, 'No.', 'officer-north')).status).toBe(404);
      expect((await dispute(raised, ' ')).status).toBe(400);
      expect((await dispute(raised, 'No.', 'officer', { 'If-Match': '"1"' })).status).toBe(412);
      expect((await standing(raised)).disputed).toEqual([]);
    });
  });
});
