import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, type CaseAt, GENOCIDE, ROBBERY } from '../factories/case-walk.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';

const JUDGMENT = { court: 'Invented Court', reasons: 'As the court says.' };

describe('what is decided after a correction', () => {
  let application: TestApplication;
  let cast: Cast;
  const people = new Map<string, Person>();

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    for (const name of ['officer', 'legal', 'reviewer', 'decider']) people.set(name, await application.as(name));
  });
  afterAll(() => application.close());

  const send = (who: 'officer' | 'legal' | 'decider' | 'reviewer', id: string, type: string, more: object = {}) =>
    cast[who].post<{ state: Record<string, string>; duties: { deadlines: { kind: string }[] } }>(
      `/api/cases/${id}/commands`,
      { type, ...more },
    );
  const tried = (who: string, id: string, type: string, more: object = {}, key: string = randomUUID()) =>
    people.get(who)!.post(`/api/cases/${id}/commands`, { type, ...more }, { 'Idempotency-Key': key });
  const corrections = async (id: string) => (await people.get('legal')!.get(`/api/cases/${id}/corrections`)).body;
  const causes = async (id: string): Promise<string[]> =>
    (await corrections(id)).items.map(({ cause, suspicion }: Record<string, string>) => `${cause} ${suspicion}`);
  const remaining = ({ allegations }: CaseAt, ...remains: boolean[]) => ({
    suspicion: remains[0] ?? false,
    reasons: 'The record was read again after the judgment.',
    allegations: allegations.map((allegationId, index) => ({
      allegationId,
      remains: remains[index] ?? false,
      reasons: 'Follows from what stands.',
    })),
  });
  const quashed = async (final: boolean): Promise<CaseAt> => {
    const found = await aCaseAt(cast, 'excluded');
    await send('legal', found.id, 'APPEAL', { court: 'Invented Court' });
    await send('legal', found.id, 'QUASH', { ...JUDGMENT, final });
    return found;
  };
  const referrals = (id: string) =>
    application.rows<{ kind: string; corrected: boolean; suspended: boolean; id: string }>(
      `SELECT kind, corrected_at IS NOT NULL AS corrected, suspended_at IS NOT NULL AS suspended, id FROM referral
       WHERE case_id = $1 AND kind <> 'correction' ORDER BY created_at, id`,
      [id],
    );

  it('waits two working days for it, and takes no suspicion decision that leaves allegations out', async () => {
    const found = await quashed(true);
    const shown = await people.get('legal')!.get(`/api/cases/${found.id}`);
    expect(shown.body.state.suspicion).toBe('owed');
    expect(shown.body.duties.tags).toContain('correctionUndecided');
    expect(shown.body.duties.deadlines.map(({ kind }: { kind: string }) => kind)).toContain('correctionDecision');
    const whole = await tried('officer', found.id, 'PROPOSE_SUSPICION', { suspicion: true, reasons: 'As before.' });
    expect(whole.status).toBe(409);
    const part = remaining(found, true);
    const left = await tried('officer', found.id, 'PROPOSE_AFTER_CORRECTION', {
      ...part,
      allegations: part.allegations.slice(0, 1),
    });
    expect(left.body).toMatchObject({ status: 409, detail: expect.stringMatching(/every allegation/) });
    const contrary = await tried('officer', found.id, 'PROPOSE_AFTER_CORRECTION', { ...part, suspicion: false });
    expect(contrary.body).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/exactly when suspicion remains/),
    });
    expect(await causes(found.id)).toEqual(['quashedFinal owed']);
  });

  it('tells every recipient for which allegation suspicion remains, once a second person confirmed it', async () => {
    const found = await quashed(true);
    await send('legal', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found, true, false));
    expect((await tried('legal', found.id, 'CONFIRM_SUSPICION')).status).toBe(409);
    const { state } = await send('reviewer', found.id, 'CONFIRM_SUSPICION');
    expect(state['suspicion']).toBe('confirmedSuspicion');
    const { items, told } = await corrections(found.id);
    expect(items).toMatchObject([
      { cause: 'quashedFinal', suspicion: 'decided', suspicionRemainsFor: [found.allegations[0]] },
      { cause: 'suspicionRemains', suspicion: 'notAsked' },
    ]);
    expect(items[1].recipients).toHaveLength(items[0].recipients.length);
    expect(told).toBe(2 * items[0].recipients.length);
    const kinds = (await referrals(found.id)).map(({ kind, corrected }) => `${kind} ${corrected}`);
    expect(kinds).toEqual(expect.arrayContaining(['exclusion true', 'suspicion false']));
  });

  it('says that suspicion no longer exists where none remains, and obliges nobody else', async () => {
    const found = await quashed(true);
    await send('officer', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found));
    const { state } = await send('reviewer', found.id, 'CONFIRM_SUSPICION');
    expect(state['suspicion']).toBe('confirmedNoSuspicion');
    expect(await causes(found.id)).toEqual(['quashedFinal decided', 'noSuspicionRemains notAsked']);
    expect((await referrals(found.id)).every(({ kind }) => kind === 'exclusion')).toBe(true);
  });

  it('starts again when the proposal is rejected or another correction comes between', async () => {
    const found = await quashed(true);
    await send('officer', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found, true));
    expect(
      (await send('reviewer', found.id, 'REJECT_SUSPICION', { reasons: 'Not thought through.' })).state['suspicion'],
    ).toBe('owed');
    await send('officer', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found, true));
    const { state } = await send('legal', found.id, 'CORRECT_FACTUAL_ERROR', { reasons: 'Another unit was meant.' });
    expect(state['suspicion']).toBe('owed');
    expect(await causes(found.id)).toEqual(['quashedFinal owed', 'factualError owed']);
  });

  it('is not asked again by a court that reinstates, and is asked when that is quashed in turn', async () => {
    const found = await quashed(false);
    const allegations = found.outcomes;
    const back = await send('decider', found.id, 'REINSTATE', { ...JUDGMENT, final: false, allegations });
    expect(back.state['suspicion']).toBe('undecided');
    expect(back.duties.deadlines.map(({ kind }) => kind)).not.toContain('correctionDecision');
    expect((await referrals(found.id)).some(({ corrected }) => corrected)).toBe(false);
    await send('legal', found.id, 'APPEAL', { court: 'Invented Court' });
    const again = await send('legal', found.id, 'QUASH', { ...JUDGMENT, final: true });
    expect(again.state['suspicion']).toBe('owed');
    expect(await causes(found.id)).toEqual(['quashedNotFinal reinstated', 'reinstated notAsked', 'quashedFinal owed']);
    expect((await referrals(found.id)).every(({ corrected }) => corrected)).toBe(true);
  });

  it.each([
    ['an error of fact was told of before', true],
    ['one of what it says stands no more', false],
  ])('leaves the mark on what a court reinstates where %s', async (_why, inError) => {
    const found = await aCaseAt(cast, 'excluded', {
      allegations: [GENOCIDE, { ...ROBBERY, stands: true, unclear: [] }],
    });
    if (inError) await send('legal', found.id, 'CORRECT_FACTUAL_ERROR', { reasons: 'Was abroad that day.' });
    await send('legal', found.id, 'APPEAL', { court: 'Invented Court' });
    await send('legal', found.id, 'QUASH', { ...JUDGMENT, final: false });
    const allegations = found.outcomes.map((one, index) => ({ ...one, stands: inError || index === 0 }));
    await send('decider', found.id, 'REINSTATE', { ...JUDGMENT, final: false, allegations });
    // One of the two authorities was told of the first allegation alone, which stands again.
    const marked = (await referrals(found.id)).filter(({ corrected }) => corrected);
    expect(marked).toHaveLength(inError ? 2 : 1);
    expect((await application.reconcile()).differences).toEqual([]);
  });

  it('stays open when a court reinstates while a mistaken identity is undecided, and access stays suspended', async () => {
    const found = await quashed(false);
    await send('legal', found.id, 'REPORT_MISTAKEN_IDENTITY', { reasons: 'A namesake was meant.' });
    const back = await send('decider', found.id, 'REINSTATE', {
      ...JUDGMENT,
      final: false,
      allegations: found.outcomes,
    });
    expect(back.state['suspicion']).toBe('owed');
    expect((await referrals(found.id)).filter(({ suspended }) => suspended)).toHaveLength(2);
  });

  it('suspends access at once for a mistaken identity, and not for a factual error', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    await send('legal', id, 'CORRECT_FACTUAL_ERROR', { reasons: 'Another unit was meant.' });
    expect(await referrals(id)).toEqual(
      Array.from({ length: 2 }, () => expect.objectContaining({ corrected: true, suspended: false })),
    );
    await send('decider', id, 'REPORT_MISTAKEN_IDENTITY', { reasons: 'A namesake was meant.' });
    await send('decider', id, 'REPORT_MISTAKEN_IDENTITY', { reasons: 'And so for every referral.' });
    expect((await referrals(id)).every(({ suspended }) => suspended)).toBe(true);
  });

  it('says after a mistaken identity that suspicion remains only with by what it was established anew who the person is', async () => {
    const found = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    await send('legal', found.id, 'REPORT_MISTAKEN_IDENTITY', { reasons: 'A namesake was meant.' });
    const refused = await tried('officer', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found, true));
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
    expect(refused.body.errors).toMatchObject([{ pointer: '/identityEstablished' }]);
    await send('officer', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found));
    await send('reviewer', found.id, 'REJECT_SUSPICION', { reasons: 'His own passport is on file.' });
    const identityEstablished = 'The invented consulate of another State confirmed the invented passport 0000.';
    await send('officer', found.id, 'PROPOSE_AFTER_CORRECTION', { ...remaining(found, true), identityEstablished });
    await send('reviewer', found.id, 'CONFIRM_SUSPICION');
    const { items } = await corrections(found.id);
    expect(items.map(({ cause }: { cause: string }) => cause)).toEqual(['mistakenIdentity', 'suspicionRemains']);
    const { text } = await people.get('legal')!.get(`/api/referrals/${items[1].recipients[0].referralId}/package`);
    expect(text).toContain(identityEstablished);
    const factual = { reasons: 'Another unit was meant.' };
    await send('legal', found.id, 'CORRECT_FACTUAL_ERROR', factual);
    await send('officer', found.id, 'PROPOSE_AFTER_CORRECTION', remaining(found, true));
  });

  it('calls back only the referrals that were transmitted unlawfully', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    const [wrong] = await referrals(id);
    const stranger = await tried('legal', id, 'REPORT_UNLAWFUL_TRANSMISSION', {
      reasons: 'Sent to the wrong unit.',
      referralIds: [randomUUID()],
    });
    expect(stranger.status).toBe(400);
    const key = randomUUID();
    const report = { reasons: 'Sent to the wrong unit.', referralIds: [wrong!.id] };
    expect((await tried('legal', id, 'REPORT_UNLAWFUL_TRANSMISSION', report, key)).status).toBe(200);
    expect((await tried('legal', id, 'REPORT_UNLAWFUL_TRANSMISSION', report, key)).status).toBe(200);
    expect((await referrals(id)).map(({ suspended }) => suspended)).toEqual([true, false]);
    const { items } = await corrections(id);
    expect(items).toHaveLength(1);
    expect(items[0].recipients).toHaveLength(1);
  });

  it('is refused to officers, and where nobody was told', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    const reasons = 'A namesake was meant.';
    expect((await tried('officer', id, 'REPORT_MISTAKEN_IDENTITY', { reasons })).status).toBe(403);
    expect((await tried('legal', id, 'REPORT_MISTAKEN_IDENTITY', { reasons })).body).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/nobody was told/),
    });
    expect(await corrections(id)).toEqual({ items: [], told: 0, received: 0, answered: 0, overdue: 0 });
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});

