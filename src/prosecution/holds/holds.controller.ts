import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { AskHoldDto, EndHoldDto, HoldList, HoldView } from './hold.dto.js';
import { HoldsService } from './holds.service.js';

/** Holds that recipients ask for. */
@Controller()
export class HoldsController {
  constructor(private readonly holds: HoldsService) {}

  @Post('referrals/:id/holds')
  @ApiTags('Referrals')
  @Allows('create', 'Hold')
  @ApiOperation({ summary: 'Ask for a hold on the case of a referral, under a named law; asked anew, it is renewed.' })
  @ApiCreatedResponse({ type: HoldView })
  async ask(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: AskHoldDto,
    @Asked() asked: Preconditions,
  ): Promise<HoldView> {
    return this.shown(actor, id, await this.holds.ask(actor, id, body, asked));
  }

  @Post('referrals/:id/holds/:holdId/withdrawal')
  @HttpCode(200)
  @ApiTags('Referrals')
  @Allows('create', 'Hold')
  @ApiOperation({
    summary: 'Take back a hold that you asked for, before it is decided or while it lives, with reasons.',
  })
  @ApiOkResponse({ type: HoldView })
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('holdId', IdPipe) holdId: string,
    @Body() body: EndHoldDto,
    @Asked() asked: Preconditions,
  ): Promise<HoldView> {
    await this.holds.withdraw(actor, id, holdId, body, asked);
    return this.shown(actor, id, holdId);
  }

  @Get('referrals/:id/holds')
  @ApiTags('Referrals')
  @Allows('read', 'Hold')
  @ApiOperation({ summary: 'Every hold asked for on one referral, and what was decided.' })
  @ApiOkResponse({ type: HoldList })
  async ofReferral(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<HoldList> {
    return { items: await this.holds.ofReferral(actor, id) };
  }

  private async shown(actor: Actor, id: string, holdId: string): Promise<HoldView> {
    return (await this.holds.ofReferral(actor, id)).find((hold) => hold.id === holdId)!;
  }
}
