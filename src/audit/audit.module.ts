import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { AccessLogInterceptor } from './access-log.interceptor.js';
import { AccessLog } from './access-log.service.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { LedgerSequencer } from './ledger-sequencer.service.js';
import { LedgerStore } from './ledger.store.js';

@Module({
  controllers: [AuditController],
  providers: [
    AccessLog,
    AuditService,
    LedgerStore,
    LedgerSequencer,
    { provide: APP_INTERCEPTOR, useClass: AccessLogInterceptor },
  ],
  exports: [AccessLog, LedgerSequencer],
})
export class AuditModule {}
