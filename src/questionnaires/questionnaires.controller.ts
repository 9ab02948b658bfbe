import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CommandBody } from '../platform/http/command.pipe.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { IsCountry } from '../platform/http/validators.js';
import type { Purpose } from './questionnaire.store.js';
import {
  QuestionnairePage,
  questionnaireSummary,
  QuestionnaireView,
  STAGES,
  type Stage,
} from './questionnaire.view.js';
import { ReferencePage, ReferenceQuery } from './reference.view.js';
import { UsageView } from './usage.view.js';
import { VersionHistoryPage } from './version-history.view.js';
import { NamePipe, VersionIdPipe } from './name.pipe.js';
import { VERSION_COMMANDS, type VersionCommandDto } from './version-command.dto.js';
import { VersionViewsService } from './version-views.service.js';
import { VersionsService } from './versions.service.js';
import { readDraftFiles } from './draft-files.js';
import { FILES_BODY } from './draft.schema.js';

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

  @ApiPropertyOptional({ enum: STAGES, default: 'published', description: 'Authors see the other stages too.' })
  @IsOptional()
  @IsIn(STAGES)
  stage?: Stage;
}

/** Questionnaires from draft to retirement. Whoever asks or decides reads what is published; the rest is for authors. */
@ApiTags('Questionnaires')
@Controller('questionnaires')
export class QuestionnairesController {
  constructor(
    private readonly views: VersionViewsService,
    private readonly versions: VersionsService,
  ) {}

  @Get()
  @Allows('read', 'Questionnaire')
  @ApiOperation({ summary: 'Questionnaires by code and version.' })
  @ApiOkResponse({ type: QuestionnairePage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: QuestionnaireQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionnairePage> {
    const page = await this.views.list(actor, query);
    linkNext(response, page.next);
    return { items: page.items.map(questionnaireSummary), next: page.next };
  }

  @Post()
  @Allows('create', 'Questionnaire')
  @ApiOperation({
    summary: 'Make a draft of one questionnaire version from its files.',
    description:
      'Modules that it includes, and reference data of its pack, are taken from what is published where they are not sent.',
  })
  @ApiBody({ schema: FILES_BODY })
  @ApiCreatedResponse({ type: QuestionnaireView })
  async create(
    @CurrentActor() actor: Actor,
    @Body() body: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionnaireView> {
    const id = await this.versions.create(actor, readDraftFiles(body), asked);
    response.setHeader('Location', `/api/questionnaires/${id}`);
    return this.shown(actor, id, response);
  }

  @Get(':id')
  @Allows('read', 'Questionnaire')
  @ApiOperation({ summary: 'One questionnaire, by its id or by the hash of a published one.' })
  @ApiOkResponse({ type: QuestionnaireView })
  get(
    @CurrentActor() actor: Actor,
    @Param('id', NamePipe) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionnaireView> {
    return this.shown(actor, id, response);
  }

  @Put(':id/files')
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'Replace the files of a draft, all of them.' })
  @TakesIfMatch()
  @ApiBody({ schema: FILES_BODY })
  @ApiOkResponse({ type: QuestionnaireView })
  async edit(
    @CurrentActor() actor: Actor,
    @Param('id', VersionIdPipe) id: string,
    @Body() body: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionnaireView> {
    await this.versions.edit(actor, id, readDraftFiles(body), asked);
    return this.shown(actor, id, response);
  }

  @Post(':id/commands')
  @HttpCode(200)
  @Allows('command', 'Questionnaire')
  @ApiOperation({
    summary: 'Submit, approve, return, publish, retire or discard; the answer is the questionnaire as it then stands.',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: QuestionnaireView })
  async command(
    @CurrentActor() actor: Actor,
    @Param('id', VersionIdPipe) id: string,
    @CommandBody(VERSION_COMMANDS) command: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuestionnaireView> {
    await this.versions.execute(actor, id, command as VersionCommandDto, asked);
    return this.shown(actor, id, response);
  }

  @Get(':id/reference')
  @Allows('read', 'Questionnaire')
  @ApiOperation({
    summary: 'Search its reference data: places, units, ranks and the like, best match first.',
    description: 'Names and aliases, without accents, in any script, with small misspellings.',
  })
  @ApiOkResponse({ type: ReferencePage })
  async reference(
    @CurrentActor() actor: Actor,
    @Param('id', NamePipe) id: string,
    @Query() query: ReferenceQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReferencePage> {
    const page = await this.views.reference(actor, id, query);
    linkNext(response, page.next);
    return page;
  }

  @Get(':id/usage')
  @Allows('read', 'Questionnaire')
  @ApiOperation({ summary: 'How many interviews are pinned to it; and which, of the cases that you may see.' })
  @ApiOkResponse({ type: UsageView })
  usage(@CurrentActor() actor: Actor, @Param('id', NamePipe) id: string): Promise<UsageView> {
    return this.views.usage(actor, id);
  }

  @Get(':id/history')
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'What happened to a questionnaire, oldest first.' })
  @ApiOkResponse({ type: VersionHistoryPage })
  async history(
    @CurrentActor() actor: Actor,
    @Param('id', NamePipe) id: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VersionHistoryPage> {
    const page = await this.views.history(actor, id, query);
    linkNext(response, page.next);
    return page;
  }

  private async shown(actor: Actor, id: string, response: Response): Promise<QuestionnaireView> {
    const { view, version } = await this.views.get(actor, id);
    response.setHeader('ETag', `"${version}"`);
    return view;
  }
}
