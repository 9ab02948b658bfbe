import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { GrantList, GrantView, OpenGrantDto } from './grant.dto.js';
import { GrantsService } from './grants.service.js';

/** Access to the content of a referral: for a purpose, for a time, revocable. */
@ApiTags('Referrals')
@Controller('referrals/:id/grants')
export class GrantsController {
  constructor(private readonly grants: GrantsService) {}

  @Post()
  @Allows('create', 'Grant')
  @ApiOperation({
    summary: 'Open the file of a referral for a stated purpose.',
    description:
      'A prosecutor opens it for themselves, under ten grants at a time at most. A legal adviser or decision-maker grants standing access to the whole authority, ' +
      'which is reviewed when the deadline grantReview runs out; doing so again is that review.',
  })
  @ApiCreatedResponse({ type: GrantView })
  async open(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: OpenGrantDto,
    @Asked() asked: Preconditions,
  ): Promise<GrantView> {
    return this.shown(actor, id, await this.grants.open(actor, id, body, asked));
  }

  @Get()
  @Allows('read', 'Grant')
  @ApiOperation({
    summary: 'Who may or might read this referral: from when until when, for what, and what was revoked.',
  })
  @ApiOkResponse({ type: GrantList })
  async list(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<GrantList> {
    return { items: await this.grants.list(actor, id) };
  }

  private async shown(actor: Actor, id: string, grantId: string): Promise<GrantView> {
    return (await this.grants.list(actor, id)).find((grant) => grant.id === grantId)!;
  }
}
