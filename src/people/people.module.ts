import { Module } from '@nestjs/common';
import { PeopleController } from './people.controller.js';
import { ParticularsService } from './particulars.service.js';
import { PeopleService } from './people.service.js';

@Module({ controllers: [PeopleController], providers: [ParticularsService, PeopleService] })
export class PeopleModule {}
