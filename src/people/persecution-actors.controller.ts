import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { PersecutionActors, RecordPersecutionActorDto, WithdrawPersecutionActorDto } from './persecution-actors.dto.js';
import { PersecutionActorsService } from './persecution-actors.service.js';

@ApiTags('Cases')
@Controller('cases/:id/persecution-actors')
export class PersecutionActorsController {
  constructor(private readonly actors: PersecutionActorsService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'Whom the applicant alleges to have persecuted: blocked recipients of this case.' })
  @ApiOkResponse({ type: PersecutionActors })
  list(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<PersecutionActors> {
    return this.actors.list(actor, caseId);
  }

  @Post()
  @Allows('edit', 'Case')
  @ApiOperation({
    summary: 'Record one; nothing of this case reaches it any more, and what is on its way to it is held.',
  })
  @ApiCreatedResponse({ type: PersecutionActors })
  async record(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() given: RecordPersecutionActorDto,
    @Asked() asked: Preconditions,
  ): Promise<PersecutionActors> {
    await this.actors.record(actor, caseId, given, asked);
    return this.actors.list(actor, caseId);
  }

  @Post(':actorId/withdrawal')
  @HttpCode(200)
  @Allows('edit', 'Case')
  @ApiOperation({
    summary:
      'Take back one that was recorded by mistake, with the reason: it bars until a second person does the same.',
  })
  @ApiOkResponse({ type: PersecutionActors })
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('actorId', IdPipe) id: string,
    @Body() { reason }: WithdrawPersecutionActorDto,
    @Asked() asked: Preconditions,
  ): Promise<PersecutionActors> {
    await this.actors.withdraw(actor, caseId, id, reason, asked);
    return this.actors.list(actor, caseId);
  }
}
