import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { aCaseAt, anApplicant } from '../factories/case-walk.js';
import { anApplication, type TestApplication } from '../support/application.js';

/** The authority was Belgian when it registered somebody who had lived in Belgium and in Uganda. */
describe('the country that was the own one when a case was registered', () => {
  let application: TestApplication;
  let superuser: pg.Client;
  let person: string;

  beforeAll(async () => {
    application = await anApplication();
    superuser = new pg.Client({ connectionString: application.database.superuserUrl });
    await superuser.connect();
    await superuser.query(`SET session_replication_role = 'replica'`);
    const about = { applicant: anApplicant({ nationalities: ['RW'], residences: ['BE', 'UG'] }) };
    const { id } = await aCaseAt(await application.cast(), 'triage', about);
    [{ id: person }] = (await application.rows<{ id: string }>('SELECT id FROM person WHERE case_id = $1', [id])) as [
      { id: string },
    ];
  });
  afterAll(async () => {
    await superuser?.end();
    await application?.close();
  });

  const found = async (ownCountry?: string) =>
    (
      await auditVerify(application.database.ownerUrl, keysFrom(application.config), ownCountry ? { ownCountry } : {})
    ).findings
      .filter(({ where }) => where.startsWith('person_country'))
      .map(({ kind, where, what }) => ({ kind, link: where.slice(`person_country/${person}:`.length), what }));
  const bars = (country: string) =>
    superuser.query(
      `INSERT INTO person_country (person_id, case_id, country, link) SELECT id, case_id, $1, 'residence' FROM person`,
      [country],
    );
  const unbars = (country: string) =>
    superuser.query(`DELETE FROM person_country WHERE link = 'residence' AND country = $1`, [country]);

  it.each(['BE', 'FR', 'UG', undefined])('is held against, whichever it is now (%s)', async (now) => {
    expect(await found(now)).toEqual([]);
    await unbars('UG');
    const because = 'its chain tells that this country bars its recipients';
    expect(await found(now)).toEqual([{ kind: 'rowMissing', link: 'UG:residence', what: because }]);
    await bars('UG');
    await bars('BE');
    expect(await found(now)).toEqual([{ kind: 'rowInserted', link: 'BE:residence', what: 'no event tells of it' }]);
    await unbars('BE');
  });

  it('is that of today where the event of an earlier release does not say', async () => {
    await superuser.query(`UPDATE event SET facets = facets - 'ownCountry' WHERE aggregate_kind = 'person'`);
    expect(await found('BE')).toEqual([]);
    expect(await found()).toEqual([]);
    await unbars('UG');
    expect(await found('BE')).toEqual([
      { kind: 'rowMissing', link: 'UG:residence', what: expect.stringContaining("unless it was the authority's own") },
    ]);
    await bars('UG');
  });

  it('is that of the first event that says it, for those of an earlier release', async () => {
    await superuser.query(`UPDATE event SET facets = facets - 'ownCountry' WHERE aggregate_kind = 'person'`);
    await aCaseAt(await application.cast(), 'triage');
    expect(await found('FR')).toEqual([]);
  });
});
