import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { correctDecision } from '../faults/support/referral-system.js';
import { aTellingHouse, type TellingHouse } from '../support/telling.js';

const REFUSED = { code: 'F1064' };

describe('access to a referral', () => {
  let telling: TellingHouse;
  let superuser: pg.Client;

  beforeAll(async () => {
    telling = await aTellingHouse([{ code: 'abroad' }], { held: true });
    superuser = new pg.Client({ connectionString: telling.database.superuserUrl });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser?.end();
    await telling?.stop();
  });

  /** As this role of the running product, with no command and up to the moment of commit; nothing of it stays. */
  async function committed(role: 'f1_api' | 'f1_worker', change: string, before: readonly string[] = []) {
    await superuser.query('BEGIN');
    try {
      await superuser.query('SET LOCAL session_replication_role = replica');
      for (const statement of before) expect((await superuser.query(statement)).rowCount).toBeGreaterThan(0);
      await superuser.query('SET LOCAL session_replication_role = origin');
      await superuser.query(`SELECT set_config('f1.actor', $1, true)`, [telling.house.decisionMaker]);
      await superuser.query(`SET LOCAL ROLE ${role}`);
      const { rowCount } = await superuser.query(change);
      await superuser.query('SET CONSTRAINTS ALL IMMEDIATE');
      return rowCount;
    } finally {
      await superuser.query('ROLLBACK');
    }
  }
  const suspend = (id: string) => `UPDATE referral SET suspended_at = now() WHERE id = '${id}'`;
  const give = (id: string) => `UPDATE referral SET suspended_at = NULL WHERE id = '${id}'`;
  const corrected = (caseId: string, reason: string) =>
    `INSERT INTO correction (id, case_id, reason, at) VALUES ('${randomUUID()}', '${caseId}', '${reason}', now())`;
  const told = (id: string, type: string, reason: string) =>
    `INSERT INTO event (aggregate_id, seq, aggregate_kind, case_id, type, at, facets, hash)
     SELECT id, event_seq + 1, 'referral', case_id, '${type}', now(), '{"reason":"${reason}"}', sha256('') FROM referral WHERE id = '${id}'`;

  it.each(['f1_api', 'f1_worker'] as const)('is never suspended by %s without a correction', async (role) => {
    const { id } = await telling.refer();
    await expect(committed(role, suspend(id))).rejects.toMatchObject(REFUSED);
  });

  it('is suspended by no correction of another cause, by none that the event does not name, and by none of another case', async () => {
    const { id, file } = await telling.refer();
    const other = await telling.refer();
    for (const before of [
      [corrected(file.caseId, 'factualError'), told(id, 'SUSPEND_ACCESS', 'factualError')],
      [corrected(file.caseId, 'quashedFinal'), told(id, 'SUSPEND_ACCESS', 'mistakenIdentity')],
      [corrected(other.file.caseId, 'mistakenIdentity'), told(id, 'SUSPEND_ACCESS', 'mistakenIdentity')],
      [corrected(file.caseId, 'mistakenIdentity')],
    ])
      await expect(committed('f1_api', suspend(id), before)).rejects.toMatchObject(REFUSED);
    const before = [corrected(file.caseId, 'mistakenIdentity'), told(id, 'SUSPEND_ACCESS', 'mistakenIdentity')];
    expect(await committed('f1_api', suspend(id), before)).toBe(1);
  });

  it.each(['mistakenIdentity', 'unlawfulTransmission'] as const)(
    'that %s took is given back by a reinstatement alone, and its time stays',
    async (reason) => {
      const { id, file, decisionId } = await telling.refer();
      await correctDecision(telling.system, telling.house, file, decisionId, reason);
      const suspended = 'SELECT FROM referral WHERE id = $1 AND suspended_at IS NOT NULL';
      expect(await telling.read(suspended, id)).toHaveLength(1);
      await expect(committed('f1_api', give(id))).rejects.toMatchObject(REFUSED);
      await expect(committed('f1_api', suspend(id))).rejects.toMatchObject(REFUSED);
      const marked = told(id, 'MARK_REINSTATED', 'reinstated');
      await expect(committed('f1_api', give(id), [marked])).rejects.toMatchObject(REFUSED);
      expect(await committed('f1_api', give(id), [marked, corrected(file.caseId, 'reinstated')])).toBe(1);
    },
  );

  it('is not taken from a referral as it is made', async () => {
    const { id } = await telling.refer();
    const { rows } = await superuser.query<{ columns: string }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
       WHERE attrelid = 'referral'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'suspended_at'`,
    );
    const { columns } = rows[0]!;
    const made = async (suspended: string): Promise<void> => {
      await superuser.query(`BEGIN; SET LOCAL session_replication_role = replica;
        CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM referral WHERE id = '${id}'; DELETE FROM referral WHERE id = '${id}';
        SET LOCAL session_replication_role = origin`);
      await superuser
        .query(
          `INSERT INTO referral (suspended_at, ${columns}) SELECT ${suspended}, ${columns} FROM kept;
          SET CONSTRAINTS ALL IMMEDIATE`,
        )
        .finally(() => superuser.query('ROLLBACK'));
    };
    await made('NULL');
    await expect(made('now()')).rejects.toMatchObject(REFUSED);
  });
});
