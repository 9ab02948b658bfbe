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
    await seedDemo(database.ownerUrl, () => undefined, folder);
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

  /** Answers how many rows changed, or with what SQLSTATE it was refused. `$2` is the officer, `$3` the interviewer. */
  const as = async (username: string, change: string): Promise<number | string> => {
    await api.query(`SELECT set_config('f1.actor', $1, false)`, [accountId(username)]);
    const values = [row, accountId('officer'), accountId('interviewer')];
    return api
      .query(`UPDATE ${table} SET ${change} WHERE id = $1 AND $2::uuid <> $3::uuid`, values)
      .then(({ rowCount }) => rowCount ?? 0)
      .catch(({ code }: { code: string }) => code);
  };
  const asks = (who: string) => `withdrawal_asked_by = ${who}, withdrawal_asked_at = now()`;
  const withdraws = (who: string) => `withdrawn_by = ${who}, withdrawn_at = now()`;

  it('is taken back by one who asks and another who does it', async () => {
    expect(await as('officer', asks('$2'))).toBe(1);
    expect(await as('interviewer', withdraws('$3'))).toBe(1);
  });

  it('is not taken back in one statement, in whosever name', async () => {
    for (const [asker, doer] of [
      ['$3', '$2'],
      ['$2', '$3'],
      ['$2', '$2'],
    ] as const)
      expect(await as('officer', `${asks(asker)}, ${withdraws(doer)}`)).toBe(BY_TWO);
  });

  it('is not taken back by one who asks in the name of another, nor by who asked', async () => {
    expect(await as('officer', asks('$3'))).toBe(BY_TWO);
    expect(await as('officer', asks('$2'))).toBe(1);
    expect(await as('officer', withdraws('$3'))).toBe('42501');
    expect(await as('officer', withdraws('$2'))).toBe('23514');
  });

  it('keeps who asked: nobody else asks over it or takes it back', async () => {
    expect(await as('officer', asks('$2'))).toBe(1);
    expect(await as('interviewer', asks('$3'))).toBe(BY_TWO);
    expect(await as('interviewer', 'withdrawal_asked_by = NULL, withdrawal_asked_at = NULL')).toBe(BY_TWO);
  });

  it('stays as it is once it was taken back', async () => {
    expect(await as('officer', asks('$2'))).toBe(1);
    expect(await as('interviewer', withdraws('$3'))).toBe(1);
    expect(await as('interviewer', 'withdrawn_by = NULL, withdrawn_at = NULL')).toBe(BY_TWO);
    expect(await as('officer', asks('$2'))).toBe(BY_TWO);
    expect(await as('officer', withdraws('$2'))).toBe(BY_TWO);
  });

  it('that one person took back before two were asked for stays so when an installation is brought up to date', async () => {
    const gaps = new ObligationGaps1763700000029();
    const by = accountId('officer');
    await owner.query('BEGIN');
    await gaps.down(owner as never);
    const alone = table === 'third_person' ? 'withdrawn_at = f1_now(), withdrawn_by = $2' : 'withdrawn_at = f1_now()';
    await owner.query(`UPDATE ${table} SET ${alone} WHERE id = $1 AND $2::uuid IS NOT NULL`, [row, by]);
    await owner.query(
      `INSERT INTO event (aggregate_id, aggregate_kind, case_id, seq, type, actor_id, at, facets, payload, hash)
       SELECT $2, 'case', $2, 1000, $4, $3, withdrawn_at, '{}', NULL, '\\x00' FROM ${table} WHERE id = $1`,
      [row, caseId, by, `WITHDRAW_${table.toUpperCase()}`],
    );
    await gaps.up(owner as never);
    const { rows } = await owner.query(`SELECT withdrawn_by FROM ${table} WHERE id = $1`, [row]);
    await owner.query('ROLLBACK');
    expect(rows).toEqual([{ withdrawn_by: by }]);
  });
});
