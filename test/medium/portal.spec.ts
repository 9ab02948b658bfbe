import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { accountId, authorityId } from '../../src/demo/seed.js';
import { aPortalRole, count, type PortalRole } from '../support/portal-role.js';

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
  correction_answer: OWN,
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
  let role: PortalRole;
  let owner: PortalRole['owner'];
  let api: PortalRole['api'];
  let portal: PortalRole['portal'];
  let own: PortalRole['own'];
  let foreign: PortalRole['foreign'];
  let shared: PortalRole['shared'];
  let told: PortalRole['told'];
  let tables: PortalRole['tables'];
  let claim: PortalRole['claim'];

  beforeAll(async () => {
    role = await aPortalRole();
    ({ owner, api, portal, own, foreign, shared, told, tables, claim } = role);
  });

  afterAll(() => role?.close());

  /** How many rows of each table this account reads; `closed` where the role may not ask. */
  const visible = async (username: string | null): Promise<Record<string, number | 'closed'>> => {
    await claim(username);
    const seen: Record<string, number | 'closed'> = {};
    for (const table of tables) seen[table] = await count(portal, `SELECT FROM ${table}`);
    return seen;
  };

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
    await role.revokeGrant(own.referralIds[0]!);
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

  it.each(['portal', 'api'] as const)(
    'opens no session that outlives a working day, whatever it asks for: %s',
    async (role) => {
      const client = role === 'portal' ? portal : api;
      await claim(null, client);
      const opening = client.query(`SELECT f1_open_session($1, $2, $3, 'bearer', '12 hours 1 minute')`, [
        randomUUID(),
        randomBytes(32),
        accountId('prosecutor'),
      ]);
      await expect(opening).rejects.toMatchObject({ code: '23514', constraint: 'session_ends' });
    },
  );
});
