import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCaseAt, anInterviewUnderWay } from '../factories/case-walk.js';
import { toldOf } from '../factories/closed-case.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { Manipulation } from '../support/manipulated.js';

/** Somebody whose answers raised an indicator that was worded anew and disputed, and one that was cleared again. */
describe('a superuser who turns an assessment round', () => {
  let application: TestApplication;
  let manipulation: Manipulation;
  let allegation: string;
  let standing: string;
  let cleared: string;
  let hold: string;
  let interview: string;
  let undisputed: string;
  const after = async (tables: string[], ...statements: string[]) =>
    (await manipulation.after(tables, ...statements)).verify;

  beforeAll(async () => {
    application = await anApplication();
    const cast = await application.cast();
    const excluded = await aCaseAt(cast, 'excluded');
    allegation = excluded.allegations[0]!;
    const [told] = await toldOf(application, excluded.id);
    const basis = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };
    const holds = `/api/referrals/${told!.id}/holds`;
    const asked = await cast[told!.reader].post<{ id: string }>(holds, { kind: 'preserve', ...basis });
    await cast.legal.post(`${holds}/${asked.id}/decision`, { granted: true, reasons: 'Weighed.' });
    hold = asked.id;
    const { id } = await aCaseAt(cast, 'triage');
    const answered = async (...positions: string[][]) => {
      const interview = await anInterviewUnderWay(cast.officer, id, 'screening');
      const answer = (questionId: string, value: unknown, basedOn?: string) =>
        cast.officer.post<{ answer: { id: string } }>(`/api/interviews/${interview}/answers`, {
          ...{ questionId, value },
          ...(basedOn === undefined ? {} : { basedOn }),
        });
      await answer('birthDate', '1970');
      let before: string | undefined;
      for (const position of positions) before = (await answer('violencePosition', position, before)).answer.id;
      return interview;
    };
    await answered(['amongAttackers'], ['notThere']);
    interview = await answered(['amongAttackers'], ['amongAttackers', 'ordered']);
    const assigned = { username: 'reviewer', role: 'reviewer' };
    await cast.officer.post(`/api/cases/${id}/assignments`, assigned);
    [{ undisputed }] = (await application.rows(
      `SELECT encode(sealed, 'hex') AS undisputed FROM raised_indicator WHERE interview_id = $1 AND cleared_at IS NULL`,
      [interview],
    )) as [{ undisputed: string }];
    const reason = 'The interpreter mixed up two words.';
    await cast.officer.post(`/api/interviews/${interview}/indicators/ownActsTold/disputes`, { reason });
    const idOf = async (which: string) =>
      (
        await application.rows<{ id: string }>(
          `SELECT id FROM raised_indicator WHERE case_id = $1 AND cleared_at ${which}`,
          [id],
        )
      )[0]!.id;
    [standing, cleared] = [await idOf('IS NULL'), await idOf('IS NOT NULL')];
    manipulation = await Manipulation.of(application);
  });
  afterAll(async () => {
    await manipulation?.end();
    await application?.close();
  });

  it('finds it whole before', async () => {
    expect((await manipulation.found()).verify).toEqual([]);
  });

  it.each([
    ['ground', `ground = '1F(b)'`],
    ['severity', `severity = 'low'`],
    ['name', `indicator_id = 'another'`],
  ])('is seen to have changed the %s of an indicator', async (_what, change) => {
    const changed = await after(['raised_indicator'], `UPDATE raised_indicator SET ${change} WHERE id = '${standing}'`);
    expect(changed).toEqual([`rowChanged raised_indicator/${standing}`]);
  });

  it('is seen to have put back what an indicator said before it was disputed', async () => {
    const put = (sealed: string) =>
      after(['raised_indicator'], `UPDATE raised_indicator SET sealed = ${sealed} WHERE id = '${standing}'`);
    expect(await put(`'\\x${undisputed}'`)).toEqual([`rowChanged raised_indicator/${standing}`]);
    const another = `(SELECT sealed FROM raised_indicator WHERE id = '${cleared}')`;
    expect(await put(another)).toEqual([`sealBroken raised_indicator/${standing}`]);
  });

  it('is seen to have cleared, raised again, moved, deleted or invented one', async () => {
    const set = (change: string, id: string) => `UPDATE raised_indicator SET ${change} WHERE id = '${id}'`;
    const changed = (statement: string) => after(['raised_indicator'], statement);
    expect(await changed(set('cleared_at = now()', standing))).toEqual([`rowChanged raised_indicator/${standing}`]);
    expect(await changed(set('cleared_at = NULL', cleared))).toEqual([`rowChanged raised_indicator/${cleared}`]);
    expect(await changed(set(`raised_at = raised_at - interval '1 hour'`, standing))).toEqual([
      `rowInserted raised_indicator/${standing}`,
    ]);
    expect(await changed(`DELETE FROM raised_indicator WHERE id = '${cleared}'`)).toEqual([
      `rowMissing raised_indicator/${cleared}`,
    ]);
    const invented = '0b0c0000-0000-4000-8000-00000000a001';
    expect(
      await changed(`INSERT INTO raised_indicator (id, interview_id, case_id, indicator_id, severity, ground, sealed, raised_at)
        SELECT '${invented}', interview_id, case_id, 'invented', severity, ground, sealed, raised_at FROM raised_indicator
        WHERE id = '${standing}'`),
    ).toEqual([`sealBroken raised_indicator/${invented}`]);
  });

  it.each([
    'minor_at_act = NOT minor_at_act',
    'below_responsibility = NOT below_responsibility',
    'exculpatory_assessed = NOT exculpatory_assessed',
    'template_version = template_version + 1',
    'withdrawn_at = now()',
    `act_country = 'NO'`,
  ])('is seen to have set %s of an allegation', async (change) => {
    const changed = await after(['allegation'], `UPDATE allegation SET ${change} WHERE id = '${allegation}'`);
    expect(changed).toEqual([`rowChanged allegation/${allegation}`]);
  });

  it('is seen to have deleted an allegation', async () => {
    expect(await after(['allegation'], `DELETE FROM allegation WHERE id = '${allegation}'`)).toContain(
      `rowMissing allegation/${allegation}`,
    );
  });

  it.each([
    ['a representative', 'has_representative = NOT has_representative'],
    ['another author', `identity_recorded_by = (SELECT id FROM app_user WHERE username = 'legal')`],
  ])('is seen to have given an identity %s', async (_what, change) => {
    const persons = await application.rows<{ id: string }>('SELECT id FROM person ORDER BY id LIMIT 1');
    const changed = await after(['person'], `UPDATE person SET ${change} WHERE id = '${persons[0]!.id}'`);
    expect(changed).toEqual([`rowChanged person/${persons[0]!.id}`]);
  });

  it('is seen to have cut a hold short', async () => {
    const shorter = `UPDATE hold SET valid_until = valid_until - interval '1 day' WHERE id = '${hold}'`;
    expect(await after(['hold'], shorter)).toEqual([`rowChanged hold/${hold}`]);
  });

  it.each([
    [
      'another questionnaire',
      'questionnaire_hash = (SELECT hash FROM questionnaire q WHERE hash <> t.questionnaire_hash LIMIT 1)',
    ],
    ['another place among them', 'position = position + 1'],
    ['none', 'replaced_at = now()'],
  ])('is seen to have pinned an interview to %s', async (_what, change) => {
    const pinned = await after(
      ['interview_questionnaire'],
      `UPDATE interview_questionnaire t SET ${change} WHERE interview_id = '${interview}'`,
    );
    expect(pinned).toEqual([`rowChanged interview_questionnaire/${interview}`]);
  });

  it.each([
    ['of somebody else', `user_id = (SELECT id FROM app_user WHERE username = 'officer')`],
    ['in another role', `role = 'decisionMaker'`],
  ])('is seen to have made an assignment one %s', async (_what, change) => {
    const assigned = await after(['assignment'], `UPDATE assignment SET ${change}`);
    expect(assigned).toEqual([expect.stringMatching(/^rowChanged assignment\//)]);
  });

  it('is seen to have released a legal hold, or to have given an erasure its second word', async () => {
    const by = `(SELECT id FROM app_user WHERE username = 'officer')`;
    const other = `(SELECT id FROM app_user WHERE username = 'legal')`;
    const held = '0b0c0000-0000-4000-8000-00000000a002';
    const places = `INSERT INTO legal_hold (id, case_id, basis, placed_by, placed_at, released_by, released_at)
      SELECT '${held}', id, 'a law for tests', ${by}, now(), ${other}, now() FROM case_file LIMIT 1`;
    expect(await after(['legal_hold'], places)).toEqual([`rowInserted legal_hold/${held}`]);
    const confirms = `INSERT INTO erasure (id, case_id, basis, asked_by, asked_at, confirmed_by, confirmed_at)
      SELECT '${held}', id, 'a law for tests', ${by}, now(), ${other}, now() FROM case_file LIMIT 1`;
    expect(await after(['erasure'], confirms)).toEqual([`rowInserted erasure/${held}`]);
  });

  describe('of whom an earlier release told less', () => {
    const less = [`UPDATE event SET facets = facets - 'indicators' WHERE facets ? 'indicators'`];
    const indicators = async (...statements: string[]) =>
      (await after(['event', 'raised_indicator'], ...less, ...statements)).filter((one) => /^row/.test(one));

    it('is believed what no event tells', async () => {
      expect(await indicators()).toEqual([]);
    });

    it('is seen to have changed or deleted what an answer raised, and to have cleared it', async () => {
      expect(await indicators(`UPDATE raised_indicator SET ground = '1F(b)' WHERE id = '${standing}'`)).toEqual([
        `rowInserted raised_indicator/${standing}`,
      ]);
      expect(await indicators(`UPDATE raised_indicator SET cleared_at = now() WHERE id = '${standing}'`)).toEqual([
        `rowChanged raised_indicator/${standing}`,
      ]);
      expect(await indicators(`DELETE FROM raised_indicator WHERE id = '${standing}'`)).toEqual([
        expect.stringMatching(/^rowMissing interview\//),
      ]);
      expect(await indicators(`UPDATE raised_indicator SET cleared_at = NULL WHERE id = '${cleared}'`)).toEqual([
        expect.stringMatching(/^rowMissing interview\//),
      ]);
    });
  });
});
