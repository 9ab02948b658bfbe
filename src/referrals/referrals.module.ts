import { Module } from '@nestjs/common';
import { TimelineModule } from '../interviews/timeline.module.js';
import { PlansModule } from '../questionnaires/plans.module.js';
import { CompetenceStore } from './competence.store.js';
import { ObligationsService } from './obligations.service.js';
import { PackageStore } from './package.store.js';
import { PackagesService } from './packages.service.js';
import { ReferralLifecycleModule } from './referral-lifecycle.module.js';
import { ReferralStore } from './referral.store.js';
import { ReferralsService } from './referrals.service.js';

@Module({
  imports: [PlansModule, ReferralLifecycleModule, TimelineModule],
  providers: [CompetenceStore, ObligationsService, PackageStore, PackagesService, ReferralStore, ReferralsService],
  exports: [PackagesService, ReferralsService, ReferralLifecycleModule],
})
export class ReferralsModule {}
