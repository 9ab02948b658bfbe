import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { statisticsAsCsv } from '../domain/referral/statistics.js';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { FiguresDto, StatisticsDto, StatisticsQueryDto } from './statistics.dto.js';
import { StatisticsService } from './statistics.service.js';

@ApiTags('Statistics')
@ApiBearerAuth()
@ApiExtraModels(FiguresDto)
@Controller('statistics')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsService) {}

  /** Referrals of a period by kind, ground, country and authority; a period that has passed always gives the same figures. */
  @Get()
  @Allows('read', 'Statistics')
  @ApiOperation({
    summary:
      'Referrals of a period by kind, ground, country and authority; a period that has passed always gives the same figures.',
  })
  @ApiOkResponse({ type: StatisticsDto })
  async get(
    @CurrentActor() actor: Actor,
    @Query() query: StatisticsQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StatisticsDto | string> {
    const result = await this.statistics.forAuditor(actor, query);
    if (query.format !== 'csv') return result;
    response.type('text/csv; charset=utf-8');
    return statisticsAsCsv(result);
  }
}
