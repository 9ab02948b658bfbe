import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import { anApplication, type TestApplication } from '../support/application.js';

const applicant = {
  familyName: 'Exemplaris',
  givenNames: 'Tarda',
  birthDate: '1970',
  sex: 'unknown',
  nationalities: ['RW'],
};

interface Clock {
  readonly kind: string;
  readonly overdue: boolean;
  readonly source: string;
}

describe('a deadline that passes unmet', () => {
  let application: TestApplication;
  let caseId: string;

  beforeAll(async () => {
    application = await anApplication();
    const officer = await application.as('officer');
    const { body } = await officer.post('/api/cases', { applicant, countryOfOrigin: 'RW' });
    caseId = body.id;
  });
  afterAll(() => application.close());

  const escalate = () => application.app.get(EscalationService, { strict: false }).escalate();
  const clocks = async () => {
    // Signed in anew each time: sixty days later the first session has ended.
    const officer = await application.caller('officer');
    const view = await officer.get<{ duties: { deadlines: Clock[] } }>(`/api/cases/${caseId}`);
    return view.duties.deadlines;
  };

  it('names its length and source from the day of registration', async () => {
    expect((await clocks()).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['triage', 'examinationLimit']));
    expect((await clocks()).every(({ source, overdue }) => source !== '' && !overdue)).toBe(true);
  });

  it('is left alone while there is time', async () => {
    expect(await escalate()).toBe(0);
  });

  it('is written once into the history of the case, and stays open', async () => {
    await asSuperuser(`ALTER DATABASE ${application.database.name} SET f1.clock_offset = '60 days'`);
    // A setting of the database holds for connections made after it.
    await asSuperuser(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = '${application.database.name}' AND usename <> 'f1_owner' AND pid <> pg_backend_pid()`,
    );
    const [first, second] = await Promise.all([escalateSoon(), escalateSoon()]);
    expect(first + second).toBeGreaterThanOrEqual(1);
    expect(await escalate()).toBe(0);
    const events = await application.rows<{ facets: { deadline: string }; actor_id: string | null }>(
      `SELECT facets, actor_id FROM event WHERE aggregate_id = $1 AND type = 'DEADLINE_PASSED'`,
      [caseId],
    );
    expect(events.map(({ facets }) => facets.deadline)).toContain('triage');
    expect(new Set(events.map(({ facets }) => facets.deadline)).size).toBe(events.length);
    expect(events.every(({ actor_id }) => actor_id === null)).toBe(true);
    expect((await clocks()).find(({ kind }) => kind === 'triage')).toMatchObject({ overdue: true });
    expect((await application.verifyAudit()).findings).toEqual([]);
  });

  async function asSuperuser(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: application.database.superuserUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  /** The pool meets its dead connections first. */
  async function escalateSoon(): Promise<number> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await escalate();
      } catch (error) {
        if (attempt === 20) throw error;
      }
    }
  }
});
