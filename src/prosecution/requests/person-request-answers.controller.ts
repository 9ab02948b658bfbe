import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { PersonRequestAnswersService } from './person-request-answers.service.js';
import { DecideProposalDto, PersonRequestView, PersonsFoundView, ProposeAnswerDto } from './person-request.dto.js';
import { PersonRequestsService } from './person-requests.service.js';

/** About persons who were not referred: the authority searches and decides. */
@ApiTags('Requests about persons')
@Controller('person-requests')
export class PersonRequestAnswersController {
  constructor(
    private readonly requests: PersonRequestsService,
    private readonly answers: PersonRequestAnswersService,
  ) {}

  @Get(':id/candidates')
  @Allows('read', 'PersonSearch')
  @ApiOperation({
    summary: 'Search our files for the person asked about.',
    description: 'Files that share a name, to be compared by a person. Only for those who answer.',
  })
  @ApiOkResponse({ type: PersonsFoundView })
  candidates(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<PersonsFoundView> {
    return this.answers.candidates(actor, id);
  }

  @Post(':id/proposals')
  @Allows('edit', 'PersonRequest')
  @ApiOperation({ summary: 'Propose to disclose a case or to refuse, with reasons; somebody else decides.' })
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
