import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import type { TaskDto, TaskPageDto } from '../../src/tasks/tasks.dto.js';
import { anApplication, type TestApplication } from '../support/application.js';
import { QuestionnaireLife } from '../support/questionnaire-life.js';

describe('a questionnaire that waits for its approval', () => {
  let application: TestApplication;
  let life: QuestionnaireLife;
  let id: string;

  beforeAll(async () => {
    application = await anApplication();
    life = await QuestionnaireLife.at(application);
    id = await life.submitted();
  });
  afterAll(() => application.close());

  /** As if this share of its time had passed. */
  const passed = async (...columns: ('half_at' | 'most_at' | 'due_at')[]) => {
    const past = columns.map((column) => `${column} = f1_now() - interval '1 minute'`).join(', ');
    await application.rows(`UPDATE deadline SET ${past} WHERE subject_id = $1 AND met_at IS NULL`, [id]);
    // The application's own round may be under way with it.
    const waiting = 'SELECT FROM deadline WHERE subject_id = $1 AND met_at IS NULL AND next_step_at <= f1_now()';
    do await application.app.get(EscalationService, { strict: false }).escalate();
    while ((await application.rows(waiting, [id])).length > 0);
  };
  const reviewsOf = async (username: string): Promise<TaskDto[]> => {
    const caller = await application.caller(username);
    const { items } = await caller.get<TaskPageDto>('/api/tasks?limit=200');
    return items.filter(({ deadline }) => deadline?.subjectId === id);
  };

  it('comes onto the list of an author who wrote none of it, with the commands that would end the wait', async () => {
    expect(await reviewsOf('second-author')).toEqual([]);
    await passed('half_at');
    const [task] = await reviewsOf('second-author');
    expect(task).toMatchObject({ case: null, deadline: { kind: 'questionnaireReview', percent: 50 } });
    expect(task?.whyYou).toMatch(/wrote none of it/);
    const path = `/api/questionnaires/${id}/commands`;
    expect(task?.nextCommands).toEqual(
      expect.arrayContaining(
        ['APPROVE_QUESTIONNAIRE', 'RETURN_QUESTIONNAIRE'].map((type) => expect.objectContaining({ type, path })),
      ),
    );
    expect(await reviewsOf('author')).toEqual([]);
  });

  it('is told to the lead of the unit too when the time has passed, and says so in its history', async () => {
    await passed('most_at');
    expect(await reviewsOf('decider')).toEqual([]);
    await passed('due_at');
    expect(await reviewsOf('decider')).toMatchObject([
      {
        what: expect.stringMatching(/approved by an author who wrote none of it/),
        deadline: { percent: 100, overdue: true },
      },
    ]);
    const told = await application.rows<{ type: string; percent: number }>(
      `SELECT type, (facets ->> 'percent')::int AS percent FROM event WHERE aggregate_id = $1 AND facets ? 'deadline' ORDER BY seq`,
      [id],
    );
    expect(told).toEqual([
      { type: 'DEADLINE_APPROACHES', percent: 50 },
      { type: 'DEADLINE_APPROACHES', percent: 80 },
      { type: 'DEADLINE_PASSED', percent: 100 },
    ]);
  });

  it('leaves every list when it is returned, and comes again with a time of its own when it is submitted anew', async () => {
    const returned = await life.command(life.second, id, 'RETURN_QUESTIONNAIRE', { reason: 'A place is missing.' });
    expect(returned.status).toBe(200);
    expect([...(await reviewsOf('second-author')), ...(await reviewsOf('decider'))]).toEqual([]);
    expect((await life.command(life.author, id, 'SUBMIT_FOR_APPROVAL')).status).toBe(200);
    await passed('half_at');
    expect(await reviewsOf('second-author')).toMatchObject([{ deadline: { percent: 50, overdue: false } }]);
  });

  it('is approved after all, and nothing of it waits any more', async () => {
    expect((await life.approve(id)).status).toBe(200);
    expect(await reviewsOf('second-author')).toEqual([]);
    const [row] = await application.rows(
      `SELECT count(*)::int AS n FROM deadline WHERE subject_id = $1 AND met_at IS NULL`,
      [id],
    );
    expect(row).toEqual({ n: 0 });
  });
});
