import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { linkNext, PageQuery } from '../platform/http/page.js';
import { ProsecutionTrackService } from './prosecution-track.service.js';
import { ProsecutionTrackPage } from './prosecution-track.view.js';

@ApiTags('Cases')
@Controller('prosecution-track')
export class ProsecutionTrackController {
  constructor(private readonly tracks: ProsecutionTrackService) {}

  @Get()
  @Allows('read', 'Case')
  @ApiOperation({
    summary:
      'Excluded persons who cannot be removed, in the cases you may see: extradite or prosecute, next review first.',
  })
  @ApiOkResponse({ type: ProsecutionTrackPage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ProsecutionTrackPage> {
    const page = await this.tracks.list(actor, query);
    linkNext(response, page.next);
    return page;
  }
}
