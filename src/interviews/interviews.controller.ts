import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtraModels, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { CommandBody } from '../platform/http/command.pipe.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { ReferencePage, ReferenceQuery } from '../questionnaires/reference.view.js';
import { HistoryPage } from '../workflows/history.js';
import { AnswerDto, DraftDto } from './answer.dto.js';
import { DraftView, RecordedAnswerView } from './answer.view.js';
import { AnswersService } from './answers.service.js';
import { DraftsService } from './drafts.service.js';
import { INTERVIEW_COMMANDS, type InterviewCommandDto } from './interview-command.dto.js';
import { InterviewViewsService } from './interview-views.service.js';
import { InterviewPage, InterviewQuestionView, InterviewRepeatView, InterviewView } from './interview.view.js';
import { InterviewsService } from './interviews.service.js';
import { OpenInterviewDto } from './open-interview.dto.js';
import { OpeningService } from './opening.service.js';
import { ReferenceLookupService } from './reference-lookup.service.js';

class DraftSaved {
  @ApiProperty({ format: 'date-time' })
  savedAt!: string;
}

@ApiTags('Interviews')
@Controller('cases/:id/interviews')
export class CaseInterviewsController {
  constructor(
    private readonly opening: OpeningService,
    private readonly views: InterviewViewsService,
  ) {}

  @Post()
  @Allows('create', 'Interview')
  @ApiOperation({ summary: 'Open an interview of the purpose that the case calls for; you conduct it.' })
  @TakesIfMatch('the case')
  @ApiCreatedResponse({ type: InterviewView })
  async open(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() request: OpenInterviewDto,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InterviewView> {
    const id = await this.opening.open(actor, caseId, request, asked);
    const view = await this.views.get(actor, id);
    response.setHeader('Location', `/api/interviews/${id}`);
    response.setHeader('ETag', `"${view.version}"`);
    return view;
  }

  @Get()
  @Allows('read', 'Interview')
  @ApiOperation({ summary: 'List the interviews of a case.' })
  @ApiOkResponse({ type: InterviewPage })
  async list(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InterviewPage> {
    const page = await this.views.list(actor, caseId, query);
    linkNext(response, page.next);
    return page;
  }
}

@ApiTags('Interviews')
@Controller('interviews/:id')
export class InterviewsController {
  constructor(
    private readonly interviews: InterviewsService,
    private readonly answers: AnswersService,
    private readonly drafts: DraftsService,
    private readonly lookups: ReferenceLookupService,
    private readonly views: InterviewViewsService,
  ) {}

  @Get()
  @Allows('read', 'Interview')
  @ApiOperation({ summary: 'One interview: what is open and why, what was said, and what you may do.' })
  @ApiExtraModels(InterviewQuestionView, InterviewRepeatView)
  @ApiOkResponse({ type: InterviewView })
  get(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InterviewView> {
    return this.shown(actor, id, response);
  }

  @Post('answers')
  @Allows('add', 'Interview')
  @ApiOperation({ summary: 'Record an answer; says what it opened, closed, raised and cleared.' })
  @TakesIfMatch()
  @ApiCreatedResponse({ type: RecordedAnswerView })
  async answer(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() said: AnswerDto,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RecordedAnswerView> {
    const recorded = await this.answers.record(actor, id, said, asked);
    response.setHeader('ETag', `"${recorded.version}"`);
    return recorded;
  }

  @Put('draft')
  @Allows('edit', 'Interview')
  @ApiOperation({
    summary: 'Keep the answer being written; it replaces the draft before it and is not part of the record.',
  })
  @ApiOkResponse({ type: DraftSaved })
  async saveDraft(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() draft: DraftDto,
  ): Promise<DraftSaved> {
    return { savedAt: await this.drafts.save(actor, id, draft) };
  }

  @Get('draft')
  @Allows('read', 'Interview')
  @ApiOperation({ summary: 'The answer you were writing.' })
  @ApiOkResponse({ type: DraftView })
  draft(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<DraftView> {
    return this.drafts.get(actor, id);
  }

  @Get('reference')
  @Allows('read', 'Interview')
  @ApiOperation({
    summary: 'Search the reference data that answers of this interview may name, best match first.',
    description:
      'Names and aliases, without accents, in any script, with small misspellings. Send the "id" of an entry as the "ref" of an answer.',
  })
  @ApiOkResponse({ type: ReferencePage })
  async reference(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: ReferenceQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReferencePage> {
    const page = await this.lookups.search(actor, id, query);
    linkNext(response, page.next);
    return page;
  }

  @Get('history')
  @Allows('read', 'Interview')
  @ApiOperation({ summary: 'What happened to an interview, oldest first.' })
  @ApiOkResponse({ type: HistoryPage })
  async history(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HistoryPage> {
    const page = await this.views.history(actor, id, query);
    linkNext(response, page.next);
    return page;
  }

  @Post('commands')
  @HttpCode(200)
  @Allows('command', 'Interview')
  @ApiOperation({ summary: 'Send one command; the answer is the interview as it then stands.' })
  @TakesIfMatch()
  @ApiOkResponse({ type: InterviewView })
  async command(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @CommandBody(INTERVIEW_COMMANDS) command: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InterviewView> {
    await this.interviews.execute(actor, id, command as InterviewCommandDto, asked);
    return this.shown(actor, id, response);
  }

  private async shown(actor: Actor, id: string, response: Response): Promise<InterviewView> {
    const view = await this.views.get(actor, id);
    response.setHeader('ETag', `"${view.version}"`);
    return view;
  }
}
