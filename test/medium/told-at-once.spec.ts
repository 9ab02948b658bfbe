import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { EscalationService } from '../../src/deadlines/escalation.service.js';
import { TOLD_AT_ONCE } from '../../src/domain/referral/escalation.js';
import { accountId } from '../../src/demo/seed.js';
import type { TaskDto } from '../../src/tasks/tasks.dto.js';
import { aCaseAt, type CaseAt } from '../factories/case-walk.js';
import { anApplication, type Answer, type Person, type TestApplication } from '../support/application.js';

const BASIS = { legalBasis: 'an invented code, section 9', reasons: 'An invented search is planned.' };
const SOUGHT = {
  purpose: 'investigation',
  legalBasis: 'an invented code, section 3',
  scope: 'Whether the person is here.',
  reasons: 'Named by an invented witness.',
  particulars: { familyName: 'Nemo', givenNames: 'Fictus' },
};

describe('what is asked from outside', () => {
  let application: TestApplication;
  let file: CaseAt;
  let referral: string;
  let prosecutor: Person;
  const closedByHand: string[] = [];

  beforeAll(async () => {
    application = await anApplication();
    file = await aCaseAt(await application.cast(), 'excluded');
    const [row] = await application.rows<{ id: string; code: string }>(
      `SELECT r.id, a.code FROM referral r JOIN authority a ON a.id = r.authority_id WHERE r.case_id = $1`,
      [file.id],
    );
    referral = row!.id;
    prosecutor = await application.as(row!.code === 'demo-prosecution' ? 'prosecutor' : 'war-crimes');
  });
  afterAll(() => application.close());

  const post = async (who: string, path: string, body: unknown): Promise<Answer> =>
    (await application.as(who)).post(path, body);
  const tasksOf = async (username: string): Promise<TaskDto[]> =>
    (await (await application.as(username)).get('/api/tasks?limit=200')).body.items;
  const taskOf = async (username: string, subject: string) =>
    (await tasksOf(username)).find(({ deadline }) => deadline?.subjectId === subject);
  const escalation = () => application.app.get(EscalationService, { strict: false });
  const askHold = async (kind = 'stayOfRemoval'): Promise<string> =>
    (await prosecutor.post(`/api/referrals/${referral}/holds`, { kind, ...BASIS })).body.id;
  const decideHold = (id: string, granted: boolean) =>
    post('legal', `/api/referrals/${referral}/holds/${id}/decision`, { granted, reasons: 'Weighed.' });
  const askAboutPerson = async (): Promise<string> =>
    (await prosecutor.post('/api/person-requests', SOUGHT)).body.id as string;
  /** Of one clock, as if it had begun so long ago that this share of it, in percent, has passed. */
  const passed = (subject: string, percent: number) =>
    application.rows(
      `UPDATE deadline SET starts_at = f1_now() - make_interval(secs => $2 * 10), due_at = f1_now() + make_interval(secs => (100 - $2) * 10),
         half_at = f1_now() + make_interval(secs => (50 - $2) * 10), most_at = f1_now() + make_interval(secs => (80 - $2) * 10)
       WHERE subject_id = $1 AND met_at IS NULL`,
      [subject, percent],
    );
  const open = (subject: string) =>
    application.rows<{ username: string; because: string; step: number }>(
      `SELECT u.username, t.because, t.step FROM task t JOIN deadline d ON d.id = t.deadline_id JOIN app_user u ON u.id = t.assignee_id
       WHERE d.subject_id = $1 AND t.done_at IS NULL ORDER BY u.username`,
      [subject],
    );
  const deadline = async (subject: string) =>
    (
      await application.rows<{ met: boolean; ended: boolean; step: number }>(
        'SELECT met_at IS NOT NULL AS met, ended_at IS NOT NULL AS ended, step FROM deadline WHERE subject_id = $1 ORDER BY starts_at',
        [subject],
      )
    ).at(-1);

  it('is at once on the list of the lead where nobody is assigned who may decide, with what to do, soonest first', async () => {
    const id = await askHold();
    const task = await taskOf('decider', id);
    expect(task).toMatchObject({ deadline: { kind: 'holdDecision', percent: 0, overdue: false } });
    expect(task?.what).toBe(
      `Grant or refuse the hold that a recipient asked for: GET /api/cases/${file.id}/holds, then POST /api/referrals/{id}/holds/${id}/decision with its referralId.`,
    );
    const due = (await tasksOf('decider')).map((one) => one.deadline?.dueAt ?? one.since);
    expect(due).toEqual([...due].sort());
    expect(await taskOf('officer', id)).toBeUndefined();
    expect((await decideHold(id, false)).status).toBe(200);
    expect(await taskOf('decider', id)).toBeUndefined();
  });

  it('is on no list when the asking is refused', async () => {
    const before = await application.rows('SELECT id FROM task');
    const refused = await prosecutor.post(`/api/referrals/${referral}/requests`, {
      kind: 'documents',
      text: 'The service book, please.',
      legalBasis: 'an invented code',
      questionIds: ['not-a-question'],
    });
    expect(refused.status).toBe(400);
    expect(await application.rows('SELECT id FROM task')).toHaveLength(before.length);
  });

  it('is told to those alone who are assigned and may act, and to somebody else once they have left', async () => {
    await post('officer', `/api/cases/${file.id}/assignments`, { username: 'legal', role: 'legalAdviser' });
    const id = await askHold();
    expect(await open(id)).toEqual([{ username: 'legal', because: 'assigned', step: 0 }]);
    await application.rows(`UPDATE app_user SET disabled_at = now() WHERE username = 'legal'`);
    await escalation().readdress();
    expect(await open(id)).toEqual([{ username: 'decider', because: 'leadsUnit', step: 0 }]);
    await application.rows(`UPDATE app_user SET disabled_at = NULL WHERE username = 'legal'`);
  });

  it('reaches, told by the database, whom the worker would tell', async () => {
    const subjects: string[] = [];
    for (const kind of TOLD_AT_ONCE.filter((one) => one !== 'personRequest' && one !== 'correctionDecision')) {
      const id = randomUUID();
      subjects.push(id);
      await application.rows(
        `INSERT INTO deadline (id, case_id, subject_id, kind, source, half_at, most_at, due_at)
         VALUES ($1, $2, $1, $3, 'house rule', f1_now() + interval '1 h', f1_now() + interval '2 h', f1_now() + interval '3 h')`,
        [id, file.id, kind],
      );
    }
    for (const assigned of ['nobody', 'analyst officer1F', 'second-decider decisionMaker']) {
      const [username, role] = assigned.split(' ');
      if (role) await post('officer', `/api/cases/${file.id}/assignments`, { username, role });
      for (const id of subjects) {
        // Begun anew, it is told anew.
        await application.rows(`UPDATE deadline SET starts_at = starts_at + interval '1 s' WHERE id = $1`, [id]);
        const told = await open(id);
        expect(told).not.toEqual([]);
        await application.rows(
          `UPDATE task SET done_at = now(), done_because = 'reassigned' WHERE deadline_id = $1 AND done_at IS NULL`,
          [id],
        );
        await escalation().readdress();
        expect(await open(id)).toEqual(told);
      }
    }
    // The decision-maker who decided the case leads the unit, and does not reconsider it where another one is assigned.
    expect(await open(subjects[2]!)).toEqual([{ username: 'second-decider', because: 'assigned', step: 0 }]);
    await application.rows('UPDATE deadline SET ended_at = now() WHERE id = ANY ($1)', [subjects]);
    // That of a blocked recipient closes at no event's time.
    const known = await application.rows<{ id: string }>(
      `SELECT id FROM deadline WHERE id = ANY ($1) AND kind <> 'blockedRecipient'`,
      [subjects],
    );
    expect(known.length).toBeGreaterThan(5);
    closedByHand.push(...known.map(({ id }) => id));
    for (const id of subjects) expect(await open(id)).toEqual([]);
  });

  describe('about a person who was not referred', () => {
    it('is at once on the list of everybody who may answer it, and of no case', async () => {
      const id = await askAboutPerson();
      expect((await open(id)).map(({ username, because }) => `${username} ${because}`)).toEqual([
        'decider answers',
        'legal answers',
        'second-decider answers',
      ]);
      const task = await taskOf('legal', id);
      expect(task).toMatchObject({ case: null, deadline: { kind: 'personRequest', percent: 0 } });
      expect(task?.what).toContain(`GET /api/person-requests/${id}`);
      await post('legal', `/api/person-requests/${id}/proposals`, {
        outcome: 'refused',
        refusal: 'notDisclosed',
        reasons: 'As found.',
      });
      const { proposals } = (await (await application.as('decider')).get(`/api/person-requests/${id}`)).body;
      const at = `/api/person-requests/${id}/proposals/${proposals[0].id}/decision`;
      expect((await post('decider', at, { decision: 'confirmed', reasons: 'I agree.' })).status).toBe(200);
      expect(await open(id)).toEqual([]);
      expect(await deadline(id)).toMatchObject({ met: true });
    });

    it('escalates in its own history, stays open, and is told to the leads and the operators at the end', async () => {
      const id = await askAboutPerson();
      for (const percent of [51, 81]) {
        await passed(id, percent);
        await escalation().escalate();
      }
      expect(new Set((await open(id)).map(({ because, step }) => `${because} ${step}`))).toEqual(
        new Set(['answers 80']),
      );
      await passed(id, 101);
      await escalation().escalate();
      const leads = await taskOf('officer-north', id);
      expect(leads).toMatchObject({ deadline: { percent: 100, overdue: true } });
      // A lead who may not answer is sent nowhere that would refuse them.
      expect(leads?.what).toContain('legal advisers and decision-makers alone');
      expect(leads?.what).not.toContain('/api/person-requests');
      await escalation().tellOperators();
      expect((await tasksOf('operator')).map(({ kind }) => kind)).toContain('personRequestLate');
      const told = await application.rows<{ type: string; case_id: string | null; percent: string }>(
        `SELECT type, case_id, facets ->> 'percent' AS percent FROM event WHERE aggregate_id = $1 ORDER BY seq`,
        [id],
      );
      expect(told.map(({ type, percent }) => `${type} ${percent}`)).toEqual([
        'ASK_ABOUT_PERSON null',
        'DEADLINE_APPROACHES 50',
        'DEADLINE_APPROACHES 80',
        'DEADLINE_PASSED 100',
      ]);
      expect(told.every(({ case_id }) => case_id === null)).toBe(true);
      expect(await deadline(id)).toEqual({ met: false, ended: false, step: 100 });
    });

    it('hides its clock from whoever asked, whom it would tell how soon it was answered', async () => {
      const api = new pg.Client({ connectionString: application.database.apiUrl });
      await api.connect();
      const clocks = async (username: string) => {
        await api.query(`SELECT set_config('f1.actor', $1, false)`, [accountId(username)]);
        return (await api.query(`SELECT FROM deadline WHERE kind = 'personRequest'`)).rowCount;
      };
      const seen = [await clocks(prosecutor.username), await clocks('officer'), await clocks('legal')];
      await api.end();
      expect(seen).toEqual([0, 0, 2]);
    });

    it('is told to operators where nobody could answer it', async () => {
      const id = await askAboutPerson();
      await application.rows(
        'UPDATE task SET done_at = now(), done_because = $2 WHERE deadline_id IN (SELECT id FROM deadline WHERE subject_id = $1)',
        [id, 'reassigned'],
      );
      await escalation().tellOperators();
      const told = (await tasksOf('operator')).find(({ kind }) => kind === 'nobodyResponsible');
      expect(told?.what).toContain('Nobody can be told of a request about a person');
      await escalation().readdress();
      await escalation().tellOperators();
      expect((await tasksOf('operator')).map(({ kind }) => kind)).not.toContain('nobodyResponsible');
    });
  });

  it('of operators, that a second one must want a change of where data leaves, is on their lists until it is confirmed or lapses', async () => {
    const waits = async () => {
      await escalation().tellOperators();
      return (await tasksOf('operator')).find(({ kind }) => kind === 'settingsWait')?.what;
    };
    expect(await waits()).toBeUndefined();
    const by = accountId('operator');
    const ask = (id: string, validUntil: string) =>
      application.rows(
        `INSERT INTO settings_change (id, sha256, changes, asked_by, asked_at, valid_until)
         VALUES ($1, repeat('0', 64), '[]', $2, f1_now(), f1_now() + $3::interval)`,
        [id, by, validUntil],
      );
    await ask(randomUUID(), '-1 s');
    expect(await waits()).toBeUndefined();
    const id = randomUUID();
    await ask(id, '1 day');
    expect(await waits()).toContain('f1 apply <file> --as');
    await application.rows('UPDATE settings_change SET confirmed_by = $2, confirmed_at = f1_now() WHERE id = $1', [
      id,
      accountId('officer'),
    ]);
    expect(await waits()).toBeUndefined();
  });

  it('of operators, that duties are not met, is on their lists until a reconciliation finds them met; clocks that ran out are told elsewhere', async () => {
    const told = async (found: object) => {
      const statement = JSON.stringify({ differences: [], notListed: 0, chains: null, ...found });
      await application.rows(
        `INSERT INTO reconciliation (id, at, ok, differences, in_flight, chains, statement, signature, key_id)
         VALUES ($1, f1_now(), $2, 0, 0, false, $3, 'x', 'x')`,
        [randomUUID(), Object.keys(found).length === 0, statement],
      );
      await escalation().tellOperators();
      return (await tasksOf('operator')).find(({ kind }) => kind === 'dutiesNotMet')?.what;
    };
    expect(await told({})).toBeUndefined();
    expect(await told({ differences: [{ what: 'overdueAcknowledgement' }] })).toBeUndefined();
    expect(await told({ differences: [{ what: 'blockedAfter' }] })).toContain('f1 reconcile');
    expect(await told({})).toBeUndefined();
    expect(await told({ chains: ['case/x'] })).toContain('f1 reconcile');
    expect(await told({})).toBeUndefined();
  });

  describe('and granted as a hold', () => {
    it('has a clock that ends when the hold runs out, without a task, and is in the history', async () => {
      const id = await askHold('preserve');
      await decideHold(id, true);
      const [{ same } = { same: false }] = await application.rows<{ same: boolean }>(
        `SELECT d.due_at = h.valid_until AS same FROM deadline d JOIN hold h ON h.id = d.subject_id
         WHERE h.id = $1 AND d.kind = 'holdExpiry'`,
        [id],
      );
      expect(same).toBe(true);
      await passed(id, 101);
      await escalation().escalate();
      const [clock] = await application.rows(
        `SELECT step, ended_at IS NOT NULL AS ended FROM deadline WHERE subject_id = $1 AND kind = 'holdExpiry'`,
        [id],
      );
      expect(clock).toEqual({ step: 100, ended: true });
      expect(await open(id)).toEqual([]);
      const events = await application.rows(
        `SELECT FROM event WHERE case_id = $1 AND type = 'DEADLINE_PASSED' AND facets ->> 'subject' = $2`,
        [file.id, id],
      );
      expect(events).toHaveLength(1);
    });
  });

  it('leaves chains and rows that verify', async () => {
    // The clocks that were closed by hand above are what it finds, and nothing else.
    const { findings } = await application.verifyAudit();
    const found = findings.map(({ kind, where }) => `${kind} ${where}`);
    expect(found.sort()).toEqual(closedByHand.map((id) => `rowChanged deadline/${id}`).sort());
  });
});
