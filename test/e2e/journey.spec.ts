import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CaseWalk, type Cast } from '../../src/demo/case-walk.js';
import { BYSTANDER, OFFICIAL, person } from '../../src/demo/people.js';
import { aCaseAt, decideSuspicion, GENOCIDE, ROBBERY, silent } from '../factories/case-walk.js';
import { type Answer, anApplication, type TestApplication } from '../support/application.js';

interface Obligation {
  readonly id: string;
  readonly kind: string;
  readonly authority: string;
  readonly legalBasis: string;
  readonly state: string;
  readonly correctedAt: string | null;
}

const PROSECUTION = 'Demo Federal Prosecution Office';
const WAR_CRIMES_UNIT = 'Demo War Crimes Unit of the Federal Police';

describe('the journey of a case', () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
  });

  afterAll(() => application?.close());

  const get = async (username: string, path: string): Promise<Answer> => (await application.as(username)).get(path);

  const caseAs = async (id: string): Promise<Answer['body']> => (await get('officer', `/api/cases/${id}`)).body;

  const obligationsOf = async (id: string): Promise<Obligation[]> =>
    (await caseAs(id)).duties.obligations as Obligation[];

  const told = async (id: string, authority: string, kind: string): Promise<Obligation> => {
    const found = (await obligationsOf(id)).filter((one) => one.authority === authority && one.kind === kind);
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  const inboxOf = async (username: string): Promise<string[]> => {
    const { body } = await get(username, '/api/referrals?limit=200');
    return (body.items as { id: string }[]).map(({ id }) => id);
  };

  it('carries a case from registration to the acknowledgement of two authorities', async () => {
    const walk = await CaseWalk.register(cast, person('Exemplaris', 'Primus'), silent);
    expect((await walk.view()).state).toEqual({
      claim: 'pending',
      assessment: 'triage',
      suspicion: 'undecided',
      prosecutionTrack: 'noTrack',
      account: 'noAccount',
    });
    expect(await caseAs(walk.id)).toMatchObject({
      interviewPurposes: ['screening'],
      duties: { tags: [], obligations: [] },
    });

    const screening = await walk.screening(OFFICIAL.screening);
    const { body: held } = await get('officer', `/api/interviews/${screening}`);
    expect(held.indicators.length).toBeGreaterThan(0);
    for (const { reason, because } of held.indicators as { reason: string; because: unknown[] }[]) {
      expect(reason).not.toBe('');
      expect(because.length).toBeGreaterThan(0);
    }

    const interview = await walk.examine(OFFICIAL.exclusion);
    expect((await walk.view()).state).toMatchObject({ assessment: 'analysing' });
    const standing = await walk.allege(interview, GENOCIDE);
    const falling = await walk.allege(interview, ROBBERY);
    await walk.hear();
    expect((await walk.view()).state).toMatchObject({ assessment: 'intention' });
    await walk.review();
    expect((await walk.view()).state).toMatchObject({ assessment: 'approved' });
    expect((await walk.view()).duties.obligations).toEqual([]);
    expect(await inboxOf('prosecutor')).toEqual([]);

    const decided = await walk.send(cast.decider, 'DECIDE_EXCLUSION', {
      reasons: 'Serious reasons for considering the first act; not so for the second.',
      allegations: [
        { allegationId: standing, stands: true, reasons: 'Told by the applicant.' },
        { allegationId: falling, stands: false, reasons: 'Rests on hearsay.' },
      ],
    });
    expect(decided.state).toMatchObject({ assessment: 'excluded' });
    expect((await caseAs(walk.id)).duties.tags).toContain('exclusionApplied');
    const obligations = await obligationsOf(walk.id);
    expect(obligations.map(({ kind, authority }) => `${kind} ${authority}`).sort()).toEqual([
      `exclusion ${PROSECUTION}`,
      `exclusion ${WAR_CRIMES_UNIT}`,
    ]);
    for (const { legalBasis } of obligations) expect(legalBasis).toMatch(/Art\. \d+/);

    await walk.receipts();
    const own = await told(walk.id, PROSECUTION, 'exclusion');
    const units = await told(walk.id, WAR_CRIMES_UNIT, 'exclusion');
    expect(await inboxOf('prosecutor')).toEqual([own.id]);
    expect(await inboxOf('war-crimes')).toEqual([units.id]);
    expect((await get('prosecutor', `/api/referrals/${units.id}`)).status).toBe(404);
    expect((await get('war-crimes', `/api/referrals/${own.id}`)).status).toBe(404);

    for (const [username, { id }] of [
      ['prosecutor', own],
      ['war-crimes', units],
    ] as const) {
      const { body, text } = await application.read(username, id);
      expect(groundsIn(body)).toEqual(['1F(a)']);
      expect(text).not.toContain(ROBBERY.summary);
      expect(body.package.handling.onwardTransfer).toBe('withOurLeaveOnly');
      expect(body.package.exculpatory.assessed.length).toBeGreaterThan(0);
      expect(body.package.persons.underSuspicion[0].identity.familyName).toBe('Exemplaris');
    }

    await walk.acknowledge();
    expect((await obligationsOf(walk.id)).map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
    const { body: history } = await get('officer', `/api/cases/${walk.id}/history?limit=200`);
    expect((history.items as { type: string }[]).map(({ type }) => type)).toEqual([
      'REGISTER_CASE',
      'OPEN_INTERVIEW',
      'ACCEPT_TRIAGE',
      'START_INTERVIEWING',
      'OPEN_INTERVIEW',
      'COMPLETE_INTERVIEWING',
      'EDIT_ANALYSIS',
      'EDIT_ANALYSIS',
      'SERVE_INTENTION',
      'RECORD_DISCLOSURE',
      'RECORD_REPLY',
      'SUBMIT_FOR_REVIEW',
      'SIGN_OFF_LEGALLY',
      'APPROVE_REVIEW',
      'DECIDE_EXCLUSION',
    ]);
  });

  it('tells each authority what its legal basis covers and no more', async () => {
    const { id } = await aCaseAt(cast, 'excluded', {
      allegations: [GENOCIDE, { ...ROBBERY, stands: true, unclear: [] }],
    });
    const { body: whole } = await application.read('prosecutor', (await told(id, PROSECUTION, 'exclusion')).id);
    expect(groundsIn(whole)).toEqual(['1F(a)', '1F(b)']);
    const part = await application.read('war-crimes', (await told(id, WAR_CRIMES_UNIT, 'exclusion')).id);
    expect(groundsIn(part.body)).toEqual(['1F(a)']);
    expect(part.text).not.toContain(ROBBERY.summary);
  });

  it('tells only the authority that is competent for the ground that stands', async () => {
    const robbery = { ...ROBBERY, stands: true, unclear: [] };
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [robbery] });
    const obligations = await obligationsOf(id);
    expect(obligations.map(({ authority }) => authority)).toEqual([PROSECUTION]);
    expect((await get('war-crimes', `/api/referrals/${obligations[0]!.id}`)).status).toBe(404);
  });

  it('ends a bystander’s case without an exclusion, without telling anybody', async () => {
    const before = await inboxOf('prosecutor');
    const walk = await CaseWalk.register(cast, person('Exemplaris', 'Secunda'), silent);
    await walk.screening(BYSTANDER.screening);
    await walk.examine(BYSTANDER.exclusion);
    await expect(walk.send(cast.decider, 'DECIDE_NOT_EXCLUDED', NOTHING_ALLEGED)).rejects.toMatchObject({
      status: 409,
    });
    await walk.suspicion(false, 'Passing a barrier is not manning it.');
    await walk.send(cast.analyst, 'SUBMIT_FOR_REVIEW');
    await walk.send(cast.reviewer, 'APPROVE_REVIEW', { reasons: 'No allegation can be made out.' });
    const { state, duties } = await walk.send(cast.decider, 'DECIDE_NOT_EXCLUDED', NOTHING_ALLEGED);
    expect(state).toMatchObject({ assessment: 'notExcluded', suspicion: 'confirmedNoSuspicion' });
    expect(duties.obligations).toEqual([]);
    expect((await caseAs(walk.id)).duties.tags).toEqual(['examinationEnded']);
    expect(await inboxOf('prosecutor')).toEqual(before);
    const granted = await walk.send(cast.decider, 'GRANT_CLAIM', { reasons: 'Well-founded fear.' });
    expect(granted.state).toMatchObject({ claim: 'granted' });
  });

  it('refers a suspicion to both authorities although the claim is refused on other grounds', async () => {
    const { id, allegations } = await aCaseAt(cast, 'written', { allegations: [GENOCIDE] });
    const command = (by: 'analyst' | 'reviewer' | 'decider', body: object) =>
      cast[by].post(`/api/cases/${id}/commands`, body);
    const refusal = { type: 'REFUSE_CLAIM', reasons: 'No well-founded fear.' };
    await expect(command('decider', refusal)).rejects.toMatchObject({ status: 409 });
    const reasons = 'The applicant tells of own acts.';
    await command('analyst', { type: 'PROPOSE_SUSPICION', suspicion: true, reasons, allegationIds: allegations });
    await command('reviewer', { type: 'CONFIRM_SUSPICION' });
    await command('decider', refusal);
    const view = await caseAs(id);
    expect(view.state).toEqual({
      claim: 'refused',
      assessment: 'closed',
      suspicion: 'confirmedSuspicion',
      prosecutionTrack: 'noTrack',
      account: 'noAccount',
    });
    const obligations = view.duties.obligations as Obligation[];
    expect(obligations.map(({ kind, authority }) => `${kind} ${authority}`).sort()).toEqual([
      `suspicion ${PROSECUTION}`,
      `suspicion ${WAR_CRIMES_UNIT}`,
    ]);
    await received(id);
    const { id: own } = await told(id, WAR_CRIMES_UNIT, 'suspicion');
    const { body } = await application.read('war-crimes', own);
    expect(body).toMatchObject({ kind: 'suspicion', package: { decision: { reasons } } });
  });

  it('tells of a suspicion before any allegation is written', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    await decideSuspicion(cast, id, true);
    expect((await obligationsOf(id)).map(({ kind }) => kind)).toEqual(['suspicion', 'suspicion']);
    await received(id);
  });

  it('corrects every referral of a decision that is quashed, and owes a new look at the suspicion', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    await received(id);
    const first = await told(id, PROSECUTION, 'exclusion');
    const { packageSha256 } = (await get('prosecutor', `/api/referrals/${first.id}`)).body;
    await cast.prosecutor.post(`/api/referrals/${first.id}/commands`, { type: 'ACKNOWLEDGE', packageSha256 });
    const send = (by: 'officer' | 'legal', body: object) => cast[by].post(`/api/cases/${id}/commands`, body);
    await send('officer', { type: 'SERVE_DECISION', served: 'On counsel.' });
    await send('legal', { type: 'APPEAL', court: 'Demo Court' });
    const reasons = 'Contribution was not shown.';
    await send('legal', { type: 'QUASH', court: 'Demo Court', reasons, final: true });

    const view = await caseAs(id);
    expect(view.state).toMatchObject({ assessment: 'quashedFinally', suspicion: 'owed' });
    expect(view.duties.tags).toEqual(['correctionUndecided', 'quashed']);
    const review = view.duties.deadlines.find(({ kind }: { kind: string }) => kind === 'correctionDecision');
    expect(review).toMatchObject({ overdue: false });
    await received(id);
    for (const [username, authority] of [
      ['prosecutor', PROSECUTION],
      ['war-crimes', WAR_CRIMES_UNIT],
    ] as const) {
      const earlier = await told(id, authority, 'exclusion');
      const correction = await told(id, authority, 'correction');
      expect(earlier.correctedAt).not.toBeNull();
      expect((await get(username, `/api/referrals/${earlier.id}`)).body.correctedAt).toBe(earlier.correctedAt);
      const { body } = await application.read(username, correction.id);
      expect(body).toMatchObject({ kind: 'correction', corrects: earlier.id });
      expect(body.package.correction).toMatchObject({ reason: 'quashedFinal', explanation: reasons });
      expect(body.package.corrects.map(({ referralId }: { referralId: string }) => referralId)).toEqual([earlier.id]);
    }
  });

  it('answers the tracking of a receipted referral with its proof, and a second acknowledgement with a refusal', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await received(id);
    const { id: referral } = await told(id, PROSECUTION, 'exclusion');
    const prosecutor = await application.as('prosecutor');
    const seen = await prosecutor.get(`/api/referrals/${referral}`);
    expect(seen.body.receipt.split('.')).toHaveLength(3);
    const { packageSha256 } = seen.body;
    const path = `/api/referrals/${referral}/commands`;
    const stale = await prosecutor.post(path, { type: 'ACKNOWLEDGE' }, { 'If-Match': '"99"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'staleVersion', current: seen.body.version } });
    const key = { 'Idempotency-Key': 'acknowledge-once', 'If-Match': seen.headers.get('etag')! };
    const done = await prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256, note: 'Filed.' }, key);
    expect(done).toMatchObject({ status: 200, body: { stage: 'acknowledged', acknowledgementNote: 'Filed.' } });
    const again = await prosecutor.post(path, { type: 'ACKNOWLEDGE', packageSha256, note: 'Filed.' }, key);
    expect(again).toMatchObject({ status: 200, body: { version: done.body.version } });
    const second = await prosecutor.post(path, { type: 'ACKNOWLEDGE' });
    expect(second).toMatchObject({ status: 409, body: { code: 'commandRefused', command: 'ACKNOWLEDGE' } });
    expect(second.body.detail).toContain('not possible in the state “Acknowledged”');
  });

  it('leaves nothing missing, unjustified or overdue, and every chain as it was recorded', async () => {
    const { ok, differences, inFlight, kinds } = await application.reconcile();
    expect({ ok, differences, inFlight }).toEqual({ ok: true, differences: [], inFlight: 0 });
    for (const kind of ['exclusion', 'suspicion', 'correction'] as const) {
      expect(kinds[kind].causes).toBeGreaterThan(0);
      expect(kinds[kind].receipts).toBe(kinds[kind].obligations);
    }
    const [{ events } = { events: 0 }] = await application.rows<{ events: number }>(
      'SELECT count(*)::int AS events FROM event',
    );
    const audit = await application.verifyAudit();
    expect(audit).toMatchObject({ ok: true, findings: [], cases: 8, events });
    const { body } = await get('auditor', '/api/audit/verification');
    expect(body).toMatchObject({ ok: true, cases: 8 });
  });

  async function received(id: string): Promise<void> {
    const until = Date.now() + 30_000;
    for (;;) {
      if ((await obligationsOf(id)).every(({ state }) => state !== 'due')) return;
      if (Date.now() > until) throw new Error('the referrals were not received within half a minute');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});

const groundsIn = ({ package: sent }: { package: { allegations: { ground: string }[] } }): string[] =>
  sent.allegations.map(({ ground }) => ground).sort();

const NOTHING_ALLEGED = { reasons: 'No act is alleged.', allegations: [] };
