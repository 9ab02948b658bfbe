import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AccessLogInterceptor } from './access-log.interceptor.js';
import { AccessLog } from './access-log.service.js';

/** Who saw or was refused what. Importing it records every read of personal data that the application answers. */
@Module({
  providers: [AccessLog, { provide: APP_INTERCEPTOR, useClass: AccessLogInterceptor }],
  exports: [AccessLog],
})
export class AccessLogModule {}
