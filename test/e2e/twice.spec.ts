import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, anApplicant, anInterviewUnderWay, GENOCIDE, ROBBERY } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const REASONS = { reasons: 'As the record shows.' };
const PROPOSAL = { type: 'PROPOSE_SUSPICION', suspicion: false, ...REASONS };

describe('the same request twice, two at once, and nobody to tell', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
    officer = await application.as('officer');
  });

  afterAll(() => application?.close());

  const expectProblem = (answer: Answer, status: number, code: string): void => {
    expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code });
  };

  const keyed = (key: string): Record<string, string> => ({ 'Idempotency-Key': key });

  describe('one key', () => {
    let id: string;
    let path: string;

    beforeEach(async () => {
      id = (await aCaseAt(cast, 'triage')).id;
      path = `/api/cases/${id}/commands`;
    });

    it('with the same body is carried out once and answered alike, whatever the order of its fields', async () => {
      const key = randomUUID();
      const first = await officer.post(path, PROPOSAL, keyed(key));
      const before = await application.counts();
      const { type, ...rest } = PROPOSAL;
      const again = await officer.post(path, { ...rest, type }, keyed(key));
      expect(again).toMatchObject({ status: 200, body: first.body });
      expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
      expect(await application.counts()).toEqual(before);
    });

    it('with another body, on another case or at another address is refused', async () => {
      const key = randomUUID();
      await officer.post(path, PROPOSAL, keyed(key));
      const other = await aCaseAt(cast, 'triage');
      const before = await application.counts();
      for (const answer of [
        await officer.post(path, { ...PROPOSAL, reasons: 'Others.' }, keyed(key)),
        await officer.post(`/api/cases/${other.id}/commands`, PROPOSAL, keyed(key)),
        await officer.post(`/api/cases/${id}/submissions`, { kind: 'other', text: 'a', from: 'counsel' }, keyed(key)),
        await officer.post('/api/cases', { applicant: anApplicant(), countryOfOrigin: 'RW' }, keyed(key)),
      ]) {
        expectProblem(answer, 422, 'idempotencyKeyReused');
        expect(answer.body.detail).toContain(key);
      }
      expect(await application.counts()).toEqual(before);
    });

    it('of two persons are two keys', async () => {
      const key = randomUUID();
      await officer.post(path, PROPOSAL, keyed(key));
      const reviewer = await application.as('reviewer');
      const confirmed = await reviewer.post(path, { type: 'CONFIRM_SUSPICION' }, keyed(key));
      expect(confirmed).toMatchObject({ status: 200, body: { state: { suspicion: 'confirmedNoSuspicion' } } });
    });

    it('of a refused request can be used again when it is possible', async () => {
      const key = randomUUID();
      const reviewer = await application.as('reviewer');
      expectProblem(await reviewer.post(path, { type: 'CONFIRM_SUSPICION' }, keyed(key)), 409, 'commandRefused');
      await officer.post(path, PROPOSAL);
      expect((await reviewer.post(path, { type: 'CONFIRM_SUSPICION' }, keyed(key))).status).toBe(200);
    });

    it('sent ten times at once is carried out once', async () => {
      const key = randomUUID();
      const body = { kind: 'other', text: 'A letter.', from: 'counsel' };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => officer.post(`/api/cases/${id}/submissions`, body, keyed(key))),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ body: { id: one } }) => one as string)).size).toBe(1);
      expect(await application.rows('SELECT 1 FROM submission WHERE case_id = $1', [id])).toHaveLength(1);
    });
  });

  describe('a registration', () => {
    const registration = (externalReference?: string, more: object = {}) => ({
      applicant: anApplicant(more),
      countryOfOrigin: 'RW',
      ...(externalReference ? { externalReference } : {}),
    });
    const cases = async (): Promise<number> => (await application.counts())['case_file']!;

    it('with the same key opens one case', async () => {
      const key = keyed(randomUUID());
      const first = await officer.post('/api/cases', registration(), key);
      const before = await application.counts();
      const again = await officer.post('/api/cases', registration(), key);
      expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
      expectProblem(
        await officer.post('/api/cases', registration(undefined, { sex: 'male' }), key),
        422,
        'idempotencyKeyReused',
      );
      expect(await application.counts()).toEqual(before);
    });

    it('with the same reference is the same case, and with other particulars a conflict that names it', async () => {
      const first = await officer.post('/api/cases', registration('ASYL-1'));
      const before = await application.counts();
      const again = await officer.post('/api/cases', registration('ASYL-1'));
      expect(again).toMatchObject({ status: 201, body: { id: first.body.id, version: 1 } });
      const other = await officer.post('/api/cases', registration('ASYL-1', { birthDate: '1980' }));
      expectProblem(other, 409, 'conflict');
      expect(other.body).toMatchObject({ caseId: first.body.id, reference: first.body.reference });
      expect(await application.counts()).toEqual(before);
    });

    it('of one reference sent ten times at once opens one case', async () => {
      const before = await cases();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => officer.post('/api/cases', registration('ASYL-2'))),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ body }) => body.id as string)).size).toBe(1);
      expect(await cases()).toBe(before + 1);
    });
  });

  describe('two officers at once', () => {
    it('on the same version: one wins, the other is told the version there is now', async () => {
      const { id } = await aCaseAt(cast, 'triage');
      const path = `/api/cases/${id}/commands`;
      const seen = { 'If-Match': (await officer.get(`/api/cases/${id}`)).headers.get('etag')! };
      const [one, two] = [await application.as('interviewer'), await application.as('analyst')];
      const answers = await Promise.all([
        one.post(path, { type: 'ACCEPT_TRIAGE' }, seen),
        two.post(path, { type: 'RETURN_TRIAGE', ...REASONS }, seen),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const late = answers.find(({ status }) => status === 412)!;
      expect(late.body).toMatchObject({ code: 'staleVersion', current: 2 });
      expect((await officer.get(`/api/cases/${id}`)).body.version).toBe(2);
    });

    it('without a version: the second is decided on what the first left, and refused where that forbids it', async () => {
      const { id } = await aCaseAt(cast, 'triage');
      const path = `/api/cases/${id}/commands`;
      const people = [await application.as('interviewer'), await application.as('analyst')];
      const answers = await Promise.all(people.map((person) => person.post(path, { type: 'ACCEPT_TRIAGE' })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expectProblem(
        answers.find(({ status }) => status === 409)!,
        409,
        'commandRefused',
      );
      const decided = await application.rows(`SELECT 1 FROM event WHERE aggregate_id = $1 AND type = 'ACCEPT_TRIAGE'`, [
        id,
      ]);
      expect(decided).toHaveLength(1);
    });

    it('with what does not exclude each other: both are carried out, one after the other', async () => {
      const { id } = await aCaseAt(cast, 'triage');
      const people = [officer, await application.as('interviewer'), await application.as('analyst')];
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, number) =>
          people[number % 3]!.post(`/api/cases/${id}/submissions`, {
            kind: 'other',
            text: `Letter ${number}.`,
            from: 'counsel',
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
      const { body } = await officer.get(`/api/cases/${id}/history?limit=200`);
      const entries = body.items as { seq: number; type: string }[];
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
      expect((await officer.get(`/api/cases/${id}`)).body.version).toBe(13);
    });

    it('deciding the same case: one decision, one set of obligations', async () => {
      const second = await application.as('second-decider');
      const { id, outcomes } = await aCaseAt(cast, 'approved');
      const decision = { type: 'DECIDE_EXCLUSION', ...REASONS, allegations: outcomes };
      const people = [await application.as('decider'), second];
      const answers = await Promise.all(people.map((person) => person.post(`/api/cases/${id}/commands`, decision)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(await application.rows('SELECT 1 FROM decision WHERE case_id = $1', [id])).toHaveLength(1);
      expect(await application.rows('SELECT 1 FROM obligation WHERE case_id = $1', [id])).toHaveLength(2);
    });

    it('answering the same question: both answers are kept, the one that saw nothing of the other is marked', async () => {
      const { id } = await aCaseAt(cast, 'triage');
      const interview = await anInterviewUnderWay(cast.officer, id, 'screening');
      const path = `/api/interviews/${interview}/answers`;
      const answers = await Promise.all(
        ['1970', '1971'].map((value) => officer.post(path, { questionId: 'birthDate', value })),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      const kept = await application.rows<{ revision: number; concurrent: boolean }>(
        'SELECT revision, concurrent FROM answer WHERE interview_id = $1 ORDER BY revision',
        [interview],
      );
      expect(kept).toEqual([
        { revision: 1, concurrent: false },
        { revision: 2, concurrent: true },
      ]);
    });
  });

  describe('a decision for which no authority is competent', () => {
    const decide = async (id: string, allegations: readonly object[]): Promise<Answer> =>
      (await application.as('decider')).post(`/api/cases/${id}/commands`, {
        type: 'DECIDE_EXCLUSION',
        ...REASONS,
        allegations,
      });

    const undecided = async (id: string): Promise<void> => {
      const { body } = await officer.get(`/api/cases/${id}`);
      expect(body.state.assessment).toBe('approved');
      for (const table of ['decision', 'duty_cause', 'obligation', 'referral'])
        expect(await application.rows(`SELECT 1 FROM ${table} WHERE case_id = $1`, [id])).toEqual([]);
    };

    it('is refused when every authority is of a country the applicant lived in', async () => {
      const applicant = anApplicant({ residences: ['FR'] });
      const { id, outcomes } = await aCaseAt(cast, 'approved', { applicant });
      await application.owner.query(`UPDATE authority SET country = 'FR'`);
      const before = await application.counts();
      const answer = await decide(id, outcomes);
      expectProblem(answer, 409, 'noCompetentAuthority');
      expect(answer.body.gap).toMatchObject({ kind: 'exclusion', grounds: ['1F(a)'] });
      expect(answer.body.gap.blocked.length).toBeGreaterThan(0);
      expect(answer.body.detail).toMatch(/Blocked recipients in this case: demo-prosecution/);
      expect(await application.counts()).toEqual(before);
      await undecided(id);
      await application.owner.query(`UPDATE authority SET country = 'BE'`);
      expect((await decide(id, outcomes)).status).toBe(200);
    });

    it('is refused, naming the ground, when one of its grounds has no authority', async () => {
      const { id, outcomes } = await aCaseAt(cast, 'approved', {
        allegations: [GENOCIDE, { ...ROBBERY, stands: true, unclear: [] }],
      });
      await application.owner.query(
        `UPDATE competence_rule SET valid_until = f1_now()::date - 2 WHERE '1F(b)' = ANY (grounds)`,
      );
      try {
        const before = await application.counts();
        const answer = await decide(id, outcomes);
        expectProblem(answer, 409, 'noCompetentAuthority');
        expect(answer.body.gap).toMatchObject({ kind: 'exclusion', grounds: ['1F(b)'], blocked: [] });
        expect(answer.body.detail).toContain('1F(b)');
        expect(answer.body.detail).toMatch(/Ask the operator to close the gap/);
        expect(await application.counts()).toEqual(before);
        await undecided(id);
      } finally {
        await application.owner.query('UPDATE competence_rule SET valid_until = NULL');
      }
      expect((await decide(id, outcomes)).status).toBe(200);
    });

    it('is refused for a suspicion too', async () => {
      const { id } = await aCaseAt(cast, 'triage', { applicant: anApplicant({ nationalities: ['RW', 'FR'] }) });
      await officer.post(`/api/cases/${id}/commands`, { ...PROPOSAL, suspicion: true });
      await application.owner.query(`UPDATE authority SET country = 'FR'`);
      const before = await application.counts();
      const reviewer = await application.as('reviewer');
      const answer = await reviewer.post(`/api/cases/${id}/commands`, { type: 'CONFIRM_SUSPICION' });
      expectProblem(answer, 409, 'noCompetentAuthority');
      expect(answer.body.gap).toMatchObject({ kind: 'suspicion', grounds: ['1F(a)'] });
      expect(await application.counts()).toEqual(before);
      await application.owner.query(`UPDATE authority SET country = 'BE'`);
    });
  });

  it('leaves every chain whole', async () => {
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });
});
