import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { createAccount } from '../../src/identity/account-administration.js';
import { Config } from '../../src/platform/config/config.js';
import { DataKey } from '../../src/platform/database/sealing.js';
import { type KeyProvider, keysFrom } from '../../src/platform/keys/keys.js';
import { rewrapDataKeys } from '../../src/platform/keys/rotate.js';
import { aCaseFile } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const TABLES = ['person_request', 'person_request_proposal', 'person_request_answer'] as const;

describe('a request about a person who was not referred, as the database keeps it', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let folder: string;
  let keys: KeyProvider;
  const [id, proposal] = [randomUUID(), randomUUID()];

  const counts = async (username: string): Promise<number[]> => {
    await api.query(`SELECT set_config('f1.actor', $1, false)`, [accountId(username)]);
    return seen();
  };
  const seen = async (): Promise<number[]> => {
    const rows: number[] = [];
    for (const table of TABLES) rows.push((await api.query(`SELECT FROM ${table}`)).rowCount ?? 0);
    return rows;
  };

  beforeAll(async () => {
    database = await aDatabase();
    folder = mkdtempSync(join(tmpdir(), 'f1-person-requests-'));
    await seedDemo(database.ownerUrl, folder);
    owner = new pg.Client({ connectionString: database.ownerUrl });
    api = new pg.Client({ connectionString: database.apiUrl });
    await Promise.all([owner.connect(), api.connect()]);
    keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    const { caseId } = await aCaseFile(owner, { keys, unit: 'central', by: accountId('officer') });
    const key = DataKey.create(id);
    const asked = [id, authorityId('demo-prosecution'), accountId('prosecutor'), key.wrap(keys), keys.master.id];
    await owner.query(
      `INSERT INTO person_request (id, authority_id, purpose, sealed, wrapped, master_key_id, asked_by, asked_at, due_at, event_seq,
         event_hash) VALUES ($1, $2, 'investigation', '', $4, $5, $3, now(), now() + interval '1 day', 1, '')`,
      asked,
    );
    await owner.query(
      `INSERT INTO person_request_proposal (id, request_id, case_id, outcome, sealed, proposed_by, proposed_at)
       VALUES ($1, $2, $3, 'disclosed', '', $4, now())`,
      [proposal, id, caseId, accountId('legal')],
    );
    await owner.query(
      `INSERT INTO person_request_answer (request_id, outcome, refusal, sealed, decided_by, decided_at, told_from)
       VALUES ($1, 'refused', 'notDisclosed', NULL, $2, now(), now() + interval '1 day')`,
      [id, accountId('decider')],
    );
  });
  afterAll(async () => {
    await Promise.all([owner.end(), api.end()]);
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is shown to the authority that asked without what was proposed, and without an answer before its time', async () => {
    expect(await counts('prosecutor')).toEqual([1, 0, 0]);
    expect(await counts('legal')).toEqual([1, 1, 1]);
  });

  it.each(['war-crimes', 'officer', 'interviewer', 'reviewer', 'author', 'auditor', 'operator'])(
    'is nothing that %s sees',
    async (username) => {
      expect(await counts(username)).toEqual([0, 0, 0]);
    },
  );

  it('is answered by legal advisers of every unit, who see a proposal only where they see its case', async () => {
    const password = randomUUID();
    const north = { id: randomUUID(), username: 'legal-north', displayName: 'Legal North', password, certificates: [] };
    await createAccount(owner, { ...north, roles: ['legalAdviser'], unit: 'north' });
    await api.query(`SELECT set_config('f1.actor', $1, false)`, [north.id]);
    expect(await seen()).toEqual([1, 0, 1]);
  });

  it('is told from its time on', async () => {
    await api.query(`SELECT set_config('f1.clock_offset', '2 days', false)`);
    expect(await counts('prosecutor')).toEqual([1, 0, 1]);
    await api.query(`SELECT set_config('f1.clock_offset', '', false)`);
  });

  it('is not decided by whoever proposed, whatever the application thinks', async () => {
    await counts('legal');
    const decide = (by: string) =>
      api.query(
        `UPDATE person_request_proposal SET decision = 'confirmed', sealed_decision = '', decided_at = now(), decided_by = $2
         WHERE id = $1`,
        [proposal, accountId(by)],
      );
    await expect(decide('legal')).rejects.toMatchObject({ code: 'F1150' });
    await counts('decider');
    expect((await decide('decider')).rowCount).toBe(1);
    await expect(decide('decider')).rejects.toMatchObject({ code: 'F1001' });
  });

  it('has its key wrapped anew with those of the cases', async () => {
    const renewed = keysFrom(
      Object.assign(new Config(), {
        F1_DATA_DIR: folder,
        F1_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      }),
    );
    const both: KeyProvider = {
      master: renewed.master,
      otherMasters: () => [keys.master],
      index: keys.index,
      signing: keys.signing,
    };
    expect(await rewrapDataKeys(owner, both)).toMatchObject({ ok: true, rewrapped: 2 });
    const { rows } = await owner.query<{ wrapped: Buffer }>('SELECT wrapped FROM person_request');
    expect(DataKey.unwrap(id, rows[0]!.wrapped, renewed).caseId).toBe(id);
  });
});
