import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { AnswerRequestDto, RefuseRequestDto, RequestList, RequestView } from './request.dto.js';
import { RequestsService } from './requests.service.js';

/** What recipients asked, as the authority answers it. */
@Controller()
export class RequestAnswersController {
  constructor(private readonly requests: RequestsService) {}

  @Get('cases/:id/requests')
  @ApiTags('Cases')
  @Allows('read', 'Case')
  @ApiOperation({ summary: 'What every recipient asked about the referrals of a case, oldest first.' })
  @ApiOkResponse({ type: RequestList })
  async ofCase(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<RequestList> {
    return { items: await this.requests.ofCase(actor, id) };
  }

  @Post('referrals/:id/requests/:requestId/answer')
  @HttpCode(200)
  @ApiTags('Referrals')
  @Allows('edit', 'Request')
  @ApiOperation({ summary: 'Answer a request in words, and with documents and recordings that the file holds.' })
  @ApiOkResponse({ type: RequestView })
  async answer(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('requestId', IdPipe) requestId: string,
    @Body() body: AnswerRequestDto,
    @Asked() asked: Preconditions,
  ): Promise<RequestView> {
    await this.requests.answer(actor, id, requestId, body, asked);
    return this.shown(actor, id, requestId);
  }

  @Post('referrals/:id/requests/:requestId/refuse')
  @HttpCode(200)
  @ApiTags('Referrals')
  @Allows('edit', 'Request')
  @ApiOperation({ summary: 'Refuse a request on a named ground, with reasons.' })
  @ApiOkResponse({ type: RequestView })
  async refuse(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('requestId', IdPipe) requestId: string,
    @Body() body: RefuseRequestDto,
    @Asked() asked: Preconditions,
  ): Promise<RequestView> {
    await this.requests.refuse(actor, id, requestId, body, asked);
    return this.shown(actor, id, requestId);
  }

  private async shown(actor: Actor, id: string, requestId: string): Promise<RequestView> {
    return (await this.requests.ofReferral(actor, id)).find((request) => request.id === requestId)!;
  }
}
