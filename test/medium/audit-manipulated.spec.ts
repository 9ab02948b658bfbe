import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt } from '../factories/case-walk.js';
import { toldOf } from '../factories/closed-case.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { type EventRow, forgedChain } from '../support/audited.js';
import { Manipulation } from '../support/manipulated.js';

/** Rows that a superuser changes past every trigger, in a case that was excluded and told. */
describe('a manipulated database', () => {
  let application: TestApplication;
  let manipulation: Manipulation;
  let caseId: string;
  let referral: string;
  const after = (tables: string[], ...statements: string[]) => manipulation.after(tables, ...statements);

  beforeAll(async () => {
    application = await anApplication();
    ({ id: caseId } = await aCaseAt(await application.cast(), 'excluded'));
    const [told] = await toldOf(application, caseId);
    referral = told!.id;
    await application.read(told!.reader, referral);
    manipulation = await Manipulation.of(application);
    await application.rows(
      `INSERT INTO authority (id, code, name, country, channel, kind)
       VALUES ('0b0c0000-0000-4000-8000-00000000a001', 'elsewhere', 'Elsewhere', 'FR', 'inbox', 'prosecution')`,
    );
  });
  afterAll(async () => {
    await manipulation?.end();
    await application?.close();
  });

  it('is whole before', async () => {
    expect(await manipulation.found()).toEqual({ verify: [], reconcile: [] });
  });

  it('in which a duty was turned to another authority, in every row alike, is found by both', async () => {
    const elsewhere = `authority_id = '0b0c0000-0000-4000-8000-00000000a001'`;
    const found = await after(
      ['cause_competence', 'obligation', 'referral'],
      `UPDATE cause_competence m SET ${elsewhere} FROM referral r WHERE r.id = '${referral}' AND m.authority_id = r.authority_id`,
      `UPDATE obligation SET ${elsewhere} WHERE id = '${referral}'`,
      `UPDATE referral SET ${elsewhere} WHERE id = '${referral}'`,
    );
    expect(found.verify).toEqual(
      expect.arrayContaining(
        ['referral', 'obligation', 'cause_competence'].map((table) => `rowChanged ${table}/${referral}`),
      ),
    );
    expect(found.reconcile).toContain('notWhomItWasFor');
  });

  it.each([
    ['referral', `legal_basis = 'none'`],
    ['referral', `grounds = '{1F(b)}'`],
    ['referral', 'suspect_identified = NOT suspect_identified'],
    ['referral', 'present_here = NOT present_here'],
    ['referral', 'corroborated = NOT corroborated'],
    ['referral', 'priority = (priority + 1) % 8'],
    ['obligation', `due_at = due_at + interval '10 years'`],
    ['obligation', `created_at = created_at - interval '1 year'`],
  ])('shows that of a %s somebody set %s', async (table, change) => {
    const { verify } = await after([table], `UPDATE ${table} SET ${change} WHERE id = '${referral}'`);
    expect(verify).toEqual([`rowChanged ${table}/${referral}`]);
  });

  it.each([
    ['deleted', 'DELETE FROM person_country', 'rowMissing'],
    ['replaced by another', `UPDATE person_country SET country = 'NO' WHERE link = 'origin'`, 'rowMissing'],
    [
      'taken back in the name of somebody',
      'UPDATE person_country SET dropped_at = now(), dropped_by = (SELECT id FROM app_user LIMIT 1)',
      'rowMissing',
    ],
    [
      'invented, so that an authority is never told',
      `INSERT INTO person_country (person_id, case_id, country, link) SELECT id, case_id, 'NO', 'residence' FROM person`,
      'rowInserted',
    ],
  ])('shows that a country which bars its recipients was %s', async (_how, statement, kind) => {
    const { verify } = await after(['person_country'], statement);
    expect(verify).toContainEqual(expect.stringMatching(new RegExp(`^${kind} person_country/`)));
  });

  it.each([
    [
      'a function that was replaced',
      `ALTER FUNCTION f1_blocked(uuid, uuid) RENAME TO f1_blocked_before;
       CREATE FUNCTION f1_blocked(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT false'`,
      'DROP FUNCTION f1_blocked(uuid, uuid); ALTER FUNCTION f1_blocked_before(uuid, uuid) RENAME TO f1_blocked',
      'function/f1_blocked(uuid,uuid)',
    ],
    [
      'row-level security that was switched off',
      'ALTER TABLE referral DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE referral ENABLE ROW LEVEL SECURITY',
      'table/referral',
    ],
    [
      'a trigger that was switched off',
      'ALTER TABLE data_key DISABLE TRIGGER open_duty_keeps_key',
      'ALTER TABLE data_key ENABLE TRIGGER open_duty_keeps_key',
      'table/data_key/triggers/open_duty_keeps_key',
    ],
    [
      'a policy that was added',
      'CREATE POLICY everybody ON answer FOR SELECT TO f1_api USING (true)',
      'DROP POLICY everybody ON answer',
      'table/answer/policies/everybody',
    ],
  ])('shows %s', async (_what, change, undo, where) => {
    const { verify } = await manipulation.whileChanged(change, undo);
    expect(verify).toContain(`schemaChanged ${where}`);
  });

  it.each([
    ['was put off', `due_at = due_at + interval '10 years'`, 'met_at IS NULL AND ended_at IS NULL'],
    ['was shortened', `due_at = due_at - interval '1 day'`, `kind = 'appeal'`],
    ['of a referral was put off', `due_at = due_at + interval '1 day'`, `kind = 'acknowledge'`],
    ['was stopped', 'met_at = now()', `kind = 'appeal'`],
    ['was ended', 'ended_at = now()', `kind = 'examinationLimit'`],
  ])('shows that a clock %s', async (_how, change, which) => {
    const { verify } = await after(['deadline'], `UPDATE deadline SET ${change} WHERE ${which}`);
    const running = await application.rows<{ id: string }>(`SELECT id FROM deadline WHERE ${which} ORDER BY id`);
    expect(verify).toEqual(running.map(({ id }) => `rowChanged deadline/${id}`));
  });

  it('shows that a reply was made due sooner', async () => {
    const { verify } = await after(
      ['notice'],
      `UPDATE notice SET reply_due_at = reply_due_at - interval '1 day' WHERE reply_due_at IS NOT NULL`,
    );
    expect(verify).toEqual([expect.stringMatching(/^rowChanged notice/)]);
  });

  it.each([
    ['runs longer', `valid_until = valid_until + interval '1 day'`],
    ['is of somebody else', `user_id = (SELECT id FROM app_user WHERE username = 'officer')`],
  ])('shows that a grant %s', async (_how, change) => {
    const { verify } = await after(['access_grant'], `UPDATE access_grant SET ${change}`);
    expect(verify).toEqual([expect.stringMatching(/^rowChanged access_grant/)]);
  });

  describe('in which a chain was written anew, with all its hashes', () => {
    const chainOf = (id: string) =>
      application.rows<EventRow>('SELECT * FROM event WHERE aggregate_id = $1 ORDER BY seq', [id]);
    const stepsFound = async (id: string, told: (event: EventRow, chain: readonly EventRow[]) => Partial<EventRow>) => {
      const chain = await chainOf(id);
      const statements = forgedChain(chain, (event) => told(event, chain));
      const { verify } = await after(['event', 'case_file', 'referral'], ...statements);
      return verify.filter((found) => found.startsWith('step'));
    };

    it('finds nothing impossible where it tells the same', async () => {
      expect(await stepsFound(caseId, () => ({}))).toEqual([]);
      expect(await stepsFound(referral, () => ({}))).toEqual([]);
    });

    it.each([
      ['by what changes no state', 'SUBMIT_FOR_REVIEW', 'NOTED'],
      ['by a command that the state does not answer', 'APPROVE_REVIEW', 'SERVE_INTENTION'],
    ])('names the step that led on %s', async (_how, type, instead) => {
      const { seq } = (await chainOf(caseId)).find((event) => event.type === type)!;
      const found = await stepsFound(caseId, (event) => (event.seq === seq ? { type: instead } : {}));
      expect(found).toEqual([`stepImpossible case/${caseId}#${seq}`]);
    });

    it('names the first step that jumped to where it all ends', async () => {
      const found = await stepsFound(caseId, (event, chain) =>
        event.seq === 2 ? { facets: { ...event.facets, state: chain.at(-1)!.facets['state'] } } : {},
      );
      expect(found[0]).toBe(`stepImpossible case/${caseId}#2`);
    });

    it('names a beginning where nothing begins', async () => {
      const found = await stepsFound(referral, (event, chain) =>
        event.seq === 1 ? { facets: { ...event.facets, state: chain.at(-1)!.facets['state'] } } : {},
      );
      expect(found[0]).toBe(`stepImpossible referral/${referral}#1`);
    });

    it('is found by the reconciliation too, although it ends in the state that is stored', async () => {
      const folded = async (id: string, told: (event: EventRow, chain: readonly EventRow[]) => Partial<EventRow>) => {
        const chain = await chainOf(id);
        const statements = forgedChain(chain, (event) => told(event, chain));
        return manipulation.chainsAfter(['event', 'case_file', 'referral'], ...statements);
      };
      expect(await folded(caseId, () => ({}))).toEqual([]);
      expect(await folded(referral, () => ({}))).toEqual([]);
      expect(await folded(caseId, ({ type }) => (type === 'SUBMIT_FOR_REVIEW' ? { type: 'NOTED' } : {}))).toEqual([
        `case/${caseId}`,
      ]);
      const early = await folded(referral, (event, chain) =>
        event.seq === 1 ? { facets: { ...event.facets, state: chain.at(-1)!.facets['state'] } } : {},
      );
      expect(early).toEqual([`referral/${referral}`]);
      const silent = await folded(caseId, (event) =>
        event.type === 'SUBMIT_FOR_REVIEW' ? { facets: { ...event.facets, state: undefined } } : {},
      );
      expect(silent).toEqual([]);
    });

    it('calls nothing broken that an event of an earlier release does not tell', async () => {
      const found = await stepsFound(caseId, (event) =>
        event.type === 'SUBMIT_FOR_REVIEW' ? { facets: { ...event.facets, state: undefined } } : {},
      );
      expect(found).toEqual([]);
    });
  });

  it.each([
    ['case', 'case_file'],
    ['referral', 'referral'],
  ])('shows that a %s was pinned to another chart', async (kind, table) => {
    const { verify } = await after(
      [table],
      `UPDATE ${table} t SET workflow_hash = (SELECT hash FROM workflow WHERE kind = '${kind}' AND hash <> t.workflow_hash LIMIT 1)`,
    );
    expect(verify).toContainEqual(expect.stringMatching(new RegExp(`^chartMismatch ${kind}/`)));
  });

  it('goes on where a chart was made unreadable, and shows that', async () => {
    const { verify } = await after(['workflow'], `UPDATE workflow SET body = '{}' WHERE kind = 'referral'`);
    expect(verify).not.toEqual([]);
    expect(verify).toEqual(verify.map(() => expect.stringMatching(/^\w+ workflow\//)));
  });

  it('shows that the law on which an authority is competent was changed', async () => {
    const { verify } = await after(['cause_competence'], `UPDATE cause_competence SET legal_basis = 'none'`);
    expect(verify).toContain(`rowChanged cause_competence/${referral}`);
  });
});
