import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eraseCase, keepCase } from '../../src/cases/erasure.js';
import { accountId } from '../../src/demo/seed.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { ErasureLedger } from '../../src/platform/keys/erasure-ledger.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseAt } from '../factories/case-walk.js';
import { aClosedCase } from '../factories/closed-case.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { Manipulation } from '../support/manipulated.js';

/** Column by column, what a superuser changes past every trigger in an appealed decision, its correction, a departure, clocks and erasures. */
describe('a column that somebody changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-columns-'));
  const [one, two] = [accountId('operator'), accountId('auditor')];
  let application: TestApplication;
  let manipulation: Manipulation;

  const changed = async (table: string, change: string) =>
    new Set((await manipulation.after([table], `UPDATE ${table} SET ${change}`)).verify);
  const idsIn = async (table: string, which: string) =>
    (await application.rows<{ id: string }>(`SELECT id FROM ${table} WHERE ${which}`)).map(({ id }) => id);

  beforeAll(async () => {
    application = await anApplication();
    const cast = await application.cast();
    const { id, outcomes } = await aCaseAt(cast, 'excluded');
    const send = (who: 'legal' | 'decider', type: string, more: object) =>
      cast[who].post(`/api/cases/${id}/commands`, { type, ...more });
    const expectedOn = new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10);
    const body = { expectedOn, source: 'An invented list of flights.' };
    await (await application.as('officer')).put(`/api/cases/${id}/departure`, body);
    const judgment = { court: 'Invented Court', reasons: 'As the court says.' };
    await send('legal', 'APPEAL', { court: 'Invented Court' });
    await send('legal', 'QUASH', { ...judgment, final: false });
    await send('decider', 'REINSTATE', { ...judgment, final: false, allegations: outcomes });
    const keys = keysFrom(application.config);
    const means = { ledger: new ErasureLedger(join(folder, 'erasures.jsonl'), keys.signing), keys };
    const closed = await aClosedCase(application);
    for (const basis of ['order 7', 'order 8'])
      await asOwner(application.database.ownerUrl, async (owner) => {
        const { reference } = closed;
        expect(await eraseCase(owner, means, { reference, basis, actorId: one })).toMatchObject({ outcome: 'asked' });
        if (basis === 'order 7') await keepCase(owner, { reference, actorId: two });
      });
    manipulation = await Manipulation.of(application);
  });
  afterAll(async () => {
    await manipulation?.end();
    await application?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is none before', async () => {
    expect(await manipulation.found()).toEqual({ verify: [], reconcile: [] });
  });

  it.each([
    ['appeal', 'final = NOT final', 'final IS NOT NULL'],
    ['appeal', `decision_id = (SELECT id FROM decision ORDER BY decided_at DESC LIMIT 1)`, `outcome = 'quashed'`],
    ['departure', `expected_at = expected_at + interval '1 hour'`, 'true'],
    ['correction', `reason = 'factualError'`, 'true'],
    ['correction', 'decision_id = NULL', 'decision_id IS NOT NULL'],
    [
      'correction',
      `decision_id = (SELECT id FROM decision ORDER BY decided_at DESC LIMIT 1)`,
      `reason LIKE 'quashed%'`,
    ],
    ['correction', `at = at - interval '1 day'`, 'true'],
    ['erasure', `basis = 'another order'`, 'true'],
    ['erasure', `asked_by = '${two}'`, 'true'],
    ['erasure', `asked_at = asked_at + interval '1 day'`, 'true'],
    ['erasure', `case_id = (SELECT case_id FROM decision LIMIT 1)`, 'ended_at IS NULL'],
    ['erasure', `ended_by = '${one}'`, 'ended_at IS NOT NULL'],
    ['erasure', `ended_at = NULL, ended_by = NULL, case_id = gen_random_uuid()`, 'ended_at IS NOT NULL'],
    ['deadline', `case_id = (SELECT id FROM case_file WHERE id <> case_id LIMIT 1)`, `kind = 'acknowledge'`],
    ['deadline', 'met_at = NULL', `kind = 'refer' AND met_at IS NOT NULL`],
  ])('of %s is named: %s', async (table, change, which) => {
    const ids = await idsIn(table, which);
    expect(ids).not.toEqual([]);
    const verify = await changed(table, `${change} WHERE ${which}`);
    for (const id of ids) expect(verify).toContain(`rowChanged ${table}/${id}`);
  });

  it.each([
    ['ground', `'1F(b)'`],
    ['scope', `'subsidiaryProtection'`],
  ])('is named beside what a decision says of an allegation: its %s', async (column, to) => {
    const verify = await changed('decision_allegation', `${column} = ${to}`);
    expect(verify).toEqual(new Set((await idsIn('decision', 'true')).map((id) => `rowChanged decision/${id}`)));
  });

  it('is named where an erasure that was asked for is gone, or nobody asked for one', async () => {
    const gone = (await manipulation.after(['erasure'], 'DELETE FROM erasure WHERE ended_at IS NULL')).verify;
    expect(gone).toEqual((await idsIn('erasure', 'ended_at IS NULL')).map((id) => `rowMissing erasure/${id}`));
    const id = '0b0c0000-0000-4000-8000-00000000e001';
    const invented = `INSERT INTO erasure (id, case_id, basis, asked_by, asked_at)
      SELECT '${id}', case_id, 'none', '${one}', now() FROM decision LIMIT 1`;
    expect((await manipulation.after(['erasure'], invented)).verify).toEqual([`rowChanged erasure/${id}`]);
  });

  it.each([
    ['deleted', `DELETE FROM deadline WHERE kind = 'refer'`],
    ['made one of another kind', `UPDATE deadline SET kind = 'review' WHERE kind = 'refer'`],
    ['begun at another time', `UPDATE deadline SET starts_at = starts_at - interval '1 hour' WHERE kind = 'refer'`],
    ['turned to something else', `UPDATE deadline SET subject_id = gen_random_uuid() WHERE kind = 'refer'`],
  ])('is named where a clock was %s', async (_how, statement) => {
    const referrals = await idsIn('referral', 'true');
    const { verify } = await manipulation.after(['deadline'], statement);
    expect(verify).toEqual(expect.arrayContaining(referrals.map((id) => `rowMissing referral/${id}#1`)));
  });

  it('is not asked of what an event or an act of an earlier release does not tell', async () => {
    const { verify } = await manipulation.after(
      ['event', 'access_log'],
      `UPDATE event SET facets = facets - 'correction' - 'expectedAt' - 'clocks'`,
      `UPDATE access_log SET detail = detail - 'at' - 'basisSha256' WHERE action IN ('ask Erasure', 'end Erasure')`,
    );
    expect(verify.filter((found) => /^row/.test(found))).toEqual([]);
    const none = await manipulation.after(['access_log'], `DELETE FROM access_log WHERE action = 'ask Erasure'`);
    expect(none.verify.filter((found) => /^row/.test(found))).toEqual([]);
  });
});
