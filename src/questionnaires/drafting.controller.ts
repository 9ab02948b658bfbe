import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { DifferenceQuery, DifferenceView } from './difference.view.js';
import { readDraftFiles } from './draft-files.js';
import { FILES_BODY, PREVIEW_BODY, PREVIEW_OF_FILES_BODY, PREVIEW_VIEW } from './draft.schema.js';
import { NamePipe } from './name.pipe.js';
import { type Preview, readPreview } from './preview.js';
import { proofView, ProofView } from './proof.view.js';
import { VersionViewsService } from './version-views.service.js';

/** What an author asks about files, saved or not: is it sound, how does it play, what does it change? Nothing is stored. */
@ApiTags('Questionnaires')
@Controller('questionnaires')
export class DraftingController {
  constructor(private readonly views: VersionViewsService) {}

  @Post('validate')
  @HttpCode(200)
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'Prove files that are not saved: what is wrong, and which scenarios fail.' })
  @ApiBody({ schema: FILES_BODY })
  @ApiOkResponse({ type: ProofView })
  async validate(@CurrentActor() actor: Actor, @Body() body: object): Promise<ProofView> {
    return proofView(await this.views.proofOf(actor, readDraftFiles(body)));
  }

  @Post('preview')
  @HttpCode(200)
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'Play answers on files that are not saved, without a case.' })
  @ApiBody({ schema: PREVIEW_OF_FILES_BODY })
  @ApiOkResponse({ schema: PREVIEW_VIEW })
  previewFiles(@CurrentActor() actor: Actor, @Body() body: object): Promise<Preview> {
    return this.views.previewOf(actor, readDraftFiles(body), readPreview(body));
  }

  @Post(':id/preview')
  @HttpCode(200)
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'Play answers on a questionnaire, without a case.' })
  @ApiBody({ schema: PREVIEW_BODY })
  @ApiOkResponse({ schema: PREVIEW_VIEW })
  preview(@CurrentActor() actor: Actor, @Param('id', NamePipe) id: string, @Body() body: object): Promise<Preview> {
    return this.views.preview(actor, id, readPreview(body));
  }

  @Get(':id/proof')
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'The proof of a saved draft: what is wrong, and which scenarios fail.' })
  @ApiOkResponse({ type: ProofView })
  async proof(@CurrentActor() actor: Actor, @Param('id', NamePipe) id: string): Promise<ProofView> {
    return proofView(await this.views.proof(actor, id));
  }

  @Get(':id/difference')
  @Allows('edit', 'Questionnaire')
  @ApiOperation({ summary: 'What it changes compared with another version, by meaning; {} when it is the first.' })
  @ApiOkResponse({ type: DifferenceView })
  async difference(
    @CurrentActor() actor: Actor,
    @Param('id', NamePipe) id: string,
    @Query() { against }: DifferenceQuery,
  ): Promise<DifferenceView | Record<string, never>> {
    return (await this.views.difference(actor, id, against)) ?? {};
  }
}
