import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { aCaseAt } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

describe('what still stands after a correction', () => {
  let application: TestApplication;
  let cast: Cast;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
  });
  afterAll(() => application.close());

  const send = (who: 'officer' | 'legal' | 'decider' | 'reviewer', id: string, type: string, more: object = {}) =>
    cast[who].post(`/api/cases/${id}/commands`, { type, ...more });
  /** How many exclusion referrals of a case stand, and how many are marked as corrected. */
  const exclusions = async (id: string): Promise<{ standing: number; corrected: number }> => {
    const rows = await application.rows<{ standing: number; corrected: number }>(
      `SELECT count(*) FILTER (WHERE corrected_at IS NULL)::int AS standing,
         count(*) FILTER (WHERE corrected_at IS NOT NULL)::int AS corrected
       FROM referral WHERE case_id = $1 AND kind = 'exclusion'`,
      [id],
    );
    return rows[0]!;
  };

  it('leaves an exclusion told that nobody set aside, although no suspicion is confirmed', async () => {
    const { id } = await aCaseAt(cast, 'excluded');
    await send('officer', id, 'PROPOSE_SUSPICION', {
      suspicion: false,
      reasons: 'Looked at apart from the exclusion.',
    });
    await send('reviewer', id, 'CONFIRM_SUSPICION');
    expect(await exclusions(id)).toEqual({ standing: 2, corrected: 0 });
    expect(await application.rows('SELECT FROM correction WHERE case_id = $1', [id])).toEqual([]);
  });

  it('reaches every exclusion when a reinstated one is quashed again', async () => {
    const { id, outcomes } = await aCaseAt(cast, 'excluded');
    const judgment = { court: 'Invented Court', reasons: 'As the court says.' };
    await send('legal', id, 'APPEAL', { court: 'Invented Court' });
    await send('legal', id, 'QUASH', { ...judgment, final: false });
    expect(await exclusions(id)).toEqual({ standing: 0, corrected: 2 });
    await send('decider', id, 'REINSTATE', { ...judgment, final: false, allegations: outcomes });
    await send('legal', id, 'APPEAL', { court: 'Invented Court' });
    await send('legal', id, 'QUASH', { ...judgment, final: true });
    expect(await exclusions(id)).toEqual({ standing: 0, corrected: 4 });
  });

  it('leaves the reconciler and the audit with nothing to say', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    expect((await application.verifyAudit()).findings).toEqual([]);
  });
});
