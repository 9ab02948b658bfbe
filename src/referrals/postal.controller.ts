import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { PostRecorded, RecordPostDto, ReferralToPostPage } from './postal.dto.js';
import { PostalService } from './postal.service.js';

@ApiTags('Referrals')
@Controller('postal-referrals')
export class PostalController {
  constructor(private readonly post: PostalService) {}

  @Get()
  @Allows('add', 'Referral')
  @ApiOperation({
    summary: 'Referrals that wait to be handed over by registered post, the most urgent first.',
    description:
      'Nothing that would not leave by any other channel now: not what was called back, nor what the file bars its recipient from, and nothing ' +
      'at all while sending is held after a restore. What has left the list must not be posted, printed or not.',
  })
  @ApiOkResponse({ type: ReferralToPostPage })
  async waiting(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReferralToPostPage> {
    const page = await this.post.waiting(actor, query);
    linkNext(response, page.next);
    return page;
  }

  @Post(':id/receipt')
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({
    summary: 'Record that registered post was handed over and signed for: the receipt of that referral.',
  })
  @ApiOkResponse({ type: PostRecorded })
  record(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() given: RecordPostDto,
    @Asked() asked: Preconditions,
  ): Promise<PostRecorded> {
    return this.post.record(actor, id, given, asked);
  }
}
