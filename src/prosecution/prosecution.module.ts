import { Module } from '@nestjs/common';
import { AuthoritiesController } from '../referrals/authorities.controller.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { ProsecutionController } from './prosecution.controller.js';
import { ProsecutionService } from './prosecution.service.js';
import { ProsecutionStore } from './prosecution.store.js';

@Module({
  imports: [ReferralsModule],
  controllers: [AuthoritiesController, ProsecutionController],
  providers: [ProsecutionService, ProsecutionStore],
})
export class ProsecutionModule {}
