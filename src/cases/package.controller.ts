import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allows } from '../identity/allows.decorator.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { Asked, type Preconditions } from '../platform/http/preconditions.js';
import {
  AskOverrideDto,
  DecideOverrideDto,
  PackageCheckView,
  PackageQuery,
  Recorded,
  TranslationDto,
  UndisclosedDto,
} from './package.dto.js';
import { PackageService } from './package.service.js';

/** Whether a case is ready to be told of, and what its package is given. */
@ApiTags('Packages')
@Controller()
export class PackageController {
  constructor(private readonly packages: PackageService) {}

  @Get('cases/:id/package-check')
  @Allows('read', 'Package')
  @ApiOperation({ summary: 'What a package of this kind would lack today, where to mend it, and overrides asked for.' })
  @ApiOkResponse({ type: PackageCheckView })
  async check(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Query() { kind }: PackageQuery,
  ): Promise<PackageCheckView> {
    const { missing, noted, analysisRevision, overrides } = await this.packages.check(actor, caseId, kind);
    return { kind, complete: missing.length === 0, missing, noted, analysisRevision, overrides };
  }

  @Post('cases/:id/package-overrides')
  @Allows('create', 'Package')
  @ApiOperation({ summary: 'Ask that a package may leave although something is missing; a second person decides.' })
  @ApiCreatedResponse({ type: PackageCheckView })
  async ask(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() { kind, reason }: AskOverrideDto,
    @Asked() asked: Preconditions,
  ): Promise<PackageCheckView> {
    await this.packages.askOverride(actor, caseId, kind, reason, asked);
    return this.check(actor, caseId, { kind });
  }

  @Post('cases/:id/package-overrides/:overrideId/decision')
  @HttpCode(200)
  @Allows('command', 'Package')
  @ApiOperation({ summary: 'Approve or refuse an override that somebody else asked for.' })
  @ApiOkResponse({ type: Recorded })
  async decide(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Param('overrideId', IdPipe) id: string,
    @Body() { outcome, reason }: DecideOverrideDto,
    @Asked() asked: Preconditions,
  ): Promise<Recorded> {
    await this.packages.decideOverride(actor, caseId, id, { outcome, reason }, asked);
    return { id };
  }

  @Post('cases/:id/translations')
  @Allows('add', 'Package')
  @ApiOperation({ summary: 'Add a translation of words that stand in the original alone; the record stays as it is.' })
  @ApiCreatedResponse({ type: Recorded })
  async translate(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() translation: TranslationDto,
    @Asked() asked: Preconditions,
  ): Promise<Recorded> {
    return { id: await this.packages.translate(actor, caseId, { ...translation }, asked) };
  }

  @Post('cases/:id/undisclosed-exculpatory')
  @Allows('add', 'Package')
  @ApiOperation({
    summary: 'Record that a source speaks for the applicant and refused: packages then say that it exists.',
  })
  @ApiCreatedResponse({ type: Recorded })
  async undisclosed(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) caseId: string,
    @Body() words: UndisclosedDto,
    @Asked() asked: Preconditions,
  ): Promise<Recorded> {
    return { id: await this.packages.recordUndisclosed(actor, caseId, { ...words }, asked) };
  }
}
