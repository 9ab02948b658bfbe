import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { accountId, authorityId, seedDemo } from '../../src/demo/seed.js';
import { Config } from '../../src/platform/config/config.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseFile, type CaseFileIds } from '../factories/case-file.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const OWN = 'referral_id = ANY ($1::uuid[])';
const NAMED = `IN (SELECT ref::uuid FROM referral_item WHERE ${OWN} AND kind <> 'questionnaire')`;
/** By table, which rows a prosecutor reads ($1: referrals to the own authority, $2: their cases). Every other table is closed. */
const READS: Readonly<Record<string, string>> = {
  access_grant: OWN,
  acknowledgement: OWN,
  app_user: `authority_id = (SELECT authority_id FROM app_user WHERE username = 'prosecutor')`,
  authority: 'true',
  certificate: `user_id = (SELECT id FROM app_user WHERE username = 'prosecutor')`,
  command: `actor_id = (SELECT id FROM app_user WHERE username = 'prosecutor')`,
  competence_rule: 'true',
  data_key: 'case_id = ANY ($2::uuid[])',
  deadline: `subject_id = ANY ($1::uuid[]) OR subject_id IN (SELECT id FROM hold WHERE ${OWN})
    OR subject_id IN (SELECT id FROM referral_request WHERE ${OWN})`,
  deadline_rule: 'true',
  document: `id ${NAMED}`,
  feedback: OWN,
  hold: OWN,
  person_request: `authority_id = (SELECT authority_id FROM app_user WHERE username = 'prosecutor')`,
  person_request_answer: 'told_from <= f1_now()',
  questionnaire: `hash IN (SELECT ref FROM referral_item WHERE ${OWN})`,
  receipt: OWN,
  recording: `id ${NAMED}`,
  recording_mark: `recording_id ${NAMED}`,
  referral: 'id = ANY ($1::uuid[])',
  referral_item: OWN,
  referral_request: OWN,
  workflow: 'true',
};
const DEFINITIONS = ['authority', 'competence_rule', 'deadline_rule', 'workflow'];

