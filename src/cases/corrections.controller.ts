import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { CorrectionsService } from './corrections.service.js';
import { CorrectionsView } from './corrections.view.js';

@ApiTags('Cases')
@Controller('cases/:id/corrections')
export class CorrectionsController {
  constructor(private readonly corrections: CorrectionsService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({
    summary: 'Every correction of what was told of a case: why, what was decided after it, who answered what.',
  })
  @ApiOkResponse({ type: CorrectionsView })
  list(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<CorrectionsView> {
    return this.corrections.list(actor, caseId);
  }
}
