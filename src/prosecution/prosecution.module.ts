import { Module } from '@nestjs/common';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { ProsecutionController } from './prosecution.controller.js';
import { ProsecutionService } from './prosecution.service.js';
import { ProsecutionStore } from './prosecution.store.js';

@Module({
  imports: [ReferralsModule],
  controllers: [ProsecutionController],
  providers: [ProsecutionService, ProsecutionStore],
})
export class ProsecutionModule {}
