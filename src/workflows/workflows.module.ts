import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../platform/config/config.js';
import { WorkflowsController } from './workflows.controller.js';
import { WorkflowsService } from './workflows.service.js';

/** Compiled workflows for every process; their list over HTTP only where the API runs. */
@Module({})
export class WorkflowsModule {
  static for(config: Config): DynamicModule {
    return {
      module: WorkflowsModule,
      global: true,
      controllers: config.runsApi ? [WorkflowsController] : [],
      providers: [WorkflowsService],
      exports: [WorkflowsService],
    };
  }
}