describe('a case that began under the first chart', () => {
  let application: TestApplication;
  afterAll(() => application?.close());

  it('goes on under it, until a judgment: then it is asked for each allegation, as the newest chart has it', async () => {
    application = await anApplication();
    const cast = await application.cast();
    const { id } = await aCaseAt(cast, 'approved');
    await application.rows('ALTER TABLE case_file DISABLE TRIGGER chart_moves_on');
    await application.rows(
      `UPDATE case_file c SET workflow_hash = w.hash, snapshot = jsonb_build_object('claim', c.snapshot -> 'claim',
         'assessment', c.snapshot -> 'assessment', 'suspicion', c.snapshot -> 'suspicion')
       FROM workflow w WHERE c.id = $1 AND w.kind = 'case' AND w.version = 1`,
      [id],
    );
    await application.rows('ALTER TABLE case_file ENABLE TRIGGER chart_moves_on');
    const allegations = (
      await application.rows<{ id: string; stands: boolean }>(
        `SELECT id, intended_to_stand AS stands FROM allegation WHERE case_id = $1`,
        [id],
      )
    ).map(({ id: allegationId, stands }) => ({ allegationId, stands, reasons: 'Follows from the record.' }));
    const send = (who: 'legal' | 'decider' | 'officer' | 'reviewer', type: string, more: object = {}) =>
      cast[who].post<{ state: Record<string, string> }>(`/api/cases/${id}/commands`, { type, ...more });
    await send('decider', 'DECIDE_EXCLUSION', { reasons: 'Serious reasons for considering.', allegations });
    await send('legal', 'APPEAL', { court: 'Invented Court' });
    await send('legal', 'QUASH', { ...JUDGMENT, final: true });
    const nothingLeft = { suspicion: false, reasons: 'Nothing is left of it.' };
    await expect(send('officer', 'PROPOSE_SUSPICION', nothingLeft)).rejects.toMatchObject({ status: 409 });
    const gone = allegations.map(({ allegationId }) => ({
      allegationId,
      remains: false,
      reasons: 'Nothing is left of it.',
    }));
    await send('officer', 'PROPOSE_AFTER_CORRECTION', { ...nothingLeft, allegations: gone });
    const { state } = await send('reviewer', 'CONFIRM_SUSPICION');
    expect(state['suspicion']).toBe('confirmedNoSuspicion');
    expect(await application.rows('SELECT reason FROM correction WHERE case_id = $1 ORDER BY at', [id])).toEqual([
      { reason: 'quashedFinal' },
      { reason: 'noSuspicionRemains' },
    ]);
  });
});
