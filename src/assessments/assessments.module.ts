import { Module } from '@nestjs/common';
import { CasesModule } from '../cases/cases.module.js';
import { AllegationStore } from './allegation.store.js';
import { AllegationsController } from './allegations.controller.js';
import { AllegationsService } from './allegations.service.js';

@Module({
  imports: [CasesModule],
  controllers: [AllegationsController],
  providers: [AllegationsService, AllegationStore],
})
export class AssessmentsModule {}
