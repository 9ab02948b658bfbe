import { Module } from '@nestjs/common';
import { DeparturesController } from './departures.controller.js';
import { CaseRecords } from '../cases/case-records.js';
import { DeparturesService } from './departures.service.js';

@Module({ controllers: [DeparturesController], providers: [CaseRecords, DeparturesService] })
export class DeparturesModule {}
