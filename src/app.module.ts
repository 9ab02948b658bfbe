import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AssessmentsModule } from './assessments/assessments.module.js';
import { AuditModule } from './audit/audit.module.js';
import { LedgerModule } from './audit/ledger.module.js';
import { CasesModule } from './cases/cases.module.js';
import { ReconsiderationOpeningModule } from './cases/reconsideration-opening.module.js';
import { ReconsiderationsModule } from './cases/reconsiderations.module.js';
import { DeparturesModule } from './deadlines/departures.module.js';
import { DeadlinesModule } from './deadlines/deadlines.module.js';
import { EscalationModule } from './deadlines/escalation.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { OrphanFilesModule } from './documents/orphan-files.module.js';
import { ColleaguesModule } from './identity/colleagues.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { InterviewsModule } from './interviews/interviews.module.js';
import { MovesModule } from './interviews/moves.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule, type DatabaseUrls } from './platform/database/database.module.js';
import { HealthModule } from './platform/health/health.module.js';
import { DtoPipe } from './platform/http/body.pipe.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { KeysModule } from './platform/keys/keys.module.js';
import { loggingModule } from './platform/logging/logging.js';
import { httpMetrics } from './platform/metrics/http-metrics.js';
import { MetricsController } from './platform/metrics/metrics.controller.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { PeopleModule } from './people/people.module.js';
import { AnsweringModule } from './prosecution/answering.module.js';
import { ProsecutionModule } from './prosecution/prosecution.module.js';
import { TasksModule } from './tasks/tasks.module.js';
import { StatisticsModule } from './statistics/statistics.module.js';
import { QuestionnairesModule } from './questionnaires/questionnaires.module.js';
import { Authority, CompetenceRule } from './referrals/authority.entity.js';
import { DeliveryModule } from './referrals/delivery.module.js';
import { TellingModule } from './referrals/telling.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';

/**
 * The application by role: `api` answers people, `worker` carries referrals and keeps the ledger, `all` does both; `portal` answers
 * prosecutors, and holds nothing else.
 */
@Module({})
export class AppModule implements NestModule {
  static for(config: Config, urls: DatabaseUrls): DynamicModule {
    return {
      module: AppModule,
      imports: [
        loggingModule(config),
        ConfigModule.with(config),
        HealthModule,
        KeysModule,
        DatabaseModule.for(config, urls, ENTITIES),
        DeadlinesModule,
        WorkflowsModule.for(config),
        ...(config.runsApi ? API : []),
        ...(config.runsPortal ? PORTAL : []),
        ...(config.runsWorker ? [QueueModule.for(config, urls.worker), ...WORKER] : []),
      ],
      controllers: [MetricsController],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: DtoPipe },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(httpMetrics).forRoutes('{*path}');
  }
}

/** Read as objects, through the actor's transaction; everything on the command path is explicit SQL. */
const ENTITIES = [Authority, CompetenceRule];

const WORKER = [
  DeliveryModule,
  EscalationModule,
  MovesModule,
  LedgerModule,
  OrphanFilesModule,
  ReconsiderationOpeningModule,
];

const API = [
  IdentityModule,
  ColleaguesModule,
  AuditModule,
  QuestionnairesModule,
  CasesModule,
  ReconsiderationsModule,
  PeopleModule,
  InterviewsModule,
  AssessmentsModule,
  DeparturesModule,
  DocumentsModule,
  ProsecutionModule,
  AnsweringModule,
  TellingModule,
  StatisticsModule,
  TasksModule,
];

/** What prosecutors use; they may use it in the API too. */
const PORTAL = [IdentityModule, ProsecutionModule];
