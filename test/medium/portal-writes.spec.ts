import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { accountId, authorityId } from '../../src/demo/seed.js';
import type { CaseFileIds } from '../factories/case-file.js';
import { aPortalRole, count, type PortalRole } from '../support/portal-role.js';

describe('the role of the portal, with plain SQL', () => {
  let role: PortalRole;
  let owner: PortalRole['owner'];
  let portal: PortalRole['portal'];
  let own: PortalRole['own'];
  let foreign: PortalRole['foreign'];
  let shared: PortalRole['shared'];
  let tables: PortalRole['tables'];
  let claim: PortalRole['claim'];

  beforeAll(async () => {
    role = await aPortalRole();
    ({ owner, portal, own, foreign, shared, tables, claim } = role);
  });

  afterAll(() => role?.close());

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
    await role.revokeGrant(own.referralIds[0]!);
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
      // Revoked by the side that sent it.
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
