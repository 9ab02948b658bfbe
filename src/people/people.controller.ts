import { Body, Controller, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AllowedCommandView } from '../cases/case.view.js';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CommandBody } from '../platform/http/command.pipe.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { ParticularsService } from './particulars.service.js';
import { PeopleService, type PersonView } from './people.service.js';
import { CorrectParticularsDto, PERSON_COMMANDS, PersonCommandDto } from './person-command.dto.js';

class StillBlockedView {
  @ApiProperty({ example: 'CD' })
  country!: string;

  @ApiProperty({ description: 'The name of whoever corrected it away; somebody else has the second word.' })
  droppedBy!: string;

  @ApiProperty({ format: 'date-time' })
  droppedAt!: string;

  @ApiProperty({ nullable: true, type: String, description: 'Why; null once the content of the case was erased.' })
  reason!: string | null;
}

class PersonAnswer {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  caseId!: string;

  @ApiProperty()
  version!: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Whereabouts and identity.' })
  state!: Record<string, string>;

  @ApiProperty({ type: [AllowedCommandView] })
  allowedCommands!: PersonView['allowedCommands'];

  @ApiProperty({
    type: [StillBlockedView],
    description:
      'Countries that one person corrected away: their recipients stay barred until a second person unblocks them by name.',
  })
  stillBlocked!: readonly StillBlockedView[];
}

@ApiTags('Cases')
@Controller('cases/:id')
export class PeopleController {
  constructor(
    private readonly people: PeopleService,
    private readonly particulars: ParticularsService,
  ) {}

  @Get('person')
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'The applicant of a case, where they are, and what may be recorded of them now.' })
  @ApiOkResponse({ type: PersonAnswer })
  get(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PersonAnswer> {
    return this.shown(actor, caseId, response);
  }

  @Post('person/commands')
  @HttpCode(200)
  @Allows('command', 'Case')
  @ApiOperation({
    summary: 'Record where the person is, or who they are; it touches no duty.',
    description:
      'A removal or transfer is recorded also while a stay of removal lives: it happened. Whoever asked for the stay is alerted and sees ' +
      'it with the hold (brokenAt), and the head of the unit has it as a task (brokenStay) until the hold is ended with what happened.',
  })
  @ApiOkResponse({ type: PersonAnswer })
  async command(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @CommandBody(PERSON_COMMANDS) command: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PersonAnswer> {
    await this.people.execute(actor, caseId, command as PersonCommandDto, asked);
    return this.shown(actor, caseId, response);
  }

  @Put('applicant')
  @Allows('edit', 'Case')
  @ApiOperation({
    summary: 'Correct what is known of the applicant, with the reason. If-Match is the ETag of the case.',
    description:
      'A country that is left out goes on to bar its recipients until a second person, who was told by stillBlocked, names it in unblocks.',
  })
  @ApiOkResponse({ type: PersonAnswer })
  async correct(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() request: CorrectParticularsDto,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PersonAnswer> {
    await this.particulars.correct(actor, caseId, request, asked);
    return this.shown(actor, caseId, response);
  }

  private async shown(actor: Actor, caseId: string, response: Response): Promise<PersonAnswer> {
    const view = await this.people.view(actor, caseId);
    response.setHeader('ETag', `"${view.version}"`);
    return view;
  }
}
