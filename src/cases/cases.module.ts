import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { AccountEffects } from './account-effects.js';
import { AgreementsController } from './agreements.controller.js';
import { AgreementsService } from './agreements.service.js';
import { AssignmentsService } from './assignments.service.js';
import { CaseRecords } from './case-records.js';
import { CaseEffects } from './case-effects.js';
import { CaseListsService } from './case-lists.service.js';
import { CaseStore } from './case.store.js';
import { CasesController } from './cases.controller.js';
import { CasesService } from './cases.service.js';
import { CorrectionsController } from './corrections.controller.js';
import { CorrectionsService } from './corrections.service.js';
import { CorrectionsStore } from './corrections.store.js';
import { PackageController } from './package.controller.js';
import { PackageService } from './package.service.js';
import { ProsecutionTrackController } from './prosecution-track.controller.js';
import { ProsecutionTrackService } from './prosecution-track.service.js';
import { ProsecutionTrackStore } from './prosecution-track.store.js';
import { PersonSearchService } from './person-search.service.js';
import { RegistrationService } from './registration.service.js';
import { SubmissionsController } from './submissions.controller.js';
import { SuspicionEffects } from './suspicion-effects.js';
import { ThirdPersonsController } from './third-persons.controller.js';
import { ThirdPersonsService } from './third-persons.service.js';

@Module({
  imports: [IdentityModule, ReferralsModule],
  controllers: [
    AgreementsController,
    CasesController,
    CorrectionsController,
    PackageController,
    ProsecutionTrackController,
    SubmissionsController,
    ThirdPersonsController,
  ],
  providers: [
    AccountEffects,
    AgreementsService,
    AssignmentsService,
    CaseEffects,
    CaseListsService,
    CaseRecords,
    CaseStore,
    CasesService,
    CorrectionsService,
    CorrectionsStore,
    PackageService,
    ProsecutionTrackService,
    ProsecutionTrackStore,
    PersonSearchService,
    RegistrationService,
    SuspicionEffects,
    ThirdPersonsService,
  ],
  exports: [CasesService, PersonSearchService],
})
export class CasesModule {}
