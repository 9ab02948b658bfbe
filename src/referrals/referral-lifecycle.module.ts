import { Module } from '@nestjs/common';
import { ReferralLifecycle } from './referral-lifecycle.js';

/** One referral through its chart, for either side. */
@Module({ providers: [ReferralLifecycle], exports: [ReferralLifecycle] })
export class ReferralLifecycleModule {}
