import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { CommandBody } from '../../platform/http/command.pipe.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { linkNext, PageQuery } from '../../platform/http/page.js';
import { Asked, type Preconditions, TakesIfMatch } from '../../platform/http/preconditions.js';
import { LetterList, LETTERS, type RecordLetterDto, RefuseLetterDto, WaitingLetterPage } from './letter.dto.js';
import { LettersService } from './letters.service.js';

/** What recipients wrote back on paper. */
@ApiTags('Referrals')
@Controller()
export class LettersController {
  constructor(private readonly letters: LettersService) {}

  @Get('referral-letters')
  @Allows('add', 'Referral')
  @ApiOperation({ summary: 'Letters of recipients that wait for a second person, the oldest first.' })
  @ApiOkResponse({ type: WaitingLetterPage })
  async waiting(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WaitingLetterPage> {
    const page = await this.letters.waiting(actor, query);
    linkNext(response, page.next);
    return page;
  }

  @Get('referrals/:id/letters')
  @Allows('read', 'Case')
  @ApiOperation({
    summary: 'What the recipient of one referral wrote on paper: who recorded and confirmed it, and what it says.',
  })
  @ApiOkResponse({ type: LetterList })
  async list(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<LetterList> {
    return { items: await this.letters.list(actor, id) };
  }

  @Post('referrals/:id/letters')
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({
    summary: 'Record a letter of the recipient: it acknowledges, gives feedback, or answers a correction.',
    description:
      'For a recipient without an account here, or reached by another way than its inbox. The same follows as when its prosecutor ' +
      'says it; feedback that clears the person or ends the matter, the answer `erased`, and what acknowledges without ' +
      '`packageSha256`, or a referral whose hand-over by post the same person recorded, count once a second person confirms ' +
      'the letter. Where the letter names no hash, leave `packageSha256` out: one that differs from what was sent is refused ' +
      '(409 `fileDiffers`). The scan of the advice of receipt by which the post proved the arrival is no letter.',
  })
  @TakesIfMatch()
  @ApiOkResponse({ type: LetterList })
  async record(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @CommandBody(LETTERS) letter: object,
    @Asked() asked: Preconditions,
  ): Promise<LetterList> {
    await this.letters.record(actor, id, letter as RecordLetterDto, asked);
    return this.list(actor, id);
  }

  @Post('referrals/:id/letters/:letterId/confirmation')
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({ summary: 'Confirm, as a second person, what a letter says: then it counts.' })
  @ApiOkResponse({ type: LetterList })
  async confirm(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('letterId', IdPipe) letterId: string,
    @Asked() asked: Preconditions,
  ): Promise<LetterList> {
    await this.letters.confirm(actor, id, letterId, asked);
    return this.list(actor, id);
  }

  @Post('referrals/:id/letters/:letterId/refusal')
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({ summary: 'Refuse, as a second person, what was recorded of a letter, with the reason.' })
  @ApiOkResponse({ type: LetterList })
  async refuse(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('letterId', IdPipe) letterId: string,
    @Body() { reason }: RefuseLetterDto,
    @Asked() asked: Preconditions,
  ): Promise<LetterList> {
    await this.letters.refuse(actor, id, letterId, reason, asked);
    return this.list(actor, id);
  }
}
