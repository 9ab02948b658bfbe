import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { AccountsService } from './accounts.service.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { CertificatesService } from './certificates.service.js';
import { SessionController } from './session.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** Who may come in and what their role may ask for. Importing it guards every route of the application. */
@Module({
  imports: [AuditModule],
  controllers: [SessionController],
  providers: [
    AccountsService,
    CertificatesService,
    SessionsService,
    SignInThrottle,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [CertificatesService],
})
export class IdentityModule {}
