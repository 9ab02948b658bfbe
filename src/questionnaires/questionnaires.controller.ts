import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { IsCountry } from '../platform/http/validators.js';
import type { Purpose } from './questionnaire.store.js';
import {
  QuestionnairePage,
  questionnaireSummary,
  QuestionnaireView,
  type QuestionnaireSummaryView,
} from './questionnaire.view.js';
import { QuestionnairesService } from './questionnaires.service.js';

const PURPOSES = ['screening', 'exclusion', 'witness'] as const;

class QuestionnaireQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'RW', description: 'Those that serve this country of origin, and the base ones.' })
  @IsOptional()
  @IsCountry()
  country?: string;

  @ApiPropertyOptional({ enum: PURPOSES })
  @IsOptional()
  @IsIn(PURPOSES)
  purpose?: Purpose;
}

@ApiTags('Definitions')
@Controller('questionnaires')
export class QuestionnairesController {
  constructor(private readonly questionnaires: QuestionnairesService) {}

  @Get()
  @Allows('read', 'Questionnaire')
  @ApiOkResponse({ type: QuestionnairePage })
  async list(
    @Query() query: QuestionnaireQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionnairePage> {
    const page = await this.questionnaires.list(query);
    linkNext(response, page.next);
    const items: QuestionnaireSummaryView[] = page.items.map(questionnaireSummary);
    return { items, next: page.next };
  }

  @Get(':hash')
  @Allows('read', 'Questionnaire')
  @ApiOkResponse({ type: QuestionnaireView })
  async get(@Param('hash') hash: string): Promise<QuestionnaireView> {
    const row = await this.questionnaires.get(hash);
    return { ...questionnaireSummary(row), files: row.body.files };
  }
}
