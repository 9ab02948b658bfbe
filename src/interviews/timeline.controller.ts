import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { TimelineService } from './timeline.service.js';
import { TimelineView } from './timeline.view.js';

/** A timeline is made of interviews: who may read them may read it. */
@ApiTags('Interviews')
@Controller()
export class TimelineController {
  constructor(private readonly timelines: TimelineService) {}

  @Get('interviews/:id/timeline')
  @Allows('read', 'Interview')
  @ApiOperation({
    summary: 'What this interview told, in the order of time, and the open questions that rest on its answers.',
  })
  @ApiOkResponse({ type: TimelineView })
  ofInterview(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<TimelineView> {
    return this.timelines.ofInterview(actor, id);
  }

  @Get('cases/:id/timeline')
  @Allows('read', 'Interview')
  @ApiOperation({
    summary:
      'What all interviews of a case told, in the order of time, and the open questions to put to the applicant.',
  })
  @ApiOkResponse({ type: TimelineView })
  ofCase(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<TimelineView> {
    return this.timelines.ofCase(actor, id);
  }
}
