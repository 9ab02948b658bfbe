import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessLogModule } from '../audit/access-log.module.js';
import { AccountsService } from './accounts.service.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { CertificatesService } from './certificates.service.js';
import { RoutePolicyCheck } from './route-policy.check.js';
import { SessionController } from './session.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** Who may come in and what their role may ask for. Importing it guards every route of the application. */
@Module({
  imports: [AccessLogModule, DiscoveryModule],
  controllers: [SessionController],
  providers: [
    AccountsService,
    CertificatesService,
    RoutePolicyCheck,
    SessionsService,
    SignInThrottle,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [CertificatesService],
})
export class IdentityModule {}
