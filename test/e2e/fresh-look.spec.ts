import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { elementTemplates } from '../../src/domain/exclusion/templates.js';
import { aCaseAt, aSealedInterview, contentOf, decideSuspicion, GENOCIDE, ROBBERY } from '../factories/case-walk.js';
import { type Answer, anApplication, type TestApplication } from '../support/application.js';

const REASONS = { reasons: 'As the record shows.' };
const JUDGED = { court: 'Demo Court', ...REASONS };
const STALE =
  'Nothing may have been recorded in an interview since the suspicion decision was proposed; propose it anew.';

/** An act of childhood, with the elements that only such an act has. */
function inChildhood(interview: string): object {
  const plan = { ...ROBBERY, when: '1965' };
  const content = contentOf(plan, interview);
  const template = elementTemplates.findLast(({ ground, crime }) => ground === plan.ground && crime === plan.crime);
  const ofMinors = (template?.elements ?? []).filter(({ onlyIfMinor }) => onlyIfMinor);
  const evidence = content.elements[0]?.evidence ?? [];
  const found = ofMinors.map(({ id }) => ({ element: id, finding: 'unclear', reasons: 'Not found out.', evidence }));
  return { ...content, elements: [...content.elements, ...found] };
}

describe('what a case was decided on', () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    cast = await application.cast();
  });

  afterAll(() => application?.close());

  const send = async (username: string, id: string, type: string, more: object = {}): Promise<Answer> =>
    (await application.as(username)).post(`/api/cases/${id}/commands`, { type, ...more });

  const done = async (username: string, id: string, type: string, more: object = {}): Promise<Answer['body']> => {
    const { status, body } = await send(username, id, type, more);
    expect({ type, status, because: body.because }).toEqual({ type, status: 200, because: undefined });
    return body;
  };

  const refused = async (because: string, ...command: Parameters<typeof send>): Promise<void> => {
    const { status, body } = await send(...command);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'commandRefused' });
    expect(body.because).toContain(because);
  };

  const proposals = (id: string): Promise<{ outcome: string | null }[]> =>
    application.rows('SELECT outcome FROM suspicion_decision WHERE case_id = $1 ORDER BY proposed_at', [id]);

  it('is no suspicion decision from before the last interview', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    await decideSuspicion(cast, id, false);
    await aSealedInterview(cast.officer, id, 'screening');
    await refused(STALE, 'interviewer', id, 'CLEAR_AT_TRIAGE', REASONS);
    await refused(STALE, 'decider', id, 'REFUSE_CLAIM', REASONS);
    await decideSuspicion(cast, id, false);
    await done('decider', id, 'REFUSE_CLAIM', REASONS);
  });

  it('is no proposal from before the last interview, which can be rejected and made anew', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    await done('officer', id, 'PROPOSE_SUSPICION', { suspicion: false, ...REASONS });
    await aSealedInterview(cast.officer, id, 'screening');
    await refused(STALE, 'reviewer', id, 'CONFIRM_SUSPICION');
    await done('reviewer', id, 'REJECT_SUSPICION', REASONS);
    await decideSuspicion(cast, id, false);
    expect(await proposals(id)).toEqual([{ outcome: 'rejected' }, { outcome: 'confirmed' }]);
  });

  it('is looked at anew once the interviews start, whatever was proposed or confirmed before', async () => {
    const { id } = await aCaseAt(cast, 'preparing');
    await done('officer', id, 'PROPOSE_SUSPICION', { suspicion: false, ...REASONS });
    const started = await done('interviewer', id, 'START_INTERVIEWING');
    expect(started.state).toMatchObject({ assessment: 'interviewing', suspicion: 'undecided' });
    expect(await proposals(id)).toEqual([{ outcome: 'overtaken' }]);
    await aSealedInterview(cast.interviewer, id, 'exclusion');
    await done('interviewer', id, 'COMPLETE_INTERVIEWING');
    await decideSuspicion(cast, id, false);
    const further = await done('analyst', id, 'FURTHER_INTERVIEW', REASONS);
    expect(further.state).toMatchObject({ assessment: 'preparing', suspicion: 'undecided' });
  });

  it('is no exclusion interview from before the claim was reopened', async () => {
    const { id } = await aCaseAt(cast, 'analysing');
    await decideSuspicion(cast, id, false);
    await done('decider', id, 'REFUSE_CLAIM', REASONS);
    await done('officer', id, 'REOPEN_CLAIM', REASONS);
    await done('interviewer', id, 'ACCEPT_TRIAGE');
    await done('interviewer', id, 'START_INTERVIEWING');
    const sentence = 'A focused exclusion interview must be sealed first.';
    await refused(sentence, 'interviewer', id, 'COMPLETE_INTERVIEWING');
    await aSealedInterview(cast.interviewer, id, 'exclusion');
    await done('interviewer', id, 'COMPLETE_INTERVIEWING');
  });

  it('is no act of childhood, which cannot be intended to stand and then stands in nobody’s way', async () => {
    const notice = { text: 'We intend to exclude.', language: 'rw' };
    const { id, interview } = await aCaseAt(cast, 'written', { allegations: [GENOCIDE] });
    const path = `/api/cases/${id}/allegations/${randomUUID()}`;
    const act = inChildhood(interview);
    await cast.analyst.put(path, act);
    const served = await done('analyst', id, 'SERVE_INTENTION', notice);
    expect(served.state).toMatchObject({ assessment: 'intention' });
    const standing = await (await application.as('analyst')).put(path, { ...act, intendedToStand: true });
    expect(standing).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
    expect(standing.text).toContain('the applicant was below 14 at the act');
  });

  it('is quashed for good once the time for an appeal against the judgment has passed, and not reinstated then', async () => {
    const { id, outcomes } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await done('legal', id, 'APPEAL', { court: 'Demo Court' });
    const quashed = await done('legal', id, 'QUASH', { ...JUDGED, final: false });
    expect(quashed.state).toMatchObject({ assessment: 'quashed' });
    await refused('The time for an appeal must have passed without one.', 'decider', id, 'BECOME_FINAL');
    await application.owner.query(
      `UPDATE deadline SET due_at = f1_now() - interval '1 minute' WHERE subject_id = $1 AND kind = 'appeal'`,
      [id],
    );
    const final = await done('decider', id, 'BECOME_FINAL');
    expect(final.state).toMatchObject({ assessment: 'quashedFinally' });
    const judgments = await application.rows(
      'SELECT outcome, final FROM appeal WHERE case_id = $1 ORDER BY lodged_at',
      [id],
    );
    expect(judgments).toEqual([
      { outcome: 'quashed', final: false },
      { outcome: 'quashed', final: true },
    ]);
    const reinstatement = { ...JUDGED, final: true, allegations: outcomes };
    expect(await send('decider', id, 'REINSTATE', reinstatement)).toMatchObject({ status: 409 });
    const remitted = await done('legal', id, 'REMIT', { ...JUDGED, final: true });
    expect(remitted.state).toMatchObject({ assessment: 'analysing' });
  });

  it('leaves a row for every judgment, though no appeal waits for it', async () => {
    const { id, outcomes } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await done('legal', id, 'APPEAL', { court: 'Demo Court' });
    await done('legal', id, 'QUASH', { ...JUDGED, final: false });
    await done('decider', id, 'REINSTATE', { ...JUDGED, final: false, allegations: outcomes });
    const judgments = await application.rows(
      'SELECT outcome, final FROM appeal WHERE case_id = $1 ORDER BY lodged_at',
      [id],
    );
    expect(judgments).toEqual([
      { outcome: 'quashed', final: false },
      { outcome: 'reinstated', final: false },
    ]);
  });
});
