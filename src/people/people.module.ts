import { Module } from '@nestjs/common';
import { PeopleController } from './people.controller.js';
import { ParticularsService } from './particulars.service.js';
import { PersecutionActorsController } from './persecution-actors.controller.js';
import { PersecutionActorsService } from './persecution-actors.service.js';
import { PeopleService } from './people.service.js';
import { UnblockingsController } from './unblockings.controller.js';
import { UnblockingsService } from './unblockings.service.js';

@Module({
  controllers: [PeopleController, PersecutionActorsController, UnblockingsController],
  providers: [ParticularsService, PeopleService, PersecutionActorsService, UnblockingsService],
})
export class PeopleModule {}
