import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt, GENOCIDE } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

const JUDGMENT = { court: 'Invented Court', reasons: 'As the court says.' };
const ON_GOING = { type: 'GIVE_FEEDBACK', feedback: 'opened', text: 'Invented words.' };

describe('feedback on what was corrected', () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
  });
  afterAll(() => application?.close());

  const send = async (who: string, id: string, type: string, more: object = {}): Promise<void> => {
    const { status, body } = await (await application.as(who)).post(`/api/cases/${id}/commands`, { type, ...more });
    expect({ type, status, because: body['because'] }).toEqual({ type, status: 200, because: undefined });
  };
  const ask = async (referralId: string, body: object): Promise<number> =>
    (await (await application.as('prosecutor')).post(`/api/referrals/${referralId}/commands`, body)).status;
  /** The prosecution's newest referral of this kind, acknowledged by it. */
  const acknowledged = async (caseId: string, kind: 'exclusion' | 'correction'): Promise<string> => {
    const [told] = await eventually(() =>
      application.rows<{ id: string; sha: string }>(
        `SELECT r.id, r.body_sha256 AS sha FROM referral r JOIN authority a ON a.id = r.authority_id
         JOIN receipt p ON p.referral_id = r.id LEFT JOIN acknowledgement k ON k.referral_id = r.id
         WHERE r.case_id = $1 AND r.kind = $2 AND a.code = 'demo-prosecution' AND k.referral_id IS NULL`,
        [caseId, kind],
      ),
    );
    expect(await ask(told!.id, { type: 'ACKNOWLEDGE', packageSha256: told!.sha })).toBe(200);
    return told!.id;
  };
  /** Of each feedback clock of this referral, the first that began first, whether it runs. */
  const runs = async (id: string): Promise<boolean[]> =>
    (
      await application.rows<{ runs: boolean }>(
        `SELECT met_at IS NULL AND ended_at IS NULL AS runs FROM deadline WHERE subject_id = $1 AND kind = 'feedback' ORDER BY starts_at`,
        [id],
      )
    ).map((row) => row.runs);
  const nextDueAt = async (id: string) =>
    (await (await application.as('prosecutor')).get(`/api/referrals/${id}`)).body.nextDueAt;
  const asErased = async (caseId: string): Promise<void> => {
    const correction = await acknowledged(caseId, 'correction');
    const answer = { type: 'ANSWER_CORRECTION', answer: 'erased', law: 'an invented code, Article 2' };
    expect(await ask(correction, answer)).toBe(200);
  };

  it('is awaited no more of whom the file was taken from', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const exclusion = await acknowledged(id, 'exclusion');
    expect(await runs(exclusion)).toEqual([true]);
    await send('legal', id, 'REPORT_MISTAKEN_IDENTITY', { reasons: 'A namesake was meant.' });
    expect(await runs(exclusion)).toEqual([false]);
    expect(await nextDueAt(exclusion)).toBeNull();
    expect(await ask(exclusion, ON_GOING)).toBe(200);
    expect(await runs(exclusion)).toEqual([false]);
  });

  it('or anything else is not said to be due from a recipient by the clock of who sends', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const exclusion = await acknowledged(id, 'exclusion');
    await ask(exclusion, { ...ON_GOING, feedback: 'disposed' });
    const refer = `UPDATE deadline SET met_at = $2 WHERE subject_id = $1 AND kind = 'refer' RETURNING due_at`;
    const arrived = `SELECT met_at FROM deadline WHERE subject_id = $1 AND kind = 'refer'`;
    const { rows } = await application.owner.query<{ met_at: Date }>(arrived, [exclusion]);
    expect((await application.owner.query(refer, [exclusion, null])).rowCount).toBe(1);
    expect(await nextDueAt(exclusion)).toBeNull();
    await application.owner.query(refer, [exclusion, rows[0]!.met_at]);
  });

  it('is awaited no more of who answered that it erased the file, and anew where that stands again', async () => {
    const { id, outcomes } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const exclusion = await acknowledged(id, 'exclusion');
    await send('legal', id, 'APPEAL', { court: 'Invented Court' });
    await send('legal', id, 'QUASH', { ...JUDGMENT, final: false });
    expect(await runs(exclusion)).toEqual([true]);
    await asErased(id);
    expect(await runs(exclusion)).toEqual([false]);
    const hold = { kind: 'preserve', legalBasis: 'an invented code, section 9', reasons: 'An invented search.' };
    const held = await (await application.as('prosecutor')).post(`/api/referrals/${exclusion}/holds`, hold);
    expect({ status: held.status, code: held.body['code'] }).toEqual({ status: 409, code: 'conflict' });
    expect(await nextDueAt(exclusion)).toBeNull();
    expect(await ask(exclusion, ON_GOING)).toBe(200);
    expect(await runs(exclusion)).toEqual([false]);
    await send('decider', id, 'REINSTATE', { ...JUDGMENT, final: false, allegations: outcomes });
    expect((await runs(exclusion)).filter(Boolean)).toHaveLength(1);
  });

  it('goes on being awaited of who keeps the file', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { allegations: [GENOCIDE] });
    const exclusion = await acknowledged(id, 'exclusion');
    await send('legal', id, 'CORRECT_FACTUAL_ERROR', { reasons: 'Another unit was meant.' });
    const correction = await acknowledged(id, 'correction');
    const answer = { type: 'ANSWER_CORRECTION', answer: 'retainedAsEvidence', law: 'an invented code, Article 2' };
    expect(await ask(correction, answer)).toBe(200);
    expect(await runs(exclusion)).toEqual([true]);
    expect(await ask(exclusion, ON_GOING)).toBe(200);
    expect((await runs(exclusion)).filter(Boolean)).toHaveLength(1);
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    expect((await application.verifyAudit()).findings).toEqual([]);
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
