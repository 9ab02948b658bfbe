import { Module } from '@nestjs/common';
import { AuthoritiesController } from '../referrals/authorities.controller.js';
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

@Module({
  imports: [DocumentsModule, ReferralsModule],
  controllers: [
    AuthoritiesController,
    FeedbackController,
    GrantsController,
    ProsecutionController,
    ReferralFilesController,
  ],
  providers: [
    FeedbackService,
    FeedbackStore,
    GrantStore,
    GrantsService,
    PrintedPackagesService,
    ProsecutionService,
    ProsecutionStore,
    ReferralFilesService,
  ],
})
export class ProsecutionModule {}
