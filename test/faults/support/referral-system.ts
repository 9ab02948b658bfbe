import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { DeadlinesModule } from '../../../src/deadlines/deadlines.module.js';
import { ConfigModule } from '../../../src/platform/config/config.module.js';
import { Config } from '../../../src/platform/config/config.js';
import { Database } from '../../../src/platform/database/database.js';
import { DatabaseModule } from '../../../src/platform/database/database.module.js';
import { Write } from '../../../src/platform/database/write.js';
import { HealthModule } from '../../../src/platform/health/health.module.js';
import { KeysModule } from '../../../src/platform/keys/keys.module.js';
import { postgresBackend } from '../../../src/platform/queue/postgres-backend.js';
import { QueueModule } from '../../../src/platform/queue/queue.module.js';
import { redisBackend } from '../../../src/platform/queue/redis-backend.js';
import { AnsweringModule } from '../../../src/prosecution/answering.module.js';
import { DeliveryModule } from '../../../src/referrals/delivery.module.js';
import type { CorrectionReason, Obliged } from '../../../src/referrals/duty-to-tell.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { WorkflowsModule } from '../../../src/workflows/workflows.module.js';
import type { FileOnCase, House } from './referral-case.js';

export interface SystemWanted {
  readonly appUrl: string;
  readonly dataDir: string;
  /** Deliveries need a queue: leave it out for the API's half alone. */
  readonly queue?: { readonly redisUrl?: string | undefined; readonly prefix: string };
}

class SystemModule {}

/** The product from decision to acknowledgement, without HTTP. */
export async function aReferralSystem({ appUrl, dataDir, queue }: SystemWanted): Promise<INestApplicationContext> {
  const config = Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: dataDir, DATABASE_POOL_SIZE: 6 });
  const delivery = queue
    ? [
        QueueModule.on(queue.redisUrl ? redisBackend(queue.redisUrl, queue.prefix) : postgresBackend(appUrl)),
        DeliveryModule,
      ]
    : [];
  const root: DynamicModule = {
    module: SystemModule,
    imports: [
      ConfigModule.with(config),
      HealthModule,
      KeysModule,
      DatabaseModule.for(config, { api: appUrl, worker: appUrl }, []),
      WorkflowsModule.for(config),
      DeadlinesModule,
      AnsweringModule,
      ...delivery,
    ],
  };
  return NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
}

/** Applies Article 1F to one file as the decision-maker, with the decision's own rows, and gives what that obliges to. */
export async function decideExclusion(
  system: INestApplicationContext,
  house: House,
  file: FileOnCase,
  standing: readonly string[] = ['1F(a)'],
): Promise<{ decisionId: string; obliged: Obliged[] }> {
  const decisionId = randomUUID();
  const findings = file.allegations.map(({ id, ground }) => ({
    allegationId: id,
    ground,
    scope: 'refugeeStatus' as const,
    stands: standing.includes(ground),
  }));
  const obliged = await system.get(Database).inActorTx(house.decisionMaker, async (tx) => {
    const write = new Write();
    write.insert('decision', {
      id: decisionId,
      case_id: file.caseId,
      outcome: 'excluded',
      analysis_revision: 1,
      sealed: file.key.seal({ reasons: 'invented reasons' }, `decision:${decisionId}`).bytes,
      decided_by: house.decisionMaker,
      decided_at: tx.now,
    });
    for (const { allegationId, ...finding } of findings) {
      write.insert('decision_allegation', {
        decision_id: decisionId,
        case_id: file.caseId,
        allegation_id: allegationId,
        ...finding,
      });
    }
    const told = await system.get(ReferralsService, { strict: false }).obligeInTx(tx, write, {
      causeId: decisionId,
      kind: 'exclusion',
      caseId: file.caseId,
      key: file.key,
      actorId: house.decisionMaker,
      decision: { reasons: 'invented reasons', findings },
    });
    await write.run(tx);
    return told;
  });
  return { decisionId, obliged };
}

export async function correctDecision(
  system: INestApplicationContext,
  house: House,
  file: FileOnCase,
  decisionId: string,
  reason: CorrectionReason,
): Promise<Obliged[]> {
  return system.get(Database).inActorTx(house.decisionMaker, async (tx) => {
    const write = new Write();
    const quashes = reason === 'quashedFinal' || reason === 'quashedNotFinal';
    if (quashes) write.update('decision', { id: decisionId }, { quashed_at: tx.now });
    const told = await system.get(ReferralsService, { strict: false }).correctInTx(tx, write, {
      correctionId: randomUUID(),
      decisionId,
      reason,
      explanation: 'an invented judgment',
      caseId: file.caseId,
      key: file.key,
      actorId: house.decisionMaker,
    });
    await write.run(tx);
    return told;
  });
}

/** Asks again and again until the answer is there; says what it last was when time is over. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>, withinMs = 20_000): Promise<T> {
  const until = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < until) {
    try {
      last = await ask();
      if (last !== undefined && last !== false) return last as T;
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`did not happen within ${withinMs} ms; last answer: ${JSON.stringify(last)}`);
}
