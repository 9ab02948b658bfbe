import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, type CaseAt, GENOCIDE, REPLY } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

const REASONS = { reasons: 'The prosecutor found that nobody was attacked there.' };

describe('a person whom a recipient clears', () => {
  let application: TestApplication;
  let cast: Cast;
  /** A decision-maker who has decided in none of these cases. */
  let fresh: Person;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    fresh = await application.withAccount('fresh-decider', { roles: ['decisionMaker'], certificates: ['decide1F'] });
  });
  afterAll(() => application?.close());

  const send = async (who: string, id: string, type: string, more: object = {}): Promise<Answer> =>
    (await application.as(who)).post(`/api/cases/${id}/commands`, { type, ...more });
  const done = async (...command: Parameters<typeof send>): Promise<Answer['body']> => {
    const { status, body } = await send(...command);
    expect({ type: command[2], status, because: body.because }).toEqual({
      type: command[2],
      status: 200,
      because: undefined,
    });
    return body;
  };
  const caseAs = async (who: string, id: string) => (await (await application.as(who)).get(`/api/cases/${id}`)).body;
  const corrections = async (id: string) =>
    (await (await application.as('legal')).get(`/api/cases/${id}/corrections`)).body.items;
  const causes = async (id: string): Promise<string[]> =>
    (await corrections(id)).map(({ cause, suspicion }: Record<string, string>) => `${cause} ${suspicion}`);
  const clocks = (body: { duties: { deadlines: { kind: string }[] } }): string[] =>
    body.duties.deadlines.map(({ kind }) => kind).filter((kind) => kind !== 'refer' && kind !== 'feedback');

  /** The prosecutor acknowledges the exclusion and says how the proceedings ended; returns the reconsideration it opens. */
  const cleared = async (id: string, outcome: string): Promise<string> => {
    const [told] = await eventually(() =>
      application.rows<{ id: string; sha: string }>(
        `SELECT r.id, r.body_sha256 AS sha FROM referral r JOIN authority a ON a.id = r.authority_id
         JOIN receipt p ON p.referral_id = r.id
         WHERE r.case_id = $1 AND r.kind = 'exclusion' AND a.code = 'demo-prosecution'`,
        [id],
      ),
    );
    const path = `/api/referrals/${told!.id}/commands`;
    await cast.prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256: told!.sha });
    await cast.prosecutor.post(path, { type: 'GIVE_FEEDBACK', feedback: 'outcome', outcome, text: 'Invented words.' });
    const [opened] = await eventually(() =>
      application.rows<{ id: string }>('SELECT id FROM reconsideration WHERE case_id = $1', [id]),
    );
    return opened!.id;
  };
  const decided = async (id: string, outcome: string, reconsiderationId: string): Promise<void> => {
    const path = `/api/cases/${id}/reconsiderations/${reconsiderationId}/decide`;
    expect((await fresh.post(path, { outcome, ...REASONS })).status).toBe(200);
  };
  const reopened = async (id: string): Promise<Answer['body']> => {
    await decided(id, 'toReopen', await cleared(id, 'noOffence'));
    return done('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS);
  };
  const remaining = ({ allegations }: CaseAt) => ({
    suspicion: false,
    ...REASONS,
    allegations: allegations.map((allegationId) => ({ allegationId, remains: false, ...REASONS })),
  });

  it('is not let out by a wish: the refusals say what is missing and who may', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const plain = await send('fresh-decider', id, 'REOPEN', REASONS);
    expect(plain).toMatchObject({ status: 409, body: { code: 'commandRefused' } });
    const early = await send('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS);
    expect(early).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/must have ended in toReopen/) },
    });
    const reconsideration = await cleared(id, 'acquitted');
    // It is told to who may take it, who decided nothing here, and the case shows it.
    const waits = await caseAs('legal', id);
    expect(waits.duties.deadlines).toContainEqual(expect.objectContaining({ kind: 'reconsideration', overdue: false }));
    expect(waits.duties.waitingFor).toContainEqual(expect.stringContaining(`/api/cases/${id}/reconsiderations`));
    const told = await application.rows<{ username: string; because: string }>(
      `SELECT u.username, t.because FROM task t JOIN app_user u ON u.id = t.assignee_id JOIN deadline d ON d.id = t.deadline_id
       WHERE d.subject_id = $1 AND t.done_at IS NULL`,
      [reconsideration],
    );
    expect(told).toContainEqual({ username: 'fresh-decider', because: 'seconds' });
    expect(told.map(({ username }) => username)).not.toContain('decider');
    await decided(id, 'maintained', reconsideration);
    expect((await send('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS)).status).toBe(409);
    expect((await caseAs('legal', id)).state.assessment).toBe('excluded');
  });

  it('is no longer excluded once another decision-maker reopens, and every recipient hears why', async () => {
    const at = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const { id } = at;
    await decided(id, 'toReopen', await cleared(id, 'acquitted'));
    const own = await send('decider', id, 'REOPEN_EXCLUSION', REASONS);
    expect(own).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/other than the one who took/) } });
    expect((await send('legal', id, 'REOPEN_EXCLUSION', REASONS)).status).toBe(403);
    expect((await caseAs('fresh-decider', id)).allowedCommands).toContainEqual(
      expect.objectContaining({ type: 'REOPEN_EXCLUSION', allowed: true }),
    );

    const { state, duties } = await done('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS);
    expect(state).toMatchObject({ assessment: 'analysing', suspicion: 'owed' });
    expect(duties.tags).not.toContain('exclusionApplied');
    expect(clocks({ duties })).toEqual(expect.arrayContaining(['assessment', 'correctionDecision']));
    expect(await causes(id)).toEqual(['reopened owed']);
    expect((await corrections(id))[0].recipients).toHaveLength(2);
    const marks = await application.rows(
      `SELECT corrected_at IS NOT NULL AS corrected, suspended_at FROM referral WHERE case_id = $1 AND kind = 'exclusion'`,
      [id],
    );
    expect(marks).toEqual(Array.from({ length: 2 }, () => ({ corrected: true, suspended_at: null })));
    expect((await send('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS)).status).toBe(409);
    await done('officer', id, 'PROPOSE_AFTER_CORRECTION', remaining(at));
    await done('reviewer', id, 'CONFIRM_SUSPICION');
    expect(await causes(id)).toEqual(['reopened decided', 'noSuspicionRemains notAsked']);
  });

  it('has somebody who did not decide reminded until the exclusion is reopened, by a person or by a court', async () => {
    const reminder = async (id: string) =>
      application.rows<{ step: number; met: boolean; told: string[] }>(
        `SELECT d.step, d.met_at IS NOT NULL AS met, ARRAY(SELECT u.username FROM task t JOIN app_user u ON u.id = t.assignee_id
           WHERE t.deadline_id = d.id AND t.done_at IS NULL) AS told FROM deadline d
         WHERE d.subject_id = $1 AND d.kind = 'reopening'`,
        [id],
      );
    const [reopening, judged, kept] = await Promise.all(
      Array.from({ length: 3 }, async () => (await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] })).id),
    );
    for (const id of [reopening!, judged!]) {
      await cast.officer.post(`/api/cases/${id}/assignments`, { username: 'decider', role: 'decisionMaker' });
      await cast.officer.post(`/api/cases/${id}/assignments`, { username: 'fresh-decider', role: 'decisionMaker' });
      await decided(id, 'toReopen', await cleared(id, 'acquitted'));
    }
    await decided(kept!, 'maintained', await cleared(kept!, 'acquitted'));
    expect(await reminder(kept!)).toEqual([]);
    const [begun] = await reminder(reopening!);
    expect(begun).toEqual({ step: 0, met: false, told: ['fresh-decider'] });
    await application.owner.query(
      `UPDATE deadline SET half_at = f1_now() - interval '1 minute' WHERE subject_id = $1 AND kind = 'reopening'`,
      [reopening],
    );
    await eventually(async () => (await reminder(reopening!)).filter(({ step }) => step === 50));
    const { items } = (await (await application.as(begun!.told[0]!)).get('/api/tasks?limit=200')).body;
    const task = items.find((one: { what: string; case: { id: string } }) => one.case?.id === reopening);
    expect(task.what).toContain('REOPEN_EXCLUSION where an exclusion stands');
    await done('fresh-decider', reopening!, 'REOPEN_EXCLUSION', REASONS);
    expect(await reminder(reopening!)).toEqual([{ step: 50, met: true, told: [] }]);
    await done('legal', judged!, 'APPEAL', { court: 'Invented Court' });
    expect(await reminder(judged!)).toMatchObject([{ met: false }]);
    await done('legal', judged!, 'QUASH', { court: 'Invented Court', final: true, ...REASONS });
    expect(await reminder(judged!)).toEqual([{ step: 0, met: true, told: [] }]);
  });

  it('is assessed again with every duty, and an exclusion decided anew is not reopened on the old ground', async () => {
    const { id, outcomes } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await reopened(id);
    const stale = await send('analyst', id, 'SUBMIT_FOR_REVIEW');
    expect(stale.body.detail).toContain('must be served for the analysis as it now stands');
    await done('analyst', id, 'SERVE_INTENTION', { text: 'We intend to exclude again.', language: 'rw' });
    const unheard = await send('analyst', id, 'SUBMIT_FOR_REVIEW');
    expect(unheard.body.detail).toContain('The applicant must have replied');
    await cast.officer.post(`/api/cases/${id}/submissions`, REPLY);
    await done('analyst', id, 'SUBMIT_FOR_REVIEW');
    const unsigned = await send('reviewer', id, 'APPROVE_REVIEW', REASONS);
    expect(unsigned.body.detail).toContain('The legal adviser must sign off this analysis');
    await done('legal', id, 'SIGN_OFF_LEGALLY', REASONS);
    await done('reviewer', id, 'APPROVE_REVIEW', REASONS);
    const again = await done('decider', id, 'DECIDE_EXCLUSION', { ...REASONS, allegations: outcomes });
    expect(again.state.assessment).toBe('excluded');
    const old = await send('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS);
    expect(old).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/since the decision was taken/) } });
  });

  it('is let out while an appeal waits, which that overtakes, and when the exclusion is final', async () => {
    const appealed = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await done('legal', appealed.id, 'APPEAL', { court: 'Invented Court' });
    const { state, duties } = await reopened(appealed.id);
    expect(state.assessment).toBe('analysing');
    expect(clocks({ duties })).not.toContain('appealFollowUp');
    expect(await application.rows('SELECT outcome, final FROM appeal WHERE case_id = $1', [appealed.id])).toEqual([
      { outcome: 'overtaken', final: false },
    ]);

    const final = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await done('officer', final.id, 'SERVE_DECISION', { served: 'On counsel.' });
    await application.owner.query(
      `UPDATE deadline SET due_at = f1_now() - interval '1 minute' WHERE subject_id = $1 AND kind = 'appeal'`,
      [final.id],
    );
    await done('decider', final.id, 'BECOME_FINAL');
    expect((await reopened(final.id)).state).toMatchObject({ assessment: 'analysing', suspicion: 'owed' });
  });

  it('and was taken for somebody else: the recall asks within two working days whether suspicion remains', async () => {
    const at = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const { id } = at;
    for (const [username, role] of [
      ['decider', 'decisionMaker'],
      ['officer', 'caseOfficer'],
    ])
      await cast.officer.post(`/api/cases/${id}/assignments`, { username, role });
    await done('officer', id, 'PROPOSE_SUSPICION', { suspicion: true, ...REASONS });
    const reconsideration = await cleared(id, 'mistakenIdentity');
    const view = await caseAs('officer', id);
    expect(view.state).toMatchObject({ assessment: 'excluded', suspicion: 'owed' });
    expect(view.duties.tags).toContain('correctionUndecided');
    expect(clocks(view)).toEqual(expect.arrayContaining(['correctionDecision']));
    expect(clocks(view)).not.toContain('suspicionReview');
    const proposals = 'SELECT outcome, decided_by FROM suspicion_decision WHERE case_id = $1';
    expect(await application.rows(proposals, [id])).toEqual([{ outcome: 'overtaken', decided_by: null }]);
    expect(await causes(id)).toEqual(['mistakenIdentity owed']);

    await application.owner.query(
      `UPDATE deadline SET half_at = f1_now() - interval '1 minute' WHERE subject_id = $1 AND kind = 'correctionDecision'`,
      [id],
    );
    const [task] = await eventually(async () => {
      const { items } = (await (await application.as('officer')).get('/api/tasks')).body;
      return (items as { case: { id: string }; what: string; nextCommands: { type: string }[] }[]).filter(
        (one) => one.case?.id === id && one.what.includes('correctionDecision'),
      );
    });
    expect(task!.what).toMatch(/for each allegation,? whether suspicion remains/);
    expect(task!.nextCommands.map(({ type }) => type)).toEqual(['PROPOSE_AFTER_CORRECTION']);

    await decided(id, 'toReopen', reconsideration);
    expect((await done('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS)).state.suspicion).toBe('owed');
    await done('officer', id, 'PROPOSE_AFTER_CORRECTION', remaining(at));
    expect((await done('reviewer', id, 'CONFIRM_SUSPICION')).state.suspicion).toBe('confirmedNoSuspicion');
    expect(await causes(id)).toEqual(['mistakenIdentity decided', 'reopened decided', 'noSuspicionRemains notAsked']);
  });

  it('is looked at anew too where one of us reports that it was somebody else, once for all that is reported meanwhile', async () => {
    const at = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const { id } = at;
    const list = async () =>
      (await (await application.as('officer')).get(`/api/cases/${id}/reconsiderations`)).body.items;
    await done('decider', id, 'REPORT_MISTAKEN_IDENTITY', REASONS);
    const [opened] = await eventually<Record<string, string>>(list);
    expect(opened).toMatchObject({
      feedbackId: null,
      because: 'mistakenIdentity',
      recalledBy: expect.any(String),
      outcome: null,
    });
    expect(opened!['dueAt']).not.toBeNull();
    await done('decider', id, 'REPORT_MISTAKEN_IDENTITY', REASONS);
    const own = await (
      await application.as('decider')
    ).post(`/api/cases/${id}/reconsiderations/${opened!['id']}/decide`, {
      outcome: 'toReopen',
      ...REASONS,
    });
    expect(own).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('decided in this case before') },
    });
    await decided(id, 'toReopen', opened!['id']!);
    expect(await list()).toHaveLength(1);
    await done('fresh-decider', id, 'REOPEN_EXCLUSION', REASONS);
  });

  it('is read no more by whoever answered that the file was erased, until the sender opens it again', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await done('legal', id, 'CORRECT_FACTUAL_ERROR', REASONS);
    const [exclusion, correction] = await eventually(async () => {
      const told = await application.rows<{ id: string; sha: string }>(
        `SELECT r.id, r.body_sha256 AS sha FROM referral r JOIN authority a ON a.id = r.authority_id
         JOIN receipt p ON p.referral_id = r.id WHERE r.case_id = $1 AND a.code = 'demo-prosecution' ORDER BY r.kind DESC`,
        [id],
      );
      return told.length === 2 ? told : [];
    });
    const [prosecutor, legal] = [await application.as('prosecutor'), await application.as('legal')];
    const [grants, read] = ['grants', 'package'].map((what) => `/api/referrals/${exclusion!.id}/${what}`) as [
      string,
      string,
    ];
    const purpose = { purpose: 'investigation', legalBasis: 'an invented code, Article 1' };
    expect((await prosecutor.post(grants, purpose)).status).toBe(201);
    expect((await prosecutor.get(read)).status).toBe(200);

    const answer = async (said: string) =>
      cast.prosecutor.post(`/api/referrals/${correction!.id}/commands`, {
        ...{ type: 'ANSWER_CORRECTION', answer: said, law: 'an invented code, Article 2' },
      });
    await cast.prosecutor.post(`/api/referrals/${correction!.id}/commands`, {
      ...{ type: 'ACKNOWLEDGE', packageSha256: correction!.sha },
    });
    await answer('restricted');
    expect((await prosecutor.get(read)).status).toBe(200);
    await answer('erased');
    const closed = { status: 403, body: { code: 'accessRevoked' } };
    expect(await prosecutor.get(read)).toMatchObject(closed);
    expect(await prosecutor.post(grants, purpose)).toMatchObject(closed);
    expect((await prosecutor.get(`/api/referrals/${correction!.id}/package`)).status).toBe(200);
    expect((await legal.post(grants, purpose)).status).toBe(201);
    expect((await prosecutor.get(read)).status).toBe(200);
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    // The clock that was let run out by hand above is what it finds, and nothing else.
    const findings = (await application.verifyAudit()).findings.map(({ kind, where }) => `${kind} ${where}`);
    const moved = await application.rows<{ id: string }>(
      `SELECT id FROM deadline WHERE kind = 'appeal' AND due_at < starts_at + interval '1 day'`,
    );
    expect(moved).toHaveLength(1);
    expect(findings).toEqual(moved.map(({ id }) => `rowChanged deadline/${id}`));
  });
});

async function eventually<T>(ask: () => Promise<T[]>): Promise<T[]> {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = await ask();
    if (found.length > 0) return found;
    if (Date.now() > until) throw new Error('it did not happen within half a minute');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
