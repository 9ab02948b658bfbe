import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { Config } from '../../src/platform/config/config.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { ObligationGaps1763700000029 } from '../../src/platform/database/migrations/1763700000029-obligation-gaps.js';
import { Unblockings1763700000032 } from '../../src/platform/database/migrations/1763700000032-unblockings.js';
import { aCaseFile } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const BY_TWO = 'F1062';

/** In plain SQL, as the API's role and with a person's name: what the program would refuse before. */
describe.each(['persecution_actor', 'third_person'])('a row of %s', (table) => {
  let database: TestDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let folder: string;
  let caseId: string;
  let row: string;

  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };

  beforeAll(async () => {
    database = await aDatabase();
    folder = mkdtempSync(join(tmpdir(), 'f1-unblocking-'));
    await seedDemo(database.ownerUrl, folder);
    owner = await connect(database.ownerUrl);
    api = await connect(database.apiUrl);
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    const by = accountId('officer');
    const file = { keys, unit: 'central', by, authorities: [authorityId('demo-prosecution')] };
    ({ caseId } = await aCaseFile(owner, file));
  });

  beforeEach(async () => {
    row = randomUUID();
    const barring =
      table === 'persecution_actor'
        ? `INSERT INTO persecution_actor (id, case_id, country, sealed, recorded_by) VALUES ($1, $2, 'CD', '\\x00', $3)`
        : `INSERT INTO third_person (id, case_id, category, relation, countries, sealed, recorded_by, recorded_at)
           VALUES ($1, $2, 'witness', 'none', '{CD}', '\\x00', $3, now())`;
    await owner.query(barring, [row, caseId, accountId('officer')]);
  });

  afterAll(async () => {
    await Promise.all([owner, api].map((client) => client.end()));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Answers how many rows it wrote, or with what SQLSTATE it was refused. `$1` is what bars, `$2` the officer, `$3` the interviewer. */
  const as = async (username: string, statement: string): Promise<number | string> => {
    await api.query(`SELECT set_config('f1.actor', $1, false)`, [accountId(username)]);
    const named = `WITH named AS (SELECT $1::uuid AS row, $2::uuid AS officer, $3::uuid AS interviewer) ${statement}`;
    return api
      .query(named, [row, accountId('officer'), accountId('interviewer')])
      .then(({ rowCount }) => rowCount ?? 0)
      .catch(({ code }: { code: string }) => code);
  };
  /** What was ended before is no part of what is looked at. */
  const forgetEnded = () => owner.query('DELETE FROM unblocking WHERE outcome IS NOT NULL');
  const kind = table === 'persecution_actor' ? 'persecutionActor' : 'thirdPerson';
  const asks = (who: string) =>
    `INSERT INTO unblocking (id, case_id, kind, subject_id, asked_by, asked_at)
     SELECT gen_random_uuid(), '${caseId}', '${kind}', row, ${who}, now() FROM named`;
  const change = (set: string) => `UPDATE ${table} SET ${set} FROM named WHERE id = row`;
  const withdraws = (who: string) => change(`withdrawn_by = ${who}, withdrawn_at = now()`);
  const ends = (outcome: string, who: string) =>
    `UPDATE unblocking SET outcome = '${outcome}', ended_by = ${who}, ended_at = now() FROM named WHERE subject_id = row AND outcome IS NULL`;
  const asked = async () =>
    (
      await owner.query<{ by: string | null; outcomes: string | null }>(
        `SELECT u.username AS by, (SELECT string_agg(coalesce(b.outcome, 'open'), ' ' ORDER BY b.asked_at) FROM unblocking b
           WHERE b.subject_id = t.id) AS outcomes
         FROM ${table} t LEFT JOIN app_user u ON u.id = t.withdrawal_asked_by WHERE t.id = $1`,
        [row],
      )
    ).rows[0];

  it('is taken back by one who asks and another who does it', async () => {
    expect(await as('officer', asks('officer'))).toBe(1);
    expect(await asked()).toEqual({ by: 'officer', outcomes: 'open' });
    expect(await as('interviewer', withdraws('interviewer'))).toBe(1);
    expect(await asked()).toEqual({ by: 'officer', outcomes: 'confirmed' });
  });

  it('is not taken back without anybody who asked, in whosever name', async () => {
    // Nobody bars on the word of nobody: the rows' own constraint.
    for (const doer of ['officer', 'interviewer'])
      expect(['23514', '42501']).toContain(await as('officer', withdraws(doer)));
    // What was asked is not for anybody to write.
    for (const who of ['officer', 'interviewer'])
      expect(await as('officer', change(`withdrawal_asked_by = ${who}, withdrawal_asked_at = now()`))).toBe('42501');
  });

  it('is not taken back by one who asks in the name of another, nor by who asked', async () => {
    expect(await as('officer', asks('interviewer'))).toBe('42501');
    expect(await as('officer', asks('officer'))).toBe(1);
    expect(await as('officer', withdraws('interviewer'))).toBe('42501');
    expect(await as('officer', withdraws('officer'))).toBe('23514');
    for (const who of ['officer', 'interviewer']) expect(await as('officer', ends('confirmed', who))).toBe('42501');
  });

  it('keeps who asked: nobody else asks over it or takes it back', async () => {
    expect(await as('officer', asks('officer'))).toBe(1);
    expect(await as('interviewer', asks('interviewer'))).toBe('23505');
    expect(await as('interviewer', change('withdrawal_asked_by = NULL, withdrawal_asked_at = NULL'))).toBe('42501');
    expect(await as('interviewer', ends('withdrawn', 'interviewer'))).toBe('23514');
    expect(await as('interviewer', ends('withdrawn', 'officer'))).toBe('42501');
    expect(await as('interviewer', `DELETE FROM unblocking USING named WHERE subject_id = row`)).toBe('42501');
    expect(await as('officer-north', ends('refused', 'interviewer'))).toBe(0);
    expect(await as('officer-north', asks('interviewer'))).toBe('42501');
    expect(await asked()).toEqual({ by: 'officer', outcomes: 'open' });
  });

  it('is reset by the asker who takes it back, and by another who refuses, each once and in the own name', async () => {
    expect(await as('officer', asks('officer'))).toBe(1);
    expect(await as('officer', ends('refused', 'officer'))).toBe('23514');
    expect(await as('officer', ends('refused', 'interviewer'))).toBe('42501');
    expect(await as('officer', ends('withdrawn', 'officer'))).toBe(1);
    expect(await asked()).toEqual({ by: null, outcomes: 'withdrawn' });
    expect(await as('officer', asks('officer'))).toBe(1);
    expect(await as('interviewer', ends('refused', 'interviewer'))).toBe(1);
    expect(await asked()).toEqual({ by: null, outcomes: 'withdrawn refused' });
    const again = `UPDATE unblocking SET outcome = 'refused', ended_by = interviewer FROM named WHERE subject_id = row`;
    expect(await as('interviewer', again)).toBe('F1062');
    // Nobody asks now, so nobody is the second.
    expect(await as('interviewer', withdraws('interviewer'))).toBe('23514');
  });

  it('refuses to the owner too what resets an asking that goes on', async () => {
    expect(await as('officer', asks('officer'))).toBe(1);
    for (const username of ['officer', 'interviewer']) {
      await owner.query(`SELECT set_config('f1.actor', $1, false)`, [accountId(username)]);
      const reset = owner.query(
        `UPDATE ${table} SET withdrawal_asked_by = NULL, withdrawal_asked_at = NULL WHERE id = $1`,
        [row],
      );
      await expect(reset).rejects.toMatchObject({ code: BY_TWO });
    }
  });

  it('stays as it is once it was taken back', async () => {
    expect(await as('officer', asks('officer'))).toBe(1);
    expect(await as('interviewer', withdraws('interviewer'))).toBe(1);
    expect(await as('interviewer', change('withdrawn_by = NULL, withdrawn_at = NULL'))).toBe(BY_TWO);
    expect(await as('officer', asks('officer'))).toBe('F1062');
    expect(await as('officer', withdraws('officer'))).toBe(BY_TWO);
  });

  it('that was asked about before is told of when an installation is brought up to date, and again a second person may end it', async () => {
    const unblockings = new Unblockings1763700000032();
    expect(await as('officer', asks('officer'))).toBe(1);
    await expect(unblockings.down(owner as never)).rejects.toMatchObject({ code: 'F1065' });
    await forgetEnded();
    await unblockings.down(owner as never);
    await unblockings.up(owner as never);
    expect(await asked()).toEqual({ by: 'officer', outcomes: 'open' });
    const { rows } = await owner.query<{ username: string }>(
      `SELECT u.username FROM unblocking b JOIN deadline d ON d.subject_id = b.id JOIN task t ON t.deadline_id = d.id
       JOIN app_user u ON u.id = t.assignee_id WHERE b.subject_id = $1 AND t.done_at IS NULL`,
      [row],
    );
    expect(rows.map(({ username }) => username)).toContain('interviewer');
    expect(rows.map(({ username }) => username)).not.toContain('officer');
    expect(await as('interviewer', ends('refused', 'interviewer'))).toBe(1);
  });

  it('that one person took back before two were asked for stays so when an installation is brought up to date', async () => {
    const gaps = new ObligationGaps1763700000029();
    const unblockings = new Unblockings1763700000032();
    const by = accountId('officer');
    await owner.query('BEGIN');
    await forgetEnded();
    await unblockings.down(owner as never);
    await gaps.down(owner as never);
    const alone = table === 'third_person' ? 'withdrawn_at = f1_now(), withdrawn_by = $2' : 'withdrawn_at = f1_now()';
    await owner.query(`UPDATE ${table} SET ${alone} WHERE id = $1 AND $2::uuid IS NOT NULL`, [row, by]);
    await owner.query(
      `INSERT INTO event (aggregate_id, aggregate_kind, case_id, seq, type, actor_id, at, facets, payload, hash)
       SELECT $2, 'case', $2, 1000, $4, $3, withdrawn_at, '{}', NULL, '\\x00' FROM ${table} WHERE id = $1`,
      [row, caseId, by, `WITHDRAW_${table.toUpperCase()}`],
    );
    await gaps.up(owner as never);
    await unblockings.up(owner as never);
    const { rows } = await owner.query(`SELECT withdrawn_by FROM ${table} WHERE id = $1`, [row]);
    await owner.query('ROLLBACK');
    expect(rows).toEqual([{ withdrawn_by: by }]);
  });
});
