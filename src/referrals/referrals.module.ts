import { Module } from '@nestjs/common';
import { CompetenceStore } from './competence.store.js';
import { PackageStore } from './package.store.js';
import { ReferralLifecycle } from './referral-lifecycle.js';
import { ReferralStore } from './referral.store.js';
import { ReferralsService } from './referrals.service.js';

@Module({
  providers: [CompetenceStore, PackageStore, ReferralLifecycle, ReferralStore, ReferralsService],
  exports: [ReferralsService, ReferralLifecycle, ReferralStore],
})
export class ReferralsModule {}
