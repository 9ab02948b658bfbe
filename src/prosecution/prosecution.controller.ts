import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CommandBody } from '../platform/http/command.pipe.js';
import { linkNext } from '../platform/http/page.js';
import { Asked, type Preconditions, TakesIfMatch } from '../platform/http/preconditions.js';
import { logUnder } from './access.js';
import { REFERRAL_COMMANDS, type ReferralCommandDto } from './command.dto.js';
import { PackageView, ReferralPage, ReferralQuery, ReferralView } from './prosecution.dto.js';
import { ProsecutionService } from './prosecution.service.js';

@ApiTags('Referrals')
@Controller('referrals')
export class ProsecutionController {
  constructor(private readonly prosecution: ProsecutionService) {}

  @Get()
  @Allows('read', 'Referral')
  @ApiOperation({ summary: 'The inbox: what was sent to your authority, with its priority and deadlines.' })
  @ApiOkResponse({ type: ReferralPage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ReferralQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReferralPage> {
    const page = await this.prosecution.list(actor, query);
    linkNext(response, page.next);
    return page;
  }

  @Get(':id')
  @Allows('read', 'Referral')
  @ApiOperation({ summary: 'The cover of one referral, without its content; another authority’s answers 404.' })
  @ApiOkResponse({ type: ReferralView })
  get(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReferralView> {
    return this.shown(actor, id, response);
  }

  @Get(':id/package')
  @Allows('read', 'Referral')
  @ApiOperation({
    summary: 'What was sent, under a live grant.',
    description:
      'Without one: 409 grantRequired, which says how to open the file. A correction is read without a grant.',
  })
  @ApiOkResponse({ type: PackageView })
  async package(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PackageView> {
    const { view, headers, access } = await this.prosecution.package(actor, id);
    logUnder(request, access);
    response.set({ ...headers, ETag: `"${view.packageSha256}"` });
    return view;
  }

  @Post(':id/commands')
  @HttpCode(200)
  @Allows('command', 'Referral')
  @ApiOperation({ summary: 'Send one command; the answer is the referral as it then stands.' })
  @TakesIfMatch()
  @ApiOkResponse({ type: ReferralView })
  async command(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @CommandBody(REFERRAL_COMMANDS) command: object,
    @Asked() asked: Preconditions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReferralView> {
    await this.prosecution.execute(actor, id, command as ReferralCommandDto, asked);
    return this.shown(actor, id, response);
  }

  private async shown(actor: Actor, id: string, response: Response): Promise<ReferralView> {
    const view = await this.prosecution.view(actor, id);
    response.setHeader('ETag', `"${view.version}"`);
    return view;
  }
}
