import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import { anApplication, type TestApplication } from '../support/application.js';

const applicant = {
  familyName: 'Exemplaris',
  givenNames: 'Separata',
  birthDate: '1970',
  sex: 'unknown',
  nationalities: ['RW'],
};

describe('deadlines of several cases', () => {
  let application: TestApplication;

  beforeAll(async () => {
    application = await anApplication();
  });
  afterAll(() => application.close());

  const escalation = () => application.app.get(EscalationService, { strict: false });
  const aCase = async (): Promise<string> => {
    const officer = await application.caller('officer');
    return (await officer.post<{ id: string }>('/api/cases', { applicant, countryOfOrigin: 'RW' })).id;
  };
  const halfPassed = (id: string) =>
    application.rows(
      `UPDATE deadline SET half_at = f1_now() - interval '1 s' WHERE subject_id = $1 AND kind = 'triage'`,
      [id],
    );
  const told = (id: string) =>
    application.rows(
      `SELECT FROM event WHERE aggregate_id = $1 AND type = 'DEADLINE_APPROACHES' AND facets ->> 'deadline' = 'triage'`,
      [id],
    );

  it('are told of also where the key of the case cannot be read, which needs none', async () => {
    const damaged = await aCase();
    await application.rows(`UPDATE data_key SET wrapped = '\\x00' WHERE case_id = $1`, [damaged]);
    await halfPassed(damaged);
    await escalation().escalate();
    expect(await told(damaged)).toHaveLength(1);
  });

  it('keep each other from nothing: one that cannot be told of is counted, and the others are', async () => {
    const [refused, other] = [await aCase(), await aCase()];
    await application.rows(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'an invented fault'; END $$`,
    );
    await application.rows(
      `CREATE TRIGGER refuse BEFORE UPDATE ON deadline FOR EACH ROW WHEN (NEW.subject_id = '${refused}' AND NEW.step > 0)
       EXECUTE FUNCTION refuse()`,
    );
    const before = await failures();
    await application.rows(`UPDATE deadline SET half_at = f1_now() - interval '1 s' WHERE kind = 'triage'`);
    await escalation().escalate();
    await escalation().readdress();
    expect(await told(refused)).toHaveLength(0);
    expect(await told(other)).toHaveLength(1);
    expect(await failures()).toBeGreaterThan(before);
    await application.rows('DROP TRIGGER refuse ON deadline');
    await escalation().escalate();
    expect(await told(refused)).toHaveLength(1);
  });

  async function failures(): Promise<number> {
    const page = await (await fetch(`${application.address}/metrics`)).text();
    return Number(/^f1_escalation_failures_total (\d+)/m.exec(page)?.[1]);
  }
});
