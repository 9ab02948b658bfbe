import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { FeedbackList } from './feedback.dto.js';
import { FeedbackService } from './feedback.service.js';

/** What became of what was sent. It is given as a command of the referral. */
@Controller()
export class FeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  @Get('referrals/:id/feedback')
  @ApiTags('Referrals')
  @Allows('read', 'Referral')
  @ApiOperation({ summary: 'What the recipient told of one referral, oldest first.' })
  @ApiOkResponse({ type: FeedbackList })
  async ofReferral(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<FeedbackList> {
    return { items: await this.feedback.ofReferral(actor, id) };
  }
}
