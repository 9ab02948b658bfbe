import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cast } from '../../src/demo/case-walk.js';
import { authorityId } from '../../src/demo/seed.js';
import { aCaseAt, anApplicant } from '../factories/case-walk.js';
import { anApplication, type Person, type TestApplication } from '../support/application.js';

describe('the particulars of an applicant', () => {
  let application: TestApplication;
  let cast: Cast;
  let officer: Person;

  beforeAll(async () => {
    application = await anApplication();
    cast = await application.cast();
    officer = await application.as('officer');
  });
  afterAll(() => application.close());

  const correct = (id: string, about: object) =>
    officer.put(`/api/cases/${id}/applicant`, { applicant: anApplicant(about), reason: 'A passport was handed in.' });

  it('are corrected with a reason, and both chains say so', async () => {
    const { id } = await aCaseAt(cast, 'triage');
    const { status } = await correct(id, { familyName: 'Correctus', residences: ['CD', 'UG'] });
    expect(status).toBe(200);
    const { body } = await officer.get(`/api/cases/${id}`);
    expect(body.applicant).toMatchObject({ familyName: 'Correctus', residences: ['CD', 'UG'] });
    const events = await application.rows<{ aggregate_kind: string }>(
      `SELECT aggregate_kind FROM event WHERE case_id = $1 AND type = 'CORRECT_PARTICULARS' ORDER BY 1`,
      [id],
    );
    expect(events.map(({ aggregate_kind }) => aggregate_kind)).toEqual(['case', 'person']);
    const blocked = await application.rows<{ country: string }>(
      `SELECT DISTINCT country FROM person_country WHERE case_id = $1 ORDER BY 1`,
      [id],
    );
    expect(blocked.map(({ country }) => country)).toEqual(['CD', 'RW', 'UG']);
  });

  it('unblock a country that was named by mistake on the word of two persons, and tell of both', async () => {
    const { id } = await aCaseAt(cast, 'triage', { applicant: anApplicant({ residences: ['CD'] }) });
    const blocked = async () =>
      (
        await application.rows<{ country: string }>(
          `SELECT DISTINCT country FROM person_country WHERE case_id = $1 ORDER BY 1`,
          [id],
        )
      ).map(({ country }) => country);
    const waits = [{ country: 'CD', reason: 'A passport was handed in.' }];
    const first = await correct(id, { residences: [] });
    expect(first.body.stillBlocked).toMatchObject(waits);
    expect((await correct(id, { residences: [] })).body.stillBlocked).toMatchObject(waits);
    expect(await blocked()).toEqual(['CD', 'RW']);
    const raw = application.rows(`DELETE FROM person_country WHERE case_id = $1 AND country = 'RW'`, [id]);
    await expect(raw).rejects.toMatchObject({ code: 'F1062' });
    const second = await application.as('interviewer');
    const { body: me } = await officer.get('/api/me');
    const { body: shown } = await second.get(`/api/cases/${id}/person`);
    expect(shown.stillBlocked).toEqual([
      { ...waits[0], droppedBy: me.displayName, droppedAt: expect.stringMatching(/^\d{4}-/) },
    ]);
    // What somebody else sends without a word on the country is no second word.
    const body = { applicant: anApplicant({ residences: [] }), reason: 'The passport says so.' };
    expect((await second.put(`/api/cases/${id}/applicant`, body)).body.stillBlocked).toEqual(shown.stillBlocked);
    expect(await blocked()).toEqual(['CD', 'RW']);
    const unblock = async (who: Person, ...unblocks: unknown[]) => {
      const answer = await who.put(`/api/cases/${id}/applicant`, { ...body, unblocks });
      return [answer.status, answer.body.code, answer.body.errors?.[0]?.pointer];
    };
    expect(await unblock(officer, 'CD')).toEqual([409, 'fourEyes', undefined]);
    expect(await unblock(second, 'UG')).toEqual([409, 'conflict', undefined]);
    expect(await unblock(second, 'CD', 'RW')).toEqual([400, 'invalidInput', '/unblocks/1']);
    expect(await unblock(second, 'Congo')).toEqual([400, 'invalidInput', '/unblocks']);
    expect(await blocked()).toEqual(['CD', 'RW']);
    expect(await unblock(second, 'CD')).toEqual([200, undefined, undefined]);
    expect((await officer.get(`/api/cases/${id}/person`)).body.stillBlocked).toEqual([]);
    expect(await blocked()).toEqual(['RW']);
    const told = await application.rows(
      `SELECT facets -> 'stillBlocked' AS waits, facets -> 'unblocked' AS unblocked FROM event
       WHERE aggregate_id = $1 AND type = 'CORRECT_PARTICULARS' ORDER BY seq`,
      [id],
    );
    expect(told).toEqual([
      { waits: ['CD'], unblocked: [] },
      { waits: ['CD'], unblocked: [] },
      { waits: ['CD'], unblocked: [] },
      { waits: [], unblocked: ['CD'] },
    ]);
  });

  it('make nobody competent by a country that one person took back, and go on to bar who is of it', async () => {
    const [prosecution, unit] = ['demo-prosecution', 'demo-war-crimes-unit'].map(authorityId);
    const { id, outcomes } = await aCaseAt(cast, 'approved', { applicant: anApplicant({ residences: ['CD', 'UG'] }) });
    const decider = await application.as('decider');
    const decide = () =>
      decider.post(`/api/cases/${id}/commands`, {
        type: 'DECIDE_EXCLUSION',
        reasons: 'Serious reasons for considering.',
        allegations: outcomes,
      });
    const owner = (sql: string, values: unknown[]) => application.owner.query(sql, values);
    const rules = 'UPDATE competence_rule SET countries = $2 WHERE authority_id = $1';
    await owner(rules, [prosecution, ['CD']]);
    await owner(rules, [unit, ['CD']]);
    try {
      expect((await correct(id, { residences: ['UG'] })).status).toBe(200);
      const nobody = await decide();
      expect([nobody.status, nobody.body.code]).toEqual([409, 'noCompetentAuthority']);
      expect(nobody.body.detail).not.toContain('demo-');
      await owner(rules, [prosecution, ['UG']]);
      await owner('UPDATE authority SET represents = $2 WHERE id = $1', [prosecution, 'CD']);
      const barred = await decide();
      expect([barred.status, barred.body.code]).toEqual([409, 'noCompetentAuthority']);
      expect(barred.body.detail).toContain('Blocked recipients in this case: demo-prosecution.');
      await owner('UPDATE authority SET represents = $2 WHERE id = $1', [prosecution, null]);
      expect((await decide()).status).toBe(200);
      const told = await application.rows('SELECT DISTINCT authority_id FROM obligation WHERE case_id = $1', [id]);
      expect(told).toEqual([{ authority_id: prosecution }]);
    } finally {
      await owner('UPDATE competence_rule SET countries = NULL WHERE authority_id = ANY ($1)', [[prosecution, unit]]);
      await owner('UPDATE authority SET represents = NULL WHERE id = $1', [prosecution]);
    }
  });

  it('keep the birth date that a reviewed analysis rests on', async () => {
    const { id } = await aCaseAt(cast, 'approved');
    const refused = await correct(id, { birthDate: '1981' });
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect(refused.body.detail).toMatch(/returned to analysis/);
    const { body } = await officer.get(`/api/cases/${id}`);
    expect(body.applicant.birthDate).toBe('1962-03-11');
  });

  it('never block the country that decides', async () => {
    const { id } = await aCaseAt(cast, 'excluded', { applicant: anApplicant({ residences: ['BE'] }) });
    const { body } = await officer.get(`/api/cases/${id}`);
    expect(body.duties.obligations).toHaveLength(2);
  });

  it('know nobody born tomorrow', async () => {
    const { status, body } = await officer.post('/api/cases', {
      applicant: anApplicant({ birthDate: '2999' }),
      countryOfOrigin: 'RW',
    });
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/applicant/birthDate']);
  });

  it('leave every chain and row as the commands made them', async () => {
    expect(await application.verifyAudit()).toMatchObject({ ok: true, findings: [] });
  });
});
