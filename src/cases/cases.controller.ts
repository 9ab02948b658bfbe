import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { IdPipe } from '../platform/http/id.pipe.js';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CommandBody } from '../platform/http/command.pipe.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { IsCountry } from '../platform/http/validators.js';
import { HistoryPage } from '../workflows/history.js';
import { ASSIGNABLE, AssignmentsService, type AssignableRole } from './assignments.service.js';
import { CASE_COMMANDS, type CaseCommandDto } from './case-command.dto.js';
import { CaseListsService } from './case-lists.service.js';
import { CaseView } from './case.view.js';
import { CasesService } from './cases.service.js';
import { RegisterCaseDto } from './register-case.dto.js';
import { RegistrationService } from './registration.service.js';

class CaseQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'triage' })
  @IsOptional()
  @Matches(/^[a-zA-Z0-9]{1,40}$/, { message: 'must be the name of a stage, such as triage' })
  stage?: string;

  @ApiPropertyOptional({ example: 'RW' })
  @IsOptional()
  @IsCountry()
  countryOfOrigin?: string;

  @ApiPropertyOptional({ description: 'A username, or `me`.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  assignee?: string;
}

class CaseSummaryView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  reference!: string;

  @ApiProperty()
  stage!: string;

  @ApiProperty()
  countryOfOrigin!: string;

  @ApiProperty()
  applicant!: string;

  @ApiProperty()
  version!: number;

  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  nextDueAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

class CasePage {
  @ApiProperty({ type: [CaseSummaryView] })
  items!: readonly CaseSummaryView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

class AssignDto {
  @ApiProperty({ example: 'officer' })
  @IsString()
  @MaxLength(100)
  username!: string;

  @ApiProperty({ enum: ASSIGNABLE })
  @IsIn(ASSIGNABLE)
  role!: AssignableRole;
}

@ApiTags('Cases')
@Controller('cases')
export class CasesController {
  constructor(
    private readonly cases: CasesService,
    private readonly registration: RegistrationService,
    private readonly lists: CaseListsService,
    private readonly assignments: AssignmentsService,
  ) {}

  @Post()
  @Allows('create', 'Case')
  @ApiOperation({ summary: 'Register a case; the same external reference is the same case.' })
  @ApiCreatedResponse({ type: CaseView })
  async register(
    @CurrentActor() actor: Actor,
    @Body() request: RegisterCaseDto,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CaseView> {
    const id = await this.registration.register(actor, request, asked);
    response.setHeader('Location', `/api/cases/${id}`);
    return this.shown(actor, id, response);
  }

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'List the cases you may see, in the order in which they were registered.' })
  @ApiOkResponse({ type: CasePage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: CaseQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CasePage> {
    const page = await this.lists.list(actor, query);
    linkNext(response, page.next);
    return page;
  }

  @Get(':id')
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'One case: where it stands, what is due, and what you may do.' })
  @ApiOkResponse({ type: CaseView })
  get(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CaseView> {
    return this.shown(actor, id, response);
  }

  @Get(':id/history')
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'What happened to a case, oldest first.' })
  @ApiOkResponse({ type: HistoryPage })
  async history(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HistoryPage> {
    const page = await this.lists.history(actor, id, query);
    linkNext(response, page.next);
    return page;
  }

  @Post(':id/commands')
  @HttpCode(200)
  @Allows('command', 'Case')
  @ApiOperation({ summary: 'Send one command; the answer is the case as it then stands.' })
  @TakesIfMatch()
  @ApiOkResponse({ type: CaseView })
  async command(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @CommandBody(CASE_COMMANDS) command: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CaseView> {
    await this.cases.execute(actor, id, command as CaseCommandDto, asked);
    return this.shown(actor, id, response);
  }

  @Post(':id/assignments')
  @Allows('create', 'Assignment')
  @ApiOperation({ summary: 'Give somebody work on this case; refused without a valid certificate for it.' })
  @ApiCreatedResponse({ type: CaseView })
  async assign(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: AssignDto,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CaseView> {
    await this.assignments.assign(actor, id, request, asked);
    return this.shown(actor, id, response);
  }

  @Post(':id/assignments/:assignmentId/end')
  @HttpCode(200)
  @Allows('edit', 'Assignment')
  @ApiOperation({ summary: 'End somebody’s work on this case.' })
  @ApiOkResponse({ type: CaseView })
  async endAssignment(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('assignmentId', IdPipe) assignmentId: string,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CaseView> {
    await this.assignments.end(actor, id, assignmentId, asked);
    return this.shown(actor, id, response);
  }

  private async shown(actor: Actor, id: string, response: Response): Promise<CaseView> {
    const view = await this.cases.view(actor, id);
    response.setHeader('ETag', `"${view.version}"`);
    return view;
  }
}
