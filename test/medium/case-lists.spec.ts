import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { CaseStore } from '../../src/cases/case.store.js';
import type { Tx } from '../../src/platform/database/database.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const CASES = 6_000;
const OF_THE_SMALL_UNIT = 50;
const ASSIGNED = 3;

interface Node {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

describe('the list of the cases of a small unit in a large installation', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  const [officer, other] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    database = await aDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    api = new pg.Client({ connectionString: database.apiUrl });
    await Promise.all([owner.connect(), api.connect()]);
    const insert = (text: string, values: unknown[] = []) => owner.query(text, values);
    await insert(
      `INSERT INTO app_user (id, username, display_name, unit, roles)
       VALUES ($1, 'small', 'Invented', 'small', '{caseOfficer}'), ($2, 'large', 'Invented', 'large', '{caseOfficer}')`,
      [officer, other],
    );
    const [chart] = (
      await insert(`INSERT INTO workflow (hash, kind, version, body)
      VALUES (repeat('0', 64), 'case', 1, '{}'), (repeat('1', 64), 'person', 1, '{}') ON CONFLICT DO NOTHING RETURNING hash`)
    ).rows as { hash: string }[];
    await owner.query('BEGIN');
    await insert(
      `INSERT INTO case_file (id, reference, unit, procedure_type, country_of_origin, workflow_hash, snapshot, stage, created_by, created_at)
       SELECT gen_random_uuid(), 'L-' || n, CASE WHEN n % $3 = 0 THEN 'small' ELSE 'large' END, 'first', 'RW', $2, '{}', 'triage', $1,
         now() - make_interval(secs => 2 * $4 - n) FROM generate_series(1, $4::int) n`,
      [other, chart!.hash, CASES / OF_THE_SMALL_UNIT, CASES],
    );
    await insert(`INSERT INTO data_key (case_id, wrapped, master_key_id) SELECT id, '\\x00', 'none' FROM case_file`);
    await insert(
      `INSERT INTO person (id, case_id, workflow_hash, snapshot, sealed, identity_recorded_by, has_representative)
       SELECT gen_random_uuid(), id, $2, '{}', '\\x00', $1, false FROM case_file`,
      [other, chart!.hash],
    );
    await insert(
      `INSERT INTO assignment (id, case_id, user_id, role, assigned_by)
       SELECT gen_random_uuid(), id, CASE WHEN n <= $3 THEN $1::uuid ELSE $2::uuid END, 'caseOfficer', $2
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM case_file WHERE unit = 'large') c WHERE n <= $3 * 20`,
      [officer, other, ASSIGNED],
    );
    await owner.query('COMMIT');
    await insert('ANALYZE');
  });
  afterAll(async () => {
    await Promise.all([owner.end(), api.end()]);
    await database.drop();
  });

  type Query = Parameters<CaseStore['listInTx']>[1];
  const all: Query = { stage: null, country: null, assignee: null, after: null, limit: 201 };
  const list = async (query: Query, explained = false) => {
    await api.query(`SELECT set_config('f1.actor', $1, false)`, [officer]);
    const rows = async (text: string, values?: unknown[]) =>
      (await api.query(explained ? `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}` : text, values))
        .rows as never[];
    return new CaseStore().listInTx({ rows } as unknown as Tx, query);
  };
  /** How many rows of cases the query looked at, whether or not they were seen. */
  const looked = (node: Node): number =>
    (node['Relation Name'] === 'case_file'
      ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
      : 0) + (node.Plans ?? []).reduce((sum, plan) => sum + looked(plan), 0);

  it.each<[string, Partial<Query>, number]>([
    ['all', {}, OF_THE_SMALL_UNIT + ASSIGNED],
    ['a stage', { stage: 'triage' }, OF_THE_SMALL_UNIT + ASSIGNED],
    ['a stage in which there are none', { stage: 'analysing' }, 0],
    ['those assigned', { assignee: 'small' }, ASSIGNED],
    ['those assigned to somebody of another unit', { assignee: 'large' }, 0],
  ])('finds %s without asking of each case whether it may be seen', async (_what, change, found) => {
    expect(await list({ ...all, ...change })).toHaveLength(found);
    const [explained] = (await list({ ...all, ...change }, true)) as unknown as [{ 'QUERY PLAN': [{ Plan: Node }] }];
    expect(looked(explained['QUERY PLAN'][0].Plan)).toBeLessThan(CASES / 10);
  });

  it('gives the same in pages, oldest first and none twice', async () => {
    const whole = (await list(all)).map(({ id }) => id);
    const paged: string[] = [];
    for (let after: Query['after'] = null; ;) {
      const page = await list({ ...all, after, limit: 7 });
      if (page.length === 0) break;
      paged.push(...page.map(({ id }) => id));
      const last = page.at(-1)!;
      after = { at: last.cursor_at, id: last.id };
    }
    expect(paged).toEqual(whole);
    expect(new Set(paged).size).toBe(OF_THE_SMALL_UNIT + ASSIGNED);
  });
});
