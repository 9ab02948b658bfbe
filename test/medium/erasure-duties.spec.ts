import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { eraseCase } from '../../src/cases/erasure.js';
import { accountId } from '../../src/demo/seed.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { ErasureLedger } from '../../src/platform/keys/erasure-ledger.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseAt } from '../factories/case-walk.js';
import { aClosedCase, type ClosedCase, settleReferral, toldOf } from '../factories/closed-case.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';
import { erasedAgain } from '../support/erased.js';

const WANTED = { basis: 'an invented order' };
const [one, two] = [accountId('operator'), accountId('auditor')];
const A_HOLD = { kind: 'preserve', legalBasis: 'an invented code', reasons: 'It is searched.' };

/** No erasure ends what somebody waits for, and nothing is begun in a case that is erased. */
describe('an erasure', () => {
  let application: TestApplication;
  let folder: string;
  let ledger: ErasureLedger;
  let prosecutor: Person;

  beforeAll(async () => {
    application = await anApplication();
    prosecutor = await application.as('prosecutor');
    folder = mkdtempSync(join(tmpdir(), 'f1-erasure-duties-'));
    ledger = new ErasureLedger(join(folder, 'erasures.jsonl'), keysFrom(application.config).signing);
  });
  afterAll(async () => {
    await application?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const means = () => ({ ledger, keys: keysFrom(application.config) });
  const erase = ({ reference }: { reference: string }, actorId: string) =>
    asOwner(application.database.ownerUrl, (owner) => eraseCase(owner, means(), { reference, actorId, ...WANTED }));
  const refused = async (file: { reference: string }) => {
    const said = (await erase(file, one).catch((error: unknown) => error)) as {
      code: string;
      data: { because: string[] };
    };
    expect(said).toMatchObject({ code: 'erasureRefused' });
    return said.data.because;
  };
  const past = ({ id }: { id: string }) =>
    application.rows('UPDATE data_key SET wrapped = NULL, erased_at = f1_now() WHERE case_id = $1', [id]);
  const running = async ({ id }: { id: string }) =>
    (
      await application.rows<{ kind: string }>(
        'SELECT DISTINCT kind FROM deadline WHERE case_id = $1 AND met_at IS NULL AND ended_at IS NULL ORDER BY 1',
        [id],
      )
    ).map(({ kind }) => kind);
  const named = async (id: string): Promise<ClosedCase> => {
    const [row] = await application.rows<{ reference: string }>('SELECT reference FROM case_file WHERE id = $1', [id]);
    return { id, reference: row!.reference };
  };

  it('is refused where only the decision is missing, by the command and past it, and ends no clock', async () => {
    const file = await named((await aCaseAt(await application.cast(), 'approved')).id);
    expect(await refused(file)).toEqual([expect.stringContaining('the examination has not ended')]);
    await expect(past(file)).rejects.toMatchObject({ code: 'F1016', message: expect.stringContaining('decision') });
    expect(await running(file)).toEqual(['decision', 'examinationLimit']);
    expect(await application.rows('SELECT FROM erasure WHERE case_id = $1', [file.id])).toEqual([]);
  });

  it('is refused where a suspicion was told, until its recipients need the file no more', async () => {
    const file = await aClosedCase(application, true);
    const told = await toldOf(application, file.id);
    expect(told).toHaveLength(2);
    expect(await refused(file)).toEqual([expect.stringContaining('has not acknowledged')]);
    for (const referral of told) await settleReferral(application, referral);
    expect(await refused(file)).toEqual([expect.stringContaining('has access to the file')]);
    await expect(past(file)).rejects.toMatchObject({ code: 'F1016', message: expect.stringContaining('grant') });
    const legal = await application.as('legal');
    const grants = await application.rows<{ id: string; referral_id: string }>(
      'SELECT id, referral_id FROM access_grant WHERE case_id = $1',
      [file.id],
    );
    for (const { id, referral_id } of grants) {
      const revoked = await legal.post(`/api/referrals/${referral_id}/grants/${id}/revoke`, {
        reason: 'It is closed.',
      });
      expect(revoked.status).toBe(200);
    }
    expect(await erase(file, one)).toMatchObject({ outcome: 'asked' });
  });

  it('is refused while recipients have not answered a correction', async () => {
    const file = await aClosedCase(application, true);
    const told = await toldOf(application, file.id);
    const legal = await application.as('legal');
    const corrected = await legal.post(`/api/cases/${file.id}/commands`, {
      type: 'REPORT_UNLAWFUL_TRANSMISSION',
      referralIds: told.map(({ id }) => id),
      reasons: 'It was sent on an invented law that does not allow it.',
    });
    expect(corrected.status).toBe(200);
    await toldOf(application, file.id);
    const because = await refused(file);
    expect(because).toContainEqual(expect.stringMatching(/not acknowledged|not answered a correction/));
    await expect(past(file)).rejects.toMatchObject({ code: 'F1016' });
    expect(await application.rows('SELECT FROM data_key WHERE case_id = $1 AND wrapped IS NULL', [file.id])).toEqual(
      [],
    );
  });

  it('lets nothing take effect that waited for it, neither of a recipient nor in the case', async () => {
    const file = await aClosedCase(application, true);
    const told = await toldOf(application, file.id);
    const id = told.find(({ reader }) => reader === 'prosecutor')!.id;
    // Everything is over but for what is staged: no recipient ever opened it.
    await application.rows(
      'UPDATE deadline SET met_at = f1_now() WHERE case_id = $1 AND met_at IS NULL AND ended_at IS NULL',
      [file.id],
    );
    await erase(file, one);
    const slow = new pg.Client({ connectionString: application.database.ownerUrl });
    await slow.connect();
    await slow.query('BEGIN');
    await eraseCase(slow, means(), { reference: file.reference, actorId: two, ...WANTED });
    const officer = await application.as('officer');
    const late = Promise.all([
      prosecutor.post(`/api/referrals/${id}/holds`, A_HOLD),
      officer.post(`/api/cases/${file.id}/submissions`, { kind: 'other', text: 'Too late.', from: 'counsel' }),
    ]);
    const waiting = 'SELECT DISTINCT pid FROM pg_locks WHERE NOT granted';
    for (let look = 0; look < 200 && (await application.rows(waiting)).length < 2; look++) await setTimeout(50);
    const waited = (await application.rows(waiting)).length;
    await slow.query('COMMIT');
    await slow.end();
    expect([waited, ...(await late).map(({ status }) => status)]).toEqual([2, 404, 404]);
    for (const table of ['hold', 'submission'])
      expect(await application.rows(`SELECT FROM ${table} WHERE case_id = $1`, [file.id])).toEqual([]);
    const [last] = await application.rows(
      'SELECT type FROM event WHERE case_id = $1 ORDER BY at DESC, seq DESC LIMIT 1',
      [file.id],
    );
    expect(last).toEqual({ type: 'ERASE_CONTENT' });
  });

  it('of a restored case leaves a hold that was asked for ungranted for ever, whoever writes', async () => {
    const file = await aClosedCase(application, true);
    const told = await toldOf(application, file.id);
    const asked = await prosecutor.post(
      `/api/referrals/${told.find(({ reader }) => reader === 'prosecutor')!.id}/holds`,
      A_HOLD,
    );
    expect(asked.status).toBe(201);
    expect(await refused(file)).toContainEqual(expect.stringContaining('a hold is asked for and undecided'));
    await erasedAgain(application.database.ownerUrl, file.id);
    const granted = application.rows(
      `UPDATE hold SET granted = true, sealed_decision = '', decided_by = $2, decided_at = f1_now(),
         valid_until = f1_now() + interval '1 day' WHERE id = $1`,
      [asked.body.id, accountId('legal')],
    );
    await expect(granted).rejects.toMatchObject({ code: 'F1034' });
    const opened = application.rows(
      `INSERT INTO access_grant (id, referral_id, case_id, authority_id, user_id, purpose, sealed, opened_by, valid_from, valid_until)
       SELECT $2, id, case_id, authority_id, $3, 'investigation', '', $3, f1_now(), f1_now() + interval '1 day'
       FROM referral WHERE id = $1`,
      [told[0]!.id, randomUUID(), accountId('prosecutor')],
    );
    await expect(opened).rejects.toMatchObject({ code: 'F1034' });
  });

  it('that was repeated after a restore is no difference, and one that ended a duty is', async () => {
    expect((await application.reconcile()).differences).toEqual([]);
    const file = await named((await aCaseAt(await application.cast(), 'approved')).id);
    await application.rows('ALTER TABLE data_key DISABLE TRIGGER open_duty_keeps_key');
    await past(file);
    await application.rows('ALTER TABLE data_key ENABLE TRIGGER open_duty_keeps_key');
    await application.rows(
      `UPDATE deadline d SET ended_at = k.erased_at FROM data_key k WHERE k.case_id = d.case_id AND d.case_id = $1
         AND met_at IS NULL AND ended_at IS NULL`,
      [file.id],
    );
    const { ok, differences } = await application.reconcile();
    expect({ ok, differences }).toEqual({
      ok: false,
      differences: [{ kind: null, what: 'erasedWithOpenDuty', causeId: file.id, obligationId: null, authority: null }],
    });
  });
});
