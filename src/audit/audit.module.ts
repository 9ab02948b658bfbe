import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';

/** What an auditor asks. */
@Module({ controllers: [AuditController], providers: [AuditService] })
export class AuditModule {}
