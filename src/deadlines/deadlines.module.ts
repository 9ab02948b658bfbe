import { Global, Module } from '@nestjs/common';
import { DeadlinesService } from './deadlines.service.js';
import { PublicHolidays } from './public-holidays.js';

@Global()
@Module({ providers: [PublicHolidays, DeadlinesService], exports: [DeadlinesService] })
export class DeadlinesModule {}
