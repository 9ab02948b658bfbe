import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InterviewHouse, aNotice } from '../support/interview-house.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies are checked by what is expected of them */

describe('the timeline of a case', () => {
  let house: InterviewHouse;
  let caseId: string;
  let screening: string;
  let focused: string;

  beforeAll(async () => {
    house = await InterviewHouse.open();
    caseId = await house.aCase({ birthDate: '1965' });
    screening = await house.aScreening(caseId);
    await house.answer(screening, { questionId: 'serviceForces', value: ['none'] });
    await house.command(screening, { type: 'ABANDON_INTERVIEW', reason: 'The applicant fell ill.' });
    focused = await aFocused(caseId);
    await livedAt(focused, 0, { ref: 'butare' }, '1996/2000');
    await livedAt(focused, 1, { ref: 'kibeho' }, '1985/1996');
  });

  afterAll(() => house?.close());

  async function aFocused(ofCase: string): Promise<string> {
    await house.post(`/api/cases/${ofCase}/commands`, { type: 'ACCEPT_TRIAGE' }, 'interviewer');
    const opened = await house.post(`/api/cases/${ofCase}/interviews`, { purpose: 'exclusion' }, 'interviewer');
    const { id } = opened.body as { id: string };
    await house.command(id, aNotice({ representativePresent: true }), 'interviewer');
    await house.command(id, { type: 'START_INTERVIEW' }, 'interviewer');
    return id;
  }
  async function livedAt(id: string, item: number, place: object, period: string): Promise<void> {
    await house.answer(id, { questionId: 'residencePlace', item, value: place }, 'interviewer');
    await house.answer(id, { questionId: 'residencePeriod', item, value: period }, 'interviewer');
  }
  const timeline = async (path: string, as = 'interviewer'): Promise<any> =>
    (await house.get(`/api/${path}/timeline`, as)).body;
  const codes = ({ questions }: any): string[] => questions.map(({ code }: any) => code);

  it('puts what was told in order, with the days it may and certainly does cover', async () => {
    const { entries } = await timeline(`interviews/${focused}`);
    expect(entries.map(({ kind, place, possible, certain }: any) => [kind, place.ref, possible, certain])).toEqual([
      ['residence', 'kibeho', { from: '1985-01-01', to: '1996-12-31' }, { from: '1985-12-31', to: '1996-01-01' }],
      ['residence', 'butare', { from: '1996-01-01', to: '2000-12-31' }, { from: '1996-12-31', to: '2000-01-01' }],
    ]);
  });

  it('asks about a known event with its sources, naming it to the officer only', async () => {
    const { questions } = await timeline(`interviews/${focused}`);
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatchObject({
      id: 'nearEvent:kibeho1995',
      question: 'What did you experience in or near Kibeho on 22 April 1995?',
      mayHaveBeenChild: false,
      answers: [
        { interviewId: focused, questionId: 'residencePlace', item: [1] },
        { interviewId: focused, questionId: 'residencePeriod', item: [1] },
      ],
    });
    expect(questions[0].references[0].sources.length).toBeGreaterThan(1);
    expect(questions[0].innocent.length).toBeGreaterThan(1);
  });

  it('compares the interviews of the case, and shows each interview what rests on its answers', async () => {
    await house.answer(focused, { questionId: 'serviceForces', value: ['gendarmerie'] }, 'interviewer');
    expect(codes(await timeline(`cases/${caseId}`))).toEqual(['interviewsDiffer', 'nearEvent']);
    expect(codes(await timeline(`interviews/${focused}`))).toEqual(['interviewsDiffer', 'nearEvent']);
    expect(codes(await timeline(`interviews/${screening}`))).toEqual(['interviewsDiffer']);
  });

  it('takes the revision in force', async () => {
    await house.answer(focused, { questionId: 'serviceForces', value: ['none'] }, 'interviewer');
    expect(codes(await timeline(`cases/${caseId}`))).toEqual(['nearEvent']);
  });

  it('is the same to the last letter, whatever stands in the file of somebody else', async () => {
    const before = await house.get(`/api/cases/${caseId}/timeline`, 'interviewer');
    const other = await house.aCase({ birthDate: '1966' });
    const id = await aFocused(other);
    await livedAt(id, 0, { ref: 'kibeho' }, '1985/1996');
    await house.answer(id, { questionId: 'serviceForces', value: ['gendarmerie'] }, 'interviewer');
    expect(codes(await timeline(`cases/${other}`))).toEqual(['nearEvent']);
    const after = await house.get(`/api/cases/${caseId}/timeline`, 'interviewer');
    expect(after.text).toBe(before.text);
  });

  it('asks a child nothing that rests on reference data', async () => {
    const child = await house.aCase({ birthDate: '2012' });
    const id = await aFocused(child);
    await livedAt(id, 0, { ref: 'kibeho' }, '1985/1996');
    const { entries, questions } = await timeline(`cases/${child}`);
    expect([entries.length, questions]).toEqual([1, []]);
  });

  it('is empty before the first interview', async () => {
    expect(await timeline(`cases/${await house.aCase()}`, 'officer')).toEqual({ entries: [], questions: [] });
  });

  it('is for those who may read the interviews, and is logged', async () => {
    for (const path of [`cases/${caseId}`, `interviews/${focused}`]) {
      expect((await house.get(`/api/${path}/timeline`, 'officer-north')).status).toBe(404);
      expect((await house.get(`/api/${path}/timeline`, 'prosecutor')).status).toBe(403);
      expect((await house.get(`/api/${path}/timeline`, 'author')).status).toBe(403);
    }
    const { rows } = await house.owner.query<{ username: string; outcome: string }>(
      `SELECT DISTINCT u.username, l.outcome FROM access_log l JOIN app_user u ON u.id = l.actor_id
       WHERE l.resource LIKE $1 ORDER BY u.username`,
      [`%/interviews/${focused}/timeline`],
    );
    expect(rows).toEqual([
      { username: 'author', outcome: 'refused' },
      { username: 'interviewer', outcome: 'read' },
      { username: 'officer-north', outcome: 'refused' },
      { username: 'prosecutor', outcome: 'refused' },
    ]);
  });
});
