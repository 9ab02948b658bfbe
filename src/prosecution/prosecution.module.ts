import { Module } from '@nestjs/common';
import { AuthoritiesController } from '../referrals/authorities.controller.js';
import { CasesModule } from '../cases/cases.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { PrintedPackagesService } from '../referrals/printed/printed-packages.service.js';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';
import { FeedbackStore } from './feedback.store.js';
import { GrantStore } from './grant.store.js';
import { GrantsController } from './grants.controller.js';
import { GrantsService } from './grants.service.js';
import { ProsecutionController } from './prosecution.controller.js';
import { ProsecutionService } from './prosecution.service.js';
import { ProsecutionStore } from './prosecution.store.js';
import { ReferralFilesController } from './referral-files.controller.js';
import { ReferralFilesService } from './referral-files.service.js';
import { HoldStore } from './holds/hold.store.js';
import { HoldsController } from './holds/holds.controller.js';
import { HoldsService } from './holds/holds.service.js';
import { PersonRequestAnswersService } from './requests/person-request-answers.service.js';
import { PersonRequestStore } from './requests/person-request.store.js';
import { PersonRequestsController } from './requests/person-requests.controller.js';
import { PersonRequestsService } from './requests/person-requests.service.js';
import { RequestStore } from './requests/request.store.js';
import { RequestsController } from './requests/requests.controller.js';
import { RequestsService } from './requests/requests.service.js';

@Module({
  imports: [CasesModule, DocumentsModule, ReferralsModule],
  controllers: [
    AuthoritiesController,
    FeedbackController,
    GrantsController,
    HoldsController,
    PersonRequestsController,
    ProsecutionController,
    ReferralFilesController,
    RequestsController,
  ],
  providers: [
    FeedbackService,
    FeedbackStore,
    GrantStore,
    GrantsService,
    HoldStore,
    HoldsService,
    PersonRequestAnswersService,
    PersonRequestStore,
    PersonRequestsService,
    PrintedPackagesService,
    ProsecutionService,
    ProsecutionStore,
    ReferralFilesService,
    RequestStore,
    RequestsService,
  ],
})
export class ProsecutionModule {}
