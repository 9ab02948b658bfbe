import { Module } from '@nestjs/common';
import { PostalController } from './postal.controller.js';
import { PostalService } from './postal.service.js';
import { ReconciliationsController } from './reconciliations.controller.js';
import { ReconciliationsStore } from './reconciliations.store.js';
import { ReferralsModule } from './referrals.module.js';

/** The people's half of delivery: recording post, and reading what reconciling found. */
@Module({
  imports: [ReferralsModule],
  controllers: [PostalController, ReconciliationsController],
  providers: [PostalService, ReconciliationsStore],
})
export class TellingModule {}
