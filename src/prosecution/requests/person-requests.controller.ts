import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { linkNext } from '../../platform/http/page.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import {
  AskAboutPersonDto,
  DecideProposalDto,
  PersonRequestPage,
  PersonRequestQuery,
  PersonRequestView,
  PersonsFoundView,
  ProposeAnswerDto,
} from './person-request.dto.js';
import { PersonRequestAnswersService } from './person-request-answers.service.js';
import { PersonRequestsService } from './person-requests.service.js';

const KEY = { name: 'Idempotency-Key', required: false };

/** About persons who were not referred: a prosecutor asks, the authority searches and decides. */
@ApiTags('Requests about persons')
@Controller('person-requests')
export class PersonRequestsController {
  constructor(
    private readonly requests: PersonRequestsService,
    private readonly answers: PersonRequestAnswersService,
  ) {}

  @Post()
  @Allows('create', 'PersonRequest')
  @ApiOperation({
    summary: 'Ask about a person who was not referred to you.',
    description:
      'Nothing is searched now. The authority searches, two of its people decide, and a refusal neither confirms nor denies that ' +
      'the person is known; such a refusal is told when the time to answer runs out, whatever was found.',
  })
  @ApiHeader(KEY)
  @ApiCreatedResponse({ type: PersonRequestView })
  async ask(
    @CurrentActor() actor: Actor,
    @Body() body: AskAboutPersonDto,
    @Asked() asked: Preconditions,
  ): Promise<PersonRequestView> {
    return this.requests.get(actor, await this.requests.ask(actor, body, asked));
  }

  @Get()
  @Allows('read', 'PersonRequest')
  @ApiOperation({ summary: 'What was asked about persons: by your authority, or of us; newest first.' })
  @ApiOkResponse({ type: PersonRequestPage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: PersonRequestQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PersonRequestPage> {
    const page = await this.requests.list(actor, query);
    linkNext(response, page.next);
    return page;
  }

  @Get(':id')
  @Allows('read', 'PersonRequest')
  @ApiOperation({ summary: 'One request about a person, with its answer once it is told.' })
  @ApiOkResponse({ type: PersonRequestView })
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<PersonRequestView> {
    return this.requests.get(actor, id);
  }

  @Get(':id/candidates')
  @Allows('read', 'PersonSearch')
  @ApiOperation({
    summary: 'Search our files for the person asked about.',
    description: 'Files that share a name, to be compared by a person. Only for those who answer.',
  })
  @ApiOkResponse({ type: PersonsFoundView })
  candidates(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<PersonsFoundView> {
    return this.requests.candidates(actor, id);
  }

  @Post(':id/proposals')
  @Allows('edit', 'PersonRequest')
  @ApiOperation({ summary: 'Propose to disclose a case or to refuse, with reasons; somebody else decides.' })
  @ApiHeader(KEY)
  @ApiCreatedResponse({ type: PersonRequestView })
  async propose(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: ProposeAnswerDto,
    @Asked() asked: Preconditions,
  ): Promise<PersonRequestView> {
    await this.answers.propose(actor, id, body, asked);
    return this.requests.get(actor, id);
  }

  @Post(':id/proposals/:proposalId/decision')
  @HttpCode(200)
  @Allows('edit', 'PersonRequest')
  @ApiOperation({
    summary: 'Confirm or return what a colleague proposed.',
    description:
      'A confirmed disclosure becomes a referral to the authority that asked, under the cause that stands in the case.',
  })
  @ApiHeader(KEY)
  @ApiOkResponse({ type: PersonRequestView })
  async decide(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('proposalId', IdPipe) proposalId: string,
    @Body() body: DecideProposalDto,
    @Asked() asked: Preconditions,
  ): Promise<PersonRequestView> {
    await this.answers.decide(actor, id, proposalId, body, asked);
    return this.requests.get(actor, id);
  }
}
