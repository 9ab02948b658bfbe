import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { eventually } from '../faults/support/referral-system.js';
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
  const halfPassed = (...ids: string[]) =>
    application.rows(
      `UPDATE deadline SET half_at = f1_now() - interval '1 s' WHERE subject_id = ANY ($1) AND kind = 'triage'`,
      [ids],
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

  it('are told of together where many have passed, each in its own history', async () => {
    const cases: string[] = [];
    for (let n = 0; n < 12; n++) cases.push(await aCase());
    await halfPassed(...cases);
    await escalation().escalate();
    const told = await application.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM event WHERE aggregate_id = ANY ($1) AND type = 'DEADLINE_APPROACHES' GROUP BY tx`,
      [cases],
    );
    expect(told.reduce((sum, { n }) => sum + n, 0)).toBe(12);
    expect(told.length).toBeLessThanOrEqual(2);
    const { findings } = await application.verifyAudit();
    expect(findings.filter(({ where }) => cases.some((id) => where.includes(id)))).toEqual([]);
  });

  it('wait for nobody but their own case, where a command holds one', async () => {
    const [held, other] = [await aCase(), await aCase()];
    const escalated = await asOwner(application.database.ownerUrl, async (command) => {
      await command.query('BEGIN');
      await command.query('SELECT FROM case_file WHERE id = $1 FOR UPDATE', [held]);
      await halfPassed(held, other);
      const round = escalation().escalate();
      await eventually(async () => (await told(other)).length > 0);
      expect(await told(held)).toHaveLength(0);
      await command.query('COMMIT');
      return { round };
    });
    await escalated.round;
    expect(await told(held)).toHaveLength(1);
  });

  async function failures(): Promise<number> {
    const page = await (await fetch(`${application.address}/metrics`)).text();
    return Number(/^f1_escalation_failures_total (\d+)/m.exec(page)?.[1]);
  }
});
