import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { linkNext } from '../../platform/http/page.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { AskAboutPersonDto, PersonRequestPage, PersonRequestQuery, PersonRequestView } from './person-request.dto.js';
import { WithdrawRequestDto } from './request.dto.js';
import { PersonRequestsService } from './person-requests.service.js';

/** About persons who were not referred: what prosecutors ask, and are told. */
@ApiTags('Requests about persons')
@Controller('person-requests')
export class PersonRequestsController {
  constructor(private readonly requests: PersonRequestsService) {}

  @Post()
  @Allows('create', 'PersonRequest')
  @ApiOperation({
    summary: 'Ask about a person who was not referred to you.',
    description:
      'Nothing is searched now. The authority searches, two of its people decide, and a refusal neither confirms nor denies that ' +
      'the person is known; such a refusal is told when the time to answer runs out, whatever was found.',
  })
  @ApiCreatedResponse({ type: PersonRequestView })
  async ask(
    @CurrentActor() actor: Actor,
    @Body() body: AskAboutPersonDto,
    @Asked() asked: Preconditions,
  ): Promise<PersonRequestView> {
    return this.requests.get(actor, await this.requests.ask(actor, body, asked));
  }

  @Post(':id/withdrawal')
  @HttpCode(200)
  @Allows('create', 'PersonRequest')
  @ApiOperation({
    summary: 'Take back what your authority asked about a person, with reasons, while no answer was told.',
    description: 'What was asked stays on record. Nothing more is told, not even that an answer was ready.',
  })
  @ApiOkResponse({ type: PersonRequestView })
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: WithdrawRequestDto,
    @Asked() asked: Preconditions,
  ): Promise<PersonRequestView> {
    await this.requests.withdraw(actor, id, body, asked);
    return this.requests.get(actor, id);
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
}
