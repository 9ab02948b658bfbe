import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ClockGuard, confirmClock } from '../../src/deadlines/clock-guard.js';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import { Database } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import type { TaskPageDto } from '../../src/tasks/tasks.dto.js';
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

describe('a deadline that comes near and passes', () => {
  let application: TestApplication;
  let caseId: string;
  let closedByHand: string;

  beforeAll(async () => {
    application = await anApplication();
    caseId = await aCase();
  });
  afterAll(() => application.close());

  const aCase = async (): Promise<string> => {
    const officer = await application.caller('officer');
    const { id } = await officer.post<{ id: string }>('/api/cases', { applicant, countryOfOrigin: 'RW' });
    return id;
  };
  const service = <T>(type: new (...given: never[]) => T): T => application.app.get(type, { strict: false });
  const escalate = () => soon(() => service(EscalationService).escalate());
  const confirm = () => soon(() => asOwner(application.database.ownerUrl, confirmClock));
  // Signed in anew each time: sixty days later the first session has ended.
  const tasksOf = async (username: string) =>
    (await (await application.caller(username)).get<TaskPageDto>('/api/tasks?limit=200')).items;
  const triageOf = async (username: string, id = caseId) =>
    (await tasksOf(username)).filter((task) => task.case?.id === id && task.deadline?.kind === 'triage');
  const clocks = async () => {
    const officer = await application.caller('officer');
    const view = await officer.get<{ duties: { deadlines: Clock[] } }>(`/api/cases/${caseId}`);
    return view.duties.deadlines;
  };
  const stepsTold = async (id: string) =>
    (
      await application.rows<{ percent: string }>(
        `SELECT facets ->> 'percent' AS percent FROM event WHERE aggregate_id = $1 AND facets ->> 'deadline' = 'triage'
           AND type IN ('DEADLINE_APPROACHES', 'DEADLINE_PASSED') ORDER BY seq`,
        [id],
      )
    ).map(({ percent }) => Number(percent));

  /** Moves the clock of the database, for connections made after it, and lets the escalation believe it. */
  const moveClock = async (offset: string) => {
    await asSuperuser(`ALTER DATABASE ${application.database.name} SET f1.clock_offset = '${offset}'`);
    await asSuperuser(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = '${application.database.name}' AND usename <> 'f1_owner' AND pid <> pg_backend_pid()`,
    );
  };
  const moveClockRightly = async (offset: string) => {
    await moveClock(offset);
    await soon(() => service(ClockGuard).look());
    await confirm();
    await soon(() => service(ClockGuard).look());
  };
  /** When so much of the time has passed, as an offset of the clock. */
  const offsetOf = async (column: 'half_at' | 'most_at' | 'due_at', id = caseId) => {
    const [row] = await application.rows<{ offset: string }>(
      `SELECT (extract(epoch FROM ${column} - now()) + 60)::int || ' seconds' AS offset FROM deadline
       WHERE subject_id = $1 AND kind = 'triage'`,
      [id],
    );
    return row!.offset;
  };

  it('names its length and source from the day of registration', async () => {
    expect((await clocks()).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['triage', 'examinationLimit']));
    expect((await clocks()).every(({ source, overdue }) => source !== '' && !overdue)).toBe(true);
  });

  it('is left alone while there is time', async () => {
    expect(await escalate()).toBe(0);
    expect(await triageOf('decider')).toEqual([]);
  });

  it("comes onto the list of the unit's lead at half its time, where nobody is assigned", async () => {
    await moveClockRightly(await offsetOf('half_at'));
    const [first, second] = await Promise.all([escalate(), escalate()]);
    expect(first + second).toBeLessThanOrEqual(1); // the application's own round may have been first
    expect(await stepsTold(caseId)).toEqual([50]);
    expect(await triageOf('decider')).toMatchObject([{ deadline: { percent: 50, overdue: false } }]);
    expect(await triageOf('officer')).toEqual([]);
    expect((await triageOf('decider'))[0]?.whyYou).toMatch(/lead the unit/);
  });

  it('comes onto the list of whoever is assigned since, with the command that would meet it', async () => {
    const caller = await application.caller('officer');
    await caller.post(`/api/cases/${caseId}/assignments`, { username: 'interviewer', role: 'officer1F' });
    await moveClockRightly(await offsetOf('most_at'));
    await escalate();
    expect(await stepsTold(caseId)).toEqual([50, 80]);
    const [task] = await triageOf('interviewer');
    expect(task).toMatchObject({ whyYou: 'You are assigned to this case.', deadline: { percent: 80 } });
    expect(task?.nextCommands).toContainEqual(
      expect.objectContaining({ type: 'ACCEPT_TRIAGE', path: `/api/cases/${caseId}/commands` }),
    );
  });

  it('comes onto the list of the lead at half its time too where none of those assigned may decide, and says what to do', async () => {
    const hold = randomUUID();
    await application.rows(
      `INSERT INTO deadline (id, case_id, subject_id, kind, source, starts_at, half_at, most_at, due_at)
       SELECT $1, $2, $1, 'holdDecision', 'house rule', f1_now() - interval '25 hours', f1_now() - interval '1 hour',
         f1_now() + interval '14 hours', f1_now() + interval '23 hours'`,
      [hold, caseId],
    );
    await escalate();
    const holdOf = async (username: string) =>
      (await tasksOf(username)).find(({ deadline }) => deadline?.kind === 'holdDecision');
    expect(await holdOf('interviewer')).toBeDefined();
    expect((await holdOf('decider'))?.what).toContain(
      `Grant or refuse the hold that a recipient asked for: GET /api/cases/${caseId}/holds`,
    );
    await application.rows('UPDATE deadline SET met_at = f1_now() WHERE id = $1', [hold]);
    closedByHand = hold;
  });

  it('comes onto the list of both at the end, is in the history once and stays open', async () => {
    await moveClockRightly('20 days');
    await Promise.all([escalate(), escalate()]);
    expect(await escalate()).toBe(0);
    expect(await stepsTold(caseId)).toEqual([50, 80, 100]);
    for (const username of ['interviewer', 'decider'])
      expect(await triageOf(username)).toMatchObject([{ deadline: { percent: 100, overdue: true } }]);
    expect((await clocks()).find(({ kind }) => kind === 'triage')).toMatchObject({ overdue: true });
  });

  it('takes one step, not three, when nobody looked for a month', async () => {
    const late = await aCase();
    await moveClockRightly('50 days');
    await escalate();
    expect(await stepsTold(late)).toEqual([100]);
    expect(await triageOf('decider', late)).toMatchObject([{ deadline: { percent: 100 } }]);
  });

  it('moves on when the person on whose list it lies has left', async () => {
    await application.rows(`UPDATE app_user SET disabled_at = now() WHERE username = 'interviewer'`);
    await service(EscalationService).readdress();
    const open = await application.rows<{ username: string }>(
      `SELECT u.username FROM task t JOIN deadline d ON d.id = t.deadline_id JOIN app_user u ON u.id = t.assignee_id
       WHERE t.case_id = $1 AND d.kind = 'triage' AND t.done_at IS NULL`,
      [caseId],
    );
    expect(open).toEqual([{ username: 'decider' }]);
    await application.rows(`UPDATE app_user SET disabled_at = NULL WHERE username = 'interviewer'`);
  });

  it('leaves every list when what it waits for has happened', async () => {
    const interviewer = await application.caller('interviewer');
    await interviewer.post(`/api/cases/${caseId}/commands`, { type: 'ACCEPT_TRIAGE' });
    expect(await triageOf('decider')).toEqual([]);
    const done = await application.rows<{ done_because: string }>(
      `SELECT DISTINCT t.done_because FROM task t JOIN deadline d ON d.id = t.deadline_id
       WHERE t.case_id = $1 AND d.kind = 'triage'`,
      [caseId],
    );
    expect(done.map(({ done_because }) => done_because).sort()).toEqual(['met', 'reassigned']);
    // The clock that was closed by hand above is what it finds, and nothing else.
    const { findings } = await application.verifyAudit();
    expect(findings).toEqual([expect.objectContaining({ kind: 'rowChanged', where: `deadline/${closedByHand}` })]);
  });

  describe('under a clock that jumps', () => {
    let jumping: string;

    beforeEach(async () => {
      jumping ??= await aCase();
    });

    it('is held, which operators are told, until one confirms the time', async () => {
      await soon(() => service(ClockGuard).look());
      await moveClock('90 days');
      expect(await escalate()).toBe(0);
      expect(await escalate()).toBe(0);
      expect(await stepsTold(jumping)).toEqual([]);
      expect(service(ClockGuard).state).toMatchObject({ held: true });
      await service(EscalationService).tellOperators();
      expect((await tasksOf('operator')).map(({ kind }) => kind)).toContain('clockJumped');
      const ready = await fetch(`${application.address}/health/ready`);
      expect(ready.status).toBe(200);
      expect(await confirm()).toMatchObject({ held: true });
      await escalate();
      expect(await stepsTold(jumping)).toEqual([100]);
      await service(EscalationService).tellOperators();
      expect((await tasksOf('operator')).map(({ kind }) => kind)).not.toContain('clockJumped');
    });

    it('goes on by itself when the clock returns', async () => {
      await moveClock('400 days');
      await escalate();
      expect(service(ClockGuard).state.held).toBe(true);
      await moveClock('90 days');
      await escalate();
      expect(service(ClockGuard).state).toEqual({ held: false, jumpedMs: 0 });
    });

    it('is held after a step back that happened while no worker ran', async () => {
      const database = application.app.get(Database);
      await moveClock('10 days');
      const restarted = new ClockGuard(database);
      expect(await soon(() => restarted.look())).toMatchObject({ held: true });
      await confirm();
    });

    it('takes the time that a worker was down for no jump', async () => {
      const guard = new ClockGuard(application.app.get(Database));
      await guard.look();
      await application.rows(`UPDATE clock_mark SET seen_at = seen_at - interval '30 days'`);
      expect(await new ClockGuard(application.app.get(Database)).look()).toMatchObject({ held: false });
    });
  });

  async function asSuperuser(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: application.database.superuserUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  /** The pool meets its dead connections first. */
  async function soon<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt === 20) throw error;
      }
    }
  }
});
