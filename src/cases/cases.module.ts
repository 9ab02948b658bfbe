import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { AssignmentsService } from './assignments.service.js';
import { CaseEffects } from './case-effects.js';
import { CaseListsService } from './case-lists.service.js';
import { CaseStore } from './case.store.js';
import { CasesController } from './cases.controller.js';
import { CasesService } from './cases.service.js';
import { CorrectionsController } from './corrections.controller.js';
import { CorrectionsService } from './corrections.service.js';
import { CorrectionsStore } from './corrections.store.js';
import { RegistrationService } from './registration.service.js';
import { SubmissionsController } from './submissions.controller.js';
import { SuspicionEffects } from './suspicion-effects.js';

@Module({
  imports: [IdentityModule, ReferralsModule],
  controllers: [CasesController, CorrectionsController, SubmissionsController],
  providers: [
    AssignmentsService,
    CaseEffects,
    CaseListsService,
    CaseStore,
    CasesService,
    CorrectionsService,
    CorrectionsStore,
    RegistrationService,
    SuspicionEffects,
  ],
  exports: [CasesService],
})
export class CasesModule {}
