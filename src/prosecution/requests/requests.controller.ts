import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../../platform/http/actor.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../../platform/http/preconditions.js';
import { AskMoreDto, RequestList, RequestView, WithdrawRequestDto } from './request.dto.js';
import { RequestsService } from './requests.service.js';

/** What a recipient asks beyond the package. */
@Controller()
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Post('referrals/:id/requests')
  @ApiTags('Referrals')
  @Allows('create', 'Request')
  @ApiOperation({
    summary: 'Ask for more of the file of a referral, tied to questions of its interviews.',
    description:
      'Answered from what the file holds, by the deadline requestAnswer. A question to the applicant is refused (409 ' +
      'notPutToApplicant): prosecutors never route questions through officers.',
  })
  @ApiCreatedResponse({ type: RequestView })
  async ask(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() body: AskMoreDto,
    @Asked() asked: Preconditions,
  ): Promise<RequestView> {
    return this.shown(actor, id, await this.requests.ask(actor, id, body, asked));
  }

  @Post('referrals/:id/requests/:requestId/withdrawal')
  @HttpCode(200)
  @ApiTags('Referrals')
  @Allows('create', 'Request')
  @ApiOperation({
    summary: 'Take back what your authority asked, with reasons, while it is not answered; it stays on record.',
  })
  @ApiOkResponse({ type: RequestView })
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Param('requestId', IdPipe) requestId: string,
    @Body() body: WithdrawRequestDto,
    @Asked() asked: Preconditions,
  ): Promise<RequestView> {
    await this.requests.withdraw(actor, id, requestId, body, asked);
    return this.shown(actor, id, requestId);
  }

  @Get('referrals/:id/requests')
  @ApiTags('Referrals')
  @Allows('read', 'Request')
  @ApiOperation({ summary: 'What was asked about one referral, with the answers that your grant opens.' })
  @ApiOkResponse({ type: RequestList })
  async ofReferral(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<RequestList> {
    return { items: await this.requests.ofReferral(actor, id) };
  }

  private async shown(actor: Actor, id: string, requestId: string): Promise<RequestView> {
    return (await this.requests.ofReferral(actor, id)).find((request) => request.id === requestId)!;
  }
}
