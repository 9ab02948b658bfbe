import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { InterviewHouse, aNotice } from '../support/interview-house.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are checked by what is expected of them */

/** The texts sent from the claim of a command to its commit, one for each round trip. */
function tripsOf(sent: readonly string[]): string[] {
  const from = sent.findIndex((text) => text.includes('EXECUTE f1_claim'));
  const to = sent.findIndex((text, index) => index > from && text.includes('COMMIT'));
  return sent.slice(from, to + 1).filter((text) => !text.startsWith('PREPARE'));
}

describe('a focused interview', () => {
  let house: InterviewHouse;
  let caseId: string;
  let id: string;

  beforeAll(async () => {
    house = await InterviewHouse.open();
    caseId = await house.aCase();
    await house.post(`/api/cases/${caseId}/commands`, { type: 'ACCEPT_TRIAGE' }, 'interviewer');
    const opened = await house.post(`/api/cases/${caseId}/interviews`, { purpose: 'exclusion' }, 'interviewer');
    id = (opened.body as { id: string }).id;
    await house.command(id, aNotice(), 'interviewer');
    await house.command(id, { type: 'START_INTERVIEW' }, 'interviewer');
  });

  afterAll(() => house?.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const repeatIn = (body: any, wanted: string) =>
    body.sections.flatMap(({ items }: any) => items).find((one: any) => one.id === wanted);

  it('asks once per item what stands in a repeat, and shows the next item before it exists', async () => {
    const empty = repeatIn((await house.get(`/api/interviews/${id}`)).body, 'residences');
    expect(empty).toMatchObject({ kind: 'repeat', open: true, items: [], next: { index: 0 } });
    const said = { questionId: 'residencePlace', item: 0, value: { said: 'An invented hill' } };
    const { status, body } = await house.answer(id, said, 'interviewer');
    expect([status, body.answer.item]).toEqual([201, [0]]);
    await house.answer(id, { ...said, item: 1, value: { said: 'An invented town' } }, 'interviewer');
    const filled = repeatIn((await house.get(`/api/interviews/${id}`)).body, 'residences');
    expect(filled.items.map(({ index, questions }: any) => [index, questions[0].answer.value.said])).toEqual([
      [0, 'An invented hill'],
      [1, 'An invented town'],
    ]);
    expect(filled.next.index).toBe(2);
    const missing = await house.answer(id, { questionId: 'residencePlace', value: { said: 'x' } }, 'interviewer');
    expect(missing.body.errors[0].pointer).toBe('/item');
  });

  it('records an answer in three round trips, also after the process forgot the interview', async () => {
    const sent: string[] = [];
    const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      const [first] = args as [string | { text: string }];
      sent.push(typeof first === 'string' ? first : first.text);
      return original.apply(this, args) as never;
    } as never);
    await house.answer(id, { questionId: 'accountLife', status: 'unknown' }, 'interviewer');
    expect(tripsOf(sent)).toHaveLength(3);
    // Another process recorded something: the chain has moved on, so the answers are read again, in the same trips.
    await house.owner.query('UPDATE interview SET event_seq = event_seq + 1 WHERE id = $1', [id]);
    sent.length = 0;
    await house.answer(id, { questionId: 'accountLife', status: 'refused' }, 'interviewer');
    expect(tripsOf(sent)).toHaveLength(3);
    const { body } = await house.get(`/api/interviews/${id}`);
    expect(repeatIn(body, 'accountLife').revisions).toHaveLength(2);
  });

  it('holds the case up until it is sealed or abandoned, and says so', async () => {
    const waiting = 'Every interview of the case must be sealed or abandoned first.';
    await house.post(`/api/cases/${caseId}/commands`, { type: 'START_INTERVIEWING' }, 'interviewer');
    const blocked = await house.post(`/api/cases/${caseId}/commands`, { type: 'COMPLETE_INTERVIEWING' }, 'interviewer');
    expect(blocked.body.because).toContain(waiting);
    await house.command(id, { type: 'ABANDON_INTERVIEW', reason: 'The applicant fell ill.' }, 'interviewer');
    const after = await house.post(`/api/cases/${caseId}/commands`, { type: 'COMPLETE_INTERVIEWING' }, 'interviewer');
    expect(after.status).toBe(409);
    expect(after.body.because).not.toContain(waiting);
  });

  it('is logged for whoever read it, and for whoever was refused', async () => {
    await house.get(`/api/interviews/${id}`, 'analyst');
    await house.get(`/api/interviews/${id}`, 'officer-north');
    const { rows } = await house.owner.query<{ username: string; outcome: string }>(
      `SELECT u.username, l.outcome FROM access_log l JOIN app_user u ON u.id = l.actor_id
       WHERE l.resource LIKE $1 AND u.username IN ('analyst', 'officer-north') ORDER BY u.username`,
      [`%/interviews/${id}`],
    );
    expect(rows).toEqual([
      { username: 'analyst', outcome: 'read' },
      { username: 'officer-north', outcome: 'refused' },
    ]);
  });
});
