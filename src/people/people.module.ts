import { Module } from '@nestjs/common';
import { PeopleController } from './people.controller.js';
import { ParticularsService } from './particulars.service.js';
import { PersecutionActorsController } from './persecution-actors.controller.js';
import { PersecutionActorsService } from './persecution-actors.service.js';
import { PeopleService } from './people.service.js';

@Module({
  controllers: [PeopleController, PersecutionActorsController],
  providers: [ParticularsService, PeopleService, PersecutionActorsService],
})
export class PeopleModule {}
