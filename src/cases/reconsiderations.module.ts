import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ReconsiderationsController } from './reconsiderations.controller.js';
import { ReconsiderationsService } from './reconsiderations.service.js';

@Module({
  imports: [IdentityModule],
  controllers: [ReconsiderationsController],
  providers: [ReconsiderationsService],
})
export class ReconsiderationsModule {}
