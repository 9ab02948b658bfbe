import { Controller, Get, Injectable, Param, type PipeTransform, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { linkNext } from '../platform/http/page.js';
import { InvalidInput } from '../platform/http/problem.js';
import { AccessPageDto, AccessQueryDto, AuditVerificationDto, InclusionProofDto } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@Injectable()
class SeqPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
    throw new InvalidInput([{ pointer: '/seq', detail: 'must be the number of the event in its chain: 1, 2, 3, ...' }]);
  }
}

@ApiTags('Audit')
@ApiBearerAuth()
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Whether every chain, the ledger and its signatures are as they were recorded, and where not. */
  @Get('verification')
  @Allows('read', 'Audit')
  @ApiOperation({
    summary: 'Whether every chain, the ledger and its signatures are as they were recorded, and where not.',
  })
  @ApiOkResponse({ type: AuditVerificationDto })
  verification(@CurrentActor() actor: Actor): Promise<AuditVerificationDto> {
    return this.audit.verify(actor);
  }

  /** The newest signed checkpoint of the transparency log, as a signed note. */
  @Get('checkpoint')
  @Allows('read', 'Audit')
  @ApiOperation({ summary: 'The newest signed checkpoint of the transparency log, as a signed note.' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  async checkpoint(@CurrentActor() actor: Actor, @Res({ passthrough: true }) response: Response): Promise<string> {
    response.type('text/plain; charset=utf-8');
    return this.audit.checkpoint(actor);
  }

  /** Proof that one event of a case, person, interview or referral is in the log; `f1 audit check` reads it. */
  @Get('proofs/:aggregateId/:seq')
  @Allows('read', 'Audit')
  @ApiOperation({ summary: 'Proof that one event is in the transparency log; f1 audit check reads it.' })
  @ApiOkResponse({ type: InclusionProofDto })
  proof(
    @CurrentActor() actor: Actor,
    @Param('aggregateId', IdPipe) aggregateId: string,
    @Param('seq', SeqPipe) seq: number,
  ): Promise<InclusionProofDto> {
    return this.audit.prove(actor, aggregateId, seq);
  }

  /** Who read, or was refused, what: newest first, with a Link header to the next page. */
  @Get('access')
  @Allows('read', 'Audit')
  @ApiOperation({ summary: 'Who read, or was refused, what: newest first.' })
  @ApiOkResponse({ type: AccessPageDto })
  async access(
    @CurrentActor() actor: Actor,
    @Query() query: AccessQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccessPageDto> {
    const page = await this.audit.listAccess(actor, query);
    linkNext(response, page.next);
    return page;
  }
}
