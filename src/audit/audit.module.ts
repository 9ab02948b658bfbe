import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AccessLogInterceptor } from './access-log.interceptor.js';
import { AccessLog } from './access-log.service.js';

@Module({
  providers: [AccessLog, { provide: APP_INTERCEPTOR, useClass: AccessLogInterceptor }],
  exports: [AccessLog],
})
export class AuditModule {}
