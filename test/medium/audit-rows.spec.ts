import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { AuditVerification } from '../../src/audit/audit-verify.js';
import { aCaseAt, type CaseAt, decideSuspicion } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

describe('the audit of the rows', () => {
  let application: TestApplication;
  let superuser: pg.Client;
  let file: CaseAt;
  let referral: string;

  const found = ({ findings }: AuditVerification) => findings.map(({ kind, where }) => `${kind} ${where}`);
  const one = async (text: string, values: unknown[] = []): Promise<string> => {
    const [row] = await application.rows<{ found: string }>(text, values);
    if (!row) throw new Error(`nothing found by ${text}`);
    return row.found;
  };
  const idOf = (table: string, which = 'true') =>
    one(`SELECT id AS found FROM ${table} WHERE case_id = $1 AND ${which} LIMIT 1`, [file.id]);
  const eventOf = (type: string) =>
    one(
      `SELECT aggregate_kind || '/' || aggregate_id || '#' || seq AS found FROM event WHERE case_id = $1 AND type = $2
       ORDER BY at LIMIT 1`,
      [file.id, type],
    );

  /** What somebody with every right in the database does; what was there before is put back. */
  const tampering = async (table: string, statement: string, values: unknown[]): Promise<string[]> => {
    await superuser.query(`SET session_replication_role = 'replica'`);
    await superuser.query(`CREATE TEMP TABLE kept AS SELECT * FROM ${table}`);
    try {
      expect((await superuser.query(statement, values)).rowCount).toBeGreaterThan(0);
      const result = await application.verifyAudit();
      expect(result.ok).toBe(false);
      return found(result).sort();
    } finally {
      await superuser.query(`DELETE FROM ${table}`);
      await superuser.query(`INSERT INTO ${table} SELECT * FROM kept`);
      await superuser.query('DROP TABLE kept');
    }
  };

  beforeAll(async () => {
    application = await anApplication();
    superuser = new pg.Client({ connectionString: application.database.superuserUrl });
    await superuser.connect();
    const cast = await application.cast();
    const other = await aCaseAt(cast, 'written');
    await decideSuspicion(cast, other.id, false);
    file = await aCaseAt(cast, 'excluded');
    referral = await idOf('referral');
    const until = Date.now() + 30_000;
    const received = () => application.rows('SELECT FROM receipt WHERE case_id = $1', [file.id]);
    while ((await received()).length < 2 && Date.now() < until) await new Promise((done) => setTimeout(done, 100));
    for (const prosecutor of [cast.prosecutor, cast['war-crimes']]) {
      const { items } = await prosecutor.get<{ items: { id: string }[] }>('/api/referrals');
      for (const { id } of items) {
        const { packageSha256 } = await prosecutor.get<{ packageSha256: string }>(`/api/referrals/${id}`);
        const acknowledgement = { type: 'ACKNOWLEDGE', packageSha256, note: 'Read and filed.' };
        await prosecutor.post(`/api/referrals/${id}/commands`, acknowledgement);
      }
    }
  });

  afterAll(async () => {
    await superuser.end();
    await application.close();
  });

  it('finds nothing in what was only ever written through the application', async () => {
    expect(await application.verifyAudit()).toMatchObject({ findings: [], ok: true, cases: 2 });
  });

  it('finds the answers that were taken out of a sealed interview', async () => {
    const expected = await application.rows<{ found: string }>(
      `SELECT 'rowMissing interview/' || aggregate_id || '#' || seq AS found FROM event
       WHERE aggregate_id = $1 AND type = 'RECORD_ANSWER'`,
      [file.interview],
    );
    expect(await tampering('answer', 'DELETE FROM answer WHERE interview_id = $1', [file.interview])).toEqual(
      expected.map((row) => row.found).sort(),
    );
  });

  it('finds an answer that nobody recorded', async () => {
    const id = '0b0c0000-0000-4000-8000-00000000a001';
    const copy = `INSERT INTO answer (id, interview_id, case_id, question_id, revision, sealed, recorded_by, recorded_at)
      SELECT '${id}', interview_id, case_id, question_id, 99, sealed, recorded_by, now() FROM answer WHERE interview_id = $1 LIMIT 1`;
    expect(await tampering('answer', copy, [file.interview])).toEqual([
      `rowInserted answer/${id}`,
      `sealBroken answer/${id}`,
    ]);
  });

  it('finds an answer moved to another question', async () => {
    const id = await idOf('answer', `interview_id = '${file.interview}'`);
    expect(await tampering('answer', `UPDATE answer SET question_id = 'another' WHERE id = $1`, [id])).toEqual([
      `rowChanged answer/${id}`,
    ]);
  });

  it.each([
    ["a review's reviewer", 'review', `reviewer_id = (SELECT id FROM app_user WHERE username = 'officer')`],
    ["a review's outcome", 'review', `outcome = 'returned'`, `kind = 'analysis'`],
    ["a review's revision", 'review', 'analysis_revision = 1'],
    ['the sealed reasons of a review', 'review', `sealed = '\\x01'::bytea || sealed`],
    ['who served a notice', 'notice', `served_by = (SELECT id FROM app_user WHERE username = 'legal')`],
    ['what was disclosed', 'disclosure', `source_ref = 'cited:something-else'`],
    ['who decided', 'decision', `decided_by = (SELECT id FROM app_user WHERE username = 'officer')`],
    ['what was decided', 'decision', `outcome = 'notExcluded'`],
    ['the decision into a quashed one', 'decision', 'quashed_at = now()'],
    ['what an allegation says', 'allegation', `crime = 'another'`],
    ['when an interview was sealed', 'interview', 'sealed_at = NULL'],
  ])('finds a change of %s', async (_what, table, change, which = 'true') => {
    const id = await idOf(table, which);
    const where = await tampering(table, `UPDATE ${table} SET ${change} WHERE id = $1`, [id]);
    const place = table === 'interview' ? await eventOf('SEAL_INTERVIEW') : `${table}/${id}`;
    const kind = table === 'interview' ? 'rowMissing' : change.startsWith('sealed') ? 'sealBroken' : 'rowChanged';
    expect(where).toContain(change.startsWith('quashed') ? `rowInserted ${place}` : `${kind} ${place}`);
    expect(where).toHaveLength(1);
  });

  it('finds what a decision is made to say of one allegation', async () => {
    const id = await idOf('decision');
    const turned = 'UPDATE decision_allegation SET stands = NOT stands WHERE decision_id = $1 AND NOT stands';
    expect(await tampering('decision_allegation', turned, [id])).toEqual([`rowChanged decision/${id}`]);
  });

  it('finds a submission that is gone', async () => {
    expect(await tampering('submission', 'DELETE FROM submission WHERE case_id = $1', [file.id])).toEqual([
      `rowMissing ${await eventOf('RECORD_REPLY')}`,
    ]);
  });

  it('finds a suspicion decision turned round', async () => {
    const id = await one('SELECT id AS found FROM suspicion_decision');
    const turned = 'UPDATE suspicion_decision SET suspicion = true WHERE id = $1';
    expect(await tampering('suspicion_decision', turned, [id])).toEqual([`rowChanged suspicion_decision/${id}`]);
  });

  it('finds an acknowledgement with another date', async () => {
    const later = `UPDATE acknowledgement SET acknowledged_at = acknowledged_at - interval '1 day' WHERE referral_id = $1`;
    const event = await one(
      `SELECT 'referral/' || aggregate_id || '#' || seq AS found FROM event WHERE aggregate_id = $1 AND type = 'ACKNOWLEDGE'`,
      [referral],
    );
    expect(await tampering('acknowledgement', later, [referral])).toEqual([
      `rowInserted acknowledgement/${referral}`,
      `rowMissing ${event}`,
    ]);
  });

  it('finds a receipt that is gone', async () => {
    const [finding, ...others] = await tampering('receipt', 'DELETE FROM receipt WHERE referral_id = $1', [referral]);
    expect(finding).toMatch(new RegExp(`^rowMissing referral/${referral}#`));
    expect(others).toEqual([]);
  });

  it('finds what was sent destroyed, or named by another hash', async () => {
    expect(await tampering('referral', `UPDATE referral SET body = '\\x00' WHERE id = $1`, [referral])).toEqual([
      `sealBroken referral/${referral}`,
    ]);
    const renamed = `UPDATE referral SET body_sha256 = repeat('0', 64) WHERE id = $1`;
    expect(await tampering('referral', renamed, [referral])).toEqual([
      `rowChanged receipt/${referral}`,
      `rowChanged referral/${referral}`,
    ]);
  });

  it('finds an author of the analysis who is named no longer, and one who never was', async () => {
    const analyst = await one(`SELECT id AS found FROM app_user WHERE username = 'analyst'`);
    const officer = await one(`SELECT id AS found FROM app_user WHERE username = 'officer'`);
    expect(await tampering('analysis_author', 'DELETE FROM analysis_author WHERE case_id = $1', [file.id])).toEqual([
      `rowMissing analysis_author/${file.id}:${analyst}`,
    ]);
    const added = 'INSERT INTO analysis_author (case_id, user_id) VALUES ($1, $2)';
    expect(await tampering('analysis_author', added, [file.id, officer])).toEqual([
      `rowInserted analysis_author/${file.id}:${officer}`,
    ]);
  });

  it.each(['analysis_revision = 7', `unit = 'elsewhere'`, `country_of_origin = 'BI'`, `procedure_type = 'revocation'`])(
    'finds a case set to %s',
    async (change) => {
      expect(await tampering('case_file', `UPDATE case_file SET ${change} WHERE id = $1`, [file.id])).toEqual([
        `rowChanged case_file/${file.id}`,
      ]);
    },
  );

  it.each([
    ['workflow', `body || '{"title": "another"}'`],
    ['questionnaire', `jsonb_set(body, '{files,0,content,title}', '"another"')`],
  ])('finds a published %s with another content', async (table, body) => {
    const hash = await one(`SELECT hash AS found FROM ${table} ORDER BY hash LIMIT 1`);
    expect(await tampering(table, `UPDATE ${table} SET body = ${body} WHERE hash = $1`, [hash])).toEqual([
      `rowChanged ${table}/${hash}`,
    ]);
  });
});
