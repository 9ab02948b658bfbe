import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { catalogueOf, committedCatalogue } from '../../src/platform/database/catalogue.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

describe('the schema', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  const committed = committedCatalogue();
  const catalogue = () => catalogueOf(async (text) => (await owner.query(text)).rows);

  beforeAll(async () => {
    database = await aDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });

  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  it('that the migrations make is the one committed in schema.json (npm run schema writes it)', async () => {
    expect(await catalogue()).toEqual(committed);
  });

  it.each([
    ['a column', 'ALTER TABLE event ADD COLUMN extra text'],
    ['a policy', 'CREATE POLICY everybody ON event FOR SELECT TO f1_api USING (true)'],
    ['a right', 'GRANT DELETE ON obligation TO f1_worker'],
    ['a right on one column', 'GRANT UPDATE (facets) ON event TO f1_worker'],
    ['an index', 'CREATE INDEX extra ON event (type)'],
    ['row-level security', 'ALTER TABLE event DISABLE ROW LEVEL SECURITY'],
    ['a trigger switched off', 'ALTER TABLE decision DISABLE TRIGGER USER'],
    [
      'the body of a function',
      `CREATE OR REPLACE FUNCTION f1_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'`,
    ],
  ])('shows %s that no migration made', async (_what, change) => {
    await owner.query('BEGIN');
    try {
      await owner.query(change);
      expect(await catalogue()).not.toEqual(committed);
    } finally {
      await owner.query('ROLLBACK');
    }
  });
});
