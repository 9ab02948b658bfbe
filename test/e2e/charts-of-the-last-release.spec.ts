import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { publishWorkflows } from '../../src/workflows/publish-workflows.js';
import { readWorkflowFiles } from '../../src/workflows/workflow-files.js';
import { WorkflowsService } from '../../src/workflows/workflows.service.js';
import { aCaseAt, type CaseAt, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type TestApplication } from '../support/application.js';
import { eventually } from '../faults/support/referral-system.js';

const REASONS = { reasons: 'The prosecutor found that nobody was attacked there.' };
const CHARTS = readWorkflowFiles('workflows');
const hashOf = (version: number): string =>
  CHARTS.find(({ workflow }) => workflow.id === 'case' && workflow.version === version)!.workflow.hash;

describe('a case decided under the chart of the last release', () => {
  let application: TestApplication;
  let cast: Cast;
  let cleared: CaseAt;
  let mistaken: CaseAt;
  let quashed: CaseAt;
  let proposed: CaseAt;

  const send = async (who: string, id: string, type: string, more: object = {}): Promise<Answer> =>
    (await application.as(who)).post(`/api/cases/${id}/commands`, { type, ...more });
  const done = async (...command: Parameters<typeof send>): Promise<Answer['body']> => {
    const { status, body } = await send(...command);
    expect({ status, because: body.because }).toEqual({ status: 200, because: undefined });
    return body;
  };
  const shown = async (id: string) => (await (await application.as('second-decider')).get(`/api/cases/${id}`)).body;
  const events = (id: string) =>
    application.rows<{ type: string; facets: { from?: string; to?: string; state: object } }>(
      'SELECT type, facets FROM event WHERE aggregate_id = $1 ORDER BY seq',
      [id],
    );
  const running = async (id: string) =>
    (
      await application.rows<{ kind: string }>(
        'SELECT kind FROM deadline WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL ORDER BY kind',
        [id],
      )
    ).map(({ kind }) => kind);
  const quashedFinally = async (): Promise<CaseAt> => {
    const found = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await done('legal', found.id, 'APPEAL', { court: 'Invented Court' });
    await done('legal', found.id, 'QUASH', { court: 'Invented Court', final: true, ...REASONS });
    return found;
  };
  const gone = (at: CaseAt) => ({
    suspicion: false,
    ...REASONS,
    allegations: at.allegations.map((allegationId) => ({ allegationId, remains: false, ...REASONS })),
  });
  /** The prosecutor acknowledges and says how the proceedings ended; returns the reconsideration that it opens. */
  const feedback = async (id: string, outcome: string): Promise<string> => {
    const told = await eventually(async () => {
      const rows = await application.rows<{ id: string; sha: string }>(
        `SELECT r.id, r.body_sha256 AS sha FROM referral r JOIN authority a ON a.id = r.authority_id
         JOIN receipt p ON p.referral_id = r.id WHERE r.case_id = $1 AND a.code = 'demo-prosecution'`,
        [id],
      );
      return rows[0];
    });
    const path = `/api/referrals/${told.id}/commands`;
    await cast.prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256: told.sha });
    await cast.prosecutor.post(path, { type: 'GIVE_FEEDBACK', feedback: 'outcome', outcome, text: 'Invented words.' });
    const opened = await eventually(async () => {
      const rows = await application.rows<{ id: string }>('SELECT id FROM reconsideration WHERE case_id = $1', [id]);
      return rows[0];
    });
    return opened.id;
  };

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    const workflows = application.app.get(WorkflowsService, { strict: false });
    // As it was before the newest chart was published, which nothing takes back.
    await application.owner.query(`ALTER TABLE workflow DISABLE TRIGGER USER;
      DELETE FROM workflow WHERE kind = 'case' AND version > 1; ALTER TABLE workflow ENABLE TRIGGER USER`);
    await workflows.load();
    cleared = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    mistaken = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    quashed = await quashedFinally();
    proposed = await quashedFinally();
    await done('officer', proposed.id, 'PROPOSE_SUSPICION', { suspicion: false, ...REASONS });
    await publishWorkflows(application.owner, CHARTS);
    await workflows.load();
  });
  afterAll(() => application?.close());

  it('shows what its own chart answers, and beside it what only the newest one has', async () => {
    const { workflow, allowedCommands } = await shown(cleared.id);
    expect(workflow).toMatchObject({ version: 1, hash: hashOf(1) });
    const types = allowedCommands.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['APPEAL', 'REOPEN_EXCLUSION', 'CORRECT_FACTUAL_ERROR']));
  });

  it('stays where it is for what its own chart answers, and when the newest one refuses', async () => {
    expect((await send('second-decider', cleared.id, 'REOPEN_EXCLUSION', REASONS)).status).toBe(409);
    await done('officer', cleared.id, 'SERVE_DECISION', { served: 'On counsel.' });
    expect((await events(cleared.id)).map(({ type }) => type)).not.toContain('MOVE_CHART');
    expect((await shown(cleared.id)).workflow.version).toBe(1);
  });

  it('is reopened after its recipient cleared the person, in the newest chart, and tells of the move', async () => {
    const { id } = cleared;
    const reconsideration = await feedback(id, 'acquitted');
    const path = `/api/cases/${id}/reconsiderations/${reconsideration}/decide`;
    const decided = await (await application.as('second-decider')).post(path, { outcome: 'toReopen', ...REASONS });
    expect(decided.status).toBe(200);
    const { state, workflow } = await done('second-decider', id, 'REOPEN_EXCLUSION', REASONS);
    expect(state).toMatchObject({ assessment: 'analysing', suspicion: 'owed', prosecutionTrack: 'noTrack' });
    expect(workflow).toMatchObject({ version: 2, hash: hashOf(2) });
    const [moved, reopened] = (await events(id)).slice(-2);
    expect(moved).toMatchObject({ type: 'MOVE_CHART', facets: { from: hashOf(1), to: hashOf(2) } });
    expect(moved!.facets.state).toMatchObject({ assessment: 'excluded', suspicion: 'undecided' });
    expect(reopened).toMatchObject({ type: 'REOPEN_EXCLUSION' });
    await done('officer', id, 'PROPOSE_AFTER_CORRECTION', gone(cleared));
    expect((await done('reviewer', id, 'CONFIRM_SUSPICION')).state.suspicion).toBe('confirmedNoSuspicion');
  });

  it('has its history read by the chart of each time', async () => {
    const history = await (await application.as('legal')).get(`/api/cases/${cleared.id}/history?limit=100`);
    expect(history.status).toBe(200);
    const states = history.body.items.map(({ state }: { state: object }) => Object.keys(state));
    expect(states[0]).not.toContain('prosecutionTrack');
    expect(states.at(-1)).toContain('prosecutionTrack');
  });

  it('is recalled by the system when the recipient found that it was somebody else', async () => {
    await feedback(mistaken.id, 'mistakenIdentity');
    const { state, workflow } = await shown(mistaken.id);
    expect(workflow.version).toBe(2);
    expect(state).toMatchObject({ assessment: 'excluded', suspicion: 'owed' });
    const types = (await events(mistaken.id)).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(['MOVE_CHART', 'REPORT_MISTAKEN_IDENTITY', 'OPEN_RECONSIDERATION']);
    expect(await running(mistaken.id)).toEqual(['appeal', 'correctionDecision', 'examinationLimit', 'service']);
  });

  it.each([
    ['officer', 'PROPOSE_SUSPICION', () => quashed, { suspicion: true, ...REASONS }],
    ['reviewer', 'CONFIRM_SUSPICION', () => proposed, {}],
    ['reviewer', 'REJECT_SUSPICION', () => proposed, REASONS],
  ] as const)(
    'corrected before, refuses %s %s of its own chart and says what to send',
    async (who, type, which, more) => {
      const { id } = which();
      const { status, body } = await send(who, id, type, more);
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'commandRefused' });
      expect(body.because[0]).toMatch(
        /is no longer how it goes on from the state “(Owed|Proposed) after a correction”/,
      );
      expect(body.instead).toMatch(/^Send PROPOSE_AFTER_CORRECTION \(“Propose, for each allegation/);
      expect(body.allowed).not.toContain(type);
      const offered = (await (await application.as(who)).get(`/api/cases/${id}`)).body.allowedCommands;
      const types = offered.map((one: { type: string }) => one.type);
      expect(types).toContain('PROPOSE_AFTER_CORRECTION');
      expect(types).not.toContain(type);
      expect((await events(id)).map((one) => one.type)).not.toContain('MOVE_CHART');
    },
  );

  it('quashed before, has it decided per allegation whether suspicion remains, on the clock of the newest chart', async () => {
    expect(await running(quashed.id)).toContain('correctionReview');
    const { state } = await done('officer', quashed.id, 'PROPOSE_AFTER_CORRECTION', gone(quashed));
    expect(state.suspicion).toBe('owedProposed');
    expect(await running(quashed.id)).toContain('correctionDecision');
    expect(await running(quashed.id)).not.toContain('correctionReview');
    await done('reviewer', quashed.id, 'CONFIRM_SUSPICION');
    expect(await running(quashed.id)).not.toContain('correctionDecision');
  });

  it('with one proposal for all allegations waiting, has each proposed anew, which a correction overtakes in its turn', async () => {
    const outcomes = () =>
      application.rows('SELECT outcome FROM suspicion_decision WHERE case_id = $1 ORDER BY proposed_at', [proposed.id]);
    const anew = await done('officer', proposed.id, 'PROPOSE_AFTER_CORRECTION', gone(proposed));
    expect(anew.state.suspicion).toBe('owedProposed');
    expect(await outcomes()).toEqual([{ outcome: 'overtaken' }, { outcome: null }]);
    const { state } = await done('legal', proposed.id, 'CORRECT_FACTUAL_ERROR', REASONS);
    expect(state.suspicion).toBe('owed');
    expect(await outcomes()).toEqual([{ outcome: 'overtaken' }, { outcome: 'overtaken' }]);
    expect(await running(proposed.id)).toContain('correctionDecision');
  });

  it('never moves back to an older chart, whoever asks', async () => {
    const back = application.rows('UPDATE case_file SET workflow_hash = $2 WHERE id = $1', [cleared.id, hashOf(1)]);
    await expect(back).rejects.toThrow(/does not go back to an older chart/);
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});
