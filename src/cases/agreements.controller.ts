import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import { AgreementsService } from './agreements.service.js';
import { AgreementDto, AgreementsView } from './agreements.view.js';
import { CasesService } from './cases.service.js';

/** Agreements to transmit a victim's or witness's own account; the commands that follow go to the case. */
@ApiTags('Cases')
@Controller('cases/:id/agreements')
export class AgreementsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly cases: CasesService,
  ) {}

  @Get()
  @Allows('read', 'Agreement')
  @ApiOperation({
    summary: 'Agreements to transmit an own account: what was agreed to, who was told, who has used it.',
  })
  @ApiOkResponse({ type: AgreementsView })
  list(@CurrentActor() actor: Actor, @Param('id', IdPipe) caseId: string): Promise<AgreementsView> {
    return this.agreements.list(actor, caseId);
  }

  @Post()
  @Allows('add', 'Agreement')
  @ApiOperation({
    summary:
      'Record that a victim or witness agreed to have the own account, as answered to these questions, transmitted.',
  })
  @ApiCreatedResponse({ type: AgreementsView })
  async record(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() agreement: AgreementDto,
    @Asked() asked: Preconditions,
  ): Promise<AgreementsView> {
    const id = randomUUID();
    const instruction = { type: 'RECORD_AGREEMENT' as const, id, ...agreement };
    await this.cases.execute(actor, caseId, instruction, asked, { ids: { agreementId: id } });
    return this.list(actor, caseId);
  }
}
