import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
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

  describe('the clocks that run against the own authority', () => {
    const WHERE = "WHERE kind = 'feedback' AND met_at IS NULL AND ended_at IS NULL";
    const again = (due: string, more = '') =>
      `UPDATE deadline SET source = 'house rule', starts_at = now(), due_at = ${due}, half_at = now(), most_at = now(), step = 0,
         escalated_at = NULL ${more} ${WHERE}`;
    const clockOf = (file: CaseFileIds, kind: string) => ({
      ...{ id: randomUUID(), case_id: file.caseId, subject_id: file.referralIds[0], kind, source: 'house rule' },
      ...{ due_at: now, half_at: now, most_at: now },
    });

    /** One of each kind runs, begun yesterday; nothing of what is done stays. */
    async function inVain<T>(act: () => Promise<T>): Promise<T> {
      await claim('prosecutor');
      await owner.query(
        `INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, due_at, half_at, most_at)
         SELECT gen_random_uuid(), case_id, id, clock, 'house rule', now() - interval '1 day', now() + interval '1 day', now(), now()
         FROM referral, unnest(ARRAY['feedback', 'correctionAnswer']) clock WHERE id = $1`,
        [own.referralIds[0]],
      );
      await portal.query('BEGIN');
      try {
        return await act();
      } finally {
        await portal.query('ROLLBACK');
        await owner.query(`DELETE FROM deadline WHERE subject_id = $1 AND kind IN ('feedback', 'correctionAnswer')`, [
          own.referralIds[0],
        ]);
      }
    }

    it.each([
      `UPDATE deadline SET due_at = due_at + interval '70 years'`,
      `UPDATE deadline SET due_at = due_at + interval '1 second' ${WHERE}`,
      `UPDATE deadline SET half_at = half_at + interval '1 second' ${WHERE}`,
      `UPDATE deadline SET most_at = most_at + interval '1 second' ${WHERE}`,
      `UPDATE deadline SET source = 'mine' ${WHERE}`,
      `UPDATE deadline SET step = 100 ${WHERE}`,
      `UPDATE deadline SET escalated_at = now() ${WHERE}`,
      again(`now() + interval '70 years'`),
      again(`now() + interval '1 day'`, `, starts_at = now() + interval '1 day'`).replace('starts_at = now(), ', ''),
      again(`now() + interval '1 day'`, `, half_at = now() + interval '2 days'`).replace('half_at = now(), ', ''),
      again(`now() + interval '1 day'`).replace(`kind = 'feedback'`, `kind = 'acknowledge'`),
      again(`now() + interval '1 day'`).replace(`kind = 'feedback'`, `kind = 'correctionAnswer'`),
    ])('are not put off: %s', (statement) =>
      inVain(() => expect(portal.query(statement)).rejects.toMatchObject({ code: '42501' })),
    );

    it('are not put off by a login that is a member of the role, and takes no role', () =>
      inVain(async () => {
        const superuser = new pg.Client({ connectionString: role.superuserUrl });
        await superuser.connect();
        try {
          await superuser.query(`BEGIN; CREATE ROLE of_the_portal LOGIN IN ROLE f1_portal;
            SET LOCAL SESSION AUTHORIZATION of_the_portal; SET LOCAL ROLE NONE`);
          await claim('prosecutor', superuser);
          expect(await count(superuser, `SELECT due_at FROM deadline ${WHERE}`)).toBe(1);
          const later = superuser.query(`UPDATE deadline SET due_at = due_at + interval '1 second' ${WHERE}`);
          await expect(later).rejects.toMatchObject({ code: '42501' });
        } finally {
          await superuser.end();
        }
      }));

    it('begin again with feedback, for as long as its rule gives, and are met and ended', () =>
      inVain(async () => {
        expect((await portal.query(again(`now() + interval '92 days'`))).rowCount).toBe(1);
        expect((await portal.query(`UPDATE deadline SET met_at = now() ${WHERE}`)).rowCount).toBe(1);
        expect((await insert('deadline', clockOf(own, 'feedback'))).rowCount).toBe(1);
        expect((await portal.query(`UPDATE deadline SET ended_at = now() ${WHERE}`)).rowCount).toBe(1);
      }));

    const closing = (set: string, kind: string, told?: { type: string; at?: Date; facets?: object }) =>
      inVain(async () => {
        const { rows } = await portal.query<{ at: Date }>(`SELECT date_trunc('milliseconds', now()) AS at`);
        const [{ at }] = rows as [{ at: Date }];
        await portal.query(`UPDATE deadline SET ${set} WHERE kind = $2 AND subject_id = $3`, [
          at,
          kind,
          own.referralIds[0],
        ]);
        if (told) {
          const of = { aggregate_id: own.referralIds[0], aggregate_kind: 'referral', case_id: own.caseId };
          await insert('event', { ...event({ at, seq: 999, ...told }), ...of, actor_id: accountId('prosecutor') });
        }
        return portal.query('SET CONSTRAINTS ALL IMMEDIATE');
      });

    it.each([
      ['acknowledge', 'met_at = $1', 'ACKNOWLEDGE'],
      ['feedback', 'met_at = $1', 'GIVE_FEEDBACK'],
      ['feedback', 'ended_at = $1', 'MOVE_CHART'],
      ['correctionAnswer', 'met_at = $1', 'ANSWER_CORRECTION'],
    ])('are closed with the event that does so, and not otherwise: %s, %s', async (kind, set, type) => {
      await expect(closing(set, kind, { type })).resolves.toBeDefined();
      const refused = { code: '42501', message: `the portal closes a ${kind} clock with the event that does so` };
      await expect(closing(set, kind)).rejects.toMatchObject(refused);
      await expect(closing(set, kind, { type: 'OPEN_FILE' })).rejects.toMatchObject(refused);
      await expect(closing(set, kind, { type, at: new Date(0) })).rejects.toMatchObject(refused);
    });

    it('of feedback is ended by the answer that the file was erased, and by no other answer', async () => {
      const answered = (answer: string) => ({ type: 'ANSWER_CORRECTION', facets: { answer } });
      await expect(closing('ended_at = $1', 'feedback', answered('erased'))).resolves.toBeDefined();
      await expect(closing('ended_at = $1', 'feedback', answered('restricted'))).rejects.toMatchObject({
        code: '42501',
      });
    });

    it('are ended by nothing where no command of the portal ends them', async () => {
      for (const type of ['ACKNOWLEDGE', 'SUSPEND_ACCESS', 'CONFIRM_CLOSING'])
        await expect(closing('ended_at = $1', 'acknowledge', { type })).rejects.toMatchObject({ code: '42501' });
    });

    it.each([
      [
        'for longer than a rule gives',
        () => ({ kind: 'feedback', due_at: new Date(now.getTime() + 70 * 365 * 86_400_000) }),
      ],
      ['later', () => ({ kind: 'feedback', starts_at: new Date(Date.now() + 86_400_000) })],
      ['as told of already', () => ({ kind: 'feedback', step: 100 })],
      ['when they are to acknowledge, which the arrival starts', () => ({ kind: 'acknowledge' })],
    ])('do not begin anew %s', (_how, more) =>
      inVain(async () => {
        await portal.query(`UPDATE deadline SET ended_at = now()`);
        const clock = { ...clockOf(own, 'feedback'), ...more() };
        await expect(insert('deadline', clock)).rejects.toMatchObject({ code: '42501' });
      }),
    );
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
