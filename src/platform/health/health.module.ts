import { Global, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthParts } from './health-parts.js';

@Global()
@Module({ controllers: [HealthController], providers: [HealthParts], exports: [HealthParts] })
export class HealthModule {}
