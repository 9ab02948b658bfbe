import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { HashPipe } from '../platform/http/hash.pipe.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { FeedbackList, QuestionFeedbackList } from './feedback.dto.js';
import { FeedbackService } from './feedback.service.js';

/** What recipients told, for the side that sent it. */
@Controller()
export class FeedbackReadingController {
  constructor(private readonly feedback: FeedbackService) {}

  @Get('cases/:id/feedback')
  @ApiTags('Cases')
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'What every recipient told of the referrals of a case, oldest first.' })
  @ApiOkResponse({ type: FeedbackList })
  async ofCase(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<FeedbackList> {
    return { items: await this.feedback.ofCase(actor, id) };
  }

  @Get('questionnaires/:hash/feedback')
  @ApiTags('Questionnaires')
  @Allows('edit', 'Questionnaire')
  @ApiOperation({
    summary: 'What recipients told of files whose answers were given to this published version.',
    description:
      'For authors: which kind of feedback, on which questions, on which day; nothing of a case or an authority.',
  })
  @ApiOkResponse({ type: QuestionFeedbackList })
  async ofQuestionnaire(
    @CurrentActor() actor: Actor,
    @Param('hash', HashPipe) hash: string,
  ): Promise<QuestionFeedbackList> {
    return { questionnaire: hash, items: await this.feedback.ofQuestionnaire(actor, hash) };
  }
}