describe('the role of the portal, with plain SQL', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let portal: pg.Client;
  let folder: string;
  let own: CaseFileIds;
  let foreign: CaseFileIds;
  /** Of one case, told to both: the referral to the prosecution, and the one to the war crimes unit. */
  let shared: CaseFileIds;
  let tables: string[];
  let told: string[];

  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  };
  const claim = (username: string | null, client = portal) =>
    client.query(`SELECT set_config('f1.actor', $1, false)`, [username === null ? '' : accountId(username)]);
  const count = async (client: pg.Client, text: string, values: unknown[] = []): Promise<number | 'closed'> =>
    client.query(text, values).then(
      ({ rowCount }) => rowCount ?? 0,
      (error: { code?: string }) => {
        if (error.code === '42501') return 'closed';
        throw error;
      },
    );
  /** How many rows of each table this account reads; `closed` where the role may not ask. */
  const visible = async (username: string | null): Promise<Record<string, number | 'closed'>> => {
    await claim(username);
    const seen: Record<string, number | 'closed'> = {};
    for (const table of tables) seen[table] = await count(portal, `SELECT FROM ${table}`);
    return seen;
  };

  beforeAll(async () => {
    database = await aDatabase();
    folder = mkdtempSync(join(tmpdir(), 'f1-portal-'));
    await seedDemo(database.ownerUrl, () => undefined, folder);
    [owner, api, portal] = (await Promise.all(
      [database.ownerUrl, database.apiUrl, database.portalUrl].map(connect),
    )) as [pg.Client, pg.Client, pg.Client];
    const keys = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder }));
    const [prosecution, unit] = ['demo-prosecution', 'demo-war-crimes-unit'].map(authorityId) as [string, string];
    const file = (...authorities: string[]) =>
      aCaseFile(owner, { keys, unit: 'central', by: accountId('officer'), authorities });
    own = await file(prosecution);
    foreign = await file(unit);
    shared = await file(prosecution, unit);
    told = [own.referralIds[0]!, shared.referralIds[0]!];
    const files = `SELECT r.id, r.case_id, x.kind, x.ref FROM referral r JOIN (
      SELECT case_id, 'document' AS kind, id::text AS ref FROM document UNION ALL SELECT case_id, 'recording', id::text FROM recording) x
      USING (case_id)`;
    await owner.query(`INSERT INTO referral_item (referral_id, case_id, kind, ref) ${files}`);
    for (const [asked, by] of [
      ['prosecutor', prosecution],
      ['war-crimes', unit],
    ] as const) {
      const id = randomUUID();
      await owner.query(
        `INSERT INTO person_request (id, authority_id, purpose, sealed, wrapped, master_key_id, asked_by, asked_at, due_at, event_seq,
           event_hash) VALUES ($1, $2, 'investigation', '', '', 'k', $3, now(), now(), 0, '')`,
        [id, by, accountId(asked)],
      );
      if (asked === 'war-crimes') continue;
      await owner.query(
        `INSERT INTO person_request_answer (request_id, outcome, refusal, sealed, decided_by, decided_at, told_from)
         VALUES ($1, 'refused', 'notDisclosed', '', $2, now(), now())`,
        [id, accountId('decider')],
      );
    }
    await owner.query(
      `INSERT INTO deadline (id, case_id, subject_id, kind, source, due_at, half_at, most_at)
       SELECT gen_random_uuid(), case_id, id, kind, 'house rule', now(), now(), now() FROM (
         SELECT case_id, id, 'requestAnswer' AS kind FROM referral_request UNION ALL SELECT case_id, id, 'holdDecision' FROM hold
         UNION ALL SELECT case_id, id, 'refer' FROM referral UNION ALL SELECT case_id, id, 'grantReview' FROM referral) clock`,
    );
    const named = await owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
    );
    tables = named.rows.map(({ name }) => name);
  });

  afterAll(async () => {
    await Promise.all([owner, api, portal].map((client) => client?.end()));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads, table by table, what was referred to the authority of the prosecutor, and no other table', async () => {
    const cases = [own.caseId, shared.caseId];
    const expected: Record<string, number | 'closed'> = {};
    for (const table of tables) {
      const which = READS[table];
      // Each table that holds anybody's rows has some that must not be seen.
      const rows = `SELECT $1::uuid[], $2::uuid[] FROM ${table} WHERE ${which ?? 'false'}`;
      expected[table] = which === undefined ? 'closed' : await count(owner, rows, [told, cases]);
    }
    expect(await visible('prosecutor')).toEqual(expected);
    for (const table of ['referral', 'data_key', 'document', 'recording', 'recording_mark', 'hold', 'access_grant'])
      expect({ table, seen: expected[table] }).toEqual({ table, seen: 2 });
    expect(expected['deadline']).toBe(10);
  });

  it.each(['officer', 'reviewer', 'decider', 'author', 'auditor', 'operator', null])(
    'reads definitions alone when it names %s as the actor',
    async (username) => {
      const seen = await visible(username);
      const rows = Object.entries(seen).filter(([, rowCount]) => rowCount !== 'closed' && rowCount > 0);
      expect(rows.map(([table]) => table)).toEqual(DEFINITIONS);
    },
  );

  it('reads nothing of anybody in the name of an account that was closed', async () => {
    await owner.query('UPDATE app_user SET disabled_at = now() WHERE id = $1', [accountId('prosecutor')]);
    const seen = await visible('prosecutor');
    await owner.query('UPDATE app_user SET disabled_at = NULL WHERE id = $1', [accountId('prosecutor')]);
    expect(Object.keys(seen).filter((table) => Number(seen[table]) > 0)).toEqual(DEFINITIONS);
  });

  it('gets the key of no case that was not referred to the authority', async () => {
    const keyed = async (username: string) => {
      await claim(username);
      const { rows } = await portal.query<{ case_id: string }>('SELECT case_id, wrapped FROM data_key');
      return rows.map(({ case_id }) => case_id).sort();
    };
    expect(await keyed('prosecutor')).toEqual([own.caseId, shared.caseId].sort());
    expect(await keyed('war-crimes')).toEqual([foreign.caseId, shared.caseId].sort());
  });

  it('opens files and packages under a live grant only, its own referral’s and nobody else’s', async () => {
    const opened = async (): Promise<unknown[]> => {
      const bodies = await portal.query<{ open: boolean }>(
        'SELECT f1_referral_body(id) IS NOT NULL AS open FROM unnest($1::uuid[]) WITH ORDINALITY AS r (id, n) ORDER BY n',
        [[...told, foreign.referralIds[0], shared.referralIds[1]]],
      );
      const files = await portal.query('SELECT case_id FROM document UNION ALL SELECT case_id FROM recording');
      return [...bodies.rows.map(({ open }) => open), files.rowCount];
    };
    await claim('prosecutor');
    expect(await opened()).toEqual([true, true, false, false, 4]);
    await owner.query('BEGIN');
    await owner.query(
      `UPDATE access_grant SET revoked_at = now(), revoked_by = $2, sealed_revocation = 'x' WHERE referral_id = $1`,
      [own.referralIds[0], accountId('legal')],
    );
    await owner.query('COMMIT');
    expect(await opened()).toEqual([false, true, false, false, 2]);
    await expect(portal.query('SELECT body FROM referral')).rejects.toMatchObject({ code: '42501' });
  });

  it('opens nothing through a door that also serves officers by naming one of them', async () => {
    const doors = 'SELECT f1_referral_body($1) AS body, f1_request_answer($2) AS answer';
    const { rows } = await owner.query<{ id: string }>(
      `UPDATE referral_request SET outcome = 'answered', sealed_answer = 'x', answered_by = $2, answered_at = now()
       WHERE referral_id = $1 RETURNING id`,
      [foreign.referralIds[0], accountId('legal')],
    );
    const ids = [foreign.referralIds[0], rows[0]!.id];
    await claim('officer', api);
    const seen = { body: expect.any(Buffer), answer: expect.any(Buffer) };
    expect((await api.query(doors, ids)).rows).toEqual([seen]);
    for (const username of ['officer', 'prosecutor']) {
      await claim(username);
      expect((await portal.query(doors, ids)).rows).toEqual([{ body: null, answer: null }]);
    }
  });

  it('may not ask what somebody else may see or is', async () => {
    await claim('officer');
    for (const asked of [
      `f1_sees_case('${own.caseId}')`,
      `f1_blocked('${own.caseId}', '${authorityId('demo-prosecution')}')`,
      `f1_actor_is('officer')`,
      'f1_actor_unit()',
      `f1_account_used('${told[0]}')`,
      'f1_aggregate_heads()',
      `f1_person_token_elsewhere('{}')`,
      `f1_questionnaire_usage('x')`,
    ])
      await expect(portal.query(`SELECT ${asked}`)).rejects.toMatchObject({ code: '42501' });
  });

  it('finds the account, opens and finds the session of a prosecutor, and of nobody else', async () => {
    await claim(null);
    await claim(null, api);
    const found = async (client: pg.Client, username: string): Promise<number[]> => {
      const login = await count(client, 'SELECT FROM f1_find_login($1)', [username]);
      const token = randomBytes(32);
      const opening = `SELECT f1_open_session($1, $2, $3, 'bearer', '1 hour') AS until`;
      const { rows } = await client.query<{ until: Date | null }>(opening, [randomUUID(), token, accountId(username)]);
      const session = await count(client, 'SELECT FROM f1_find_session($1)', [token]);
      return [login, rows.filter(({ until }) => until !== null).length, session] as number[];
    };
    expect(await found(portal, 'prosecutor')).toEqual([1, 1, 1]);
    for (const username of ['officer', 'decider', 'operator', 'auditor'])
      expect(await found(portal, username)).toEqual([0, 0, 0]);
    expect(await found(api, 'officer')).toEqual([1, 1, 1]);
    const token = randomBytes(32);
    await api.query(`SELECT f1_open_session($1, $2, $3, 'bearer', '1 hour')`, [
      randomUUID(),
      token,
      accountId('officer'),
    ]);
    expect(await count(portal, 'SELECT FROM f1_find_session($1)', [token])).toBe(0);
  });

  it('changes nothing but the state and chain of a referral, the clocks that move with it, and what it takes back', async () => {
    await claim('prosecutor');
    const { rows } = await portal.query(
      `SELECT t AS name FROM unnest($1::text[]) t WHERE has_any_column_privilege(t, 'UPDATE')
         OR has_table_privilege(t, 'DELETE') OR has_table_privilege(t, 'TRUNCATE') OR has_table_privilege(t, 'TRIGGER')`,
      [tables],
    );
    const names = ['deadline', 'hold', 'person_request', 'referral', 'referral_request'];
    expect(rows).toEqual(names.map((name) => ({ name })));
    for (const statement of [
      'DELETE FROM referral',
      'UPDATE referral SET suspended_at = NULL',
      'UPDATE referral SET corrected_at = NULL',
      'UPDATE referral SET authority_id = NULL',
      'UPDATE deadline SET kind = NULL',
      'UPDATE hold SET granted = true',
      'UPDATE hold SET valid_until = now()',
      `UPDATE hold SET ended_at = now(), ended_by = f1_actor(), sealed_end = ''`,
      `UPDATE referral_request SET outcome = 'answered', answered_by = f1_actor(), answered_at = now(), sealed_answer = ''`,
      `UPDATE referral_request SET refusal = 'notInFile'`,
      'UPDATE person_request SET authority_id = NULL',
      `UPDATE person_request SET withdrawn_by = '${accountId('officer')}', withdrawn_at = now(), sealed_withdrawal = ''`,
      'TRUNCATE event',
      'SET ROLE f1_api',
      'SET ROLE f1_worker',
      'SET ROLE f1_owner',
      'CREATE TABLE mine (id int)',
    ])
      await expect(portal.query(statement).then(() => statement)).rejects.toMatchObject({ code: '42501' });
    const met = async (kind: string) =>
      (await portal.query('UPDATE deadline SET met_at = now() WHERE kind = $1', [kind])).rowCount;
    await portal.query('BEGIN');
    const kinds = ['acknowledge', 'refer', 'grantReview', 'requestAnswer', 'holdDecision'];
    const moved: unknown[] = [];
    for (const kind of kinds) moved.push(await met(kind));
    const versions = await portal.query('UPDATE referral SET version = version + 1');
    await portal.query('ROLLBACK');
    expect([...moved, versions.rowCount]).toEqual([2, 0, 0, 0, 0, 2]);
  });

  it('takes back what the own authority asked, in the own name, and nothing that another one asked', async () => {
    await claim('prosecutor');
    const seen = async (table: string) => (await portal.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.length;
    const counts = [await seen('hold'), await seen('referral_request'), await seen('person_request')];
    await portal.query('BEGIN');
    const ended = `ended_at = now(), ended_by = f1_actor(), sealed_end = 'x', ended_because = 'withdrawn'`;
    const answered = `outcome = 'withdrawn', answered_by = f1_actor(), answered_at = now(), sealed_answer = 'x'`;
    const withdrawn = `withdrawn_at = now(), withdrawn_by = f1_actor(), sealed_withdrawal = 'x'`;
    const changed = [
      await portal.query(`UPDATE hold SET ${ended} WHERE granted IS NULL`),
      await portal.query(`UPDATE referral_request SET ${answered} WHERE outcome IS NULL`),
      await portal.query(`UPDATE person_request SET ${withdrawn}`),
    ].map(({ rowCount }) => rowCount);
    await portal.query('ROLLBACK');
    expect(changed.every((count, index) => count! > 0 && count! <= counts[index]!)).toBe(true);
    const all = await owner.query<{ n: number }>('SELECT count(*)::int AS n FROM person_request');
    expect(all.rows[0]!.n).toBeGreaterThan(changed[2]!);
  });

  const insert = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 1}`).join(', ');
    return portal.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
  };
  const now = new Date();
  const event = (more: object) => ({ type: 'X', at: now, facets: {}, hash: Buffer.from('x'), seq: 99, ...more });

  it('adds to the own referral in the own name, and to nothing else', async () => {
    await claim('prosecutor');
    const me = accountId('prosecutor');
    const on = (file: CaseFileIds, n = 0) => ({ referral_id: file.referralIds[n], case_id: file.caseId });
    const row = (more: object) => ({ id: randomUUID(), sealed: Buffer.from('x'), ...more });
    const feedback = { kind: 'opened', ends: false, clears: false, question_ids: [], given_at: now };
    const grant = { purpose: 'investigation', valid_from: now, valid_until: new Date(now.getTime() + 60_000) };
    const asked = { asked_at: now, due_at: now };
    const hold = { kind: 'preserve', ...asked };
    const more = { kind: 'documents', question_ids: [], ...asked };
    const authority_id = authorityId('demo-prosecution');
    const chain = (file: CaseFileIds, actor_id: string | null, n = 0) =>
      event({ aggregate_id: file.referralIds[n], aggregate_kind: 'referral', case_id: file.caseId, actor_id });
    const allowed: [string, object][] = [
      ['feedback', row({ ...on(own), ...feedback, given_by: me })],
      ['correction_answer', row({ ...on(own), answer: 'erased', answered_by: me, answered_at: now })],
      ['access_grant', row({ ...on(shared), ...grant, authority_id, user_id: me, opened_by: me })],
      ['hold', row({ ...on(own), ...hold, asked_by: me })],
      ['referral_request', row({ ...on(own), ...more, asked_by: me })],
      ['event', chain(own, me)],
      ['command', { actor_id: me, key: 'k', request_hash: '0'.repeat(64) }],
      ['access_log', { id: randomUUID(), actor_id: me, action: 'x', resource: 'y', outcome: 'read' }],
    ];
    const other = accountId('officer');
    const refused: [string, object][] = [
      ['feedback', row({ ...on(own), ...feedback, given_by: other })],
      ['feedback', row({ ...on(foreign), ...feedback, given_by: me })],
      ['feedback', row({ ...on(shared, 1), ...feedback, given_by: me })],
      ['correction_answer', row({ ...on(foreign), answer: 'erased', answered_by: me, answered_at: now })],
      ['access_grant', row({ ...on(shared), ...grant, authority_id, user_id: null, opened_by: me })],
      ['access_grant', row({ ...on(shared), ...grant, authority_id, user_id: other, opened_by: me })],
      ['access_grant', row({ ...on(foreign), ...grant, authority_id, user_id: me, opened_by: me })],
      // Revoked above by the side that sent it.
      ['access_grant', row({ ...on(own), ...grant, authority_id, user_id: me, opened_by: me })],
      [
        'hold',
        row({
          ...on(own),
          ...hold,
          ...{ asked_by: me, granted: true, decided_at: now, decided_by: me, sealed_decision: Buffer.from('x') },
          valid_until: new Date(now.getTime() + 60_000),
        }),
      ],
      ['hold', row({ ...on(foreign), ...hold, asked_by: me })],
      ['referral_request', row({ ...on(foreign), ...more, asked_by: me })],
      ['event', chain(own, other)],
      ['event', chain(own, null)],
      ['event', chain(foreign, me)],
      ['event', chain(shared, me, 1)],
      ['event', event({ aggregate_id: own.caseId, aggregate_kind: 'case', case_id: own.caseId, actor_id: me })],
      ['command', { actor_id: other, key: 'k', request_hash: '0'.repeat(64) }],
      ['access_log', { id: randomUUID(), actor_id: other, action: 'x', resource: 'y', outcome: 'read' }],
      [
        'deadline',
        {
          ...{ id: randomUUID(), case_id: own.caseId, subject_id: own.caseId, kind: 'acknowledge', source: 'x' },
          ...{ due_at: now, half_at: now, most_at: now },
        },
      ],
    ];
    for (const [table, values] of allowed) expect((await insert(table, values as never)).rowCount).toBe(1);
    for (const [table, values] of refused)
      await expect(insert(table, values as never).then(() => [table, values])).rejects.toThrow(/row-level security/);
    for (const table of tables.filter((name) => !INSERTS.includes(name)))
      await expect(portal.query(`INSERT INTO ${table} DEFAULT VALUES`)).rejects.toMatchObject({ code: '42501' });
  });

  it('starts the clock of what it asked about a person, without reading it, and tells who answers without seeing their lists', async () => {
    await claim('prosecutor');
    const { rows } = await owner.query<{ id: string }>(
      'SELECT id FROM person_request ORDER BY authority_id = $1 DESC',
      [authorityId('demo-prosecution')],
    );
    const [mine, theirs] = rows.map(({ id }) => id) as [string, string];
    const clock = { kind: 'personRequest', source: 'x', due_at: now, half_at: now, most_at: now };
    const start = (subject_id: string) => insert('deadline', { ...clock, id: randomUUID(), subject_id });
    expect((await start(mine)).rowCount).toBe(1);
    await expect(start(theirs)).rejects.toThrow(/row-level security/);
    expect(await count(portal, `SELECT due_at FROM deadline WHERE kind = 'personRequest'`)).toBe(0);
    expect(await count(portal, 'SELECT FROM task')).toBe('closed');
    const told = `SELECT FROM task JOIN deadline d ON d.id = deadline_id WHERE d.subject_id = $1 AND because = 'answers'`;
    expect(await count(owner, told, [mine])).toBe(3);
  });

  it('writes no command and no access record in the name of an officer it claims to be', async () => {
    await claim('officer');
    const id = accountId('officer');
    const command = insert('command', { actor_id: id, key: 'o', request_hash: '0'.repeat(64) });
    await expect(command).rejects.toThrow(/row-level security/);
    const record = { id: randomUUID(), actor_id: id, action: 'x', resource: 'y', outcome: 'read' };
    await expect(insert('access_log', record)).rejects.toThrow(/row-level security/);
  });
});

const INSERTS = [
  ...['access_grant', 'access_log', 'acknowledgement', 'command', 'correction_answer', 'deadline', 'event', 'feedback'],
  ...['hold', 'person_request', 'referral_request'],
];
