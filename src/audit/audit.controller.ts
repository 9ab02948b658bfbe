import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { linkNext } from '../platform/http/page.js';
import { AccessPageDto, AccessQueryDto, AuditVerificationDto } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@ApiBearerAuth()
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Whether every chain, the ledger and its signatures are as they were recorded, and where not. */
  @Get('verification')
  @Allows('read', 'Audit')
  @ApiOkResponse({ type: AuditVerificationDto })
  verification(@CurrentActor() actor: Actor): Promise<AuditVerificationDto> {
    return this.audit.verify(actor);
  }

  /** Who read, or was refused, what: newest first, with a Link header to the next page. */
  @Get('access')
  @Allows('read', 'Audit')
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
