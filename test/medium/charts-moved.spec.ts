import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditVerify } from '../../src/audit/audit-verify.js';
import { asOwner } from '../../src/platform/database/owner.js';
import type { Actor } from '../../src/platform/http/actor.js';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { migrateQueue } from '../../src/platform/queue/postgres-backend.js';
import type { GiveFeedbackDto, ReferralCommandDto } from '../../src/prosecution/command.dto.js';
import { ProsecutionService } from '../../src/prosecution/prosecution.service.js';
import { ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { publishWorkflows } from '../../src/workflows/publish-workflows.js';
import { readWorkflowFiles } from '../../src/workflows/workflow-files.js';
import { WorkflowsService } from '../../src/workflows/workflows.service.js';
import { checkChains } from '../faults/oracle/chains.js';
import { aFileForDecision, aHouse, type House } from '../faults/support/referral-case.js';
import { aReferralSystem, correctDecision, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { aQueueBackend } from '../support/queue-backend.js';

const CHARTS = readWorkflowFiles('workflows');
const hashOf = (version: number): string =>
  CHARTS.find(({ workflow }) => workflow.id === 'referral' && workflow.version === version)!.workflow.hash;
const WORDS = { type: 'GIVE_FEEDBACK' as const, text: 'Invented words.', missing: [], questionIds: [] };
const FEEDBACK: GiveFeedbackDto = { ...WORDS, feedback: 'outcome', outcome: 'acquitted' };

describe('a referral made under the chart of an earlier release', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-charts-moved-'));
  const queue = aQueueBackend();
  let database: TestDatabase;
  let system: INestApplicationContext;
  let house: House;
  /** Acknowledged, concluded, and acknowledged of a correction, all under version 1. */
  let acknowledged: string;
  let concluded: string;
  let correction: string;

  const prosecution = () => system.get(ProsecutionService, { strict: false });
  const owner = (sql: string, values: unknown[] = []) =>
    asOwner(database.ownerUrl, async (client) => (await client.query<Record<string, string>>(sql, values)).rows);
  const prosecutor = (): Actor => {
    const { id, prosecutor: account } = house.authorities['north']!;
    const session = { id: account, kind: 'bearer' as const };
    return {
      ...{ id: account, username: 'north', displayName: 'north', roles: ['prosecutor'] as const },
      ...{ unit: null, authorityId: id, session },
    };
  };
  const send = (id: string, command: ReferralCommandDto, key: string) => {
    const asked = { key: `${id}-${key}`, requestHash: createHash('sha256').update(key).digest('hex') };
    return prosecution().execute(prosecutor(), id, command, { ...asked, version: undefined });
  };
  const received = (id: string) =>
    eventually(async () => {
      const view = await prosecution().view(prosecutor(), id);
      return view.stage === 'receipted' && view;
    });
  const acknowledge = async (id: string) => {
    const { packageSha256 } = await received(id);
    await send(id, { type: 'ACKNOWLEDGE', packageSha256 }, 'read');
  };
  const eventsOf = (id: string) =>
    owner('SELECT type, facets FROM event WHERE aggregate_id = $1 ORDER BY seq', [id]) as Promise<object[]> as Promise<
      { type: string; facets: object }[]
    >;
  const running = async (id: string) =>
    (await owner('SELECT kind FROM deadline WHERE subject_id = $1 AND met_at IS NULL AND ended_at IS NULL', [id])).map(
      ({ kind }) => kind,
    );

  beforeAll(async () => {
    database = await aDatabase();
    await migrateQueue(database.ownerUrl);
    const released = CHARTS.filter(({ workflow }) => workflow.id !== 'referral' || workflow.version === 1);
    house = await aHouse(database.ownerUrl, [{ code: 'north' }], released);
    system = await aReferralSystem({ appUrl: database.appUrl, dataDir, queue });
    const decided = async () => {
      const file = await aFileForDecision(database.ownerUrl, house, system.get(Keys));
      const { decisionId, obliged } = await decideExclusion(system, house, file);
      return { file, decisionId, id: obliged[0]!.obligationId };
    };
    acknowledged = (await decided()).id;
    await acknowledge(acknowledged);
    concluded = (await decided()).id;
    await acknowledge(concluded);
    await send(concluded, { type: 'CONCLUDE_REFERRAL' }, 'concluded');
    const quashed = await decided();
    await received(quashed.id);
    correction = (await correctDecision(system, house, quashed.file, quashed.decisionId, 'quashedFinal'))[0]!
      .obligationId;
    await acknowledge(correction);
    await asOwner(database.ownerUrl, (client) => publishWorkflows(client, CHARTS));
    await system.get(WorkflowsService).load();
  });

  afterAll(async () => {
    await system?.close();
    await queue.drop();
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('shows what its own chart has and what only the newest one adds', async () => {
    const { allowedCommands, workflow } = await prosecution().view(prosecutor(), acknowledged);
    expect(workflow).toBe(hashOf(1));
    expect(allowedCommands.filter(({ allowed }) => allowed).map(({ type }) => type)).toEqual([
      'CONCLUDE_REFERRAL',
      'GIVE_FEEDBACK',
    ]);
  });

  it('moves to the newest chart for feedback, with an event of its own in the same transaction', async () => {
    await send(acknowledged, FEEDBACK, 'acquitted');
    const view = await prosecution().view(prosecutor(), acknowledged);
    expect(view).toMatchObject({ stage: 'closed', workflow: hashOf(2) });
    const [moved, given] = (await eventsOf(acknowledged)).slice(-2);
    const state = { delivery: 'acknowledged', standing: 'valid' };
    expect(moved).toEqual({
      type: 'MOVE_CHART',
      facets: { kind: 'exclusion', from: hashOf(1), to: hashOf(2), state },
    });
    expect(given).toMatchObject({ type: 'GIVE_FEEDBACK', facets: { outcome: 'acquitted', clears: true } });
    expect(await running(acknowledged)).toEqual([]);
  });

  it('moves once, and takes mistaken identity also after it was concluded', async () => {
    await send(concluded, { ...WORDS, feedback: 'opened' }, 'opened');
    await send(concluded, { ...FEEDBACK, outcome: 'mistakenIdentity' }, 'another person');
    const types = (await eventsOf(concluded)).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(['MOVE_CHART', 'GIVE_FEEDBACK', 'GIVE_FEEDBACK']);
  });

  it('stays where it is when the newest chart refuses', async () => {
    await expect(send(correction, FEEDBACK, 'no feedback')).rejects.toMatchObject({ code: 'commandRefused' });
    expect((await eventsOf(correction)).map(({ type }) => type)).not.toContain('MOVE_CHART');
  });

  it('lets an acknowledged correction be answered, which version 1 could not ask for', async () => {
    await send(correction, { type: 'ANSWER_CORRECTION', answer: 'erased', law: 'An invented law' }, 'erased');
    const view = await prosecution().view(prosecutor(), correction);
    expect(view).toMatchObject({ stage: 'erased', workflow: hashOf(2) });
    const moved = (await eventsOf(correction)).at(-2);
    expect(moved).toMatchObject({ type: 'MOVE_CHART', facets: { state: { delivery: 'answerAwaited' } } });
    expect(await running(correction)).toEqual([]);
  });

  it('never moves back to an older chart, whoever asks', async () => {
    const back = owner('UPDATE referral SET workflow_hash = $2 WHERE id = $1', [concluded, hashOf(1)]);
    await expect(back).rejects.toThrow(/does not go back to an older chart/);
  });

  it('is whole for the audit, the oracle and the reconciler, and not when its chart is another than its history says', async () => {
    // The files of these tests have no history of their own: what is said of the referrals counts.
    const findings = async () =>
      (await auditVerify(database.ownerUrl, system.get(Keys))).findings.filter(({ where }) => /^referral/.test(where));
    const judged = async () =>
      (await checkChains({ ask: (text: string) => owner(text) } as never)).filter(({ what }) => /^referral/.test(what));
    expect(await findings()).toEqual([]);
    expect(await judged()).toEqual([]);
    expect(await system.get(ReconcilerService, { strict: false }).reconcile()).toMatchObject({ differences: [] });
    await owner(`ALTER TABLE referral DISABLE TRIGGER chart_moves_on`);
    await owner('UPDATE referral SET workflow_hash = $2 WHERE id = $1', [concluded, hashOf(1)]);
    expect(await findings()).toEqual([expect.objectContaining({ kind: 'chartMismatch' })]);
    expect(await judged()).toHaveLength(1);
    await owner('UPDATE referral SET workflow_hash = $2 WHERE id = $1', [concluded, hashOf(2)]);
    await owner(`ALTER TABLE referral ENABLE TRIGGER chart_moves_on`);
  });
});
