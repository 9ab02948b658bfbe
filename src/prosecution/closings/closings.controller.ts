import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { BlockedRecipientView } from '../../cases/blocked-recipients.view.js';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { IsWords } from '../../platform/http/validators.js';
import { ClosingsService } from './closings.service.js';

class ClosingReasonDto {
  @ApiProperty({ description: 'Why, in words that the referral’s history keeps.' })
  @IsWords(4000)
  reason!: string;
}

/** What is open towards a recipient that the file bars. */
@ApiTags('Referrals')
@Controller('referrals/:id/closings')
export class ClosingsController {
  constructor(private readonly closings: ClosingsService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({
    summary:
      'What a recipient that the file bars received before, what is open towards it, and whether that is closed.',
  })
  @ApiOkResponse({ type: BlockedRecipientView })
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<BlockedRecipientView> {
    return this.closings.get(actor, id);
  }

  @Post()
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({
    summary: 'Ask to close what is open towards a recipient that the file bars, with the reason; nothing leaves by it.',
    description:
      'It waits for a second person. Where the recipient is barred no longer, what was closed is owed again.',
  })
  @ApiOkResponse({ type: BlockedRecipientView })
  async ask(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() { reason }: ClosingReasonDto,
    @Asked() asked: Preconditions,
  ): Promise<BlockedRecipientView> {
    await this.closings.ask(actor, id, reason, asked);
    return this.get(actor, id);
  }

  @Post(':closingId/confirmation')
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({
    summary: 'Confirm, as a second person, that it is closed: nothing more is awaited, and its clocks end.',
  })
  @ApiOkResponse({ type: BlockedRecipientView })
  async confirm(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('closingId', IdPipe) closingId: string,
    @Asked() asked: Preconditions,
  ): Promise<BlockedRecipientView> {
    await this.closings.confirm(actor, id, closingId, asked);
    return this.get(actor, id);
  }

  @Post(':closingId/refusal')
  @HttpCode(200)
  @Allows('add', 'Referral')
  @ApiOperation({
    summary: 'Refuse to close it, or take back what you asked yourself, with the reason: it stays open.',
  })
  @ApiOkResponse({ type: BlockedRecipientView })
  async refuse(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('closingId', IdPipe) closingId: string,
    @Body() { reason }: ClosingReasonDto,
    @Asked() asked: Preconditions,
  ): Promise<BlockedRecipientView> {
    await this.closings.refuse(actor, id, closingId, reason, asked);
    return this.get(actor, id);
  }
}
