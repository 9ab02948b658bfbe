import { Module } from '@nestjs/common';
import { DocumentContentsModule } from '../documents/document-contents.module.js';
import { AuthoritiesController } from '../referrals/authorities.controller.js';
import { PackageSchemaController } from '../referrals/package-schema.controller.js';
import { PrintedPackagesService } from '../referrals/printed/printed-packages.service.js';
import { ReferralLifecycleModule } from '../referrals/referral-lifecycle.module.js';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';
import { FeedbackStore } from './feedback.store.js';
import { GrantStore } from './grant.store.js';
import { GrantsController } from './grants.controller.js';
import { GrantsService } from './grants.service.js';
import { HoldStore } from './holds/hold.store.js';
import { HoldsController } from './holds/holds.controller.js';
import { HoldsService } from './holds/holds.service.js';
import { ProsecutionController } from './prosecution.controller.js';
import { ProsecutionService } from './prosecution.service.js';
import { ProsecutionStore } from './prosecution.store.js';
import { RecipientCommands } from './recipient-commands.js';
import { ReferralFilesController } from './referral-files.controller.js';
import { ReferralFilesService } from './referral-files.service.js';
import { PersonRequestStore } from './requests/person-request.store.js';
import { PersonRequestsController } from './requests/person-requests.controller.js';
import { PersonRequestsService } from './requests/person-requests.service.js';
import { RequestStore } from './requests/request.store.js';
import { RequestsController } from './requests/requests.controller.js';
import { RequestsService } from './requests/requests.service.js';

/** The recipients' side: all that a prosecutor uses, and the whole of a portal. What only the other side does is in AnsweringModule. */
@Module({
  imports: [DocumentContentsModule, ReferralLifecycleModule],
  controllers: [
    AuthoritiesController,
    FeedbackController,
    GrantsController,
    HoldsController,
    PackageSchemaController,
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
    PersonRequestStore,
    PersonRequestsService,
    PrintedPackagesService,
    ProsecutionService,
    ProsecutionStore,
    RecipientCommands,
    ReferralFilesService,
    RequestStore,
    RequestsService,
  ],
  exports: [
    FeedbackService,
    GrantsService,
    HoldsService,
    PersonRequestStore,
    PersonRequestsService,
    RecipientCommands,
    RequestsService,
  ],
})
export class ProsecutionModule {}
