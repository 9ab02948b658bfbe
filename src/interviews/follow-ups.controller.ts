import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { DisputesService } from './disputes.service.js';
import { DisputeDto, DisputedIndicatorView, FollowUpDto, RecordedFollowUpView } from './follow-up.dto.js';
import { FollowUpsService } from './follow-ups.service.js';

@ApiTags('Interviews')
@Controller('interviews/:id')
export class FollowUpsController {
  constructor(
    private readonly followUps: FollowUpsService,
    private readonly disputes: DisputesService,
  ) {}

  @Post('follow-ups')
  @Allows('add', 'Interview')
  @ApiOperation({
    summary: 'Keep a question of your own and what was said, under the question it follows up; it is never changed.',
  })
  @TakesIfMatch()
  @ApiCreatedResponse({ type: RecordedFollowUpView })
  async followUp(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() said: FollowUpDto,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RecordedFollowUpView> {
    const recorded = await this.followUps.record(actor, id, said, asked);
    response.setHeader('ETag', `"${recorded.version}"`);
    return recorded;
  }

  @Post('indicators/:indicatorId/disputes')
  @Allows('add', 'Interview')
  @ApiOperation({
    summary: 'Say why a raised indicator says nothing of this person; it stays raised and shows as disputed.',
  })
  @TakesIfMatch()
  @ApiCreatedResponse({ type: DisputedIndicatorView })
  dispute(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('indicatorId') indicatorId: string,
    @Body() said: DisputeDto,
    @Asked() asked: Preconditions,
  ): Promise<DisputedIndicatorView> {
    return this.disputes.dispute(actor, id, indicatorId, said, asked);
  }
}
