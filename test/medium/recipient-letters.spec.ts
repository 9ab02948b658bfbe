import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { Config } from '../../src/platform/config/config.js';
import { catalogueOf } from '../../src/platform/database/catalogue.js';
import { SettingsAndLists1763700000033 } from '../../src/platform/database/migrations/1763700000033-settings-and-lists.js';
import { OperatorActs1763700000038 } from '../../src/platform/database/migrations/1763700000038-operator-acts.js';
import { RecipientLetters1763700000041 } from '../../src/platform/database/migrations/1763700000041-recipient-letters.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const REFUSED = '42501';

describe('the database, of letters of recipients', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let folder: string;
  let file: CaseFileIds;
  let referral: string;
  let document: string;
  /** SHA-256 of the file that was sent. */
  let sent: string;

  beforeAll(async () => {
    database = await aDatabase();
    folder = mkdtempSync(join(tmpdir(), 'f1-letters-'));
    await seedDemo(database.ownerUrl, folder);
    [owner, api] = [database.ownerUrl, database.apiUrl].map(
      (connectionString) => new pg.Client({ connectionString }),
    ) as [pg.Client, pg.Client];
    await Promise.all([owner.connect(), api.connect()]);
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    const by = accountId('officer');
    file = await aCaseFile(owner, { keys, unit: 'central', by, authorities: [authorityId('demo-war-crimes-unit')] });
    referral = file.referralIds[0]!;
    const hash = 'SELECT body_sha256 AS sent FROM referral WHERE id = $1';
    sent = (await owner.query<{ sent: string }>(hash, [referral])).rows[0]!.sent;
    // Its own people said it here; here it is said by letter.
    await owner.query('DELETE FROM acknowledgement');
    document = (await owner.query<{ id: string }>('SELECT id FROM document WHERE case_id = $1', [file.caseId])).rows[0]!
      .id;
  });
  afterAll(async () => {
    await Promise.all([owner, api].map((client) => client?.end()));
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => channel('paper'));

  const channel = (name: string) =>
    owner.query('UPDATE authority SET channel = $2 WHERE id = $1', [authorityId('demo-war-crimes-unit'), name]);
  /** As this account, in a transaction of its own: the code with which it was refused, or 'done'. */
  const as = async (username: string, text: string, values: unknown[]): Promise<string> => {
    await api.query('BEGIN');
    await api.query(`SELECT set_config('f1.actor', $1, true)`, [accountId(username)]);
    const done = await api.query(text, values).then(
      ({ rowCount }) => (rowCount === 0 ? 'nothing' : 'done'),
      ({ code }: { code: string }) => code,
    );
    await api.query(done === 'done' ? 'COMMIT' : 'ROLLBACK');
    return done;
  };
  const letter = async (
    by: string,
    says: string,
    outcome: string | null = 'recorded',
    recorder = by,
    named = says === 'ACKNOWLEDGE' ? sent : null,
  ) => {
    const id = randomUUID();
    const text = `INSERT INTO recipient_letter (id, referral_id, case_id, says, written_on, document_id, sealed, recorded_by, recorded_at, outcome,
        file_sha256) VALUES ($1, $2, $3, $4, '2026-01-02', $5, 'x', $6, f1_now(), $7, $8)`;
    const values = [id, referral, file.caseId, says, document, accountId(recorder), outcome, named];
    return { id, done: await as(by, text, values) };
  };
  const confirm = (by: string, id: string, decider = by) =>
    as(by, `UPDATE recipient_letter SET outcome = 'confirmed', decided_by = $2, decided_at = f1_now() WHERE id = $1`, [
      id,
      accountId(decider),
    ]);
  const feedback = (by: string, letterId: string | null, { clears = false, ends = false } = {}) =>
    as(
      by,
      `INSERT INTO feedback (id, referral_id, case_id, kind, outcome, ends, clears, question_ids, sealed, given_by, given_at, letter_id)
       VALUES ($1, $2, $3, 'outcome', 'acquitted', $7, $4, '{}', 'x', $5, f1_now(), $6)`,
      [randomUUID(), referral, file.caseId, clears, accountId(by), letterId, ends],
    );
  const answer = (by: string, letterId: string | null, says: string) =>
    as(
      by,
      `INSERT INTO correction_answer (id, referral_id, case_id, answer, sealed, answered_by, answered_at, letter_id)
       VALUES ($1, $2, $3, $4, 'x', $5, f1_now(), $6)`,
      [randomUUID(), referral, file.caseId, says, accountId(by), letterId],
    );
  const acknowledge = (by: string, letterId: string | null) =>
    as(
      by,
      `INSERT INTO acknowledgement (referral_id, case_id, acknowledged_by, acknowledged_at, letter_id) VALUES ($1, $2, $3, f1_now(), $4)`,
      [referral, file.caseId, accountId(by), letterId],
    );

  it('lets who records post record one in the own name, and nobody else', async () => {
    expect((await letter('officer', 'GIVE_FEEDBACK')).done).toBe('done');
    for (const name of ['reviewer', 'legal', 'officer-north', 'war-crimes', 'prosecutor', 'auditor'])
      expect({ name, done: (await letter(name, 'GIVE_FEEDBACK')).done }).toEqual({ name, done: REFUSED });
    expect((await letter('officer', 'GIVE_FEEDBACK', 'recorded', 'decider')).done).toBe(REFUSED);
  });

  it('takes none for an inbox with people, and takes it once they have gone', async () => {
    await channel('inbox');
    expect((await letter('officer', 'ACKNOWLEDGE')).done).toBe(REFUSED);
    await owner.query('UPDATE app_user SET disabled_at = f1_now() WHERE id = $1', [accountId('war-crimes')]);
    expect((await letter('officer', 'ACKNOWLEDGE')).done).toBe('done');
    await owner.query('UPDATE app_user SET disabled_at = NULL WHERE id = $1', [accountId('war-crimes')]);
  });

  it('lets nobody on the case write what a recipient says without a letter that says it', async () => {
    const { id } = await letter('officer', 'GIVE_FEEDBACK');
    expect([
      await acknowledge('officer', null),
      await acknowledge('officer', id),
      await feedback('officer', null),
      await feedback('decider', id),
      await answer('officer', null, 'restricted'),
      await answer('officer', id, 'restricted'),
    ]).toEqual(Array(6).fill(REFUSED));
    expect(await feedback('officer', id)).toBe('done');
    const posted = await letter('officer', 'ACKNOWLEDGE');
    expect(await acknowledge('officer', posted.id)).toBe(REFUSED); // who recorded its hand-over
    const second = await letter('decider', 'ACKNOWLEDGE');
    expect(await acknowledge('decider', second.id)).toBe('done');
  });

  it('lets what weighs be written only by the second person who confirmed its letter', async () => {
    const alone = await letter('officer', 'ANSWER_CORRECTION');
    expect(await answer('officer', alone.id, 'erased')).toBe(REFUSED);
    for (const how of [{ clears: true }, { ends: true }])
      expect(await feedback('officer', (await letter('officer', 'GIVE_FEEDBACK')).id, how)).toBe(REFUSED);

    const { id } = await letter('officer', 'ANSWER_CORRECTION', null);
    expect(await answer('officer', id, 'erased')).toBe(REFUSED);
    expect(await confirm('officer', id)).toBe('23514');
    expect(await confirm('officer', id, 'decider')).toBe(REFUSED);
    expect(await confirm('reviewer', id)).toBe(REFUSED);
    expect(await confirm('officer-north', id)).toBe('nothing');
    expect(await confirm('decider', id)).toBe('done');
    expect(await confirm('interviewer', id)).toBe('nothing');
    expect(await answer('officer', id, 'erased')).toBe(REFUSED);
    expect(await answer('decider', id, 'erased')).toBe('done');
    expect(await answer('decider', id, 'erased')).toBe('23505');
  });

  it('takes what acknowledges without naming the file that was sent from two persons only', async () => {
    await owner.query('DELETE FROM acknowledgement');
    expect((await letter('decider', 'ACKNOWLEDGE', 'recorded', 'decider', null)).done).toBe('23514');
    expect((await letter('decider', 'ACKNOWLEDGE', 'recorded', 'decider', 'a'.repeat(64))).done).toBe(REFUSED);
    expect((await letter('decider', 'GIVE_FEEDBACK', 'recorded', 'decider', sent)).done).toBe('23514');
    const { id, done } = await letter('decider', 'ACKNOWLEDGE', null, 'decider', null);
    expect(done).toBe('done');
    const alone = `UPDATE recipient_letter SET outcome = 'recorded' WHERE id = '${id}'`;
    expect(await as('decider', alone, [])).toBe(REFUSED);
    await expect(owner.query(alone)).rejects.toMatchObject({ code: '23514' });
    expect(await acknowledge('decider', id)).toBe(REFUSED);
    expect(await confirm('interviewer', id)).toBe('done');
    expect(await acknowledge('interviewer', id)).toBe('done');
  });

  it.each([
    ['letters of recipients', new RecipientLetters1763700000041(), undefined],
    [
      'acts of operators',
      new OperatorActs1763700000038(),
      `INSERT INTO access_log (id, action, resource, outcome) VALUES ($1, 'apply Settings', 'settings', 'done')`,
    ],
    [
      'changes of settings',
      new SettingsAndLists1763700000033(),
      `INSERT INTO settings_change (id, sha256, changes, asked_by, asked_at, valid_until)
       SELECT $1, repeat('0', 64), '[]', id, now(), now() + interval '1 day' FROM app_user WHERE username = 'operator'`,
    ],
  ])('is not undone while there are %s', async (what, migration, row) => {
    if (row !== undefined) await owner.query(row, [randomUUID()]);
    const catalogue = () => catalogueOf(async (text) => (await owner.query(text)).rows);
    const before = await catalogue();
    await expect(migration.down(owner as never)).rejects.toMatchObject({
      code: 'F1065',
      message: expect.stringContaining(`not undone while there are ${what}`),
    });
    expect(await catalogue()).toEqual(before);
  });
});
