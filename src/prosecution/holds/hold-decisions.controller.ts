import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { DecideHoldDto, EndHoldDto, HoldList, HoldView } from './hold.dto.js';
import { HoldsService } from './holds.service.js';

/** Holds as the authority decides and ends them. */
@Controller()
export class HoldDecisionsController {
  constructor(private readonly holds: HoldsService) {}

  @Get('cases/:id/holds')
  @ApiTags('Cases')
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'Every hold asked for on a case, by any recipient.' })
  @ApiOkResponse({ type: HoldList })
  async ofCase(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<HoldList> {
    return { items: await this.holds.ofCase(actor, id) };
  }

  @Post('referrals/:id/holds/:holdId/decision')
  @HttpCode(200)
  @ApiTags('Referrals')
  @Allows('edit', 'Hold')
  @ApiOperation({
    summary: 'Grant or refuse a hold, with reasons.',
    description: 'It lives for at most thirty days, and never past the limit of law of the step it delays.',
  })
  @ApiOkResponse({ type: HoldView })
  async decide(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('holdId', IdPipe) holdId: string,
    @Body() body: DecideHoldDto,
    @Asked() asked: Preconditions,
  ): Promise<HoldView> {
    await this.holds.decide(actor, id, holdId, body, asked);
    return this.shown(actor, id, holdId);
  }

  @Post('referrals/:id/holds/:holdId/end')
  @HttpCode(200)
  @ApiTags('Referrals')
  @Allows('edit', 'Hold')
  @ApiOperation({ summary: 'End a hold before its time, with reasons.' })
  @ApiOkResponse({ type: HoldView })
  async end(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('holdId', IdPipe) holdId: string,
    @Body() body: EndHoldDto,
    @Asked() asked: Preconditions,
  ): Promise<HoldView> {
    await this.holds.end(actor, id, holdId, body, asked);
    return this.shown(actor, id, holdId);
  }

  private async shown(actor: Actor, id: string, holdId: string): Promise<HoldView> {
    return (await this.holds.ofReferral(actor, id)).find((hold) => hold.id === holdId)!;
  }
}
