import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { DecideReconsiderationDto, ReconsiderationList } from './reconsideration.dto.js';
import { ReconsiderationsService } from './reconsiderations.service.js';

/** What a recipient found in the person's favour, looked at again by us. */
@ApiTags('Cases')
@Controller('cases/:id/reconsiderations')
export class ReconsiderationsController {
  constructor(private readonly reconsiderations: ReconsiderationsService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'Reconsiderations of a case, opened by feedback that clears the person, oldest first.' })
  @ApiOkResponse({ type: ReconsiderationList })
  async list(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<ReconsiderationList> {
    return { items: await this.reconsiderations.list(actor, id) };
  }

  @Post(':reconsiderationId/decide')
  @HttpCode(200)
  @Allows('edit', 'Reconsideration')
  @ApiOperation({ summary: 'Decide a reconsideration, with reasons; not by whoever decided in the case before.' })
  @ApiOkResponse({ type: ReconsiderationList })
  async decide(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('reconsiderationId', IdPipe) reconsiderationId: string,
    @Body() body: DecideReconsiderationDto,
    @Asked() asked: Preconditions,
  ): Promise<ReconsiderationList> {
    await this.reconsiderations.decide(actor, id, reconsiderationId, body, asked);
    return this.list(actor, id);
  }
}
